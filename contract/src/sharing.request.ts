import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { COORDINATION_REASONS, LADDER_LEVELS, LadderStep, MeetingDraft } from './sharing.ladder.ts'
import {
  ACCESS_MODES,
  Clock,
  MASK_RULES,
  Mark,
  PURPOSES,
  QUOTA_PERIODS,
  Quota,
  REFUSAL_REASONS,
  RowCondition,
  SIDES,
} from './sharing.terms.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export const REQUEST_STATES = coded({
  draft: '草稿',
  submitted: '待答复',
  granted: '同意',
  partly_granted: '部分同意',
  refused: '不同意',
  negotiating: '协商中',
  coordinating: '协调中',
  withdrawn: '已撤回',
})
export type RequestState = (typeof REQUEST_STATES.codes)[number]

/** State of one item of a request: `pending` waits for the provider, `asked` is still a draft. */
export const ITEM_STATES = coded({
  asked: '拟申请',
  pending: '待答复',
  granted: '已授权',
  refused: '不同意',
  withdrawn: '已撤回',
})

/** A draft may be incomplete; `submit` tells every rule it breaks. */
export const RequestDraft = input({
  resource_id: Id,
  item_ids: t.Array(Id, { maxItems: 300, uniqueItems: true }),
  purpose_code: t.Optional(nullable(PURPOSES.schema)),
  /** Code of the service item, or the text of the duty, that needs the data. */
  purpose_ref: t.Optional(t.String({ maxLength: 200, default: '' })),
  scenario: t.Optional(t.String({ maxLength: 1000, default: '' })),
  access_mode: t.Optional(ACCESS_MODES.schema),
  /** The application system that will call; it may also be bound later. */
  client_id: t.Optional(nullable(Id)),
  quota: t.Optional(nullable(Quota)),
  starts_on: t.Optional(nullable(IsoDate)),
  ends_on: t.Optional(nullable(IsoDate)),
  row_conditions: t.Optional(t.Array(RowCondition, { maxItems: 20 })),
  is_security_committed: t.Optional(t.Boolean()),
  /** The calling system can only use the national four-header scheme. */
  needs_low_assurance: t.Optional(t.Boolean()),
})
export type RequestDraft = t.Static<typeof RequestDraft>

const request = {
  request_id: Id,
  request_no: t.String({ description: '申请编号' }),
  title: t.String(),
  state: REQUEST_STATES.schema,
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  consumer_organ_id: t.String(),
  consumer_name: t.String(),
  purpose_code: nullable(PURPOSES.schema),
  purpose_ref: t.String(),
  scenario: t.String(),
  access_mode: ACCESS_MODES.schema,
  client_id: nullable(Id),
  quota_count: nullable(t.Integer()),
  quota_period: QUOTA_PERIODS.schema,
  starts_on: nullable(IsoDate),
  ends_on: nullable(IsoDate),
  row_conditions: t.Array(RowCondition),
  is_security_committed: t.Boolean(),
  needs_low_assurance: t.Boolean(),
  /** How often the provider has been asked: 1, and one more for each reconsideration. */
  round: t.Integer(),
  /** The dispute has been settled by the coordinator: it cannot be raised again. */
  is_settled: t.Boolean(),
  revision: t.Integer({ description: '修订号：保存时带回，防止覆盖他人修改' }),
  created_on: IsoDate,
  created_by_name: t.String(),
  submitted_on: nullable(IsoDate),
  decided_on: nullable(IsoDate),
  item_count: t.Integer(),
  clock: nullable(Clock),
  /** Rung that a dispute stands on, and the time it has there. */
  ladder_level: nullable(LADDER_LEVELS.schema),
  ladder_clock: nullable(Clock),
  can: t.Array(t.String()),
}
export const Request = t.Object(request)
export type Request = t.Static<typeof Request>

export const RequestItem = t.Object({
  item_id: Id,
  name: t.String(),
  name_en: t.String(),
  share_type: t.String(),
  state: ITEM_STATES.schema,
  /** The catalogue's own masking; a decision may only strengthen it. */
  catalog_mask_rule: MASK_RULES.schema,
  mask_rule: MASK_RULES.schema,
  reason_code: nullable(REFUSAL_REASONS.schema),
  reason_text: nullable(t.String()),
  grant_id: nullable(Id),
})
export type RequestItem = t.Static<typeof RequestItem>

