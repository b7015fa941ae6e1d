import type { HarvestOutcome } from '@sanjiang/contract/catalog'
import { sql, type Updateable } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import type { CatalogHarvestRun } from '#kernel/tables.ts'
import { unnest } from '../entry.store.ts'
import type { Place } from './portrait.ts'

const rows = (db: Db) =>
  db
    .selectFrom('catalog.harvest_run as r')
    .innerJoin('catalog.harvest_source as s', 's.source_id', 'r.source_id')
    .selectAll('r')
    .select('s.name as source_name')

export type RunRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const findRun = (db: Db, runId: string) => rows(db).where('r.run_id', '=', runId).executeTakeFirst()

export const listRunRows = (
  db: Db,
  { sourceId, after, limit }: { readonly sourceId: string; readonly after?: string; readonly limit: number },
) =>
  rows(db)
    .where('r.source_id', '=', sourceId)
    .$if(after !== undefined, (query) => query.where('r.run_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('r.run_id', 'desc')
    .limit(limit + 1)
    .execute()

export const listLastRuns = async (db: Db, sourceId?: string): Promise<Map<string, RunRow>> => {
  const found = await rows(db)
    .distinctOn('r.source_id')
    .$if(sourceId !== undefined, (query) => query.where('r.source_id', '=', sourceId!))
    .orderBy('r.source_id')
    .orderBy('r.run_id', 'desc')
    .execute()
  return new Map(found.map((row) => [row.source_id, row]))
}

interface NewRun {
  readonly run_id: string
  readonly source_id: string
  readonly ordered_by_name: string
  readonly created_at: string
}

export const insertRun = (tx: Tx, run: NewRun) =>
  tx
    .insertInto('catalog.harvest_run')
    .values({ ...run, state: 'waiting', phase: 'read' })
    .execute()

export const lockRun = (tx: Tx, runId: string) =>
  tx.selectFrom('catalog.harvest_run').selectAll().where('run_id', '=', runId).forUpdate().executeTakeFirst()

export type RunChange = Omit<Updateable<CatalogHarvestRun>, 'place' | 'run_id'> & { readonly place?: Place | null }

export const updateRun = (tx: Tx, runId: string, { place, ...change }: RunChange) =>
  tx
    .updateTable('catalog.harvest_run')
    .set({
      ...change,
      ...(place === undefined ? {} : { place: place === null ? null : JSON.stringify(place) }),
    })
    .where('run_id', '=', runId)
    .execute()

interface Claim {
  readonly holder: string
  readonly at: string
  readonly until: string
}

/** Takes one run that waits, or whose holder has not been heard of for as long as its lease. */
export const claimRun = async (db: Db, { holder, at, until }: Claim): Promise<string | undefined> => {
  const { rows } = await sql<{ run_id: string }>`
    update catalog.harvest_run set state = 'running', holder = ${holder}, lease_until = ${until},
      started_at = coalesce(started_at, ${at})
    where run_id = (select run_id from catalog.harvest_run
      where state = 'waiting' or (state = 'running' and lease_until < ${at})
      order by created_at, run_id limit 1 for update skip locked)
    returning run_id`.execute(db)
  return rows[0]?.run_id
}

/** Says that the holder is alive; answers whether it still holds the run and whether it should stop. */
export const renewLease = async (db: Db, runId: string, { holder, until }: { holder: string; until: string }) => {
  const { rows } = await sql<{ is_cancelling: boolean }>`
    update catalog.harvest_run set lease_until = ${until} where run_id = ${runId} and holder = ${holder} and state = 'running'
    returning is_cancelling`.execute(db)
  return rows[0]
}

/** Every key this run has met so far: another process that goes on must know them too. */
export const listSeenKeys = async (db: Db, runId: string): Promise<Set<string>> => {
  const { rows } = await sql<{ key: string }>`
    select unnest(keys) as key from catalog.harvest_page where run_id = ${runId}`.execute(db)
  return new Set(rows.map(({ key }) => key))
}

export interface PageRow {
  readonly run_id: string
  readonly page_no: number
  readonly place: string
  readonly keys: readonly string[]
  readonly same_keys: readonly string[]
  readonly notes: readonly string[]
  readonly read_at: string
}

export const insertPage = (tx: Tx, { keys, same_keys, notes, ...row }: PageRow) =>
  tx
    .insertInto('catalog.harvest_page')
    .values({ ...row, keys: [...keys], same_keys: [...same_keys], notes: [...notes] })
    .execute()

export interface LogRow {
  readonly record_key: string | null
  readonly title: string
  readonly outcome: HarvestOutcome
  readonly pointer: string
  readonly message: string
  readonly excerpt: string
  readonly resource_id: string | null
}

const LOG = {
  run_id: 'uuid',
  seq: 'integer',
  record_key: 'text',
  title: 'text',
  outcome: 'text',
  pointer: 'text',
  message: 'text',
  excerpt: 'text',
  resource_id: 'uuid',
}

export const insertLog = async (tx: Tx, runId: string, rows: readonly LogRow[]): Promise<void> => {
  if (rows.length === 0) return
  const { last } = await tx
    .selectFrom('catalog.harvest_log')
    .select(sql<number>`coalesce(max(seq), 0)`.as('last'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow()
  const numbered = rows.map((row, index) => ({ ...row, run_id: runId, seq: last + index + 1 }))
  await sql`insert into catalog.harvest_log (${sql.raw(Object.keys(LOG).join(', '))})
    select * from unnest(${unnest(LOG, numbered)})`.execute(tx)
}

export interface Absent {
  readonly record_key: string
  readonly resource_id: string
}

/** Entries of the source that this run has not met. */
export const listAbsent = async (
  db: Db,
  run: { readonly run_id: string; readonly source_id: string },
  limit: number,
) => {
  const { rows } = await sql<Absent>`
    select h.record_key, h.resource_id from catalog.harvested_entry h
    where h.source_id = ${run.source_id} and h.state = 'present'
      and not exists (select from catalog.harvest_log l
        where l.run_id = ${run.run_id} and l.outcome = 'archived' and l.record_key = h.record_key)
      and h.record_key not in (select unnest(p.keys) from catalog.harvest_page p where p.run_id = ${run.run_id})
    order by h.record_key limit ${limit}`.execute(db)
  return rows
}

export const countPresent = async (db: Db, run: { readonly run_id: string; readonly source_id: string }) => {
  const { rows } = await sql<{ present: number; absent: number }>`
    select count(*)::int as present, (count(*) filter (where h.record_key not in
      (select unnest(p.keys) from catalog.harvest_page p where p.run_id = ${run.run_id})))::int as absent
    from catalog.harvested_entry h where h.source_id = ${run.source_id} and h.state = 'present'`.execute(db)
  return rows[0]!
}

const NOTES = 100

/** What was remarkable about single pages. */
export const listNotes = async (db: Db, runId: string): Promise<string[]> => {
  const { rows } = await sql<{ note: string }>`
    select p.place || '：' || n.note as note from catalog.harvest_page p cross join lateral unnest(p.notes) as n (note)
    where p.run_id = ${runId} order by p.page_no limit ${NOTES}`.execute(db)
  return rows.map(({ note }) => note)
}
