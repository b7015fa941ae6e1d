import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { Run } from './exchange.run.ts'
import {
  Binding,
  DATA_TYPES,
  DRIFT_DECISIONS,
  DRIFT_KINDS,
  FEED_MODES,
  FEED_STATES,
  HOLD_REASONS,
  ItemName,
  REJECT_STATES,
  Trouble,
} from './exchange.terms.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

/** Binds a published resource to a relation; the same draft is judged in the wizard and when saved. */
export const FeedDraft = input({
  resource_id: Id,
  agent_id: Id,
  connection: Line(64),
  relation: Line(256),
  /** Items left out are not supplied; withheld ones cannot be bound. */
  bindings: t.Array(Binding, { minItems: 1, maxItems: 300 }),
  /** Items that together name a row. */
  key: t.Array(ItemName, { minItems: 1, maxItems: 8 }),
  mode: FEED_MODES.schema,
  cursor_item: t.Optional(nullable(ItemName)),
  /** Seconds between increments or snapshots; change streams run all the time. */
  interval_seconds: t.Integer({ minimum: 1, maximum: 31_536_000 }),
  /** Above this share of bad rows (per cent) a run is held instead of going on without them. */
  reject_threshold: t.Number({ minimum: 0, maximum: 100 }),
  /** Receipts carry salted row leaves, so that a row can later be shown to have been in a delivery or not. */
  row_leaves: t.Boolean(),
  /** Items besides the key of which no two rows may have the same value. */
  unique_items: t.Optional(t.Array(ItemName, { maxItems: 8 })),
  /** A source without anything new for longer than the catalogue's update cycle is held, not only told. */
  hold_stale: t.Optional(t.Boolean()),
})
export type FeedDraft = t.Static<typeof FeedDraft>

/** One finding of the draft's judge: `error` blocks, `warning` is shown. */
export const BindingFinding = t.Object({
  item: nullable(t.String()),
  column: nullable(t.String()),
  level: t.Unsafe<'error' | 'warning'>(t.String({ enum: ['error', 'warning'] })),
  rule: t.String(),
  message: t.String(),
})
export type BindingFinding = t.Static<typeof BindingFinding>

export const QualityFinding = t.Object({
  item: t.String(),
  rule: t.String(),
  message: t.String(),
  rows: t.Integer(),
  example: t.String(),
})

const feed = {
  feed_id: Id,
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  agent_id: Id,
  agent_name: t.String(),
  connection: t.String(),
  relation: t.String(),
  version: t.Integer(),
  state: FEED_STATES.schema,
  hold_reason: nullable(HOLD_REASONS.schema),
  mode: FEED_MODES.schema,
  interval_seconds: t.Integer(),
  /** Chunks of the log so far. */
  head: t.Integer(),
  last_run: nullable(Run),
  next_run_at: nullable(Instant),
  /** When the newest chunk arrived, and how far the source is ahead as the agent sees it. */
  last_chunk_at: nullable(Instant),
  lag_seconds: nullable(t.Number()),
  open_rejects: t.Integer(),
  subscriptions: t.Integer(),
  /** The day of the source's newest row, as far as it can be told; since when that is older than the catalogue's update cycle. */
  newest_on: nullable(IsoDate),
  stale_on: nullable(IsoDate),
  update_cycle: nullable(t.String()),
  trouble: nullable(Trouble),
  can: t.Array(t.String()),
}
export const Feed = t.Object(feed)
export type Feed = t.Static<typeof Feed>

export const FeedDetail = t.Object({
  ...feed,
  bindings: t.Array(
    t.Object({ item: t.String(), item_name: t.String(), data_type: DATA_TYPES.schema, column: t.String() }),
  ),
  key: t.Array(t.String()),
  cursor_item: nullable(t.String()),
  reject_threshold: t.Number(),
  row_leaves: t.Boolean(),
  unique_items: t.Array(t.String()),
  hold_stale: t.Boolean(),
  /** Items that leave the department: what grants in force need. */
  union_items: t.Array(t.String()),
  /** Of files as they are: what the centre holds of them for its consumers. */
  files: nullable(t.Object({ files: t.Integer(), bytes: t.Integer() })),
  retained_from: t.Integer(),
  retained_bytes: t.Integer(),
  /** How its subscriptions are reconciled: what an increment cannot see, deletes above all, is found by that alone. */
  reconciled: t.Object({
    /** Of those by the clock, the longest while between two. */
    every_hours: nullable(t.Integer()),
    by_clock: t.Integer(),
    /** Only when somebody asks. */
    by_hand: t.Integer(),
    /** Files and pushes have no other side to compare with. */
    never: t.Integer(),
  }),
})
export type FeedDetail = t.Static<typeof FeedDetail>

export const listFeeds = endpoint({
  method: 'GET',
  path: '/exchange/feeds',
  permission: 'exchange.feed.read',
  summary: '库表与文件挂接',
  query: input({
    ...PageQuery,
    resource_id: t.Optional(Id),
    agent_id: t.Optional(Id),
    state: t.Optional(FEED_STATES.schema),
  }),
  response: Page(Feed),
})

export const getFeed = endpoint({
  method: 'GET',
  path: '/exchange/feeds/:id',
  permission: 'exchange.feed.read',
  summary: '一个挂接：绑定、批次、积压',
  params: ById,
  response: FeedDetail,
})

