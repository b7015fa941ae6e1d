import type { Trouble } from '@sanjiang/contract/exchange'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { noteFeed } from '../feed.note.ts'
import { wakeAgent } from '../wake.ts'
import { setHeld } from './run-turn.store.ts'

interface Held {
  readonly feed: {
    readonly feed_id: string
    readonly agent_id: string
    readonly resource_id: string
    readonly provider_organ_id: string
  }
  readonly reason: 'quality' | 'drift' | 'stale'
  readonly message: string
}

/** Stops a feed until its provider has looked, and puts that on its desk; nothing of what it has supplied is lost. */
export const holdFeed = async (tx: Tx, ctx: Ctx, { feed, reason, message }: Held): Promise<void> => {
  const trouble: Trouble = { code: reason, party: 'provider', message, at: ctx.instant }
  if (!(await setHeld(tx, feed.feed_id, { reason, trouble }))) return
  await noteFeed(tx, ctx, {
    type: 'exchange.feed.held',
    feed,
    after: { hold_reason: reason, reason: message, revision: Date.parse(ctx.instant) },
  })
  await wakeAgent(tx, feed.agent_id)
}
