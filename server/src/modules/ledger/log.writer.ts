import { setTimeout as pause } from 'node:timers/promises'
import type { Receipt } from '@sanjiang/contract/ledger'
import { entryText, SealError } from '@sanjiang/seal'
import { nodeHexHash } from '@sanjiang/seal/node'
import type { Db } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import type { Log } from '#kernel/log.ts'
import { columnsOf, type EntryDraft, sealedBody } from './entry.rules.ts'
import { LeafWriter } from './leaf-writer.ts'
import * as store from './log.store.ts'
import { HASHER } from './node-hasher.ts'
import { isDefinite, isMonthMissing, isTaken } from './writer.rules.ts'

export interface LogOptions {
  readonly db: Db
  readonly nodeId: string
  /** The process that writes: `gateway`, `api`, `worker`. */
  readonly role: string
  readonly log: Log
  readonly limits?: Partial<Limits>
}

interface Limits {
  /** Entries waiting beyond this are refused: a queue without bound would only turn a slow disk into lost memory. */
  readonly queue: number
  readonly batchEntries: number
  readonly batchBytes: number
  /** How long one attempt may take, and how long attempts go on before everyone waiting is told. */
  readonly attemptMs: number
  readonly giveUpMs: number
  readonly beatMs: number
  /** After a batch of at least `crowd` entries the next one is gathered, at most this long: fewer commits for as many. */
  readonly gatherMs: number
  readonly crowd: number
}

const LIMITS: Limits = {
  queue: 20_000,
  batchEntries: 1_000,
  batchBytes: 4_194_304,
  attemptMs: 5_000,
  giveUpMs: 5_000,
  beatMs: 5_000,
  gatherMs: 5,
  crowd: 8,
}
const MAX_ENTRY_BYTES = 262_144
/** Half of the minute that a verifier grants before it calls an entry back-dated. */
const STALE_MS = 20_000
const DURABLE = new Set(['on', 'remote_apply'])

export interface LogWriter {
  /**
   * Resolves when the entry is committed with `synchronous_commit=on`. Rejects with `ledger_unavailable` when that could
   * not be reached in time — then nothing may be released — and with `malformed` when the body cannot be sealed.
   */
  append(draft: EntryDraft): Promise<Receipt>
  /** The log entries go to now; another one after a fence. */
  logId(): string
  /** Commits what waits, closes the log. */
  close(): Promise<void>
}

interface Waiter extends store.Placed {
  readonly draft: EntryDraft
  readonly seq: number
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (fault: Fault) => void
}

interface TakenBatch extends store.Batch {
  readonly entries: readonly Waiter[]
}

type Outcome = 'stored' | 'relogged' | 'dropped' | 'fenced' | 'again'
interface Attempt {
  readonly outcome: Outcome
  readonly policy_version?: number
  readonly cause?: unknown
}

const unavailable = (detail: string, cause?: unknown): Fault => new Fault('ledger_unavailable', detail, { cause })

// A plain timer: aborting one by signal makes an error object with its stack for every batch that went well.
const inTime = <T>(work: Promise<T>, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
    work.then(resolve, reject).finally(() => clearTimeout(late))
  })

/**
 * One process's log: sequence numbers are given out in memory, entries gathered while a batch is being committed are the
 * next batch, and a batch is one statement. Gap-free by construction; after a doubt it never writes there again.
 */
class GroupCommitLog implements LogWriter {
  readonly #options: LogOptions
  readonly #limits: Limits
  #state: 'open' | 'fenced' | 'closed' = 'open'
  #isClosing = false
  #logId = ''
  #next = 0
  #lastAt = 0
  #lastAtText = ''
  readonly #leaves = new LeafWriter()
  #lastCount = 0
  #queue: Waiter[] = []
  #pumping: Promise<void> | undefined
  #recovery: Promise<void> | undefined
  #beat: NodeJS.Timeout | undefined

