import { sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import { WAITING_SINCE } from './lag.store.ts'

onConstraint({
  subscription_grant_standing_key: { code: 'conflict', detail: '这个授权已有一条订阅', field: 'grant_id' },
})

/** Both sides see a subscription; only the consumer manages it. */
const seen = (scope: Scope, side: 'provider' | 'consumer' | 'all' = 'all') => {
  const provider = within(scope, sql.ref('s.provider_path'))
  const consumer = within(scope, sql.ref('s.consumer_path'))
  if (side === 'provider') return provider
  if (side === 'consumer') return consumer
  return sql<boolean>`(${provider} or ${consumer})`
}

const RECENT = sql`(select coalesce(sum(d.rows), 0)::int from (select rows, delivered_at from exchange.delivery x
  where x.subscription_id = s.subscription_id and x.generation = s.generation order by x.seq desc limit 400) d
  where d.delivered_at > now() - interval '60 seconds')`

const subscriptions = (db: Db) =>
  db
    .selectFrom('exchange.subscription as s')
    .innerJoin('exchange.feed as f', 'f.feed_id', 's.feed_id')
    .innerJoin('sharing.published_grant as g', 'g.grant_id', 's.grant_id')
    .innerJoin('identity.organ as p', 'p.organ_id', 's.provider_organ_id')
    .innerJoin('identity.organ as c', 'c.organ_id', 's.consumer_organ_id')
    .leftJoin('exchange.agent as a', 'a.agent_id', 's.agent_id')
    .leftJoin('identity.client as k', 'k.client_id', 'g.client_id')
    .select(['s.subscription_id', 's.grant_id', 'g.version as grant_version', 's.feed_id', 's.resource_id'])
    .select(['g.resource_code', 's.provider_organ_id', 'p.name as provider_name', 's.consumer_organ_id'])
    .select(['c.name as consumer_name', 's.provider_path', 's.consumer_path', 's.target_kind', 's.agent_id'])
    .select([
      'a.report as target_report',
      'a.name as agent_name',
      's.connection',
      's.target',
      's.file_format',
      's.webhook_url',
      's.state',
    ])
    .select(['g.client_id', 'k.name as client_name'])
    .select(['s.base_run_id', 's.next_seq', 's.rows_total', 's.bytes_total', 's.last_accepted_at', 's.trouble'])
    .select(['s.created_at', 's.reconcile_hours', 's.may_create', 'f.head', 'f.last_chunk_at', 'f.state as feed_state'])
    .select([
      'f.agent_id as source_agent_id',
      'f.relation',
      'f.connection as source_connection',
      'g.items',
      'g.row_conditions',
    ])
    .select(['f.key', 'f.bindings', 'f.row_leaves as keeps_leaves'])
    .select([
      sql<string>`(select v.resource_name from sharing.grant v where v.grant_id = g.grant_id and v.version = g.version)`.as(
        'resource_name',
      ),
      sql<number>`(select count(*)::int from exchange.file_fetch t where t.subscription_id = s.subscription_id)`.as(
        'files_fetched',
      ),
      sql<number>`(select coalesce(sum(t.bytes), 0)::bigint from exchange.file_fetch t
        where t.subscription_id = s.subscription_id)`.as('files_bytes'),
      sql<number>`${RECENT}`.as('recent_rows'),
      sql<
        string | null
      >`(select u.run_id from exchange.run u where u.feed_id = s.feed_id and u.kind <> 'changes' and u.state in ('waiting', 'running')
        order by u.run_id desc limit 1)`.as('source_run_id'),
      WAITING_SINCE.as('waiting_since'),
      sql<number>`(select coalesce(sum(k.rows), 0)::bigint from exchange.chunk k
        where k.feed_id = s.feed_id and k.seq >= s.next_seq and k.kind in ('rows', 'changes'))`.as('behind_rows'),
    ])

export type SubscriptionRow = Awaited<ReturnType<ReturnType<typeof subscriptions>['executeTakeFirstOrThrow']>>

export const findSubscription = (db: Db, scope: Scope, subscriptionId: string) =>
  subscriptions(db).where('s.subscription_id', '=', subscriptionId).where(seen(scope)).executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly side?: 'provider' | 'consumer' | 'all'
  readonly state?: string
  readonly feedId?: string
  readonly grantId?: string
  readonly after?: string
  readonly limit: number
}

