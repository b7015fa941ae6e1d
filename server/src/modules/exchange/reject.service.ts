import { sql } from 'kysely'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { lockFeed } from './feed.store.ts'
import { orderRun } from './run.service.ts'
import { wakeAgent } from './wake.ts'

const takeOpen = async (
  tx: Tx,
  ctx: Ctx,
  { feedId, ids }: { feedId: string; ids: readonly string[] },
): Promise<string[]> => {
  const rows = await tx
    .updateTable('exchange.reject')
    .set({ state: 'replayed', settled_at: ctx.instant })
    .where('feed_id', '=', feedId)
    .where('reject_id', 'in', [...ids])
    .where('state', '=', 'open')
    .returning('sealed_key')
    .execute()
  return [...new Set(rows.map(({ sealed_key }) => sealed_key))]
}

/** What stays to be mended, and of which resource. */
const findLeft = (tx: Tx, feedId: string) =>
  tx
    .selectFrom('exchange.feed as f')
    .leftJoin('catalog.published_resource as r', 'r.resource_id', 'f.resource_id')
    .select(sql<string>`coalesce(r.name, '')`.as('title'))
    .select(
      sql<number>`(select count(*)::int from exchange.reject x where x.feed_id = f.feed_id and x.state = 'open')`.as(
        'open',
      ),
    )
    .where('f.feed_id', '=', feedId)
    .executeTakeFirstOrThrow()

/** After the department mended its rows: its agent reads them again by the keys only it can open; what is still wrong comes back. */
export const replayRejects = (ctx: Ctx, feedId: string, rejectIds: readonly string[]): Promise<{ ordered: number }> =>
  inTx(ctx, async (tx) => {
    const feed = await lockFeed(tx, scopeOf(ctx.actor, 'exchange.feed.edit'), feedId)
    if (!feed) throw new Fault('not_found')
    if (feed.state === 'detached') throw new Fault('wrong_state', '挂接已解除')
    const keys = await takeOpen(tx, ctx, { feedId, ids: rejectIds })
    if (keys.length === 0) return { ordered: 0 }
    await orderRun(tx, ctx, { feedId, kind: 'repair', keys })
    await record(tx, ctx, {
      type: 'exchange.reject.replayed',
      subject_kind: 'exchange.reject',
      subject_id: feedId,
      organ_id: feed.provider_organ_id,
      after: { ...(await findLeft(tx, feedId)), rows: keys.length, revision: Date.parse(ctx.instant) },
    })
    await wakeAgent(tx, feed.agent_id)
    return { ordered: keys.length }
  })
