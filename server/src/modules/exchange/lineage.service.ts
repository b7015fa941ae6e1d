import type { exchange } from '@sanjiang/contract'
import { sql } from 'kysely'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { within } from '#kernel/scope.ts'

type Out<E> = E extends { readonly _types?: { out: infer O } } ? O : never
type Lineage = Out<typeof exchange.getLineage>
type Node = Lineage['nodes'][number]

const findResource = (db: Db, resourceId: string) =>
  db
    .selectFrom('catalog.published_resource')
    .select(['resource_id', 'name', 'source_system_name', 'provider_name', 'provider_path'])
    .where('resource_id', '=', resourceId)
    .executeTakeFirst()

const listFeeds = (db: Db, resourceId: string) =>
  db
    .selectFrom('exchange.feed as f')
    .innerJoin('exchange.agent as a', 'a.agent_id', 'f.agent_id')
    .select([
      'f.feed_id',
      'f.relation',
      'f.connection',
      'f.state',
      'f.union_items',
      'a.agent_id',
      'a.name as agent_name',
    ])
    .select(['a.state as agent_state'])
    .where('f.resource_id', '=', resourceId)
    .where('f.state', '<>', 'detached')
    .execute()

/** Rows in the target when it was last proven equal; what was accepted counts changes, not rows. */
const PROVEN_ROWS = sql<number | null>`(select r.target_rows from exchange.reconciliation r
  where r.subscription_id = s.subscription_id and r.proven_at is not null order by r.started_at desc limit 1)`.as(
  'proven_rows',
)

const listGrants = (ctx: Ctx, resourceId: string) =>
  ctx.db
    .selectFrom('sharing.published_grant as g')
    .innerJoin('identity.organ as c', 'c.organ_id', 'g.consumer_organ_id')
    .innerJoin('identity.organ as p', 'p.organ_id', 'g.provider_organ_id')
    .leftJoin('exchange.subscription as s', (join) =>
      join.onRef('s.grant_id', '=', 'g.grant_id').on('s.state', '<>', 'ended'),
    )
    .select(['g.grant_id', 'g.items', 'g.access_mode', 'g.scenario', 'c.name as consumer_name', 's.subscription_id'])
    .select(['s.target', 's.webhook_url', 's.state', PROVEN_ROWS])
    .where('g.resource_id', '=', resourceId)
    .where('g.status', '=', 'active')
    .where((eb) => {
      const scope = scopeOf(ctx.actor, 'exchange.feed.read')
      return eb.or([within(scope, sql.ref('c.path')), within(scope, sql.ref('p.path'))] as never)
    })
    .orderBy('g.grant_id')
    .limit(100)
    .execute()

type FeedRow = Awaited<ReturnType<typeof listFeeds>>[number]
type GrantRow = Awaited<ReturnType<typeof listGrants>>[number]

const feedPart = (feed: FeedRow, from: string): Lineage => {
  const items = (feed.union_items as string[]).length
  const nodes: Node[] = [
    {
      node_id: `source ${feed.feed_id}`,
      kind: 'source',
      title: feed.relation,
      detail: feed.connection,
      state: feed.state,
      ref: null,
    },
    {
      node_id: `agent ${feed.feed_id}`,
      kind: 'agent',
      title: feed.agent_name,
      detail: '前置节点',
      state: feed.agent_state,
      ref: feed.agent_id,
    },
    {
      node_id: `feed ${feed.feed_id}`,
      kind: 'feed',
      title: '交换日志',
      detail: `${items} 个信息项`,
      state: feed.state,
      ref: feed.feed_id,
    },
  ]
  const edges = [
    { from, to: `source ${feed.feed_id}`, items: 0, rows: null },
    { from: `source ${feed.feed_id}`, to: `agent ${feed.feed_id}`, items, rows: null },
    { from: `agent ${feed.feed_id}`, to: `feed ${feed.feed_id}`, items, rows: null },
  ]
  return { nodes, edges }
}

const grantPart = (grant: GrantRow, from: string): Lineage => {
  const items = (grant.items as unknown[]).length
  const nodes: Node[] = [
    {
      node_id: `grant ${grant.grant_id}`,
      kind: 'grant',
      title: grant.consumer_name,
      detail: grant.scenario ?? '',
      state: 'active',
      ref: grant.grant_id,
    },
  ]
  const edges: Lineage['edges'] = [{ from, to: `grant ${grant.grant_id}`, items, rows: grant.proven_rows }]
  if (grant.subscription_id) {
    const node_id = `target ${grant.subscription_id}`
    const title = grant.target ?? grant.webhook_url ?? ''
    nodes.push({
      node_id,
      kind: 'target',
      title,
      detail: grant.proven_rows === null ? '尚未对账' : `对账证明 ${grant.proven_rows} 行`,
      state: grant.state ?? '',
      ref: grant.subscription_id,
    })
    edges.push({ from: `grant ${grant.grant_id}`, to: node_id, items, rows: grant.proven_rows })
  }
  return { nodes, edges }
}

/** The way of a resource's data from its system to every consumer the reader may see (C5). */
export const getLineage = async (ctx: Ctx, resourceId: string): Promise<Lineage> => {
  const resource = await findResource(ctx.db, resourceId)
  if (!resource) throw new Fault('not_found')
  const system: Node = {
    node_id: 'system',
    kind: 'system',
    title: resource.source_system_name ?? resource.name ?? '',
    detail: resource.provider_name ?? '',
    state: 'active',
    ref: null,
  }
  const feeds = await listFeeds(ctx.db, resourceId)
  const [feed] = feeds
  const hasCalls = await ctx.db
    .selectFrom('gateway.service')
    .select('service_id')
    .where('resource_id', '=', resourceId)
    .where('state', '=', 'attached')
    .executeTakeFirst()
  const service: Node = {
    node_id: 'service',
    kind: 'service',
    title: '接口服务',
    detail: '经数据网关',
    state: 'active',
    ref: null,
  }
  const grants = await listGrants(ctx, resourceId)
  const parts = [
    ...feeds.map((one) => feedPart(one, 'system')),
    ...(hasCalls ? [{ nodes: [service], edges: [{ from: 'system', to: 'service', items: 0, rows: null }] }] : []),
    ...grants.flatMap((grant) => {
      const from = grant.access_mode === 'api' ? (hasCalls ? 'service' : null) : feed ? `feed ${feed.feed_id}` : null
      return from ? [grantPart(grant, from)] : []
    }),
  ]
  return { nodes: [system, ...parts.flatMap(({ nodes }) => nodes)], edges: parts.flatMap(({ edges }) => edges) }
}
