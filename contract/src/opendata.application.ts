import * as t from 'typebox'
import { Clock } from './clock.ts'
import { endpoint } from './endpoint.ts'
import {
  APPLICANT_KINDS,
  APPLICATION_STATES,
  CLOSE_REASONS,
  MISSING_PARTS,
  OPEN_REFUSALS,
  REVOKE_REASONS,
  SECURITY_MEASURES,
  USE_PURPOSES,
} from './opendata.application.terms.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export * from './opendata.application.clock.ts'
export * from './opendata.application.form.ts'
export * from './opendata.application.terms.ts'

/** One thing that happened to an application. */
export const ApplicationStep = t.Object({
  seq: t.Integer(),
  verb: t.String(),
  title: t.String(),
  on: IsoDate,
  by_name: t.String(),
  text: t.String(),
})
export type ApplicationStep = t.Static<typeof ApplicationStep>

export const Application = t.Object({
  application_id: Id,
  number: t.String(),
  state: APPLICATION_STATES.schema,
  resource_id: Id,
  slug: t.String(),
  dataset_title: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  applicant_kind: APPLICANT_KINDS.schema,
  purpose_code: USE_PURPOSES.schema,
  received_on: IsoDate,
  /** Whether the materials are in order; `null` once that is settled. */
  accept_clock: nullable(Clock),
  /** The promised decision: stands still while the applicant has the word. */
  decide_clock: Clock,
  /** The appeal, where there is one. */
  appeal_clock: nullable(Clock),
  ends_on: nullable(IsoDate),
  revision: t.Integer(),
})
export type Application = t.Static<typeof Application>

/** Who applies. Every look at it is sealed in the access log; after its time only that it was there is left. */
export const Applicant = t.Object({
  name: t.String(),
  credit_code: t.String(),
  contact_name: t.String(),
  phone: t.String(),
  email: t.String(),
})
export type Applicant = t.Static<typeof Applicant>

export const Agreement = t.Object({
  version: t.String(),
  text: t.String(),
  digest: t.String(),
  ends_on: IsoDate,
  daily_requests: t.Integer(),
  daily_bytes: t.Integer(),
  offered_on: IsoDate,
  signed_at: nullable(Instant),
})
export type Agreement = t.Static<typeof Agreement>

const Part = t.Object({ code: MISSING_PARTS.schema, text: t.String() })

export const ApplicationDetail = t.Object({
  ...Application.properties,
  applicant: nullable(Applicant),
  qualification: t.String(),
  purpose_text: t.String(),
  security: t.Array(SECURITY_MEASURES.schema),
  security_text: t.String(),
  term_months: t.Integer(),
  promise_version: t.String(),
  open_condition: nullable(t.String()),
  /** Only where it was closed undecided. */
  close_reason: nullable(CLOSE_REASONS.schema),
  /** What the notice asked for, and what was answered. */
  asked: t.Array(Part),
  answers: t.Array(Part),
  proposal: nullable(
    t.Object({
      outcome: t.Unsafe<'approve' | 'refuse'>(t.String({ enum: ['approve', 'refuse'] })),
      reason_code: nullable(OPEN_REFUSALS.schema),
      text: t.String(),
      by_name: t.String(),
      on: IsoDate,
      term_months: t.Integer(),
      daily_requests: t.Integer(),
      daily_megabytes: t.Integer(),
    }),
  ),
  appeal_text: nullable(t.String()),
  agreement: nullable(Agreement),
  steps: t.Array(ApplicationStep),
  /** Use by day, newest first; at most 60 days. */
  usage: t.Array(t.Object({ on: IsoDate, requests: t.Integer(), bytes: t.Integer() })),
  /** accept, notice, propose, decide, revoke, appeal. */
  can: t.Array(t.String()),
})
export type ApplicationDetail = t.Static<typeof ApplicationDetail>

export const listApplications = endpoint({
  method: 'GET',
  path: '/opendata/applications',
  permission: 'opendata.application.read',
  summary: '有条件开放的申请：未办结的按剩余工作日排序，其余新的在前；不含申请人信息',
  query: input({
    ...PageQuery,
    part: t.Optional(t.Unsafe<'waiting' | 'running' | 'closed'>(t.String({ enum: ['waiting', 'running', 'closed'] }))),
  }),
  response: Page(Application),
})

