import { ROLES, type Role } from '@sanjiang/contract'
import type { EditionFault, EditionFinding, EditionState, SourceEnd, SourceState } from '@sanjiang/contract/opendata'
import { type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { OpendataSource } from '#kernel/tables.ts'

const rows = (db: Db) =>
  db
    .selectFrom('opendata.source as s')
    .innerJoin('identity.organ as o', 'o.organ_id', 's.organ_id')
    .leftJoin('catalog.published_resource as p', 'p.resource_id', 's.resource_id')
    .leftJoin('exchange.published_subscription as x', 'x.subscription_id', 's.subscription_id')
    .leftJoin('sharing.published_grant as g', 'g.grant_id', 's.grant_id')
    .leftJoin('opendata.edition as e', 'e.edition_id', 's.edition_id')
    .selectAll('s')
    .select(['o.name as organ_name', 'o.path as organ_path', 'p.name as resource_name'])
    .select(['x.state as subscription_state', 'x.last_accepted_at', 'x.is_at_rest', 'x.is_whole'])
    .select(['g.status as grant_status', 'g.ends_on', 'e.edition_no', 'e.state as edition_state'])
    .select(['e.row_count', 'e.checked_at', 'e.findings', 'e.faults'])
    .$narrowType<{
      state: SourceState
      end_reason: SourceEnd | null
      edition_state: EditionState | null
      findings: EditionFinding[] | null
      faults: EditionFault[] | null
    }>()

export type SourceRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

interface ListOptions {
  readonly state?: SourceState
  readonly resource_id?: string
  readonly subscription_id?: string
  readonly after?: string
  readonly limit: number
}

export const listSourceRows = (db: Db, scope: Scope, options: ListOptions): Promise<SourceRow[]> => {
  const { state, resource_id, subscription_id, after, limit } = options
  const from = after === undefined ? undefined : parseCursor(after, 1)
  return rows(db)
    .where(within(scope, sql.ref('o.path')))
    .$if(state !== undefined, (query) => query.where('s.state', '=', state!))
    .$if(resource_id !== undefined, (query) => query.where('s.resource_id', '=', resource_id!))
    .$if(subscription_id !== undefined, (query) => query.where('s.subscription_id', '=', subscription_id!))
    .$if(from !== undefined, (query) => query.where(sql<SqlBool>`s.resource_id > ${from?.[0]}::uuid`))
    .orderBy('s.resource_id')
    .limit(limit + 1)
    .execute()
}

export const findSource = (db: Db, scope: Scope, resourceId: string): Promise<SourceRow | undefined> =>
  rows(db)
    .where('s.resource_id', '=', resourceId)
    .where(within(scope, sql.ref('o.path')))
    .executeTakeFirst()

export const lockSource = (tx: Tx, scope: Scope, resourceId: string): Promise<SourceRow | undefined> =>
  rows(tx)
    .where('s.resource_id', '=', resourceId)
    .where(within(scope, sql.ref('o.path')))
    .forUpdate('s')
    .executeTakeFirst()

export const listFollowing = async (db: Db): Promise<string[]> =>
  (
    await db
      .selectFrom('opendata.source')
      .select('resource_id')
      .where('state', '=', 'following')
      .orderBy('resource_id')
      .execute()
  ).map(({ resource_id }) => resource_id)

export const putSource = (tx: Tx, row: OpendataSource) =>
  tx
    .insertInto('opendata.source')
    .values(row)
    .onConflict((on) => on.column('resource_id').doUpdateSet(row))
    .execute()

export const updateSource = (tx: Tx, resourceId: string, change: Partial<OpendataSource>) =>
  tx.updateTable('opendata.source').set(change).where('resource_id', '=', resourceId).execute()

const subscriptions = (db: Db, resourceId: string) =>
  db
    .selectFrom('exchange.published_subscription as x')
    .innerJoin('sharing.published_grant as g', 'g.grant_id', 'x.grant_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'x.consumer_organ_id')
    .select(['x.subscription_id', 'x.grant_id', 'x.consumer_organ_id', 'o.name as consumer_name', 'x.last_accepted_at'])
    .select(['x.target_kind', 'x.target', 'x.state as subscription_state', 'g.status as grant_status', 'g.ends_on'])
    .where('x.resource_id', '=', resourceId)

export type SubscriptionRow = Awaited<ReturnType<ReturnType<typeof subscriptions>['executeTakeFirstOrThrow']>>

/** A subscription under a grant on this resource, with how both stand. */
export const findSubscription = (
  db: Db,
  { resource_id, id }: { resource_id: string; id: string },
): Promise<SubscriptionRow | undefined> =>
  subscriptions(db, resource_id).where('x.subscription_id', '=', id).executeTakeFirst()

const MOST_CHOICES = 100

/** Those that run before those that are over, the newest first. */
export const listSubscriptions = (db: Db, resourceId: string): Promise<SubscriptionRow[]> =>
  subscriptions(db, resourceId)
    .orderBy(sql`x.state = 'ended'`)
    .orderBy('x.subscription_id', 'desc')
    .limit(MOST_CHOICES)
    .execute()

const OFFICE = (Object.keys(ROLES) as Role[]).filter((role) =>
  (ROLES[role].permissions as readonly string[]).includes('opendata.inquiry.assign'),
)

/** The organs that run the portal: they have the post that assigns what citizens send. */
export const listOffices = async (db: Db): Promise<Map<string, string>> => {
  const found = await db
    .selectFrom('identity.published_post as p')
    .innerJoin('identity.organ as o', 'o.organ_id', 'p.organ_id')
    .select(['o.organ_id', 'o.name'])
    .distinct()
    .where('p.role', 'in', OFFICE)
    .orderBy('o.organ_id')
    .execute()
  return new Map(found.map(({ organ_id, name }) => [organ_id, name]))
}
