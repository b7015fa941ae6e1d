import { CompiledQuery } from 'kysely'
import type { Pool } from 'pg'
import { type Job, type JobResult, PgBoss } from 'pg-boss'
import type { Ctx, House } from './ctx.ts'
import { makeCtx, PLATFORM } from './ctx.ts'
import type { Tx } from './db.ts'
import { newId } from './id.ts'
import type { Log } from './log.ts'

/** Work done outside a request: an order to itself (`inbox.notice.create`), at-least-once, so `handle` is idempotent. */
export interface Task {
  readonly name: string
  /** Event types that call for it. */
  readonly on?: readonly string[]
  /** Cron in Asia/Shanghai, for work by the clock. */
  readonly cron?: string
  /** `data` of an event-driven task is the recorded event with its `event_id`. */
  handle(ctx: Ctx, data: TaskData): Promise<void>
}

export interface TaskData {
  readonly event_id?: string
  readonly type?: string
  readonly subject_id?: string
  readonly [field: string]: unknown
}

export interface Jobs {
  subscribersOf(eventType: string): readonly string[]
  /** Puts one job into the caller's transaction. */
  enqueue(tx: Tx, task: string, data: object): Promise<void>
  /** Fetches and runs jobs until stopped; only the worker role does. */
  work(house: House): Promise<void>
  /** Runs everything that is due, then returns how many ran. Tests and the tour use it. */
  drain(house: House): Promise<number>
  stop(): Promise<void>
}

const RETRY = { retryLimit: 8, retryDelay: 2, retryBackoff: true } as const

const runOne = async (house: House, task: Task, job: { id: string; data: TaskData | null }): Promise<void> => {
  const ctx = await makeCtx(house, PLATFORM, `job-${job.id || newId()}`)
  await task.handle(ctx, job.data ?? {})
}

const WORK = { batchSize: 20, pollingIntervalSeconds: 1, burstWhenBatchFull: true, perJobResults: true } as const

/** Each job is settled by itself: one that fails is tried again alone, its neighbours are done. */
const runBatch = async (house: House, task: Task, batch: Job<TaskData>[]): Promise<JobResult[]> => {
  const results: JobResult[] = []
  for (const job of batch) {
    const result = await runOne(house, task, job).then(
      () => ({ id: job.id, status: 'completed' as const }),
      (error: Error) => {
        house.log.error({ err: error, task: task.name, job: job.id }, 'job failed')
        return { id: job.id, status: 'failed' as const, output: { message: error.message } }
      },
    )
    results.push(result)
  }
  return results
}

const subscriptions = (tasks: readonly Task[]): Map<string, string[]> => {
  const map = new Map<string, string[]>()
  for (const task of tasks) for (const type of task.on ?? []) map.set(type, [...(map.get(type) ?? []), task.name])
  return map
}

export interface JobsOptions {
  readonly log: Log
  /** Only the worker keeps the queue's house: expiry, schedules, clean-up. */
  readonly isWorker: boolean
}

/** Jobs over pg-boss, sharing our pool: a job row commits with the rows that caused it. */
export const openJobs = async (pool: Pool, tasks: readonly Task[], { log, isWorker }: JobsOptions): Promise<Jobs> => {
  const db = { executeSql: async (text: string, values?: unknown[]) => pool.query(text, values as never) }
  const boss = new PgBoss({ db, migrate: false, createSchema: false, supervise: isWorker, schedule: isWorker })
  boss.on('error', (error) => log.error({ err: error }, 'job queue'))
  await boss.start()
  for (const task of tasks) await boss.createQueue(task.name, RETRY)
  const bySubscription = subscriptions(tasks)

  const drainQueue = async (house: House, task: Task): Promise<number> => {
    let count = 0
    for (;;) {
      const batch = await boss.fetch<TaskData>(task.name, { batchSize: 50 })
      if (batch.length === 0) return count
      for (const job of batch) {
        await runOne(house, task, job)
        await boss.complete(task.name, job.id)
        count += 1
      }
    }
  }

  return {
    subscribersOf: (type) => bySubscription.get(type) ?? [],
    enqueue: async (tx, name, data) => {
      const inTransaction = {
        executeSql: async (text: string, values?: unknown[]) => tx.executeQuery(CompiledQuery.raw(text, values)),
      }
      await boss.send(name, data, { db: inTransaction as never })
    },
    work: async (house) => {
      for (const task of tasks) {
        if (task.cron) await boss.schedule(task.name, task.cron, null, { tz: 'Asia/Shanghai' })
        await boss.work<TaskData>(task.name, WORK, (batch) => runBatch(house, task, batch))
      }
    },
    drain: async (house) => {
      let total = 0
      for (;;) {
        let count = 0
        for (const task of tasks) count += await drainQueue(house, task)
        if (count === 0) return total
        total += count
      }
    },
    stop: () => boss.stop({ graceful: true, close: false }),
  }
}
