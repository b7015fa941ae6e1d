import * as t from 'typebox'
import { Clock } from './clock.ts'
import { endpoint } from './endpoint.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

/** A matter a citizen brought: asked, found wrong, wished for, made with open data (T4.2; P16, P18, P19). */
export const INQUIRY_KINDS = coded({
  question: '提问',
  correction: '纠错',
  wish: '未开放数据需求',
  showcase: '应用登记',
})
export type InquiryKind = (typeof INQUIRY_KINDS.codes)[number]

export const INQUIRY_STATES = coded({ waiting: '办理中', answered: '已答复', refused: '不予受理' })
export type InquiryState = (typeof INQUIRY_STATES.codes)[number]

/** Whether everybody may read what was written: nobody's words are public before somebody has read them. */
export const VISIBILITIES = coded({ pending: '待审看', public: '公开', private: '只答复本人' })

export const INQUIRY_OUTCOMES = coded({
  answered: '已解答',
  true_fixed: '属实，已更正',
  not_true: '不属实',
  cannot_verify: '无法核实',
  will_open: '计划开放',
  already_open: '已经开放',
  cannot_open: '不能开放',
  not_held: '没有这项数据',
  approved: '同意展示',
  declined: '不予展示',
})
export type InquiryOutcome = (typeof INQUIRY_OUTCOMES.codes)[number]

/** Which outcomes a kind of matter can have. */
export const OUTCOMES_OF: Readonly<Record<InquiryKind, readonly InquiryOutcome[]>> = {
  question: ['answered'],
  correction: ['true_fixed', 'not_true', 'cannot_verify'],
  wish: ['will_open', 'already_open', 'cannot_open', 'not_held'],
  showcase: ['approved', 'declined'],
}

export const REFUSAL_REASONS = coded({
  abuse: '辱骂、广告或与政务无关',
  duplicate: '与已有的重复',
  unclear: '看不明白，无法联系补充',
  elsewhere: '应由其他渠道办理（信访、举报、投诉）',
  secret: '涉及国家秘密、商业秘密或他人隐私',
})
export type RefusalReason = (typeof REFUSAL_REASONS.codes)[number]

const Found = t.Object({ title: t.String(), shown: t.String() })
const Step = t.Object({ on: IsoDate, title: t.String(), text: t.String() })

const inquiry = {
  inquiry_id: Id,
  number: t.String(),
  kind: INQUIRY_KINDS.schema,
  state: INQUIRY_STATES.schema,
  title: t.String(),
  dataset_slug: nullable(t.String()),
  dataset_title: nullable(t.String()),
  /** `null` until the office has assigned it. */
  organ_id: nullable(t.String()),
  organ_name: nullable(t.String()),
  visibility: VISIBILITIES.schema,
  round: t.Integer(),
  received_on: IsoDate,
  clock: Clock,
  support_count: t.Integer(),
  outcome: nullable(INQUIRY_OUTCOMES.schema),
  /** A refusal that the office has to confirm. */
  is_refusal_proposed: t.Boolean(),
}
export const Inquiry = t.Object(inquiry)
export type Inquiry = t.Static<typeof Inquiry>

export const InquiryAnswer = t.Object({
  round: t.Integer(),
  outcome: INQUIRY_OUTCOMES.schema,
  text: t.String(),
  planned_on: nullable(IsoDate),
  opened_slug: nullable(t.String()),
  answered_on: IsoDate,
  answered_by_name: t.String(),
  organ_name: t.String(),
})

export const InquiryDetail = t.Object({
  ...inquiry,
  text: t.String(),
  /** The field and row found wrong, an application's address and datasets: what the kind has of its own, as sent. */
  detail: t.Record(t.String(), t.Unknown()),
  contact: nullable(t.Object({ email: t.Optional(t.String()), phone: t.Optional(t.String()) })),
  identifiers: t.Array(Found),
  submitted_at: Instant,
  supplements: t.Array(t.Object({ on: IsoDate, text: t.String() })),
  published_title: nullable(t.String()),
  published_text: nullable(t.String()),
  moderated_on: nullable(IsoDate),
  moderated_by_name: nullable(t.String()),
  /** What could be published: persons' numbers taken out. */
  suggested_title: t.String(),
  suggested_text: t.String(),
  refusal_reason: nullable(REFUSAL_REASONS.schema),
  refusal_text: nullable(t.String()),
  refusal_by_name: nullable(t.String()),
  answers: t.Array(InquiryAnswer),
  timeline: t.Array(Step),
  /** assign, moderate, answer, propose_refusal, refuse, keep. */
  can: t.Array(t.String()),
})
export type InquiryDetail = t.Static<typeof InquiryDetail>

