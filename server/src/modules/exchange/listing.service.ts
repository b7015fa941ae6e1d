import type { Paged } from '@sanjiang/contract'
import type { Delivery, Reconciliation, Reject, Run } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { parseCursor, toPage } from '#kernel/page.ts'
import { findFeed, findFeedSeen } from './feed.store.ts'
import { listReconciliationRows } from './reconciliation.view.ts'
import { listRunRows } from './run.view.ts'
import { findSubscription } from './subscription.store.ts'

interface PageQuery {
  readonly after?: string
  readonly limit?: number
}

const READ_FEED = 'exchange.feed.read'
const READ_SUBSCRIPTION = 'exchange.subscription.read'

const assertSubscription = async (ctx: Ctx, subscriptionId: string): Promise<void> => {
  if (!(await findSubscription(ctx.db, scopeOf(ctx.actor, READ_SUBSCRIPTION), subscriptionId)))
    throw new Fault('not_found')
}

export const listRuns = async (ctx: Ctx, feedId: string, { after, limit = 20 }: PageQuery): Promise<Paged<Run>> => {
  if (!(await findFeedSeen(ctx.db, scopeOf(ctx.actor, READ_FEED), feedId))) throw new Fault('not_found')
  return toPage(await listRunRows(ctx.db, { feedId, after, limit }), limit, ({ run_id }) => [run_id])
}

export const listReconciliations = async (
  ctx: Ctx,
  subscriptionId: string,
  { after, limit = 20 }: PageQuery,
): Promise<Paged<Reconciliation>> => {
  await assertSubscription(ctx, subscriptionId)
  const rows = await listReconciliationRows(ctx.db, { subscriptionId, after, limit })
  return toPage(rows, limit, ({ reconciliation_id }) => [reconciliation_id])
}

export const listDeliveries = async (
  ctx: Ctx,
  subscriptionId: string,
  { after, limit = 20 }: PageQuery,
): Promise<Paged<Delivery>> => {
  await assertSubscription(ctx, subscriptionId)
  const rows = await ctx.db
    .selectFrom('exchange.delivery')
    .select(['generation', 'seq', 'run_id', 'kind', 'rows', 'bytes', 'grant_version', 'delivered_at', 'accepted_at'])
    .select(['log_id', 'log_seq', sql<string>`encode(digest, 'hex')`.as('digest')])
    .select(
      sql<
        string | null
      >`(select encode(l.root, 'hex') from exchange.row_leaves l where l.subscription_id = delivery.subscription_id
        and l.generation = delivery.generation and l.seq = delivery.seq order by l.made_at desc limit 1)`.as(
        'row_root',
      ),
    )
    .where('subscription_id', '=', subscriptionId)
    .$if(after !== undefined, (query) => {
      const [generation, seq] = parseCursor(after!, 2).map(Number) as [number, number]
      if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(seq)) throw new Fault('invalid', '分页游标无效')
      return query.where(sql<boolean>`(generation, seq) < (${generation}, ${seq})`)
    })
    .orderBy('generation', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute()
  const page = toPage(rows, limit, ({ generation, seq }) => [generation, seq])
  return { ...page, rows: page.rows.map(({ generation: _, ...row }) => row) as Delivery[] }
}

interface RejectQuery extends PageQuery {
  readonly state?: string
  readonly item?: string
}

/** The provider's own matter: consumers learn the number, not the rows. */
export const listRejects = async (ctx: Ctx, feedId: string, query: RejectQuery): Promise<Paged<Reject>> => {
  const { after, limit = 20, state, item } = query
  if (!(await findFeed(ctx.db, scopeOf(ctx.actor, READ_FEED), feedId))) throw new Fault('not_found')
  const rows = await ctx.db
    .selectFrom('exchange.reject')
    .select(['reject_id', 'feed_id', 'run_id', 'row_key', 'item', 'rule', 'reason', 'state', 'found_at', 'settled_at'])
    .where('feed_id', '=', feedId)
    .$if(state !== undefined, (one) => one.where('state', '=', state!))
    .$if(item !== undefined, (one) => one.where('item', '=', item!))
    .$if(after !== undefined, (one) => one.where('reject_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('reject_id', 'desc')
    .limit(limit + 1)
    .execute()
  return toPage(rows as Reject[], limit, ({ reject_id }) => [reject_id])
}
