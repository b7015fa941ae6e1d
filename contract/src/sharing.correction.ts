import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { Clock, Mark, SIDES } from './sharing.terms.ts'
import { ById, coded, Id, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export const CORRECTION_STATES = coded({ raised: '待校核', answered: '已校核' })
export const CORRECTION_RESULTS = coded({
  true_fixed: '属实，已更正',
  not_true: '不属实',
  cannot_verify: '无法核实',
})
export const RECORD_KEY_KINDS = coded({
  citizen_id: '公民身份号码',
  credit_code: '统一社会信用代码',
  other: '其他主键',
})

const correction = {
  correction_id: Id,
  state: CORRECTION_STATES.schema,
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  item_id: Id,
  item_name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  consumer_organ_id: t.String(),
  consumer_name: t.String(),
  record_key_kind: RECORD_KEY_KINDS.schema,
  record_key_masked: t.String(),
  business_continued: t.Boolean({ description: '校核期间业务照常办理' }),
  raised_on: IsoDate,
  raised_by_name: t.String(),
  result: nullable(CORRECTION_RESULTS.schema),
  answered_on: nullable(IsoDate),
  answered_by_name: nullable(t.String()),
  clock: Clock,
  can: t.Array(t.String()),
}
export const Correction = t.Object(correction)
export type Correction = t.Static<typeof Correction>

export const CorrectionDetail = t.Object({
  ...correction,
  /** Shown only to the two sides: the provider needs it to find the record. */
  record_key: nullable(t.String()),
  wrong_value: t.String(),
  suggested_value: t.String(),
  evidence: t.String(),
  answer_text: nullable(t.String()),
  marks: t.Array(Mark),
})
export type CorrectionDetail = t.Static<typeof CorrectionDetail>

export const CorrectionDraft = input({
  resource_id: Id,
  item_id: Id,
  record_key_kind: RECORD_KEY_KINDS.schema,
  record_key: Line(100),
  wrong_value: t.String({ maxLength: 500 }),
  suggested_value: t.Optional(t.String({ maxLength: 500, default: '' })),
  evidence: Line(2000),
  business_continued: t.Optional(t.Boolean({ default: true })),
})
export type CorrectionDraft = t.Static<typeof CorrectionDraft>

export const raiseCorrection = endpoint({
  method: 'POST',
  path: '/sharing/corrections',
  permission: 'sharing.correction.raise',
  summary: '对获授权数据的疑义或错误提出纠错（业务照常办理）',
  body: CorrectionDraft,
  response: CorrectionDetail,
})

export const answerCorrection = endpoint({
  method: 'POST',
  path: '/sharing/corrections/:id/answer',
  permission: 'sharing.correction.answer',
  summary: '答复校核结果',
  params: ById,
  body: input({ result: CORRECTION_RESULTS.schema, text: Line(1000, 5) }),
  response: CorrectionDetail,
})

export const getCorrection = endpoint({
  method: 'GET',
  path: '/sharing/corrections/:id',
  permission: 'sharing.request.read',
  summary: '纠错详情',
  params: ById,
  response: CorrectionDetail,
})

export const listCorrections = endpoint({
  method: 'GET',
  path: '/sharing/corrections',
  permission: 'sharing.request.read',
  summary: '纠错列表',
  query: input({
    ...PageQuery,
    side: t.Optional(SIDES.schema),
    state: t.Optional(CORRECTION_STATES.schema),
    resource_id: t.Optional(Id),
  }),
  response: Page(Correction),
})
