import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { newId } from '#kernel/id.ts'
import { wakeAgent } from './wake.ts'

export type RunKind = 'snapshot' | 'increment' | 'changes' | 'repair'

export interface RunOrder {
  readonly feedId: string
  readonly kind: RunKind
  /** Only this subscription is repaired; left out: everybody sees the run. */
  readonly subscriptionId?: string
  /** Sealed keys, or key lines, of the rows to read again. */
  readonly keys?: readonly string[]
  /** Where an increment or change stream goes on. */
  readonly after?: string | null
}

const findFeed = (tx: Tx, feedId: string) =>
  tx
    .selectFrom('exchange.feed')
    .select(['feed_id', 'agent_id', 'version', 'union_items'])
    .where('feed_id', '=', feedId)
    .forUpdate()
    .executeTakeFirstOrThrow()

type FeedRow = Awaited<ReturnType<typeof findFeed>>

/** A snapshot that waits takes what is needed now; one under way stays, and another waits behind it. */
const findWaiting = (tx: Tx, feedId: string, kind: RunKind) =>
  tx
    .selectFrom('exchange.run')
    .select('run_id')
    .where('feed_id', '=', feedId)
    .where('kind', '=', kind)
    .where('state', '=', 'waiting')
    .where('keys', 'is', null)
    .executeTakeFirst()

const refresh = async (tx: Tx, runId: string, feed: FeedRow): Promise<string> => {
  await tx
    .updateTable('exchange.run')
    .set({ items: JSON.stringify(feed.union_items), feed_version: feed.version })
    .where('run_id', '=', runId)
    .execute()
  return runId
}

/** Orders a run of a feed; the agent takes it up with its next assignment. Returns its id; one that waits already is that one. */
export const orderRun = async (tx: Tx, ctx: Pick<Ctx, 'instant'>, order: RunOrder): Promise<string> => {
  const { feedId, kind, subscriptionId = null, keys, after = null } = order
  const feed = await findFeed(tx, feedId)
  const waiting = keys ? undefined : await findWaiting(tx, feedId, kind)
  await wakeAgent(tx, feed.agent_id)
  if (waiting) return refresh(tx, waiting.run_id, feed)
  const run_id = newId()
  await tx
    .insertInto('exchange.run')
    .values({
      run_id,
      feed_id: feedId,
      feed_version: feed.version,
      kind,
      state: 'waiting',
      subscription_id: subscriptionId,
      items: JSON.stringify(feed.union_items),
      after,
      keys: keys ? JSON.stringify(keys) : null,
      ordered_at: ctx.instant,
    })
    .execute()
  return run_id
}