/** Asks the agent for 20 rows and their findings; rows come masked by the items' own rules, nothing is stored. */
export const tryFeed = endpoint({
  method: 'POST',
  path: '/exchange/feed-trials',
  permission: 'exchange.feed.edit',
  summary: '试挂接：类型核对、20 行脱敏样例、数据质量发现',
  body: FeedDraft,
  response: t.Object({
    findings: t.Array(BindingFinding),
    items: t.Array(t.String()),
    rows: t.Array(t.Array(nullable(t.String()))),
    quality: t.Array(QualityFinding),
    checked_rows: t.Integer(),
  }),
})

export const attachFeed = endpoint({
  method: 'POST',
  path: '/exchange/feeds',
  permission: 'exchange.feed.edit',
  summary: '挂接库表或文件夹',
  body: FeedDraft,
  response: FeedDetail,
})

export const changeFeed = endpoint({
  method: 'PUT',
  path: '/exchange/feeds/:id',
  permission: 'exchange.feed.edit',
  summary: '变更挂接（新版本，重新全量）',
  params: ById,
  body: FeedDraft,
  response: FeedDetail,
})

export const FEED_ACTS = coded({
  pause: '暂停',
  resume: '恢复',
  hold: '暂扣',
  release: '解除暂扣',
  snapshot: '重新全量',
  detach: '解除挂接',
})
export const actOnFeed = endpoint({
  method: 'POST',
  path: '/exchange/feeds/:id/acts',
  permission: 'exchange.feed.edit',
  summary: '暂停、恢复、暂扣、重新全量、解除挂接',
  params: ById,
  body: input({ act: FEED_ACTS.schema, reason: Line(500) }),
  response: FeedDetail,
})

export const Reject = t.Object({
  reject_id: Id,
  feed_id: Id,
  run_id: Id,
  /** Masked key of the row; the row itself stays with the provider's agent. */
  row_key: t.String(),
  item: t.String(),
  rule: t.String(),
  reason: t.String(),
  state: REJECT_STATES.schema,
  found_at: Instant,
  settled_at: nullable(Instant),
})
export type Reject = t.Static<typeof Reject>

export const listRejects = endpoint({
  method: 'GET',
  path: '/exchange/feeds/:id/rejects',
  permission: 'exchange.feed.read',
  summary: '问题数据：信息项、规则、原因',
  params: ById,
  query: input({ ...PageQuery, state: t.Optional(REJECT_STATES.schema), item: t.Optional(ItemName) }),
  response: Page(Reject),
})

export const replayRejects = endpoint({
  method: 'POST',
  path: '/exchange/feeds/:id/rejects/replay',
  permission: 'exchange.feed.edit',
  summary: '整改后重放：前置节点按键重读这些行',
  params: ById,
  body: input({ reject_ids: t.Array(Id, { minItems: 1, maxItems: 1000 }) }),
  response: t.Object({ ordered: t.Integer() }),
})

export const Drift = t.Object({
  drift_id: Id,
  feed_id: Id,
  feed_version: t.Integer(),
  kind: DRIFT_KINDS.schema,
  item: nullable(t.String()),
  column: t.String(),
  was: t.String(),
  now: t.String(),
  found_at: Instant,
  affected_grants: t.Array(t.Object({ grant_id: Id, consumer_name: t.String(), scenario: t.String() })),
  decision: nullable(DRIFT_DECISIONS.schema),
  decided_by_name: nullable(t.String()),
  decided_at: nullable(Instant),
  /** The catalogue entry has a working copy that says it. */
  is_revised: t.Boolean(),
})
export type Drift = t.Static<typeof Drift>

export const listDrifts = endpoint({
  method: 'GET',
  path: '/exchange/feeds/:id/drifts',
  permission: 'exchange.feed.read',
  summary: '源结构变化与受影响的授权',
  params: ById,
  query: input(PageQuery),
  response: Page(Drift),
})

export const decideDrift = endpoint({
  method: 'POST',
  path: '/exchange/drifts/:id/decision',
  permission: 'exchange.feed.edit',
  summary: '对结构变化作出处理；期间的写入不会丢失',
  params: ById,
  body: input({ decision: DRIFT_DECISIONS.schema, column: t.Optional(Line(128)), reason: Line(500) }),
  response: Drift,
})

/** From the provider's relation to every consumer's table: nodes and edges of the drawn route (C5). */
export const getLineage = endpoint({
  method: 'GET',
  path: '/exchange/resources/:id/lineage',
  permission: 'exchange.feed.read',
  summary: '资源的来龙去脉：源表、挂接、授权、目标表',
  params: ById,
  response: t.Object({
    nodes: t.Array(
      t.Object({
        node_id: t.String(),
        kind: t.Unsafe<'system' | 'source' | 'agent' | 'feed' | 'service' | 'grant' | 'target'>(
          t.String({ enum: ['system', 'source', 'agent', 'feed', 'service', 'grant', 'target'] }),
        ),
        title: t.String(),
        detail: t.String(),
        state: t.String(),
        ref: nullable(t.String()),
      }),
    ),
    edges: t.Array(t.Object({ from: t.String(), to: t.String(), items: t.Integer(), rows: nullable(t.Integer()) })),
  }),
})
