import type { Run } from '@sanjiang/contract/exchange'
import type { Db } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'

const runs = (db: Db) =>
  db
    .selectFrom('exchange.run')
    .select(['run_id', 'feed_id', 'kind', 'state', 'ordered_at', 'started_at', 'finished_at', 'first_seq', 'last_seq'])
    .select(['rows', 'bytes', 'rejects', 'estimated_rows', 'trouble'])

type Row = Awaited<ReturnType<ReturnType<typeof runs>['executeTakeFirstOrThrow']>>

const rateOf = ({ started_at, finished_at, rows }: Row): number | null => {
  if (!started_at || rows === 0) return null
  const seconds = (Date.parse(finished_at ?? new Date().toISOString()) - Date.parse(started_at)) / 1000
  return seconds > 0 ? Math.round(rows / seconds) : null
}

const toRun = (row: Row): Run => ({ ...row, rows_per_second: rateOf(row) }) as Run

export const findRuns = async (db: Db, runIds: readonly string[]): Promise<Map<string, Run>> => {
  if (runIds.length === 0) return new Map()
  const rows = await runs(db).where('run_id', 'in', runIds).execute()
  return new Map(rows.map((row) => [row.run_id, toRun(row)]))
}

interface ListOptions {
  readonly feedId: string
  readonly after?: string
  readonly limit: number
}

/** Newest first; run ids ascend with the time they were ordered. */
export const listRunRows = async (db: Db, { feedId, after, limit }: ListOptions): Promise<Run[]> => {
  const rows = await runs(db)
    .where('feed_id', '=', feedId)
    .$if(after !== undefined, (query) => query.where('run_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('run_id', 'desc')
    .limit(limit + 1)
    .execute()
  return rows.map(toRun)
}
