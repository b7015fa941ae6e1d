import * as t from 'typebox'
import { Clock, Mark } from './sharing.terms.ts'
import { coded, Id, IsoDate, input, Line, nullable } from './values.ts'

/** The three rungs of a dispute after a refusal (国发〔2016〕51号 第十二条, domain R07). */
export const LADDER_LEVELS = coded({
  negotiation: '部门协商',
  office: '电子政务办协调',
  group: '领导小组裁决',
})
export type LadderLevel = (typeof LADDER_LEVELS.codes)[number]

export const LADDER_OUTCOMES = coded({
  agreed: '提供方同意重新答复',
  settled: '使用方不再坚持',
  raised: '未果，提请上一级',
  overdue: '逾期，自动提交上一级',
  reconsider: '请提供方重新答复',
  uphold: '维持原答复',
})

/** Why the authority decides as it does. */
export const COORDINATION_REASONS = coded({
  basis_sufficient: '依据充分，应予共享',
  scope_to_narrow: '缩小范围后共享',
  verify_instead: '改以核验等方式提供',
  law_forbids: '法律法规禁止提供',
  not_needed: '非履职所必需',
  held_by_other: '应向其他部门申请',
})

export const MEETING_KINDS = coded({ meeting: '会议', opinion: '书面意见' })

export const MeetingDraft = input({
  kind: MEETING_KINDS.schema,
  held_on: IsoDate,
  participants: Line(500, 2),
  document_no: t.Optional(t.String({ maxLength: 100, default: '' })),
  text: Line(2000, 5),
})
export type MeetingDraft = t.Static<typeof MeetingDraft>

export const LadderStep = t.Object({
  step_id: Id,
  level: LADDER_LEVELS.schema,
  cause: t.Unsafe<'asked' | 'overdue'>(t.String({ enum: ['asked', 'overdue'] })),
  opened_on: IsoDate,
  opened_by_name: t.String(),
  closed_on: nullable(IsoDate),
  outcome: nullable(LADDER_OUTCOMES.schema),
  reason_code: nullable(COORDINATION_REASONS.schema),
  closed_by_name: nullable(t.String()),
  clock: Clock,
  marks: t.Array(Mark),
  meetings: t.Array(
    t.Object({
      meeting_id: Id,
      kind: MEETING_KINDS.schema,
      held_on: IsoDate,
      participants: t.String(),
      document_no: t.String(),
      text: t.String(),
      written_on: IsoDate,
      organ_name: nullable(t.String()),
      author_name: t.String(),
    }),
  ),
})
export type LadderStep = t.Static<typeof LadderStep>
