import { type Expression, type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { SharingDemand, SharingDemandEffect, SharingDemandRequest } from '#kernel/tables.ts'

onConstraint({
  demand_open_key: { code: 'conflict', detail: '本机构已提出同名的需求，尚未了结', field: 'name' },
  demand_request_pkey: { code: 'conflict', detail: '这份申请已挂在一个需求下', field: 'request_id' },
})

const rows = (db: Db) =>
  db
    .selectFrom('sharing.demand as d')
    .innerJoin('sharing.demand_progress as p', 'p.demand_id', 'd.demand_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'd.organ_id')
    .leftJoin('identity.organ as s', 's.organ_id', 'd.supplier_organ_id')
    .leftJoin('identity.organ as u', 'u.organ_id', 'p.duty_organ_id')

const shown = (db: Db) =>
  rows(db)
    .selectAll('d')
    .select([
      'o.name as organ_name',
      'o.path as organ_path',
      's.name as supplier_name',
      'p.stage',
      'p.duty_state',
      'p.open_state',
      'p.refusals',
      'p.assigned_on',
      'p.matched_on',
      'p.picked_on',
      'p.requested_on',
      'p.granted_on',
      'p.connected_on',
      'p.used_on',
      'p.effect_on',
    ])

export type DemandRow = Awaited<ReturnType<ReturnType<typeof shown>['executeTakeFirstOrThrow']>>

export type DemandSide = 'demander' | 'supplier' | 'all'

/** Whoever needs it, whoever is thought to have it, and whoever was made responsible see a demand. */
const visible = (scope: Scope, side: DemandSide = 'all'): Expression<SqlBool> => {
  const isDemander = within(scope, sql.ref('o.path'))
  const isSupplier = sql<SqlBool>`coalesce(${within(scope, sql.ref('s.path'))} and d.supplier_organ_id is not null, false)
    or coalesce(${within(scope, sql.ref('u.path'))} and p.duty_organ_id is not null, false)`
  if (side === 'demander') return isDemander
  if (side === 'supplier') return sql<SqlBool>`(${isSupplier})`
  return sql<SqlBool>`(${isDemander} or ${isSupplier})`
}

export interface DemandFilter {
  readonly side?: DemandSide
  readonly stage?: string
  readonly urgency?: string
  readonly organ_id?: string
  readonly q?: string
}

const asked = (scope: Scope, { side, stage, urgency, organ_id, q }: DemandFilter): Expression<SqlBool> => {
  const parts = [visible(scope, side)]
  if (stage) parts.push(sql<SqlBool>`p.stage = ${stage}`)
  if (urgency) parts.push(sql<SqlBool>`d.urgency = ${urgency}`)
  if (organ_id) parts.push(sql<SqlBool>`d.organ_id = ${organ_id}`)
  if (q) parts.push(sql<SqlBool>`(position(${q} in d.name) > 0 or d.demand_no = ${q})`)
  return sql<SqlBool>`(${sql.join(parts, sql` and `)})`
}

export const findDemand = (db: Db, scope: Scope, demandId: string): Promise<DemandRow | undefined> =>
  shown(db).where('d.demand_id', '=', demandId).where(visible(scope)).executeTakeFirst()

/** Locks a demand. Everything that changes what happens to it queues here; its stage is read after the lock is held. */
export const lockDemand = async (tx: Tx, scope: Scope, demandId: string): Promise<DemandRow | undefined> => {
  await tx.selectFrom('sharing.demand').select('demand_id').where('demand_id', '=', demandId).forUpdate().execute()
  return findDemand(tx, scope, demandId)
}

interface ListOptions extends DemandFilter {
  readonly scope: Scope
  readonly order: 'newest' | 'wanted'
  readonly after?: string
  readonly limit: number
}

export const listDemandRows = (db: Db, options: ListOptions): Promise<DemandRow[]> => {
  const { scope, order, after, limit, ...filter } = options
  const from = after === undefined ? undefined : parseCursor(after, 2)
  const query = shown(db)
    .where(asked(scope, filter))
    .limit(limit + 1)
  if (order === 'wanted')
    return query
      .$if(from !== undefined, (one) =>
        one.where(sql<SqlBool>`(d.wanted_on, d.demand_id) > (${from![0]}::date, ${from![1]}::uuid)`),
      )
      .orderBy('d.wanted_on')
      .orderBy('d.demand_id')
      .execute()
  return query
    .$if(from !== undefined, (one) =>
      one.where(sql<SqlBool>`(d.filed_on, d.demand_id) < (${from![0]}::date, ${from![1]}::uuid)`),
    )
    .orderBy('d.filed_on', 'desc')
    .orderBy('d.demand_id', 'desc')
    .execute()
}

export const countDemandRows = (db: Db, scope: Scope, filter: DemandFilter) =>
  rows(db)
    .select(['p.stage', 'd.urgency', 'd.organ_id', 'o.name', sql<number>`count(*)::integer`.as('count')])
    .where(asked(scope, filter))
    .groupBy(['p.stage', 'd.urgency', 'd.organ_id', 'o.name'])
    .execute()

export const nextDemandNo = async (tx: Tx, today: string): Promise<string> => {
  const { rows } = await sql<{ no: number }>`select nextval('sharing.demand_no_seq') as no`.execute(tx)
  return `XQ${today.replaceAll('-', '')}-${String(rows[0]!.no).padStart(6, '0')}`
}

export const insertDemand = (tx: Tx, row: SharingDemand) => tx.insertInto('sharing.demand').values(row).execute()

export const updateDemand = (tx: Tx, demandId: string, change: Partial<SharingDemand>) =>
  tx.updateTable('sharing.demand').set(change).where('demand_id', '=', demandId).execute()

/** Names under which an organ's demands are open: telling one twice is found before it is filed. */
export const listOpenKeys = async (db: Db, organId: string): Promise<Set<string>> => {
  const found = await db
    .selectFrom('sharing.demand')
    .select('name_key')
    .where('organ_id', '=', organId)
    .where('withdrawn_on', 'is', null)
    .execute()
  return new Set(found.map(({ name_key }) => name_key))
}

/** Organs by any of the names they go by; a name that several have is nobody's. */
export const findOrgansByName = async (db: Db, names: readonly string[]): Promise<Map<string, string>> => {
  if (names.length === 0) return new Map()
  const found = await db
    .selectFrom('identity.organ as o')
    .select(['o.organ_id', 'o.name', 'o.short_name'])
    .where((one) => one.or([one('o.name', 'in', names), one('o.short_name', 'in', names)]))
    .where('o.dissolved_on', 'is', null)
    .execute()
  const known = new Map<string, string | null>()
  for (const { organ_id, name, short_name } of found)
    for (const one of new Set([name, short_name]))
      if (one) known.set(one, known.has(one) && known.get(one) !== organ_id ? null : organ_id)
  return new Map([...known].filter((pair): pair is [string, string] => pair[1] !== null))
}

export const insertDemandRequest = (tx: Tx, row: SharingDemandRequest) =>
  tx.insertInto('sharing.demand_request').values(row).execute()

export const listDemandRequests = (db: Db, demandId: string) =>
  db
    .selectFrom('sharing.demand_request as l')
    .innerJoin('sharing.request as r', 'r.request_id', 'l.request_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.provider_organ_id')
    .select([
      'r.request_id',
      'r.request_no',
      'r.resource_id',
      'r.resource_name',
      'o.name as provider_name',
      'r.state',
      'l.picked_on',
      'r.clock_started_on',
      'r.clock_stopped_on',
    ])
    .select((one) =>
      one
        .selectFrom('sharing.request_item as i')
        .select(sql<string | null>`min(i.reason_code)`.as('reason_code'))
        .whereRef('i.request_id', '=', 'r.request_id')
        .where('i.state', '=', 'refused')
        .as('reason_code'),
    )
    .where('l.demand_id', '=', demandId)
    .orderBy('l.picked_on')
    .orderBy('r.request_id')
    .execute()

/** Grants that came of a demand's requests, with what the ledger and the exchange saw of their use. */
export const listDemandGrants = (db: Db, requestIds: readonly string[]) =>
  db
    .selectFrom('sharing.grant as g')
    .leftJoin('sharing.grant_revocation as v', 'v.grant_id', 'g.grant_id')
    .leftJoin('sharing.grant_use as u', 'u.grant_id', 'g.grant_id')
    .leftJoin('exchange.published_subscription as s', 's.grant_id', 'g.grant_id')
    .select([
      'g.grant_id',
      'g.request_id',
      'g.access_mode',
      'g.issued_on',
      sql<boolean>`v.grant_id is not null`.as('is_revoked'),
      'u.connected_on',
      'u.first_used_on',
      'u.last_used_on',
      's.subscription_id',
      sql<number>`coalesce(s.rows_total, 0)::double precision`.as('rows'),
      sql<number>`(select count(*)::integer from ledger.published_call c where c.grant_id = g.grant_id and c.outcome = 'answered')`.as(
        'calls',
      ),
    ])
    .where('g.version', '=', 1)
    .where('g.request_id', 'in', requestIds)
    .orderBy('g.grant_id')
    .execute()

export const insertEffect = (tx: Tx, row: SharingDemandEffect) =>
  tx.insertInto('sharing.demand_effect').values(row).execute()

export const listEffects = (db: Db, demandId: string): Promise<SharingDemandEffect[]> =>
  db
    .selectFrom('sharing.demand_effect')
    .selectAll()
    .where('demand_id', '=', demandId)
    .orderBy('effect_id', 'desc')
    .execute()
