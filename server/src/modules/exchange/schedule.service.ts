import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { lookAtFreshness } from './freshness.service.ts'
import { orderRun } from './run.service.ts'
import { clockTrouble, nextBeat } from './schedule.rules.ts'
import * as store from './schedule.store.ts'

/** Orders a feed's next pass. One still under way is let end first; the next is then ordered at once. */
const orderDue = (ctx: Ctx, feedId: string): Promise<void> =>
  inTx(ctx, async (tx) => {
    const feed = await store.lockDue(tx, feedId, ctx.instant)
    if (!feed?.next_run_at || (await store.hasPassOpen(tx, feedId))) return
    const after = feed.mode === 'cursor' ? await store.findReached(tx, feedId) : null
    // Without a whole pass behind it an increment would have nothing to stand on: the snapshot comes with its reader.
    if (after === undefined) return
    const runId = await orderRun(tx, ctx, { feedId, kind: feed.mode === 'cursor' ? 'increment' : 'snapshot', after })
    if (feed.mode === 'snapshot') await store.moveBases(tx, feedId, runId)
    await store.setNextRun(tx, feedId, nextBeat(feed.next_run_at, feed.interval_seconds, ctx.instant))
  })

const watchFeeds = async ({ db, instant }: Ctx): Promise<void> => {
  for (const feed of await store.listWatched(db)) {
    const trouble = clockTrouble(feed, instant)
    if (trouble !== undefined) await store.setTrouble(db, feed, trouble)
  }
}

/** One look at the clock: passes that are due are ordered, feeds that stand still say so, questions run out. Doing it again is harmless. */
export const lookAtClock = async (ctx: Ctx): Promise<void> => {
  for (const feedId of await store.listDue(ctx.db, ctx.instant)) await orderDue(ctx, feedId)
  await watchFeeds(ctx)
  await lookAtFreshness(ctx)
  await store.expireQuestions(ctx.db, ctx.instant)
  await store.sweep(ctx.db, ctx.instant)
}
