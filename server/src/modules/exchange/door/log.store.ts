import type { Head } from '@sanjiang/contract/exchange.door'
import type { Db } from '#kernel/db.ts'

const COLUMNS = ['feed_id', 'agent_id', 'resource_id', 'provider_organ_id', 'state', 'version', 'mode'] as const
const PLACE = ['head', 'supplied', 'head_digest', 'head_position', 'interval_seconds', 'reject_threshold'] as const

const feeds = (db: Db) => db.selectFrom('exchange.feed').select(COLUMNS).select(PLACE)

export type LogFeed = Awaited<ReturnType<ReturnType<typeof feeds>['executeTakeFirstOrThrow']>>

/** A feed as the agent that writes its log knows it. */
export const findLog = (db: Db, agentId: string, feedId: string) =>
  feeds(db).where('feed_id', '=', feedId).where('agent_id', '=', agentId).executeTakeFirst()

export const toHead = ({ head, supplied, head_digest, head_position }: LogFeed): Head => ({
  head,
  supplied,
  digest: head_digest?.toString('hex') ?? null,
  position: head_position,
})