export const getApplication = endpoint({
  method: 'GET',
  path: '/opendata/applications/:id',
  permission: 'opendata.application.read',
  summary: '一件申请：材料、时限、协议、用量。申请人信息只给本部门经办和审批，每次查看记入访问日志',
  params: ById,
  response: ApplicationDetail,
})

export const acceptApplication = endpoint({
  method: 'POST',
  path: '/opendata/applications/:id/accept',
  permission: 'opendata.application.handle',
  summary: '受理：材料齐全',
  params: ById,
  body: input({ revision: t.Integer() }),
  response: ApplicationDetail,
})

export const noticeApplication = endpoint({
  method: 'POST',
  path: '/opendata/applications/:id/notice',
  permission: 'opendata.application.handle',
  summary: '一次性告知需补正的全部内容：只能告知一次，逾期不告知视为自收到之日起受理',
  params: ById,
  body: input({
    revision: t.Integer(),
    parts: t.Array(input({ code: MISSING_PARTS.schema, text: Line(500, 5) }), { minItems: 1, maxItems: 6 }),
  }),
  response: ApplicationDetail,
})

export const proposeDecision = endpoint({
  method: 'POST',
  path: '/opendata/applications/:id/propose',
  permission: 'opendata.application.handle',
  summary: '经办人提出同意或不同意；不同意须有理由编码和说明',
  params: ById,
  body: input({
    revision: t.Integer(),
    outcome: t.Unsafe<'approve' | 'refuse'>(t.String({ enum: ['approve', 'refuse'] })),
    reason_code: t.Optional(OPEN_REFUSALS.schema),
    text: Line(1000, 5),
    /** Not longer than was asked for. */
    term_months: t.Optional(t.Integer({ minimum: 1, maximum: 24 })),
    daily_requests: t.Optional(t.Integer({ minimum: 1, maximum: 100_000 })),
    daily_megabytes: t.Optional(t.Integer({ minimum: 1, maximum: 100_000 })),
  }),
  response: ApplicationDetail,
})

export const DECISIONS = coded({ confirm: '批准经办意见', return: '退回经办人' })

export const decideApplication = endpoint({
  method: 'POST',
  path: '/opendata/applications/:id/decide',
  permission: 'opendata.application.approve',
  summary: '批准人批准经办意见或退回；经办人不能批准自己的意见',
  params: ById,
  body: input({ revision: t.Integer(), decision: DECISIONS.schema, opinion: Line(1000, 2) }),
  response: ApplicationDetail,
})

export const revokeAccess = endpoint({
  method: 'POST',
  path: '/opendata/applications/:id/revoke',
  permission: 'opendata.application.approve',
  summary: '收回使用许可，说明理由：公共侧数秒内停止提供',
  params: ById,
  body: input({ revision: t.Integer(), reason_code: REVOKE_REASONS.schema, text: Line(1000, 5) }),
  response: ApplicationDetail,
})

export const APPEAL_OUTCOMES = coded({ granted: '支持申诉，同意开放', upheld: '维持不予开放' })

export const settleAppeal = endpoint({
  method: 'POST',
  path: '/opendata/applications/:id/appeal',
  permission: 'opendata.application.appeal',
  summary: '电子政务办公室处理申诉：提供部门自己不能处理；支持即进入签订协议',
  params: ById,
  body: input({ revision: t.Integer(), outcome: APPEAL_OUTCOMES.schema, text: Line(1000, 5) }),
  response: ApplicationDetail,
})

export const OpenPromise = t.Object({
  promise_id: Id,
  organ_id: t.String(),
  organ_name: t.String(),
  /** `null`: all conditional datasets of the organ. */
  resource_id: nullable(Id),
  days: t.Integer(),
  source: t.String(),
  valid_from: IsoDate,
  set_by_name: t.String(),
})
export type OpenPromise = t.Static<typeof OpenPromise>

export const listPromises = endpoint({
  method: 'GET',
  path: '/opendata/promises',
  permission: 'opendata.application.read',
  summary: '各部门、各数据集承诺的办理天数及其依据，新的在前',
  query: input(PageQuery),
  response: Page(OpenPromise),
})

export const setPromise = endpoint({
  method: 'POST',
  path: '/opendata/promises',
  permission: 'opendata.application.approve',
  summary: '承诺办理天数：本部门全部或一个数据集，不得长于规定；自生效日起收到的申请适用',
  body: input({
    resource_id: t.Optional(Id),
    days: t.Integer({ minimum: 1, maximum: 60 }),
    source: Line(200, 5),
    valid_from: IsoDate,
  }),
  response: OpenPromise,
})
