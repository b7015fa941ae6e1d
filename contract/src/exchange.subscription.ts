import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { Reconciliation, Run } from './exchange.run.ts'
import { FILE_FORMATS, NOTICE_STATES, SUBSCRIPTION_STATES, TARGET_KINDS, Trouble } from './exchange.terms.ts'
import { ById, coded, Id, Instant, input, Line, nullable, Page, PageQuery } from './values.ts'

/** Where a grant's data goes: a table or folder of the consumer's own agent, or a signed notice to a web address. */
export const SubscriptionDraft = input({
  grant_id: Id,
  target_kind: TARGET_KINDS.schema,
  agent_id: t.Optional(nullable(Id)),
  connection: t.Optional(nullable(Line(64))),
  /** Table `schema.table`, or folder below the connection's root. */
  target: t.Optional(nullable(Line(256))),
  may_create: t.Optional(t.Boolean()),
  file_format: t.Optional(nullable(FILE_FORMATS.schema)),
  webhook_url: t.Optional(nullable(t.String({ maxLength: 500, pattern: '^https?://[^\\s]+$' }))),
  /** Hours between reconciliations; 0: only after transfers. */
  reconcile_hours: t.Optional(t.Integer({ minimum: 0, maximum: 8760, default: 24 })),
})
export type SubscriptionDraft = t.Static<typeof SubscriptionDraft>

const subscription = {
  subscription_id: Id,
  grant_id: Id,
  grant_version: t.Integer(),
  feed_id: Id,
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  consumer_organ_id: t.String(),
  consumer_name: t.String(),
  target_kind: TARGET_KINDS.schema,
  agent_id: nullable(Id),
  agent_name: nullable(t.String()),
  connection: nullable(t.String()),
  target: nullable(t.String()),
  file_format: nullable(FILE_FORMATS.schema),
  webhook_url: nullable(t.String()),
  state: SUBSCRIPTION_STATES.schema,
  /** Next chunk wanted and how many wait. */
  offset: t.Integer(),
  behind_chunks: t.Integer(),
  behind_rows: t.Integer(),
  /** How long the oldest row that has not reached the target has been committed at its source; 0 when none waits. */
  lag_seconds: nullable(t.Number()),
  /** Lines accepted so far, changes and removals among them: not how many rows the target has; a reconciliation says that. */
  rows_total: t.Integer(),
  bytes_total: t.Integer(),
  /** Files as they are: received so far, and under way at this moment as the consumer's agent last said. */
  files: nullable(
    t.Object({
      files: t.Integer(),
      bytes: t.Integer(),
      under_way: nullable(t.Object({ files: t.Integer(), bytes: t.Integer(), done_bytes: t.Integer() })),
    }),
  ),
  last_accepted_at: nullable(Instant),
  rows_per_second: nullable(t.Number()),
  /** The pass of the source under way, of whose rows the progress bar is drawn; null between passes. */
  source_run: nullable(Run),
  last_reconciliation: nullable(Reconciliation),
  trouble: nullable(Trouble),
  created_at: Instant,
  can: t.Array(t.String()),
}
export const Subscription = t.Object(subscription)
export type Subscription = t.Static<typeof Subscription>

export const ROUTE_PLACES = coded({
  source: '源库',
  source_agent: '提供方前置节点',
  centre: '交换平台',
  target_agent: '使用方前置节点',
  target: '目标',
})

