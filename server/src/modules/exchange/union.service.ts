import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { setUnion } from './feed.store.ts'
import { orderRun } from './run.service.ts'
import { covers, unboundOf, unionOf } from './union.rules.ts'
import * as store from './union.store.ts'
import { wakeAgent } from './wake.ts'

interface Wanted {
  readonly feedId: string
  /** The feed itself changed: nobody's copy is good any more. */
  readonly mustSnapshot?: boolean
}

/**
 * Works out anew what leaves the provider for a feed, and gives every subscription that has no usable snapshot one to start from.
 * Items that nobody is granted any more stop leaving with the next chunk.
 */
export const refreshUnion = async (tx: Tx, ctx: Ctx, { feedId, mustSnapshot = false }: Wanted): Promise<void> => {
  const feed = await store.lockFeedFacts(tx, feedId)
  const grants = await store.listNeeds(tx, feedId)
  const bound = feed.bindings.map(({ item }) => item)
  const union = unionOf(grants, { bound, key: feed.key })
  await setUnion(tx, feedId, union)
  if (mustSnapshot) await store.clearBases(tx, feedId)
  await giveBases(tx, ctx, { feed, union })
  await wakeAgent(tx, feed.agent_id)
}

/** Where waiting subscriptions begin: at a snapshot that is still held and has what they need, else at one ordered now. */
const giveBases = async (tx: Tx, ctx: Ctx, { feed, union }: { feed: store.FeedFacts; union: readonly string[] }) => {
  const waiting = await store.listBaseless(tx, feed.feed_id)
  if (waiting.length === 0) return
  const usable = (await store.listUsableSnapshots(tx, feed)).find(({ items }) => covers(items, union))
  const base = usable ?? {
    run_id: await orderRun(tx, ctx, { feedId: feed.feed_id, kind: 'snapshot' }),
    first_seq: feed.head,
  }
  await store.setBases(tx, waiting, { run_id: base.run_id, from: base.first_seq })
}

interface Shown {
  readonly feedId: string
  readonly runId: string
  /** As its chunks carry them. */
  readonly items: readonly string[]
}

/**
 * A snapshot that its agent had read before it heard of a further grant: who needs more than it shows begins at another one. Only the
 * chunks tell, for a spool may hold a run that still counts as waiting here.
 */
export const leaveNarrowBase = async (tx: Tx, ctx: Ctx, { feedId, runId, items }: Shown): Promise<void> => {
  await store.setRunItems(tx, runId, items)
  const { bindings } = await store.lockFeedFacts(tx, feedId)
  // What the feed does not supply at all no other snapshot shows either.
  const canShow = (item: string): boolean => bindings.some((one) => one.item === item)
  const lacking = (await store.listBasedOn(tx, runId)).filter((one) => unboundOf(one, items).some(canShow))
  if (lacking.length === 0) return
  await store.clearBasesOf(
    tx,
    lacking.map(({ subscription_id }) => subscription_id),
  )
  await refreshUnion(tx, ctx, { feedId })
}