export const listInquiries = endpoint({
  method: 'GET',
  path: '/opendata/inquiries',
  permission: 'opendata.inquiry.read',
  summary: '公众来件：办理中的按剩余工作日，已办的新的在前',
  query: input({
    ...PageQuery,
    kind: t.Optional(INQUIRY_KINDS.schema),
    state: t.Optional(INQUIRY_STATES.schema),
    is_unassigned: t.Optional(t.Boolean()),
  }),
  response: Page(Inquiry),
})

export const getInquiry = endpoint({
  method: 'GET',
  path: '/opendata/inquiries/:id',
  permission: 'opendata.inquiry.read',
  summary: '一件公众来件：原文、数据集、发现的个人号码、将要公开的样子',
  params: ById,
  response: InquiryDetail,
})

export const assignInquiry = endpoint({
  method: 'POST',
  path: '/opendata/inquiries/:id/assign',
  permission: 'opendata.inquiry.assign',
  summary: '分办或改派给一个部门',
  params: ById,
  body: input({ organ_id: Line(20), note: t.Optional(t.String({ maxLength: 500 })) }),
  response: InquiryDetail,
})

export const moderateInquiry = endpoint({
  method: 'POST',
  path: '/opendata/inquiries/:id/moderate',
  permission: 'opendata.inquiry.read',
  summary: '审看来件：公开（去掉个人号码后的文字）或只答复本人；办理部门或电子政务办',
  params: ById,
  body: input({
    visibility: t.Unsafe<'public' | 'private'>(t.String({ enum: ['public', 'private'] })),
    title: Line(60, 2),
    text: Line(2000, 2),
  }),
  response: InquiryDetail,
})

export const answerInquiry = endpoint({
  method: 'POST',
  path: '/opendata/inquiries/:id/answer',
  permission: 'opendata.inquiry.read',
  summary: '答复来件：提问、纠错、需求由办理部门，应用登记由电子政务办',
  params: ById,
  body: input({
    outcome: INQUIRY_OUTCOMES.schema,
    text: Line(4000, 5),
    planned_on: t.Optional(nullable(IsoDate)),
    opened_slug: t.Optional(nullable(t.String({ maxLength: 64 }))),
  }),
  response: InquiryDetail,
})

const Refusal = input({ reason: REFUSAL_REASONS.schema, text: Line(1000, 10) })

export const proposeInquiryRefusal = endpoint({
  method: 'POST',
  path: '/opendata/inquiries/:id/propose-refusal',
  permission: 'opendata.inquiry.answer',
  summary: '办理部门提请不予受理：由电子政务办确认，被问的部门不能自己关掉问题',
  params: ById,
  body: Refusal,
  response: InquiryDetail,
})

export const refuseInquiry = endpoint({
  method: 'POST',
  path: '/opendata/inquiries/:id/refuse',
  permission: 'opendata.inquiry.assign',
  summary: '不予受理，理由告知来件人',
  params: ById,
  body: Refusal,
  response: InquiryDetail,
})

export const keepInquiry = endpoint({
  method: 'POST',
  path: '/opendata/inquiries/:id/keep',
  permission: 'opendata.inquiry.assign',
  summary: '不同意不予受理，退回办理部门答复',
  params: ById,
  body: input({ text: Line(500, 5) }),
  response: InquiryDetail,
})

export const listInquiryCandidates = endpoint({
  method: 'GET',
  path: '/opendata/inquiries/:id/candidates',
  permission: 'opendata.inquiry.read',
  summary: '目录里可能满足需求的资源：开放属性、提供方、是否已经开放',
  params: ById,
  query: input({ q: t.Optional(t.String({ maxLength: 100 })) }),
  response: t.Object({
    q: t.String(),
    rows: t.Array(
      t.Object({
        resource_id: Id,
        name: t.String(),
        code: t.String(),
        provider_organ_id: t.String(),
        provider_name: t.String(),
        open_type: t.String(),
        matched_items: t.Array(t.String()),
        /** Address of the dataset where it is open already. */
        slug: nullable(t.String()),
      }),
    ),
  }),
})