  constructor(options: LogOptions) {
    this.#options = options
    this.#limits = { ...LIMITS, ...options.limits }
  }

  logId(): string {
    return this.#logId
  }

  /** Begins a new log; throws when the database would acknowledge commits that are not on disk. */
  async open(): Promise<void> {
    this.#begin(await this.#create())
    this.#beat = setInterval(() => void this.#keepAlive(), this.#limits.beatMs)
    this.#beat.unref()
  }

  async #create(): Promise<string> {
    const { db, nodeId, role } = this.#options
    const log = { log_id: newId(), node_id: nodeId, role, hash_alg: HASHER.alg }
    await store.ensureMonth(db, `${new Date().toISOString().slice(0, 7)}-01`)
    const sync = await store.insertLog(db, log)
    if (!DURABLE.has(sync)) throw new Error(`synchronous_commit=${sync}; 账本要求 on`)
    return log.log_id
  }

  #begin(logId: string): void {
    this.#logId = logId
    this.#next = 0
  }

  append(draft: EntryDraft): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      if (this.#state !== 'open' || this.#isClosing) throw unavailable('存证账本正在恢复或关闭')
      if (this.#queue.length >= this.#limits.queue) throw unavailable('等待存证的条目过多')
      this.#queue.push(this.#place({ draft, resolve, reject }))
      this.#pumping ??= this.#pump()
    })
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#pumping
    this.#state = 'closed'
    clearInterval(this.#beat)
    await this.#recovery
    // Should the database be away, the next checkpoint closes the log for us.
    await store.setLogClosed(this.#options.db, this.#logId).catch(() => undefined)
  }

  #place({ draft, resolve, reject }: Pick<Waiter, 'draft' | 'resolve' | 'reject'>): Waiter {
    // A clock stepped back must not make a log run backwards: that is what a back-dated entry looks like.
    const now = Math.max(Date.now(), this.#lastAt)
    const at = now === this.#lastAt ? this.#lastAtText : new Date(now).toISOString()
    const seq = this.#next
    const body = sealedBody(draft)
    const prefixed = this.#leaves.write(textOf({ v: 1, log_id: this.#logId, seq, at, kind: draft.kind, body }))
    const bytes = prefixed.subarray(1)
    if (bytes.length > MAX_ENTRY_BYTES) throw new Fault('too_large', `存证条目超过 ${MAX_ENTRY_BYTES} 字节`)
    this.#next += 1
    this.#lastAt = now
    this.#lastAtText = at
    const leaf = nodeHexHash(HASHER.alg, prefixed)
    const subjects = body.subjects as string[]
    return {
      draft,
      resolve,
      reject,
      seq,
      at,
      ms: now,
      bytes,
      kind: draft.kind,
      leaf,
      columns: columnsOf(body),
      subjects,
    }
  }

  /** Gives everything that waits a new place, after a new log began or a batch was dropped. */
  #replace(waiters: readonly Waiter[]): void {
    this.#queue = waiters.map((waiter) => this.#place(waiter))
  }

  async #pump(): Promise<void> {
    // Let the rest of this turn's calls join the first batch.
    await new Promise(setImmediate)
    while (this.#queue.length > 0 && this.#state === 'open') {
      await this.#gather()
      if (this.#queue.length === 0 || this.#state !== 'open') continue // the heartbeat may have found the log taken away
      this.#refresh()
      const batch = this.#take()
      this.#lastCount = batch.entries.length
      await this.#commit(batch)
    }
    this.#pumping = undefined
  }

  /** Where many write, waits for more of them as long as they keep coming; who writes alone waits for nothing. */
  async #gather(): Promise<void> {
    const { crowd, gatherMs, batchEntries } = this.#limits
    if (this.#lastCount < crowd || this.#isClosing) return
    const until = performance.now() + gatherMs
    // A full batch goes at once: any pause lets the last one's callers run first while the database has nothing to do.
    for (
      let seen = -1;
      seen !== this.#queue.length && this.#queue.length < batchEntries && performance.now() < until;
    ) {
      seen = this.#queue.length
      await pause(1)
    }
  }

  /** A slow database must not make entries look back-dated: those that waited long are placed anew, with the time it is now. */
  #refresh(): void {
    const first = this.#queue[0]!
    if (Date.now() - Date.parse(first.at) < STALE_MS) return
    this.#next = first.seq
    this.#replace(this.#queue)
  }

  #take(): TakenBatch {
    const first = this.#queue[0]!
    const month = first.at.slice(0, 7)
    let bytes = 0
    let count = 0
    for (const { bytes: own, at } of this.#queue) {
      bytes += own.length
      if (count === this.#limits.batchEntries || (count > 0 && bytes > this.#limits.batchBytes)) break
      if (!at.startsWith(month)) break
      count += 1
    }
    const entries = this.#queue.splice(0, count)
    return { log_id: this.#logId, from: first.seq, month: `${month}-01`, entries }
  }

  async #commit(batch: TakenBatch): Promise<void> {
    const deadline = Date.now() + this.#limits.giveUpMs
    for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
      const attempt = await this.#attempt(batch)
      if (attempt.outcome === 'stored') {
        // The next batch goes off first: what a thousand callers do with their receipts would keep the database waiting.
        setImmediate(acknowledge, batch, attempt.policy_version!)
        return
      }
      if (attempt.outcome === 'relogged') return
      if (attempt.outcome === 'dropped') return this.#drop(batch, attempt.cause)
      if (attempt.outcome === 'fenced' || Date.now() >= deadline) return this.#fence(batch, attempt.cause)
      await pause(wait)
    }
  }

  async #attempt(batch: TakenBatch): Promise<Attempt> {
    const { db, log } = this.#options
    try {
      const done = await inTime(store.commitBatch(db, batch), this.#limits.attemptMs)
      if (!DURABLE.has(done.sync))
        return { outcome: 'fenced', cause: new Error(`synchronous_commit=${done.sync}; 账本要求 on`) }
      if (done.held) return { outcome: 'stored', policy_version: done.policy_version }
      return await this.#explainMiss(batch)
    } catch (cause) {
      if (isMonthMissing(cause)) return this.#prepareMonth(batch)
      if (isTaken(cause)) return { outcome: 'fenced', cause }
      log.warn({ err: cause, log_id: batch.log_id, from: batch.from }, 'ledger batch not committed yet')
      return { outcome: isDefinite(cause) ? 'dropped' : 'again', cause }
    }
  }

  async #prepareMonth(batch: TakenBatch): Promise<Attempt> {
    try {
      await store.ensureMonth(this.#options.db, batch.month)
      return { outcome: 'again' }
    } catch (cause) {
      return { outcome: isDefinite(cause) ? 'dropped' : 'again', cause }
    }
  }

  /** The head did not move: this batch is already there, or the log was closed under us, or it is no longer ours. */
  async #explainMiss(batch: TakenBatch): Promise<Attempt> {
    const { db, log } = this.#options
    const found = await store.findLog(db, batch.log_id)
    const to = batch.from + batch.entries.length
    if (found?.size === to && (await this.#isSame(batch)))
      return { outcome: 'stored', policy_version: await store.getPolicyVersion(db) }
    if (found?.size === batch.from && found.closed_at !== null) {
      log.warn({ log_id: batch.log_id }, 'ledger log was closed while its writer was silent; beginning another')
      this.#begin(await this.#create())
      this.#replace([...batch.entries, ...this.#queue])
      return { outcome: 'relogged' }
    }
    return { outcome: 'fenced', cause: new Error(`log ${batch.log_id} stands at ${found?.size}, not at ${batch.from}`) }
  }

  async #isSame({ log_id, from, entries }: TakenBatch): Promise<boolean> {
    const leaves = await store.listLeaves(this.#options.db, log_id, [from, from + entries.length])
    return (
      leaves.length === entries.length && entries.every(({ leaf }, index) => leaves[index]!.toString('hex') === leaf)
    )
  }

  /** The database said no and wrote nothing, so the numbers are free: only this batch is told, the rest moves up. */
  #drop(batch: TakenBatch, cause: unknown): void {
    this.#options.log.error({ err: cause, log_id: batch.log_id, from: batch.from }, 'ledger batch refused')
    for (const { reject } of batch.entries) reject(unavailable('存证未能写入', cause))
    this.#next = batch.from
    this.#replace(this.#queue)
  }

  /** Nobody knows whether the batch is there: everyone waiting is told no, and this log is never written again. */
  #fence(batch: TakenBatch, cause: unknown): void {
    this.#options.log.error({ err: cause, log_id: batch.log_id, from: batch.from }, 'ledger writer fenced')
    this.#state = 'fenced'
    const waiting = this.#queue
    this.#queue = []
    for (const { reject } of [...batch.entries, ...waiting]) reject(unavailable('存证账本暂不可用', cause))
    this.#recovery = this.#recover(batch)
  }

  async #recover(batch: TakenBatch): Promise<void> {
    for (let wait = 100; this.#state === 'fenced'; wait = Math.min(wait * 2, 2_000)) {
      try {
        // A late answer leaves an empty log behind, which the next checkpoint closes; it does not come back to life.
        const { logId, size } = await inTime(this.#succeed(batch), this.#limits.attemptMs)
        if (this.#state === 'fenced') this.#resume(batch, { logId, size })
        return
      } catch (error) {
        this.#options.log.warn({ err: error }, 'ledger not recovered yet')
        await pause(wait, undefined, { ref: false })
      }
    }
  }

  /** Closes the doubtful log, so that nothing can reach it any more, and creates the next. */
  async #succeed({ log_id }: TakenBatch): Promise<{ logId: string; size: number }> {
    const { db } = this.#options
    await store.setLogClosed(db, log_id)
    const found = await store.findLog(db, log_id)
    return { logId: await this.#create(), size: found?.size ?? 0 }
  }

  /** Goes on in the new log; its first entry says what became of the batch that nobody was promised. */
  #resume({ log_id, from, entries }: TakenBatch, { logId, size }: { logId: string; size: number }): void {
    this.#begin(logId)
    this.#state = 'open'
    const to = from + entries.length
    const outcome = size >= to ? 'done' : 'refused'
    const body = { topic: 'ledger.batch.doubted', doubted_log_id: log_id, from, to, outcome }
    this.#options.log.warn(body, 'ledger recovered')
    this.append({ kind: 'admin', body }).catch(() => undefined)
  }

  async #keepAlive(): Promise<void> {
    if (this.#state !== 'open' || this.#pumping) return
    await store.setLogBeat(this.#options.db, this.#logId).catch(() => undefined)
  }
}

const textOf = (entry: Parameters<typeof entryText>[0]): string => {
  try {
    return entryText(entry)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    const fields = [{ field: error.field, rule: error.code, message: error.message }]
    throw new Fault('malformed', error.message, { fields, cause: error })
  }
}

const ACKNOWLEDGED_AT_ONCE = 64

// In slices: between two of them the next batch's bytes reach the database, whose connection holds less than a batch.
const acknowledge = (batch: TakenBatch, policy_version: number, from = 0): void => {
  const to = Math.min(from + ACKNOWLEDGED_AT_ONCE, batch.entries.length)
  for (const { resolve, seq, leaf, at } of batch.entries.slice(from, to))
    resolve({ log_id: batch.log_id, seq, leaf, at, policy_version })
  if (to < batch.entries.length) setImmediate(acknowledge, batch, policy_version, to)
}

/** Opens a log of this process. Throws when the database is away or would not keep what it acknowledges. */
export const openLog = async (options: LogOptions): Promise<LogWriter> => {
  const log = new GroupCommitLog(options)
  await log.open()
  return log
}
