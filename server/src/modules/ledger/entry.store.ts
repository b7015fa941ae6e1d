import { type Expression, type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'

export interface StoredEntry {
  readonly seq: number
  readonly body: string
  readonly leaf: Buffer
}

/** Entries numbered in [from, to) as they are stored, in order. */
export const listEntryBytes = (db: Db, logId: string, [from, to]: readonly [number, number]): Promise<StoredEntry[]> =>
  db
    .selectFrom('ledger.entry')
    .select(['seq', 'body', 'leaf'])
    .where('log_id', '=', logId)
    .where('seq', '>=', from)
    .where('seq', '<', to)
    .orderBy('seq')
    .execute()

export const isEventSealed = async (db: Db, eventId: string): Promise<boolean> =>
  (await db.selectFrom('ledger.entry').select('seq').where('event_id', '=', eventId).limit(1).executeTakeFirst()) !==
  undefined

/** Not for exchange readers: these are in the access log. */
const HIDDEN = ['access', 'admin']

const entries = (db: Db) =>
  db
    .selectFrom('ledger.entry as e')
    .leftJoin('identity.organ as p', 'p.organ_id', 'e.provider_organ_id')
    .leftJoin('identity.organ as c', 'c.organ_id', 'e.consumer_organ_id')
    .leftJoin('identity.client as a', 'a.client_id', 'e.client_id')
    .select(['e.log_id', 'e.seq', 'e.at', 'e.kind', 'e.provider_organ_id', 'e.consumer_organ_id', 'e.client_id'])
    .select(['e.grant_id', 'e.resource_code', 'e.case_no', 'e.outcome', 'e.topic', 'e.leaf'])
    .select(['p.name as provider_name', 'c.name as consumer_name', 'a.name as client_name'])

/** A party to the exchange is in reach; an entry without parties belongs to whoever reaches all. */
const reachable = (scope: Scope): Expression<SqlBool> =>
  sql<SqlBool>`(${within(scope, sql<string>`coalesce(p.path, '')`)} or ${within(scope, sql<string>`coalesce(c.path, '')`)})`

export interface Span {
  /** Instants, the first included, the second not. */
  readonly from?: string
  readonly to?: string
}

export interface EntryFilter extends Span {
  readonly kind?: string
  readonly log_id?: string
  readonly organ_id?: string
  readonly client_id?: string
  readonly grant_id?: string
  readonly resource_code?: string
  readonly case_no?: string
  readonly outcome?: string
}

export interface Paging {
  readonly after?: string
  readonly limit: number
}

/** Newest first; the order is total because (log_id, seq) is. */
export const cursorOf = ({ at, log_id, seq }: { at: string; log_id: string; seq: number }): (string | number)[] => [
  at,
  log_id,
  seq,
]

const before = (after: string): Expression<SqlBool> => {
  const [at, logId, seq] = parseCursor(after, 3)
  return sql<SqlBool>`(e.at, e.log_id, e.seq) < (${at}::timestamptz, ${logId}::uuid, ${seq}::bigint)`
}

const equals = { kind: 'e.kind', log_id: 'e.log_id', client_id: 'e.client_id', grant_id: 'e.grant_id' } as const
const alsoEquals = { resource_code: 'e.resource_code', case_no: 'e.case_no', outcome: 'e.outcome' } as const
const FILTERS = Object.entries({ ...equals, ...alsoEquals }) as [keyof EntryFilter, (typeof equals)['kind']][]

const isInSpan = ({ from, to }: Span): Expression<SqlBool>[] => [
  ...(from
    ? [sql<SqlBool>`e.at >= ${from}::timestamptz and e.month >= date_trunc('month', ${from}::timestamptz)::date`]
    : []),
  ...(to ? [sql<SqlBool>`e.at < ${to}::timestamptz`] : []),
]

export const listEntryRows = (db: Db, scope: Scope, { filter, paging }: { filter: EntryFilter; paging: Paging }) => {
  let query = entries(db).where('e.kind', 'not in', HIDDEN).where(reachable(scope))
  for (const [name, column] of FILTERS) if (filter[name] !== undefined) query = query.where(column, '=', filter[name])
  if (filter.organ_id !== undefined)
    query = query.where(({ or, eb }) =>
      or([eb('e.consumer_organ_id', '=', filter.organ_id!), eb('e.provider_organ_id', '=', filter.organ_id!)]),
    )
  for (const condition of isInSpan(filter)) query = query.where(condition)
  if (paging.after !== undefined) query = query.where(before(paging.after))
  return query
    .orderBy('e.at', 'desc')
    .orderBy('e.log_id', 'desc')
    .orderBy('e.seq', 'desc')
    .limit(paging.limit + 1)
    .execute()
}

export const findEntry = (db: Db, scope: Scope, { logId, seq }: { logId: string; seq: number }) =>
  entries(db)
    .innerJoin('ledger.log as l', 'l.log_id', 'e.log_id')
    .select(['e.body', 'l.hash_alg'])
    .where('e.log_id', '=', logId)
    .where('e.seq', '=', seq)
    .where('e.kind', 'not in', HIDDEN)
    .where(reachable(scope))
    .executeTakeFirst()

export interface SealedRow {
  readonly log_id: string
  readonly seq: number
  readonly at: string
  readonly leaf: Buffer
  /** Canonical text of the entry. */
  readonly body: string
}

interface SealedFilter extends Required<Span>, Paging {
  readonly grant_id: string
  readonly kind: string
  /** Only entries whose text has this in it. */
  readonly text?: string
}

/** Entries of one kind under a grant with their texts, oldest first: what proofs to parties are made of. */
export const listSealed = (
  db: Db,
  { grant_id, kind, text, from, to, after, limit }: SealedFilter,
): Promise<SealedRow[]> => {
  let query = db
    .selectFrom('ledger.entry as e')
    .select(['e.log_id', 'e.seq', 'e.at', 'e.leaf', 'e.body'])
    .where('e.grant_id', '=', grant_id)
    .where('e.kind', '=', kind)
  for (const condition of isInSpan({ from, to })) query = query.where(condition)
  if (text !== undefined) query = query.where(sql<SqlBool>`position(${text} in e.body) > 0`)
  if (after !== undefined) {
    const [at, logId, seq] = parseCursor(after, 3)
    query = query.where(sql<SqlBool>`(e.at, e.log_id, e.seq) > (${at}::timestamptz, ${logId}::uuid, ${seq}::bigint)`)
  }
  return query
    .orderBy('e.at')
    .orderBy('e.log_id')
    .orderBy('e.seq')
    .limit(limit + 1)
    .execute()
}

/** Entries that name one of these subjects, newest first. */
export const listTraceRows = (db: Db, hashes: readonly string[], paging: Paging) => {
  let query = entries(db)
    .innerJoin('ledger.subject as s', (join) =>
      join.onRef('s.log_id', '=', 'e.log_id').onRef('s.seq', '=', 'e.seq').onRef('s.month', '=', 'e.month'),
    )
    .select('e.body')
    .where('s.subject', 'in', hashes)
  if (paging.after !== undefined) query = query.where(before(paging.after))
  return query
    .orderBy('e.at', 'desc')
    .orderBy('e.log_id', 'desc')
    .orderBy('e.seq', 'desc')
    .limit(paging.limit + 1)
    .execute()
}

export interface AccessFilter extends Span {
  readonly actor_id?: string
  readonly topic?: string
  readonly outcome?: string
}

/** Logins, refusals and administration, by people the scope reaches. */
export const listAccessRows = (db: Db, scope: Scope, { filter, paging }: { filter: AccessFilter; paging: Paging }) => {
  let query = db
    .selectFrom('ledger.entry as e')
    .select(['e.log_id', 'e.seq', 'e.at', 'e.kind', 'e.leaf', 'e.topic', 'e.outcome', 'e.actor_id', 'e.body'])
    .where('e.topic', 'is not', null)
    .where('e.kind', 'in', HIDDEN)
  if (scope !== 'all')
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('identity.person as w')
          .innerJoin('identity.organ as o', 'o.organ_id', 'w.organ_id')
          .select('w.person_id')
          .where(sql<SqlBool>`w.person_id::text = e.actor_id`)
          .where(within(scope, sql.ref('o.path'))),
      ),
    )
  if (filter.actor_id !== undefined) query = query.where('e.actor_id', '=', filter.actor_id)
  if (filter.topic !== undefined) query = query.where('e.topic', '=', filter.topic)
  if (filter.outcome !== undefined) query = query.where('e.outcome', '=', filter.outcome)
  for (const condition of isInSpan(filter)) query = query.where(condition)
  if (paging.after !== undefined) query = query.where(before(paging.after))
  return query
    .orderBy('e.at', 'desc')
    .orderBy('e.log_id', 'desc')
    .orderBy('e.seq', 'desc')
    .limit(paging.limit + 1)
    .execute()
}

export const listLogRows = (db: Db, { after, limit, is_open }: Paging & { is_open?: boolean }) =>
  db
    .selectFrom('ledger.log as l')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('ledger.head')
          .select(['size as sealed_size', 'root as sealed_root', 'no as checkpoint_no'])
          .whereRef('log_id', '=', 'l.log_id')
          .orderBy('no', 'desc')
          .limit(1)
          .as('h'),
      (join) => join.onTrue(),
    )
    .select(['l.log_id', 'l.node_id', 'l.role', 'l.hash_alg', 'l.size', 'l.opened_at', 'l.closed_at', 'l.closed_by'])
    .select(['h.sealed_size', 'h.sealed_root', 'h.checkpoint_no'])
    .$if(is_open !== undefined, (query) => query.where('l.closed_at', is_open ? 'is' : 'is not', null))
    .$if(after !== undefined, (query) => query.where('l.log_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('l.log_id', 'desc')
    .limit(limit + 1)
    .execute()

export const findOrganNames = async (db: Db, organIds: readonly string[]): Promise<Map<string, string>> => {
  if (organIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name'])
    .where('organ_id', 'in', [...new Set(organIds)])
    .execute()
  return new Map(rows.map(({ organ_id, name }) => [organ_id, name]))
}