export const SubscriptionDetail = t.Object({
  ...subscription,
  items: t.Array(t.Object({ item: t.String(), name: t.String(), mask_rule: t.String() })),
  /** Key of the target's rows; `row_handle` when the grant does not give the natural key unmasked. */
  target_key: t.Array(t.String()),
  /** Salted leaves of delivered rows: whether they are kept now, how many whole months, and by what the actor may ask. */
  row_leaves: t.Object({
    kept: t.Boolean(),
    months: t.Integer(),
    key: t.Array(t.Object({ item: t.String(), name: t.String() })),
    /** Items of a delivered row in their order, without the handle. */
    items: t.Array(t.Object({ item: t.String(), name: t.String() })),
  }),
  reconcile_hours: t.Integer(),
  may_create: t.Boolean(),
  /** The drawn route: where data stands, what moves, what is stuck. */
  route: t.Array(
    t.Object({
      place: ROUTE_PLACES.schema,
      title: t.String(),
      state: t.Unsafe<'well' | 'busy' | 'stuck' | 'away'>(t.String({ enum: ['well', 'busy', 'stuck', 'away'] })),
      detail: t.String(),
      waiting_bytes: nullable(t.Integer()),
    }),
  ),
  /** Of push: the announcements, who may pull, and since when the secret is in force. */
  notices: nullable(
    t.Object({
      sent: t.Integer(),
      failed: t.Integer(),
      dead: t.Integer(),
      next_try_at: nullable(Instant),
      /** Where the application pulls. */
      pull_url: t.String(),
      client_id: nullable(Id),
      client_name: nullable(t.String()),
      secret_issued_at: nullable(Instant),
      former_secret_until: nullable(Instant),
    }),
  ),
})
export type SubscriptionDetail = t.Static<typeof SubscriptionDetail>

export const listSubscriptions = endpoint({
  method: 'GET',
  path: '/exchange/subscriptions',
  permission: 'exchange.subscription.read',
  summary: '数据传输：进度、速率、延迟',
  query: input({
    ...PageQuery,
    side: t.Optional(t.Unsafe<'provider' | 'consumer' | 'all'>(t.String({ enum: ['provider', 'consumer', 'all'] }))),
    state: t.Optional(SUBSCRIPTION_STATES.schema),
    feed_id: t.Optional(Id),
    grant_id: t.Optional(Id),
  }),
  response: Page(Subscription),
})

export const getSubscription = endpoint({
  method: 'GET',
  path: '/exchange/subscriptions/:id',
  permission: 'exchange.subscription.read',
  summary: '一条传输的全程',
  params: ById,
  response: SubscriptionDetail,
})

export const subscribe = endpoint({
  method: 'POST',
  path: '/exchange/subscriptions',
  permission: 'exchange.subscription.edit',
  summary: '凭授权订阅：选定目标库表、文件夹或通知地址',
  body: SubscriptionDraft,
  /** Of push: the secret that announcements are signed with, here and never again. */
  response: t.Object({ ...SubscriptionDetail.properties, webhook_secret: nullable(t.String()) }),
})

/** One announcement that there is new data. */
export const Notice = t.Object({
  notice_id: Id,
  generation: t.Integer(),
  head: t.Integer(),
  state: NOTICE_STATES.schema,
  tries: t.Integer(),
  next_try_at: nullable(Instant),
  answered_status: nullable(t.Integer()),
  detail: nullable(t.String()),
  created_at: Instant,
  tried_at: nullable(Instant),
  sent_at: nullable(Instant),
})
export type Notice = t.Static<typeof Notice>

export const listNotices = endpoint({
  method: 'GET',
  path: '/exchange/subscriptions/:id/notices',
  permission: 'exchange.subscription.read',
  summary: '推送通知：送达、重试与搁置',
  params: ById,
  query: input(PageQuery),
  response: Page(Notice),
})

export const renewWebhookSecret = endpoint({
  method: 'POST',
  path: '/exchange/subscriptions/:id/secret',
  permission: 'exchange.subscription.edit',
  summary: '更换推送通知的签名密钥（只显示一次；旧密钥并用一日）',
  params: ById,
  response: t.Object({ webhook_secret: t.String(), former_until: Instant }),
})

export const SUBSCRIPTION_ACTS = coded({
  pause: '暂停',
  resume: '继续',
  rewind: '回退到某一块重放',
  resnapshot: '重新全量',
  end: '退订',
  retry_notices: '再次发送',
})
export const actOnSubscription = endpoint({
  method: 'POST',
  path: '/exchange/subscriptions/:id/acts',
  permission: 'exchange.subscription.edit',
  summary: '暂停、继续、回退、重新全量、退订',
  params: ById,
  body: input({ act: SUBSCRIPTION_ACTS.schema, seq: t.Optional(t.Integer({ minimum: 0 })), reason: Line(500) }),
  response: SubscriptionDetail,
})