export const DECISION_OUTCOMES = coded({ granted: '同意', partly_granted: '部分同意', refused: '不同意' })

export const DecisionRecord = t.Object({
  decision_id: Id,
  round: t.Integer(),
  outcome: DECISION_OUTCOMES.schema,
  opinion: t.String(),
  items: t.Array(
    t.Object({
      item_id: Id,
      name: t.String(),
      outcome: t.String(),
      reason_code: nullable(REFUSAL_REASONS.schema),
      reason_text: nullable(t.String()),
    }),
  ),
  decided_on: IsoDate,
  decided_by_name: t.String(),
  on_time: nullable(t.Boolean()),
})
export type DecisionRecord = t.Static<typeof DecisionRecord>

export const MESSAGE_KINDS = coded({
  note: '沟通',
  dispute: '提出异议',
  reconsider: '同意重新答复',
  escalate: '提请协调',
  raise: '提请领导小组裁决',
  coordinate: '协调意见',
  settle: '不再坚持异议',
})

export const Message = t.Object({
  message_id: Id,
  kind: MESSAGE_KINDS.schema,
  organ_id: nullable(t.String()),
  organ_name: nullable(t.String()),
  author_name: t.String(),
  text: t.String(),
  sent_on: IsoDate,
  sent_at: Instant,
})
export type Message = t.Static<typeof Message>

export const RequestDetail = t.Object({
  ...request,
  items: t.Array(RequestItem),
  decisions: t.Array(DecisionRecord),
  messages: t.Array(Message),
  marks: t.Array(Mark),
  ladder: t.Array(LadderStep),
  grant_ids: t.Array(Id),
})
export type RequestDetail = t.Static<typeof RequestDetail>

export const createRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests',
  permission: 'sharing.request.create',
  summary: '起草共享申请（针对一个已发布资源的若干信息项）',
  body: RequestDraft,
  response: RequestDetail,
})

export const saveRequest = endpoint({
  method: 'PUT',
  path: '/sharing/requests/:id',
  permission: 'sharing.request.create',
  summary: '保存草稿',
  params: ById,
  body: input({ revision: t.Integer({ minimum: 1 }), draft: RequestDraft }),
  response: RequestDetail,
})

export const submitRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/submit',
  permission: 'sharing.request.create',
  summary: '提交申请：无条件共享的信息项即时授权，有条件共享的送提供方 10 个工作日内答复',
  params: ById,
  response: RequestDetail,
})

export const withdrawRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/withdraw',
  permission: 'sharing.request.create',
  summary: '撤回草稿或未答复的申请（已授权部分不受影响）',
  params: ById,
  body: input({ reason: t.Optional(t.String({ maxLength: 500, default: '' })) }),
  response: RequestDetail,
})

export const ItemDecision = input({
  item_id: Id,
  outcome: t.Unsafe<'granted' | 'refused'>(t.String({ enum: ['granted', 'refused'] })),
  mask_rule: t.Optional(nullable(MASK_RULES.schema)),
  reason_code: t.Optional(nullable(REFUSAL_REASONS.schema)),
  reason_text: t.Optional(nullable(t.String({ maxLength: 1000 }))),
})
export type ItemDecision = t.Static<typeof ItemDecision>

/** Terms left out stay as requested; terms given may only be narrower. */
export const Decision = input({
  items: t.Array(ItemDecision, { minItems: 1, maxItems: 300 }),
  /** For every refused item that does not bring its own. */
  reason_code: t.Optional(nullable(REFUSAL_REASONS.schema)),
  reason_text: t.Optional(nullable(t.String({ maxLength: 1000 }))),
  opinion: t.Optional(t.String({ maxLength: 1000, default: '' })),
  quota: t.Optional(nullable(Quota)),
  starts_on: t.Optional(nullable(IsoDate)),
  ends_on: t.Optional(nullable(IsoDate)),
  row_conditions: t.Optional(nullable(t.Array(RowCondition, { maxItems: 20 }))),
  allows_low_assurance: t.Optional(t.Boolean()),
})
export type Decision = t.Static<typeof Decision>

