import type { FeedDraft } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import { ELEMENT_CODES } from './element.store.ts'

onConstraint({
  feed_resource_attached_key: { code: 'conflict', detail: '该资源已挂接，请变更原有挂接', field: 'resource_id' },
})

const feeds = (db: Db) =>
  db
    .selectFrom('exchange.feed as f')
    .innerJoin('exchange.agent as a', 'a.agent_id', 'f.agent_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'f.provider_organ_id')
    .leftJoin('catalog.published_resource as r', 'r.resource_id', 'f.resource_id')
    .select(['f.feed_id', 'f.resource_id', 'f.provider_organ_id', 'f.provider_path', 'o.name as provider_name'])
    .select(['f.agent_id', 'a.name as agent_name', 'a.report', 'f.connection', 'f.relation', 'f.version', 'f.state'])
    .select(['f.hold_reason', 'f.mode', 'f.cursor_item', 'f.interval_seconds', 'f.reject_threshold', 'f.row_leaves'])
    .select(['f.bindings', 'f.key', 'f.union_items', 'f.head', 'f.last_chunk_at', 'f.next_run_at', 'f.trouble'])
    .select(['f.unique_items', 'f.hold_stale', 'f.newest_on', 'f.stale_on', 'r.update_cycle'])
    .select([
      sql<string>`coalesce(r.code, '')`.as('resource_code'),
      sql<string>`coalesce(r.name, '')`.as('resource_name'),
      sql<number>`(select count(*)::int from exchange.reject x where x.feed_id = f.feed_id and x.state = 'open')`.as(
        'open_rejects',
      ),
      sql<number>`(select count(*)::int from exchange.subscription s where s.feed_id = f.feed_id and s.state <> 'ended')`.as(
        'subscriptions',
      ),
      sql<
        string | null
      >`(select u.run_id from exchange.run u where u.feed_id = f.feed_id order by u.ordered_at desc, u.run_id desc limit 1)`.as(
        'last_run_id',
      ),
    ])

export type FeedRow = Awaited<ReturnType<ReturnType<typeof feeds>['executeTakeFirstOrThrow']>>

export const findFeed = (db: Db, scope: Scope, feedId: string) =>
  feeds(db)
    .where('f.feed_id', '=', feedId)
    .where(within(scope, sql.ref('f.provider_path')))
    .executeTakeFirst()

/** A feed as its consumers may read it too: those who hold a subscription of it. */
export const findFeedSeen = (db: Db, scope: Scope, feedId: string) =>
  feeds(db)
    .where('f.feed_id', '=', feedId)
    .where(
      sql<boolean>`(${within(scope, sql.ref('f.provider_path'))} or exists (select from exchange.subscription s
        where s.feed_id = f.feed_id and ${within(scope, sql.ref('s.consumer_path'))}))`,
    )
    .executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly resourceId?: string
  readonly agentId?: string
  readonly state?: string
  readonly after?: string
  readonly limit: number
}

