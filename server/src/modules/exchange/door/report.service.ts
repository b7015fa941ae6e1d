import type { Trouble } from '@sanjiang/contract/exchange'
import type { Report } from '@sanjiang/contract/exchange.door'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { findDrifts } from '../drift.found.ts'
import { refreshUnion } from '../union.service.ts'
import { failRun, reconcileSoon, suspectRun } from '../unmoved.service.ts'
import { type LockedLog, lockLog } from './chunk.store.ts'
import type { Speaker } from './door.ts'
import { holdFeed } from './hold.service.ts'
import * as store from './report.store.ts'
import { removedMessage, unmovedMessage } from './run.rules.ts'

type FeedReport = Report['feeds'][number]

const troubleOf = (said: { trouble: Trouble | null } | undefined): string => JSON.stringify(said?.trouble ?? null)

/** What an agent says of a feed is acted on when it begins to say it, not every time it says it again. */
const isNews = (now: FeedReport, before: FeedReport | undefined): boolean =>
  now.version !== before?.version ||
  troubleOf(now) !== troubleOf(before) ||
  JSON.stringify(now.drifts ?? []) !== JSON.stringify(before?.drifts ?? []) ||
  now.estimated_rows !== before?.estimated_rows ||
  now.run_id !== before?.run_id ||
  now.unmoved?.run_id !== before?.unmoved?.run_id

/** The source has forgotten where its change stream stood: everybody begins again with a new snapshot, nothing is guessed. */
const startAgain = async (tx: Tx, ctx: Ctx, feed: LockedLog): Promise<void> => {
  await store.failRuns(tx, feed.feed_id, { kind: 'changes', at: ctx.instant })
  await refreshUnion(tx, ctx, { feedId: feed.feed_id, mustSnapshot: true })
}

/** Rows that no increment will bring fail it; whoever has the table is compared with the source at once, and mended. */
const heedUnmoved = async (tx: Tx, ctx: Ctx, feed: LockedLog, unmoved: NonNullable<FeedReport['unmoved']>) => {
  await reconcileSoon(tx, feed.feed_id, ctx.instant)
  const message = unmovedMessage(unmoved)
  if (message) return failRun(tx, ctx, { feed, runId: unmoved.run_id, message })
  await suspectRun(tx, ctx, { feed, runId: unmoved.run_id, message: removedMessage(unmoved) })
}

const heed = async (
  tx: Tx,
  ctx: Ctx,
  { feed, said, before }: { feed: LockedLog; said: FeedReport; before?: FeedReport },
) => {
  if (said.run_id && said.estimated_rows !== null) await store.setEstimate(tx, feed.feed_id, said)
  if (said.unmoved && said.unmoved.run_id !== before?.unmoved?.run_id) await heedUnmoved(tx, ctx, feed, said.unmoved)
  // Decided meanwhile: what was found under a former version is no news of this one.
  if (said.version !== undefined && said.version !== feed.version) return
  await findDrifts(tx, ctx, { feed, drifts: said.drifts ?? [] })
  if (said.version === before?.version && troubleOf(said) === troubleOf(before)) return
  const { trouble } = said
  await store.setFeedTrouble(tx, feed.feed_id, trouble)
  if (!trouble) return
  if (trouble.code === 'drift' || trouble.code === 'quality')
    await holdFeed(tx, ctx, { feed, reason: trouble.code, message: trouble.message })
  // Once held for it, a run is not held for the same reason again: its provider lets it go on.
  if (trouble.code === 'quality' && said.run_id) await store.setRunTrouble(tx, feed.feed_id, said.run_id, trouble)
  if (trouble.code === 'stream_lost') await startAgain(tx, ctx, feed)
}

/** Keeps what an agent says of itself; what it newly says of its feeds and loads is put where both departments look. */
export const takeReport = async (ctx: Ctx, agent: Speaker, report: Report): Promise<void> => {
  const before = await store.findReport(ctx.db, agent.agent_id)
  const known = new Map(before?.feeds.map((feed) => [feed.feed_id, feed]))
  for (const said of report.feeds) {
    const earlier = known.get(said.feed_id)
    if (!isNews(said, earlier)) continue
    await inTx(ctx, async (tx) => {
      const feed = await lockLog(tx, agent.agent_id, said.feed_id)
      if (feed && feed.state !== 'detached') await heed(tx, ctx, { feed, said, before: earlier })
    })
  }
  const loads = new Map(before?.loads.map((load) => [load.subscription_id, load]))
  for (const said of report.loads)
    if (troubleOf(said) !== troubleOf(loads.get(said.subscription_id)))
      await store.setLoadTrouble(ctx.db, agent.agent_id, said)
  // Last: a process that dies before this hears the news once more.
  await store.setReport(ctx.db, agent.agent_id, report, ctx.instant)
}
