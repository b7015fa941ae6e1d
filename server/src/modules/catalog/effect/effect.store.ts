import type { Outcome, ResourceContent } from '@sanjiang/contract/catalog'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { unnest } from '../entry.store.ts'
import type { Reach } from '../resource.rules.ts'
import { mayRead, mayWork } from '../resource.store.ts'
import { type Change, changesOf, type Verdict } from './effect.rules.ts'

const rows = (db: Db) => db.selectFrom('catalog.effect').selectAll()
export type EffectRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const insertEffect = (tx: Tx, row: EffectRow) => tx.insertInto('catalog.effect').values(row).execute()

export const findEffect = (db: Db, id: string) => rows(db).where('effect_id', '=', id).executeTakeFirst()

/** The newest run of a version, whatever it was for. */
export const findLatestEffect = (db: Db, standardId: string, version: number) =>
  rows(db)
    .where('standard_id', '=', standardId)
    .where('version', '=', version)
    .orderBy('started_at', 'desc')
    .orderBy('effect_id', 'desc')
    .limit(1)
    .executeTakeFirst()

export const listRunning = (db: Db) => rows(db).where('state', '=', 'running').orderBy('started_at').execute()

/** Results of earlier runs of the same version go: only the newest is shown. */
export const dropOlder = (tx: Tx, { standard_id, version, effect_id }: EffectRow) =>
  sql`
    delete from catalog.effect_copy where effect_id in (
      select effect_id from catalog.effect
      where standard_id = ${standard_id} and version = ${version} and effect_id <> ${effect_id}::uuid)`.execute(tx)

export const endRunning = (
  tx: Tx,
  { standardId, version, instant }: { standardId: string; version: number; instant: string },
) =>
  tx
    .updateTable('catalog.effect')
    .set({ state: 'done', finished_at: instant })
    .where('standard_id', '=', standardId)
    .where('version', '=', version)
    .where('state', '=', 'running')
    .execute()

