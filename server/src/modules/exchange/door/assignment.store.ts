import type { WantedFeed, WantedLoad } from '@sanjiang/contract/exchange.door'
import type { GrantedItem, RowCondition } from '@sanjiang/contract/sharing.terms'
import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import { ELEMENT_CODES } from '../element.store.ts'

export interface FeedRow {
  readonly feed_id: string
  readonly resource_id: string
  readonly version: number
  readonly connection: string
  readonly relation: string
  readonly state: string
  readonly mode: WantedFeed['mode']
  readonly cursor_item: string | null
  readonly interval_seconds: number
  readonly reject_threshold: number
  readonly head: number
  readonly bindings: WantedFeed['bindings']
  readonly key: string[]
  readonly union_items: string[]
  readonly unique_items: string[]
}

export const listFeeds = async (db: Db, agentId: string): Promise<FeedRow[]> => {
  const rows = await db
    .selectFrom('exchange.feed')
    .select(['feed_id', 'resource_id', 'version', 'connection', 'relation', 'state', 'mode', 'cursor_item', 'head'])
    .select(['interval_seconds', 'reject_threshold', 'bindings', 'key', 'union_items', 'unique_items'])
    .where('agent_id', '=', agentId)
    .where('state', '<>', 'detached')
    .orderBy('feed_id')
    .execute()
  return rows as unknown as FeedRow[]
}

export interface ItemRow {
  readonly resource_id: string
  readonly name: string
  readonly name_en: string
  readonly data_type: string
  readonly length: number | null
  readonly is_required: boolean
  readonly mask_rule: string | null
  readonly data_element: string | null
  readonly codes: readonly string[] | null
}

export const listItems = async (db: Db, resourceIds: readonly string[]): Promise<ItemRow[]> => {
  if (resourceIds.length === 0) return []
  const rows = await db
    .selectFrom('catalog.published_item as i')
    .select(['resource_id', 'name', 'name_en', 'data_type', 'length', 'is_required', 'mask_rule', 'data_element'])
    .select(ELEMENT_CODES)
    .where('resource_id', 'in', [...resourceIds])
    .orderBy('seq')
    .execute()
  return rows as unknown as ItemRow[]
}

/** Ordered and not finished, oldest first. */
export const listOpenRuns = async (db: Db, feedIds: readonly string[]) => {
  if (feedIds.length === 0) return []
  return db
    .selectFrom('exchange.run')
    .select(['run_id', 'feed_id', 'kind', 'after', 'keys'])
    .where('feed_id', 'in', [...feedIds])
    .where('state', 'in', ['waiting', 'running'])
    .orderBy('ordered_at')
    .orderBy('run_id')
    .execute()
}

export interface LoadRow {
  readonly subscription_id: string
  readonly grant_id: string
  readonly feed_id: string
  readonly resource_id: string
  readonly base_run_id: string
  readonly target_kind: 'table' | 'file' | 'push'
  readonly connection: string
  readonly target: string
  readonly may_create: boolean
  readonly file_format: WantedLoad['file_format']
  readonly state: string
  readonly generation: number
  readonly from_seq: number
  readonly head: number
  readonly key: string[]
  readonly relation: string
  readonly bindings: WantedFeed['bindings']
  readonly items: GrantedItem[]
  readonly row_conditions: RowCondition[]
  readonly grant_status: string
  readonly starts_on: string
  readonly ends_on: string
}

export const listLoads = async (db: Db, agentId: string): Promise<LoadRow[]> => {
  const rows = await db
    .selectFrom('exchange.subscription as s')
    .innerJoin('exchange.feed as f', 'f.feed_id', 's.feed_id')
    .innerJoin('sharing.published_grant as g', 'g.grant_id', 's.grant_id')
    .select(['s.subscription_id', 's.grant_id', 's.feed_id', 's.resource_id', 's.base_run_id', 's.target_kind'])
    .select(['s.connection', 's.target', 's.may_create', 's.file_format', 's.state', 's.generation', 's.from_seq'])
    .select(['f.head', 'f.key', 'f.relation', 'f.bindings', 'g.items', 'g.row_conditions', 'g.status as grant_status'])
    .select(['g.starts_on', 'g.ends_on'])
    .where('s.agent_id', '=', agentId)
    .where('s.state', 'in', ['active', 'paused', 'faulted'])
    .where('s.base_run_id', 'is not', null)
    .orderBy('s.subscription_id')
    .execute()
  return rows as unknown as LoadRow[]
}

export const listQuestions = async (db: Db, agentId: string) =>
  db
    .selectFrom('exchange.question')
    .select(['question_id', 'kind', 'connection', 'body'])
    .where('agent_id', '=', agentId)
    .where('answered_at', 'is', null)
    .where('expires_at', '>', sql<string>`now()`)
    .orderBy('asked_at')
    .limit(100)
    .execute()

export const isInUse = async (db: Db, agentId: string, epoch: number): Promise<boolean> => {
  const row = await db
    .selectFrom('exchange.agent')
    .select('agent_id')
    .where('agent_id', '=', agentId)
    .where('state', '=', 'active')
    .where('epoch', '=', epoch)
    .executeTakeFirst()
  return row !== undefined
}