export const listSubscriptionRows = (db: Db, options: ListOptions) => {
  const { scope, side, state, feedId, grantId, after, limit } = options
  return subscriptions(db)
    .where(seen(scope, side))
    .$if(state !== undefined, (query) => query.where('s.state', '=', state!))
    .$if(feedId !== undefined, (query) => query.where('s.feed_id', '=', feedId!))
    .$if(grantId !== undefined, (query) => query.where('s.grant_id', '=', grantId!))
    .$if(after !== undefined, (query) => query.where('s.subscription_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('s.subscription_id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** Its feed first, as the door locks them. */
export const lockSubscription = async (tx: Tx, scope: Scope, subscriptionId: string) => {
  const mine = tx
    .selectFrom('exchange.subscription')
    .where('subscription_id', '=', subscriptionId)
    .where(within(scope, sql.ref('consumer_path')))
  await tx
    .selectFrom('exchange.feed')
    .select('feed_id')
    .where('feed_id', '=', mine.select('feed_id'))
    .forUpdate()
    .execute()
  return mine.selectAll().forUpdate().executeTakeFirst()
}

export interface GrantRow {
  readonly grant_id: string
  readonly version: number
  readonly status: 'active' | 'revoked'
  readonly resource_id: string
  readonly provider_organ_id: string
  readonly provider_path: string
  readonly consumer_organ_id: string
  readonly consumer_path: string
  readonly access_mode: string
  readonly items: unknown
  readonly row_conditions: unknown
  readonly starts_on: string
  readonly ends_on: string
}

/** A grant the actor's organ may use, as it stands. */
export const findGrant = async (db: Db, scope: Scope, grantId: string): Promise<GrantRow | undefined> => {
  // Columns of a view have no `not null` of their own.
  const row = await db
    .selectFrom('sharing.published_grant as g')
    .innerJoin('identity.organ as c', 'c.organ_id', 'g.consumer_organ_id')
    .innerJoin('identity.organ as p', 'p.organ_id', 'g.provider_organ_id')
    .select(['g.grant_id', 'g.version', 'g.status', 'g.resource_id', 'g.provider_organ_id', 'p.path as provider_path'])
    .select(['g.consumer_organ_id', 'c.path as consumer_path', 'g.access_mode', 'g.items', 'g.row_conditions'])
    .select(['g.starts_on', 'g.ends_on'])
    .where('g.grant_id', '=', grantId)
    .where(within(scope, sql.ref('c.path')))
    .executeTakeFirst()
  return row as GrantRow | undefined
}

export const findFeedOf = (db: Db, resourceId: string) =>
  db
    .selectFrom('exchange.feed')
    .select(['feed_id', 'relation', 'bindings', 'key', 'agent_id'])
    .where('resource_id', '=', resourceId)
    .where('state', '<>', 'detached')
    .executeTakeFirst()

/** What a subscription's grant needs, and what its feed supplies. */
export const findNeeds = (tx: Tx, grantId: string, feedId: string) =>
  tx
    .selectFrom('sharing.published_grant as g')
    .innerJoin('exchange.feed as f', 'f.resource_id', 'g.resource_id')
    .select(['g.items', 'g.row_conditions', 'f.bindings'])
    .where('g.grant_id', '=', grantId)
    .where('f.feed_id', '=', feedId)
    .executeTakeFirstOrThrow()

interface NewSubscription {
  readonly subscription_id: string
  readonly grant_id: string
  readonly feed_id: string
  readonly resource_id: string
  readonly provider_organ_id: string
  readonly provider_path: string
  readonly consumer_organ_id: string
  readonly consumer_path: string
  readonly target_kind: string
  readonly agent_id: string | null
  readonly connection: string | null
  readonly target: string | null
  readonly may_create: boolean
  readonly file_format: string | null
  readonly webhook_url: string | null
  readonly reconcile_hours: number
  readonly created_at: string
}

export const insertSubscription = async (tx: Tx, subscription: NewSubscription): Promise<void> => {
  await tx
    .insertInto('exchange.subscription')
    .values({ ...subscription, state: 'active' })
    .execute()
}

type State = 'active' | 'paused' | 'faulted' | 'stopped' | 'ended'

export const setSubscriptionState = async (tx: Tx, subscriptionId: string, state: State): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ state, trouble: null })
    .where('subscription_id', '=', subscriptionId)
    .execute()
}

/** Begins a new generation: at a chunk of the same base, or, without one, at whatever snapshot is given next. */
export const startOver = async (tx: Tx, subscriptionId: string, seq: number | null): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ generation: sql`generation + 1`, state: 'active', trouble: null })
    .set(seq === null ? { base_run_id: null } : { from_seq: seq, next_seq: seq })
    .where('subscription_id', '=', subscriptionId)
    .execute()
}

export const findReports = async (db: Db, agentIds: readonly string[]) => {
  if (agentIds.length === 0) return []
  return db
    .selectFrom('exchange.agent')
    .select(['agent_id', 'name', 'state', 'last_seen_at', 'report'])
    .where('agent_id', 'in', [...agentIds])
    .execute()
}
