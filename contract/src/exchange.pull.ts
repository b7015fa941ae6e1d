import * as t from 'typebox'

/**
 * What an application with a push subscription asks at the exchange's door (`EXCHANGE_PORT`). Every request is signed with the
 * application's Ed25519 key (`signPull` of the seal); refusals are problem+json as everywhere.
 */
export const PULL = {
  prefix: '/pull/v1',
  /**
   * GET → the next chunk not yet acknowledged: its header, LF, its rows as JSON lines; 204 when there is none. The SHA-256 of
   * the whole body is the digest in the ledger and in `content-digest`. Asked again, it is given again.
   */
  next: (subscriptionId: string) => `/pull/v1/subscriptions/${subscriptionId}/chunks/next`,
  /** POST PullAccepted → { next_seq }: the chunk stands in the application's own store, the next one may come. */
  accepted: (subscriptionId: string) => `/pull/v1/subscriptions/${subscriptionId}/accepted`,
  clock_skew_seconds: 300,
  type: 'application/x-ndjson; charset=utf-8',
} as const

export const PullAccepted = t.Object({
  seq: t.Integer({ minimum: 0 }),
  rows: t.Integer({ minimum: 0 }),
  /** Ed25519 over `doorText.accepted` with `from` and `to` this seq and `root` SHA-256(0x00 ‖ digest): kept in the ledger. */
  signature: t.String({ maxLength: 200 }),
})
export type PullAccepted = t.Static<typeof PullAccepted>

/** How an announcement is sent: headers and signature as Standard Webhooks has them. */
export const WEBHOOK = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
  secret_prefix: 'whsec_',
  type: 'exchange.data.ready',
  /** A renewed secret's predecessor signs along this long. */
  overlap_seconds: 86_400,
  tries: 10,
  timeout_ms: 10_000,
} as const

/** There is news; never the news itself. */
export const Announcement = t.Object({
  type: t.Literal(WEBHOOK.type),
  timestamp: t.String(),
  data: t.Object({
    subscription_id: t.String(),
    resource_code: t.String(),
    /** Length of the feed's log when this was written. */
    head: t.Integer(),
    /** Grows when the subscription is rewound or begins anew. */
    generation: t.Integer(),
    /** Where to pull: the exchange's door as it is reached from outside. */
    pull: t.String(),
  }),
})
export type Announcement = t.Static<typeof Announcement>
