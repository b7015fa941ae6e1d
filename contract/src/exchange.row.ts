import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { ItemName } from './exchange.terms.ts'
import { Receipt, SubjectTrace } from './ledger.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable } from './values.ts'

/** What one delivery says of the row asked for. */
export const ROW_OUTCOMES = coded({
  row: '含这一行',
  key: '含这个键的行',
  removal: '只告知这个键的行已删除',
  absent: '不含这个键',
  withheld: '存证后扣下，没有发出',
  unproven: '没有逐行叶，或键与今不同，无从证明',
})
/** What the deliveries of the period say together. */
export const ROW_VERDICTS = coded({
  row: '交付过这一行',
  key: '交付过这个键的行',
  removal: '没有交付过这个键的行，只告知过它已删除',
  absent: '没有交付过这个键的行',
  unproven: '没有找到，但有的交付没有逐行叶，不能证明没有',
  none: '这段时间没有交付',
})

const RowValue = input({ item: ItemName, value: nullable(t.String({ maxLength: 100_000 })) })
export type RowValue = t.Static<typeof RowValue>

export const RowAnswer = t.Object({
  verdict: ROW_VERDICTS.schema,
  /** Oldest first; at most 200 an answer. */
  deliveries: t.Array(
    t.Object({
      log_id: Id,
      log_seq: t.Integer(),
      at: Instant,
      generation: t.Integer(),
      seq: t.Integer(),
      rows: t.Integer(),
      outcome: ROW_OUTCOMES.schema,
    }),
  ),
  /** The period has more deliveries: asked for with this as `after`, they come with a proof of their own. */
  next: nullable(t.String()),
  /** Where the question itself is sealed. */
  receipt: Receipt,
  /** The file to keep: `sanjiang verify-row` and the portal's page verify it without the platform. */
  proof: t.String(),
})
export type RowAnswer = t.Static<typeof RowAnswer>

/** The question is sealed with its reason before it is answered; a citizen's number in the key makes it a look at that person. */
export const askRow = endpoint({
  method: 'POST',
  path: '/exchange/subscriptions/:id/row-questions',
  permission: 'exchange.row.ask',
  summary: '某行是否交付过：出具可离线核验的证明',
  params: ById,
  body: input({
    /** Values of the key items, or of `row_handle`, as they were delivered. */
    key: t.Array(RowValue, { minItems: 1, maxItems: 32 }),
    /** The whole row as delivered: every granted item. */
    row: t.Optional(t.Array(RowValue, { minItems: 1, maxItems: 1000 })),
    /** Days of Asia/Shanghai, both included. */
    from: IsoDate,
    to: IsoDate,
    reason: Line(500, 4),
    after: t.Optional(t.String({ maxLength: 512 })),
  }),
  response: RowAnswer,
})

/**
 * Bulk deliveries in which a person's row stood, where row leaves are kept and the person's number is the row's key. At most 256 chunks
 * are looked at in one answer, the newest first; `next` goes on where it stopped, also when nothing was found so far.
 */
export const traceSubject = endpoint({
  method: 'POST',
  path: '/exchange/subject-traces',
  permission: 'ledger.subject.query',
  summary: '谁查了我：某人的行在哪些批量交付之中',
  body: input({
    citizen_id: t.String({ minLength: 1, maxLength: 64 }),
    reason: Line(500, 4),
    after: t.Optional(t.String({ maxLength: 512 })),
  }),
  response: t.Object({
    rows: t.Array(SubjectTrace),
    next: nullable(t.String()),
    /** Chunks looked at in this answer. */
    looked: t.Integer(),
    receipt: Receipt,
  }),
})
