import { type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { SharingGrant, SharingGrantClient, SharingGrantRevocation } from '#kernel/tables.ts'
import type { Side } from './request.store.ts'

onConstraint({
  grant_pkey: { code: 'stale', detail: '授权已有新版本，请重新载入' },
  grant_revocation_pkey: { code: 'wrong_state', detail: '授权已收回' },
})

// The newest version of each grant with its revocation and last binding.
const rows = (db: Db) =>
  db
    .selectFrom('sharing.grant as g')
    .innerJoin('sharing.request as q', 'q.request_id', 'g.request_id')
    .innerJoin('identity.organ as p', 'p.organ_id', 'g.provider_organ_id')
    .innerJoin('identity.organ as c', 'c.organ_id', 'g.consumer_organ_id')
    .leftJoin('sharing.grant_revocation as v', 'v.grant_id', 'g.grant_id')
    .leftJoin('sharing.published_grant as b', 'b.grant_id', 'g.grant_id')
    .leftJoin('identity.client as a', 'a.client_id', 'b.client_id')
    .selectAll('g')
    .select(['q.request_no', 'p.name as provider_name', 'p.path as provider_path', 'c.name as consumer_name'])
    .select(['c.path as consumer_path', 'b.client_id', 'a.name as client_name'])
    .select(['v.cause', 'v.reason', 'v.revoked_on', 'v.revoked_at', 'v.revoked_by_name', 'v.superseded_by'])
    .whereRef('g.version', '=', 'b.version')

export type GrantRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

const visible = (scope: Scope, side: Side) => {
  const isConsumers = within(scope, sql.ref('c.path'))
  const isProviders = within(scope, sql.ref('p.path'))
  if (side === 'consumer') return isConsumers
  if (side === 'provider') return isProviders
  return sql<SqlBool>`(${isConsumers} or ${isProviders})`
}

export const findGrant = (db: Db, scope: Scope, grantId: string): Promise<GrantRow | undefined> =>
  rows(db).where('g.grant_id', '=', grantId).where(visible(scope, 'all')).executeTakeFirst()

/**
 * The grant, with its request locked: grants are append-only, so their request is what two writers queue on. Read again
 * after the lock, since a version may have been added while waiting.
 */
export const lockGrant = async (tx: Tx, scope: Scope, grantId: string): Promise<GrantRow | undefined> => {
  const found = await findGrant(tx, scope, grantId)
  if (!found) return undefined
  await tx
    .selectFrom('sharing.request')
    .select('request_id')
    .where('request_id', '=', found.request_id)
    .forUpdate()
    .execute()
  return findGrant(tx, scope, grantId)
}

interface ListOptions {
  readonly scope: Scope
  readonly side: Side
  readonly state?: 'active' | 'upcoming' | 'expired' | 'revoked'
  readonly resourceId?: string
  readonly clientId?: string
  readonly today: string
  readonly after?: string
  readonly limit: number
}

const STATES = {
  active: (today: string) => sql<SqlBool>`v.grant_id is null and ${today}::date between g.starts_on and g.ends_on`,
  upcoming: (today: string) => sql<SqlBool>`v.grant_id is null and g.starts_on > ${today}::date`,
  expired: (today: string) => sql<SqlBool>`v.grant_id is null and g.ends_on < ${today}::date`,
  revoked: () => sql<SqlBool>`v.grant_id is not null`,
}

export const listGrantRows = (db: Db, options: ListOptions): Promise<GrantRow[]> => {
  const { scope, side, state, resourceId, clientId, today, after, limit } = options
  const from = after === undefined ? undefined : String(parseCursor(after, 1)[0])
  return rows(db)
    .where(visible(scope, side))
    .$if(state !== undefined, (query) => query.where(STATES[state!](today)))
    .$if(resourceId !== undefined, (query) => query.where('g.resource_id', '=', resourceId!))
    .$if(clientId !== undefined, (query) => query.where('b.client_id', '=', clientId!))
    .$if(from !== undefined, (query) => query.where(sql<SqlBool>`g.grant_id < ${from}::uuid`))
    .orderBy('g.grant_id', 'desc')
    .limit(limit + 1)
    .execute()
}

export const listVersions = (db: Db, grantId: string): Promise<SharingGrant[]> =>
  db.selectFrom('sharing.grant').selectAll().where('grant_id', '=', grantId).orderBy('version', 'desc').execute()

export const listGrantIds = async (db: Db, requestId: string): Promise<string[]> => {
  const grants = await db
    .selectFrom('sharing.grant')
    .select('grant_id')
    .where('request_id', '=', requestId)
    .where('version', '=', 1)
    .orderBy('grant_id')
    .execute()
  return grants.map(({ grant_id }) => grant_id)
}

/** Grants of one request that still stand, newest version of each. */
export const listStanding = (db: Db, requestId: string): Promise<GrantRow[]> =>
  rows(db).where('g.request_id', '=', requestId).where('v.grant_id', 'is', null).orderBy('g.grant_id').execute()

export const insertGrant = (tx: Tx, row: SharingGrant) => tx.insertInto('sharing.grant').values(row).execute()

export const insertRevocation = (tx: Tx, row: SharingGrantRevocation) =>
  tx.insertInto('sharing.grant_revocation').values(row).execute()

/** Appends a binding; the last one counts. */
export const insertBinding = (tx: Tx, row: Omit<SharingGrantClient, 'binding_no'>) =>
  tx
    .insertInto('sharing.grant_client')
    .values({
      ...row,
      binding_no: sql<number>`(select count(*)::integer + 1 from sharing.grant_client where grant_id = ${row.grant_id}::uuid)`,
    })
    .execute()

/** Which organs hold grants of a resource that are in force on `today`. */
export const listConsumers = (db: Db, resourceId: string, today: string) =>
  db
    .selectFrom('sharing.published_grant as g')
    .innerJoin('identity.organ as c', 'c.organ_id', 'g.consumer_organ_id')
    .select([
      'c.organ_id',
      'c.name',
      sql<number>`count(*)::integer`.as('grants'),
      sql<string>`min(g.starts_on)`.as('since'),
    ])
    .where('g.resource_id', '=', resourceId)
    .where('g.status', '=', 'active')
    .where(sql<SqlBool>`${today}::date between g.starts_on and g.ends_on`)
    .groupBy(['c.organ_id', 'c.name'])
    .orderBy('grants', 'desc')
    .orderBy('c.organ_id')
    .execute()

export const countOpenRequests = async (db: Db, resourceId: string): Promise<number> => {
  const { count } = await db
    .selectFrom('sharing.request')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('resource_id', '=', resourceId)
    .where('state', 'in', ['submitted', 'negotiating', 'coordinating'])
    .executeTakeFirstOrThrow()
  return count
}

/** Whether an organ ever held a grant of this item: only who received data can find it wrong. */
export const hasReceived = async (db: Db, consumerOrganId: string, itemId: string): Promise<boolean> => {
  const found = await db
    .selectFrom('sharing.grant')
    .select('grant_id')
    .where('consumer_organ_id', '=', consumerOrganId)
    .where(sql<SqlBool>`items @> ${JSON.stringify([{ item_id: itemId }])}::jsonb`)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}
