import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { lockFeed } from './feed.store.ts'
import { tellSettled } from './reject.settle.ts'
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

/** After the department mended its rows: its agent reads them again by the keys only it can open; what is still wrong comes back. */
export const replayRejects = (ctx: Ctx, feedId: string, rejectIds: readonly string[]): Promise<{ ordered: number }> =>
  inTx(ctx, async (tx) => {
    const feed = await lockFeed(tx, scopeOf(ctx.actor, 'exchange.feed.edit'), feedId)
    if (!feed) throw new Fault('not_found')
    if (feed.state === 'detached') throw new Fault('wrong_state', '挂接已解除')
    const keys = await takeOpen(tx, ctx, { feedId, ids: rejectIds })
    if (keys.length === 0) return { ordered: 0 }
    await orderRun(tx, ctx, { feedId, kind: 'repair', keys })
    await tellSettled(tx, ctx, { feed, rows: keys.length })
    await wakeAgent(tx, feed.agent_id)
    return { ordered: keys.length }
  })