export const listFeedRows = (db: Db, { scope, resourceId, agentId, state, after, limit }: ListOptions) =>
  feeds(db)
    .where(within(scope, sql.ref('f.provider_path')))
    .$if(resourceId !== undefined, (query) => query.where('f.resource_id', '=', resourceId!))
    .$if(agentId !== undefined, (query) => query.where('f.agent_id', '=', agentId!))
    .$if(state !== undefined, (query) => query.where('f.state', '=', state!))
    .$if(after !== undefined, (query) => query.where('f.feed_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('f.feed_id', 'desc')
    .limit(limit + 1)
    .execute()

export const lockFeed = (tx: Tx, scope: Scope, feedId: string) =>
  tx
    .selectFrom('exchange.feed')
    .selectAll()
    .where('feed_id', '=', feedId)
    .where(within(scope, sql.ref('provider_path')))
    .forUpdate()
    .executeTakeFirst()

export type LockedFeed = NonNullable<Awaited<ReturnType<typeof lockFeed>>>

export const findProvided = (db: Db, scope: Scope, resourceId: string) =>
  db
    .selectFrom('catalog.published_resource')
    .select(['resource_id', 'code', 'name', 'provider_organ_id', 'provider_path'])
    .where('resource_id', '=', resourceId)
    .where(within(scope, sql.ref('provider_path')))
    .executeTakeFirst()

export const listItems = (db: Db, resourceId: string) =>
  db
    .selectFrom('catalog.published_item as i')
    .select(['item_id', 'name', 'name_en', 'data_type', 'length', 'is_key', 'is_required', 'share_type', 'mask_rule'])
    .select(['data_element', ELEMENT_CODES])
    .where('resource_id', '=', resourceId)
    .orderBy('seq')
    .execute()

export type ItemRow = Awaited<ReturnType<typeof listItems>>[number]

const columnsOf = (draft: FeedDraft) => ({
  agent_id: draft.agent_id,
  connection: draft.connection,
  relation: draft.relation,
  mode: draft.mode,
  cursor_item: draft.cursor_item ?? null,
  interval_seconds: draft.interval_seconds,
  reject_threshold: draft.reject_threshold,
  row_leaves: draft.row_leaves,
  unique_items: JSON.stringify(draft.unique_items ?? []),
  hold_stale: draft.hold_stale ?? false,
  bindings: JSON.stringify(draft.bindings),
  key: JSON.stringify(draft.key),
})

interface NewFeed {
  readonly feed_id: string
  readonly resource_id: string
  readonly provider_organ_id: string
  readonly provider_path: string
  readonly attached_at: string
}

export const insertFeed = async (tx: Tx, feed: NewFeed, draft: FeedDraft): Promise<void> => {
  await tx
    .insertInto('exchange.feed')
    .values({ ...feed, ...columnsOf(draft), version: 1, state: 'active', union_items: '[]' })
    .execute()
}

export const updateFeed = async (tx: Tx, feedId: string, draft: FeedDraft): Promise<number> => {
  const { version } = await tx
    .updateTable('exchange.feed')
    .set({ ...columnsOf(draft), version: sql`version + 1`, trouble: null })
    .where('feed_id', '=', feedId)
    .returning('version')
    .executeTakeFirstOrThrow()
  return version
}

interface NewVersion {
  readonly feed_id: string
  readonly version: number
  readonly reason: string
  readonly changed_at: string
  readonly changed_by: string | null
  readonly changed_by_name: string
}

export const insertFeedVersion = async (tx: Tx, version: NewVersion, draft: FeedDraft): Promise<void> => {
  await tx
    .insertInto('exchange.feed_version')
    .values({ ...version, draft: JSON.stringify(draft) })
    .execute()
}

interface FeedState {
  readonly state: 'active' | 'paused' | 'held' | 'detached'
  readonly hold_reason: 'quality' | 'drift' | 'stale' | 'provider' | null
}

export const setFeedState = async (tx: Tx, feedId: string, { state, hold_reason }: FeedState): Promise<void> => {
  await tx
    .updateTable('exchange.feed')
    .set({ state, hold_reason, trouble: null })
    .where('feed_id', '=', feedId)
    .execute()
}

export const setUnion = async (tx: Tx, feedId: string, items: readonly string[]): Promise<void> => {
  await tx
    .updateTable('exchange.feed')
    .set({ union_items: JSON.stringify(items) })
    .where('feed_id', '=', feedId)
    .execute()
}

/** Runs that have begun or wait, called off when their feed changes under them. */
export const cancelRuns = async (tx: Tx, feedId: string, at: string): Promise<void> => {
  await tx
    .updateTable('exchange.run')
    .set({ state: 'cancelled', finished_at: at })
    .where('feed_id', '=', feedId)
    .where('state', 'in', ['waiting', 'running'])
    .execute()
}

/** By what its subscriptions are reconciled, ended ones apart. */
export const countReconciled = (db: Db, feedId: string) =>
  db
    .selectFrom('exchange.subscription')
    .select([
      sql<number | null>`max(nullif(reconcile_hours, 0)) filter (where target_kind = 'table')`.as('every_hours'),
      sql<number>`count(*) filter (where target_kind = 'table' and reconcile_hours > 0)::int`.as('by_clock'),
      sql<number>`count(*) filter (where target_kind = 'table' and reconcile_hours = 0)::int`.as('by_hand'),
      sql<number>`count(*) filter (where target_kind <> 'table')::int`.as('never'),
    ])
    .where('feed_id', '=', feedId)
    .where('state', '<>', 'ended')
    .executeTakeFirstOrThrow()

/** What of the log is still held: where it begins and how much it is. */
export const sumRetained = async (db: Db, feedId: string): Promise<{ from: number | null; bytes: number }> => {
  const row = await db
    .selectFrom('exchange.chunk_body as b')
    .innerJoin('exchange.chunk as c', (join) =>
      join.onRef('c.feed_id', '=', 'b.feed_id').onRef('c.seq', '=', 'b.seq').onRef('c.month', '=', 'b.month'),
    )
    .select([
      sql<number | null>`min(b.seq)`.as('first'),
      sql<number>`coalesce(sum(c.stored_bytes), 0)::bigint`.as('bytes'),
    ])
    .where('b.feed_id', '=', feedId)
    .executeTakeFirstOrThrow()
  return { from: row.first, bytes: row.bytes }
}

/** What the centre holds of a feed's files, each content once. */
export const sumFiles = async (db: Db, feedId: string): Promise<{ files: number; bytes: number }> => {
  const { rows } = await sql<{ files: number; bytes: number }>`
    select count(*)::int as files, coalesce(sum(size), 0)::bigint as bytes
    from (select distinct recipe, size from exchange.file where feed_id = ${feedId}) f`.execute(db)
  return rows[0] ?? { files: 0, bytes: 0 }
}
