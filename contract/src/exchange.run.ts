import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { RECONCILIATION_STATES, RUN_KINDS, RUN_STATES, Trouble } from './exchange.terms.ts'
import { ById, Id, Instant, input, nullable, Page, PageQuery } from './values.ts'

/** One pass of a feed, with what the page draws: how much, how fast, of how much. */
export const Run = t.Object({
  run_id: Id,
  feed_id: Id,
  kind: RUN_KINDS.schema,
  state: RUN_STATES.schema,
  ordered_at: Instant,
  started_at: nullable(Instant),
  finished_at: nullable(Instant),
  first_seq: nullable(t.Integer()),
  last_seq: nullable(t.Integer()),
  rows: t.Integer(),
  bytes: t.Integer(),
  rejects: t.Integer(),
  estimated_rows: nullable(t.Integer()),
  rows_per_second: nullable(t.Number()),
  trouble: nullable(Trouble),
})
export type Run = t.Static<typeof Run>

export const listRuns = endpoint({
  method: 'GET',
  path: '/exchange/feeds/:id/runs',
  permission: 'exchange.feed.read',
  summary: '批次：进度、速率、结果',
  params: ById,
  query: input(PageQuery),
  response: Page(Run),
})

export const Reconciliation = t.Object({
  reconciliation_id: Id,
  subscription_id: Id,
  state: RECONCILIATION_STATES.schema,
  started_at: Instant,
  /** When both sides were last shown to be equal by this reconciliation. */
  proven_at: nullable(Instant),
  source_rows: nullable(t.Integer()),
  target_rows: nullable(t.Integer()),
  ranges: t.Integer(),
  differing_ranges: t.Integer(),
  missing: t.Integer(),
  surplus: t.Integer(),
  changed: t.Integer(),
  repaired: t.Integer(),
  /** Up to 20 masked keys of rows that differed. */
  examples: t.Array(t.Object({ row_key: t.String(), difference: t.String() })),
  trouble: nullable(Trouble),
})
export type Reconciliation = t.Static<typeof Reconciliation>

export const listReconciliations = endpoint({
  method: 'GET',
  path: '/exchange/subscriptions/:id/reconciliations',
  permission: 'exchange.subscription.read',
  summary: '对账记录',
  params: ById,
  query: input(PageQuery),
  response: Page(Reconciliation),
})

export const reconcile = endpoint({
  method: 'POST',
  path: '/exchange/subscriptions/:id/reconciliations',
  permission: 'exchange.subscription.reconcile',
  summary: '立即对账',
  params: ById,
  body: input({}),
  response: Reconciliation,
})

/** One chunk as delivered to one consumer; its entries stand in the ledger (`log_id`, `log_seq`). */
export const Delivery = t.Object({
  seq: t.Integer(),
  run_id: Id,
  kind: t.String(),
  rows: t.Integer(),
  bytes: t.Integer(),
  digest: t.String(),
  grant_version: t.Integer(),
  delivered_at: Instant,
  accepted_at: nullable(Instant),
  log_id: t.String(),
  log_seq: t.Integer(),
  /** Root of the rows' leaves as its receipt says; null where none are kept. */
  row_root: nullable(t.String()),
})
export type Delivery = t.Static<typeof Delivery>

export const listDeliveries = endpoint({
  method: 'GET',
  path: '/exchange/subscriptions/:id/deliveries',
  permission: 'exchange.subscription.read',
  summary: '逐块交付与双方存证',
  params: ById,
  query: input(PageQuery),
  response: Page(Delivery),
})