export const countSubjects = async (db: Db): Promise<number> => {
  const { count } = await db
    .selectFrom('catalog.resource')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** A run that nobody else is working at; whoever comes second passes by. */
export const takeEffect = (tx: Tx, id: string) =>
  rows(tx).where('effect_id', '=', id).where('state', '=', 'running').forUpdate().skipLocked().executeTakeFirst()

interface Subject {
  readonly resource_id: string
  readonly code: string | null
  readonly draft: ResourceContent | null
  readonly published: ResourceContent | null
  readonly published_version: number | null
}

/** The next entries by identity, with what is published and what is being written. */
export const listSubjects = async (db: Db, afterId: string | null, limit: number): Promise<Subject[]> => {
  const { rows: found } = await sql<Subject>`
    select r.resource_id, r.code, r.draft, v.content as published, r.published_version
    from catalog.resource r
    left join catalog.resource_version v on v.resource_id = r.resource_id and v.version = r.published_version
    where ${afterId}::uuid is null or r.resource_id > ${afterId}::uuid
    order by r.resource_id limit ${limit}`.execute(db)
  return found
}

export interface Judged {
  readonly resource_id: string
  readonly copy: 'published' | 'working'
  readonly version: number | null
  readonly provider_organ_id: string
  readonly verdict: Verdict
}

const COPY = {
  effect_id: 'uuid',
  resource_id: 'uuid',
  copy: 'text',
  version: 'integer',
  provider_organ_id: 'text',
  outcome: 'text',
  added: 'jsonb',
  gone: 'jsonb',
  errors: 'jsonb',
}
const CHANGE = { effect_id: 'uuid', resource_id: 'uuid', copy: 'text', rule: 'text', field: 'text', outcome: 'text' }

const insertAll = (
  tx: Tx,
  { table, columns, rows: all }: { table: string; columns: Record<string, string>; rows: object[] },
) =>
  sql`insert into ${sql.raw(table)} (${sql.raw(Object.keys(columns).join(', '))})
    select * from unnest(${unnest(columns, all)}) on conflict do nothing`.execute(tx)

/** What a batch came to; copies that nothing happens to leave no row. */
export const insertJudged = async (tx: Tx, effect_id: string, judged: readonly Judged[]): Promise<void> => {
  const told = judged.filter(({ verdict }) => verdict.outcome !== 'passes')
  if (told.length === 0) return
  await insertAll(tx, {
    table: 'catalog.effect_copy',
    columns: COPY,
    rows: told.map(({ verdict: { outcome, added, gone, errors }, ...row }) => ({
      ...row,
      effect_id,
      outcome,
      added: JSON.stringify(added),
      gone: JSON.stringify(gone),
      errors: JSON.stringify(errors),
    })),
  })
  const changes = told.flatMap(({ resource_id, copy, verdict }) =>
    changesOf(verdict).map((change: Change) => ({ effect_id, resource_id, copy, ...change })),
  )
  if (changes.length > 0) await insertAll(tx, { table: 'catalog.effect_change', columns: CHANGE, rows: changes })
}

interface Advance {
  readonly done: number
  readonly last_id: string | null
  readonly finished_at: string | null
}

export const advanceEffect = (tx: Tx, id: string, { done, last_id, finished_at }: Advance) =>
  tx
    .updateTable('catalog.effect')
    .set({ done: sql`done + ${done}`, last_id, ...(finished_at ? { state: 'done', finished_at } : {}) })
    .where('effect_id', '=', id)
    .execute()

export const countOutcomes = async (db: Db, id: string) => {
  const { rows: found } = await sql<{ outcome: Outcome; published: number; working: number }>`
    select outcome, count(*) filter (where copy = 'published')::integer as published,
           count(*) filter (where copy = 'working')::integer as working
    from catalog.effect_copy where effect_id = ${id}::uuid group by outcome`.execute(db)
  return found
}

export interface CountRow {
  readonly key: string
  readonly title: string
  readonly fails: number
  readonly mended: number
  readonly warned: number
}

const counted = (column: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  count(distinct (c.resource_id, c.copy)) filter (where ${column} = 'fails')::integer as fails,
  count(distinct (c.resource_id, c.copy)) filter (where ${column} = 'mended')::integer as mended,
  count(distinct (c.resource_id, c.copy)) filter (where ${column} = 'warned')::integer as warned`

export const countBy = async (db: Db, id: string, by: 'rule' | 'field'): Promise<CountRow[]> => {
  const key = sql.ref(`c.${by}`)
  const { rows: found } = await sql<CountRow>`
    select ${key} as key, ${key} as title, ${counted(sql.ref('c.outcome'))}
    from catalog.effect_change c where c.effect_id = ${id}::uuid group by 1 order by fails desc, warned desc, 1`.execute(
    db,
  )
  return found
}

export const countByOrgan = async (db: Db, id: string): Promise<CountRow[]> => {
  const { rows: found } = await sql<CountRow>`
    select c.provider_organ_id as key, o.name as title, ${counted(sql.ref('c.outcome'))}
    from catalog.effect_copy c join identity.organ o on o.organ_id = c.provider_organ_id
    where c.effect_id = ${id}::uuid group by 1, 2 order by fails desc, warned desc, 1`.execute(db)
  return found
}

export interface EntryQuery {
  readonly reach: Reach
  readonly outcome?: string
  readonly rule?: string
  readonly field?: string
  readonly organId?: string
  readonly after?: readonly [string, string]
  readonly limit: number
}

const EVERY = sql<SqlBool>`true`

/** With a rule or a field the outcome is that rule's; without, the copy's. */
const matching = ({ outcome, rule, field }: EntryQuery): RawBuilder<SqlBool> =>
  rule === undefined && field === undefined
    ? outcome === undefined
      ? EVERY
      : sql<SqlBool>`c.outcome = ${outcome}`
    : sql<SqlBool>`exists (select from catalog.effect_change h
        where h.effect_id = c.effect_id and h.resource_id = c.resource_id and h.copy = c.copy
          and (${rule ?? null}::text is null or h.rule = ${rule ?? null})
          and (${field ?? null}::text is null or h.field = ${field ?? null})
          and (${outcome ?? null}::text is null or h.outcome = ${outcome ?? null}))`

/** Gate 2: a working copy only for those who work on it, a published one for those it is published to. */
export const listEffectCopies = async (db: Db, id: string, query: EntryQuery) => {
  const { reach, organId, after, limit } = query
  const { rows: found } = await sql<{
    resource_id: string
    name: string
    code: string | null
    provider_name: string
    copy: 'published' | 'working'
    outcome: Outcome
    added: never
    gone: never
  }>`
    select c.resource_id, case when c.copy = 'published' then e.name else r.name end as name, r.code, o.name as provider_name,
           c.copy, c.outcome, c.added, c.gone
    from catalog.effect_copy c
    join catalog.resource r on r.resource_id = c.resource_id
    join identity.organ o on o.organ_id = r.provider_organ_id
    left join catalog.entry e on e.resource_id = c.resource_id
    where c.effect_id = ${id}::uuid and ${matching(query)}
      and (${organId ?? null}::text is null or c.provider_organ_id = ${organId ?? null})
      and case when c.copy = 'working' then r.draft is not null and ${mayWork(reach)}
          else e.resource_id is not null and (${mayRead(reach)} or ${mayWork(reach)}) end
      and (${after?.[0] ?? null}::uuid is null or (c.resource_id, c.copy) > (${after?.[0] ?? null}::uuid, ${after?.[1] ?? null}::text))
    order by c.resource_id, c.copy limit ${limit + 1}`.execute(db)
  return found
}
