import type { Trouble } from '@sanjiang/contract/exchange'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import type { TaskData } from '#kernel/jobs.ts'
import * as store from './grant.store.ts'
import { refreshUnion } from './union.service.ts'
import { lockFeedFacts } from './union.store.ts'
import { wakeAgent } from './wake.ts'

const troubleOf = ({ status, ends_on }: store.Followed, ctx: Ctx): Trouble | null => {
  const say = (code: string, message: string): Trouble => ({ code, party: 'provider', message, at: ctx.instant })
  if (status !== 'active') return say('grant_revoked', '授权已收回，传输已停止')
  return ctx.today > ends_on ? say('grant_expired', '授权已到期，传输已停止') : null
}

/**
 * What a grant no longer gives stops leaving the provider too, not only reaching the consumer: the door refuses the next chunk
 * by itself, and here the feed is told to read less.
 */
const follow = (ctx: Ctx, followed: store.Followed): Promise<void> =>
  inTx(ctx, async (tx) => {
    // The feed first, as whoever appends to its log does.
    await lockFeedFacts(tx, followed.feed_id)
    const trouble = troubleOf(followed, ctx)
    if (trouble) await store.setStopped(tx, followed.subscription_id, trouble)
    await refreshUnion(tx, ctx, { feedId: followed.feed_id })
    if (followed.agent_id) await wakeAgent(tx, followed.agent_id)
  })

export const followGrant = async (ctx: Ctx, { subject_id }: TaskData): Promise<void> => {
  if (subject_id === undefined) return
  for (const followed of await store.listStanding(ctx.db, { grantId: subject_id })) await follow(ctx, followed)
}

/** Grants end by the business date, without anybody doing anything. */
export const followExpiry = async (ctx: Ctx): Promise<void> => {
  for (const followed of await store.listStanding(ctx.db, { endedBefore: ctx.today })) await follow(ctx, followed)
}