export const decideRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/decide',
  permission: 'sharing.request.decide',
  summary: '答复申请：逐项同意或不同意；不同意须选理由并说明',
  params: ById,
  body: Decision,
  response: RequestDetail,
})

const Said = input({ text: Line(2000) })

export const sendMessage = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/messages',
  permission: 'sharing.request.read',
  summary: '就申请与对方沟通',
  params: ById,
  body: Said,
  response: RequestDetail,
})

export const disputeRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/dispute',
  permission: 'sharing.request.create',
  summary: '对不同意提出异议，进入协商',
  params: ById,
  body: Said,
  response: RequestDetail,
})

export const reconsiderRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/reconsider',
  permission: 'sharing.request.decide',
  summary: '协商后同意重新答复（重新起算时限）',
  params: ById,
  body: Said,
  response: RequestDetail,
})

export const escalateRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/escalate',
  permission: 'sharing.request.create',
  summary: '协商未果，提请共享主管部门协调',
  params: ById,
  body: Said,
  response: RequestDetail,
})

export const settleRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/settle',
  permission: 'sharing.request.create',
  summary: '不再坚持异议，接受原答复',
  params: ById,
  body: Said,
  response: RequestDetail,
})

export const COORDINATION_OUTCOMES = coded({ reconsider: '请提供方重新答复', uphold: '维持原答复' })

export const coordinateRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/coordinate',
  permission: 'sharing.request.coordinate',
  summary: '共享主管部门给出协调意见',
  params: ById,
  body: input({
    outcome: COORDINATION_OUTCOMES.schema,
    reason_code: COORDINATION_REASONS.schema,
    text: Line(2000, 10),
  }),
  response: RequestDetail,
})

export const raiseRequest = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/raise',
  permission: 'sharing.request.coordinate',
  summary: '协调未果，提请领导小组裁决',
  params: ById,
  body: Said,
  response: RequestDetail,
})

export const recordMeeting = endpoint({
  method: 'POST',
  path: '/sharing/requests/:id/meetings',
  permission: 'sharing.request.read',
  summary: '登记一次会商会议或书面意见：协商中由双方登记，协调、裁决中由主管部门登记',
  params: ById,
  body: MeetingDraft,
  response: RequestDetail,
})

export const getRequest = endpoint({
  method: 'GET',
  path: '/sharing/requests/:id',
  permission: 'sharing.request.read',
  summary: '申请详情：信息项、答复、沟通、时限',
  params: ById,
  response: RequestDetail,
})

export const REQUEST_ORDERS = coded({ newest: '最近提出', due: '先到期在前' })

export const listRequests = endpoint({
  method: 'GET',
  path: '/sharing/requests',
  permission: 'sharing.request.read',
  summary: '共享申请列表',
  query: input({
    ...PageQuery,
    side: t.Optional(SIDES.schema),
    state: t.Optional(REQUEST_STATES.schema),
    resource_id: t.Optional(Id),
    /** `due` lists only what waits for an answer. */
    order: t.Optional(REQUEST_ORDERS.schema),
  }),
  response: Page(Request),
})

export const countRequests = endpoint({
  method: 'GET',
  path: '/sharing/request-counts',
  permission: 'sharing.request.read',
  summary: '各状态的申请数，以及未答复申请的亮灯数',
  query: input({ side: t.Optional(SIDES.schema) }),
  response: t.Object({
    states: t.Array(t.Object({ state: REQUEST_STATES.schema, count: t.Integer() })),
    lights: t.Object({ green: t.Integer(), yellow: t.Integer(), red: t.Integer() }),
  }),
})

const Coded = t.Array(t.Object({ code: t.String(), title: t.String() }))

export const listChoices = endpoint({
  method: 'GET',
  path: '/sharing/choices',
  permission: 'session',
  summary: '用途、不同意理由、提供方式等可选项',
  response: t.Object({
    purposes: Coded,
    refusal_reasons: Coded,
    access_modes: Coded,
    mask_rules: Coded,
    quota_periods: Coded,
  }),
})
