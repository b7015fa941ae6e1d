import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { ACCESS_MODES, Clock, Mark, PURPOSES, REFUSAL_REASONS } from './sharing.terms.ts'
import { ById, coded, Id, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

/** How far a demand has come; each stage is a record of its own module, none is typed. */
export const DEMAND_STAGES = coded({
  filed: '已提出',
  assigned: '责任清单',
  matched: '有候选',
  picked: '已选定',
  requested: '已申请',
  granted: '已授权',
  connected: '已接通',
  used: '已使用',
  effect: '见成效',
  withdrawn: '已撤回',
})
export type DemandStage = (typeof DEMAND_STAGES.codes)[number]

export const FREQUENCIES = coded({
  realtime: '实时',
  daily: '每日',
  weekly: '每周',
  monthly: '每月',
  quarterly: '每季度',
  yearly: '每年',
  occasional: '不定期',
})
export const URGENCIES = coded({ normal: '一般', urgent: '较急', critical: '紧急' })

/** Why an organ takes its demand back. */
export const DEMAND_WITHDRAWALS = coded({
  met_elsewhere: '已通过其他途径取得',
  not_needed: '不再需要',
  repeated: '与其他需求重复',
})

export const DemandDraft = input({
  name: Line(200, 2),
  description: t.Optional(t.String({ maxLength: 2000, default: '' })),
  /** Names of items, or data elements (GB 11643). */
  items: t.Optional(t.Array(Line(100), { maxItems: 60, default: [] })),
  purpose_code: PURPOSES.schema,
  purpose_ref: Line(200, 2),
  inner_unit: t.Optional(t.String({ maxLength: 100, default: '' })),
  supplier_organ_id: t.Optional(nullable(t.String({ pattern: '^\\d{10}$' }))),
  access_mode: t.Optional(ACCESS_MODES.schema),
  frequency: t.Optional(FREQUENCIES.schema),
  urgency: t.Optional(URGENCIES.schema),
  wanted_on: IsoDate,
  is_obtained: t.Optional(t.Boolean()),
})
export type DemandDraft = t.Static<typeof DemandDraft>

/** Who has to move next for this demand. */
export const TURNS = coded({
  demander: '需求方',
  provider: '提供方',
  duty_organ: '责任部门',
  authority: '共享主管部门',
  nobody: '无',
})

const demand = {
  demand_id: Id,
  demand_no: t.String({ description: '需求编号' }),
  organ_id: t.String(),
  organ_name: t.String(),
  name: t.String(),
  description: t.String(),
  items: t.Array(t.String()),
  purpose_code: PURPOSES.schema,
  purpose_ref: t.String(),
  inner_unit: t.String(),
  supplier_organ_id: nullable(t.String()),
  supplier_name: nullable(t.String()),
  supplier_text: t.String(),
  access_mode: ACCESS_MODES.schema,
  frequency: FREQUENCIES.schema,
  urgency: URGENCIES.schema,
  wanted_on: IsoDate,
  is_obtained: t.Boolean(),
  filed_on: IsoDate,
  filed_by_name: t.String(),
  withdrawn_on: nullable(IsoDate),
  withdraw_code: nullable(DEMAND_WITHDRAWALS.schema),
  withdraw_text: nullable(t.String()),
  stage: DEMAND_STAGES.schema,
  assigned_on: nullable(IsoDate),
  matched_on: nullable(IsoDate),
  picked_on: nullable(IsoDate),
  requested_on: nullable(IsoDate),
  granted_on: nullable(IsoDate),
  connected_on: nullable(IsoDate),
  used_on: nullable(IsoDate),
  effect_on: nullable(IsoDate),
  refusals: t.Integer({ description: '被拒次数：申请不同意与责任部门异议' }),
  turn: TURNS.schema,
  /** Calendar days until the day it is wanted; negative when that day is past. */
  days_left: t.Integer(),
  can: t.Array(t.String()),
}
export const Demand = t.Object(demand)
export type Demand = t.Static<typeof Demand>

export const MATCH_REASONS = coded({
  words: '名称相符',
  items: '信息项相符',
  elements: '数据元相同',
  synonyms: '同义或近似的信息项',
  supplier: '预计提供方',
  duty: '责任部门为此编制',
})
export const MatchReason = t.Object({ kind: MATCH_REASONS.schema, text: t.String() })
export type MatchReason = t.Static<typeof MatchReason>

export const Candidate = t.Object({
  resource_id: Id,
  code: t.String(),
  name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  share_type: t.String(),
  /** What the law says against it, when it is withheld. */
  withheld_basis: nullable(t.String()),
  is_attached: t.Boolean(),
  score: t.Number(),
  reasons: t.Array(MatchReason),
  found_on: IsoDate,
  dismissed_on: nullable(IsoDate),
  dismiss_text: nullable(t.String()),
})
export type Candidate = t.Static<typeof Candidate>

/** A request filed for the demand, with what became of it. */
export const DemandRequest = t.Object({
  request_id: Id,
  request_no: t.String(),
  resource_id: Id,
  resource_name: t.String(),
  provider_name: t.String(),
  state: t.String(),
  picked_on: IsoDate,
  clock: nullable(Clock),
  reason_code: nullable(REFUSAL_REASONS.schema),
  grants: t.Array(
    t.Object({
      grant_id: Id,
      access_mode: ACCESS_MODES.schema,
      issued_on: IsoDate,
      is_revoked: t.Boolean(),
      connected_on: nullable(IsoDate),
      first_used_on: nullable(IsoDate),
      last_used_on: nullable(IsoDate),
      calls: t.Integer({ description: '成功调用次数' }),
      rows: t.Integer({ description: '交付行数' }),
      subscription_id: nullable(Id),
    }),
  ),
})
export type DemandRequest = t.Static<typeof DemandRequest>

export const EFFECT_KINDS = coded({
  materials_spared: '减少提交材料（份）',
  checks_made: '在线核验（次）',
  visits_spared: '减少跑动（次）',
  days_saved: '缩短办理时间（天）',
  cases_handled: '支撑办件（件）',
  frauds_found: '发现虚假申报（件）',
  other: '其他',
})

export const EffectDraft = input({
  kind: EFFECT_KINDS.schema,
  figure: t.Number({ minimum: 0, maximum: 999_999_999 }),
  text: Line(1000, 5),
  from_on: IsoDate,
  until_on: IsoDate,
})
export type EffectDraft = t.Static<typeof EffectDraft>

export const Effect = t.Object({
  effect_id: Id,
  kind: EFFECT_KINDS.schema,
  figure: t.Number(),
  text: t.String(),
  from_on: IsoDate,
  until_on: IsoDate,
  stated_on: IsoDate,
  stated_by_name: t.String(),
})
export type Effect = t.Static<typeof Effect>

export const DUTY_STATES = coded({ assigned: '待认领', accepted: '编目中', refused: '有异议', released: '已解除' })
export type DutyState = (typeof DUTY_STATES.codes)[number]

/** Why an organ says that it need not compile; every one needs its legal ground (domain R03). */
export const DUTY_REASONS = coded({
  not_held: '本部门不掌握该信息',
  not_our_duty: '不属本部门职责',
  withheld_by_law: '法律法规规定不予共享',
  held_by_other: '应由其他部门编制',
  secrecy_law: '涉及国家秘密',
})

const duty = {
  duty_id: Id,
  demand_id: Id,
  demand_no: t.String(),
  demand_name: t.String(),
  demander_name: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  state: DUTY_STATES.schema,
  /** The entry compiled for it is published. */
  is_fulfilled: t.Boolean(),
  round: t.Integer(),
  note: t.String(),
  assigned_on: IsoDate,
  assigned_by_name: t.String(),
  accepted_on: nullable(IsoDate),
  resource_id: nullable(Id),
  refusals: t.Integer(),
  /** Time to accept or refuse; after acceptance the time to publish. */
  clock: Clock,
  can: t.Array(t.String()),
}
export const Duty = t.Object(duty)
export type Duty = t.Static<typeof Duty>

export const DUTY_WORDS = coded({
  assign: '交办',
  accept: '认领',
  refuse: '提出异议',
  reassert: '维持责任',
  transfer: '转交其他部门',
  release: '异议成立',
})
export const DutyWord = t.Object({
  word_id: Id,
  kind: DUTY_WORDS.schema,
  reason_code: nullable(DUTY_REASONS.schema),
  basis_title: nullable(t.String()),
  basis_clause: nullable(t.String()),
  text: t.String(),
  said_on: IsoDate,
  organ_name: nullable(t.String()),
  author_name: t.String(),
})
export const DutyDetail = t.Object({ ...duty, words: t.Array(DutyWord), marks: t.Array(Mark) })
export type DutyDetail = t.Static<typeof DutyDetail>

export const DemandDetail = t.Object({
  ...demand,
  candidates: t.Array(Candidate),
  requests: t.Array(DemandRequest),
  duties: t.Array(DutyDetail),
  effects: t.Array(Effect),
  /** Time to say what came of it, from the first use on. */
  effect_clock: nullable(Clock),
})
export type DemandDetail = t.Static<typeof DemandDetail>

export const fileDemand = endpoint({
  method: 'POST',
  path: '/sharing/demands',
  permission: 'sharing.demand.file',
  summary: '提出需求：所需信息、用途、预计提供方，自动匹配目录',
  body: DemandDraft,
  response: DemandDetail,
})

export const ListedDemand = t.Object({
  line: t.Integer(),
  outcome: t.Unsafe<'new' | 'repeated' | 'faulty'>(t.String({ enum: ['new', 'repeated', 'faulty'] })),
  name: t.String(),
  supplier: t.String(),
  faults: t.Array(t.String()),
  demand_id: nullable(Id),
})
export const readDemandList = endpoint({
  method: 'POST',
  path: '/sharing/demand-lists',
  permission: 'sharing.demand.file',
  summary: '粘贴或导入需求清单（CSV、从表格复制）：先预检，确认后提出其中没有问题的',
  body_limit: 2_000_000,
  body: input({
    text: t.String({ minLength: 1, maxLength: 500_000 }),
    wanted_on: IsoDate,
    purpose_ref: Line(200, 2),
    is_confirmed: t.Boolean(),
  }),
  response: t.Object({ rows: t.Array(ListedDemand), new: t.Integer(), repeated: t.Integer(), faulty: t.Integer() }),
})

export const withdrawDemand = endpoint({
  method: 'POST',
  path: '/sharing/demands/:id/withdraw',
  permission: 'sharing.demand.file',
  summary: '撤回需求',
  params: ById,
  body: input({ code: DEMAND_WITHDRAWALS.schema, text: t.Optional(t.String({ maxLength: 500, default: '' })) }),
  response: DemandDetail,
})

export const matchDemand = endpoint({
  method: 'POST',
  path: '/sharing/demands/:id/match',
  permission: 'sharing.demand.file',
  summary: '重新匹配候选资源',
  params: ById,
  response: DemandDetail,
})

export const dismissCandidate = endpoint({
  method: 'POST',
  path: '/sharing/demands/:id/dismissals',
  permission: 'sharing.demand.file',
  summary: '候选资源不符合需求：说明理由',
  params: ById,
  body: input({ resource_id: Id, text: Line(500, 4) }),
  response: DemandDetail,
})

export const pickCandidate = endpoint({
  method: 'POST',
  path: '/sharing/demands/:id/requests',
  permission: 'sharing.request.create',
  summary: '选定候选资源：起草一份已预填的共享申请，或挂上已有的申请',
  params: ById,
  body: input({ resource_id: Id, request_id: t.Optional(nullable(Id)) }),
  response: t.Object({ request_id: Id }),
})

export const stateEffect = endpoint({
  method: 'POST',
  path: '/sharing/demands/:id/effects',
  permission: 'sharing.demand.file',
  summary: '填报使用成效',
  params: ById,
  body: EffectDraft,
  response: DemandDetail,
})

export const getDemand = endpoint({
  method: 'GET',
  path: '/sharing/demands/:id',
  permission: 'sharing.request.read',
  summary: '需求详情：候选、申请、授权、使用、成效，逐环节有记录',
  params: ById,
  response: DemandDetail,
})

/** Whose demands: mine, those that name me, or all that I may see. */
export const DEMAND_SIDES = coded({ demander: '我方提出', supplier: '涉及我方', all: '全部' })
const demandFilter = {
  side: t.Optional(DEMAND_SIDES.schema),
  stage: t.Optional(DEMAND_STAGES.schema),
  urgency: t.Optional(URGENCIES.schema),
  organ_id: t.Optional(t.String({ pattern: '^\\d{10}$' })),
  q: t.Optional(t.String({ maxLength: 100 })),
}

export const listDemands = endpoint({
  method: 'GET',
  path: '/sharing/demands',
  permission: 'sharing.request.read',
  summary: '需求列表',
  query: input({
    ...PageQuery,
    ...demandFilter,
    order: t.Optional(coded({ newest: '最近', wanted: '先要在前' }).schema),
  }),
  response: Page(Demand),
})

export const countDemands = endpoint({
  method: 'GET',
  path: '/sharing/demand-counts',
  permission: 'sharing.request.read',
  summary: '需求按环节、紧急程度、需求方计数',
  query: input(demandFilter),
  response: t.Object({
    stages: t.Array(t.Object({ code: DEMAND_STAGES.schema, count: t.Integer() })),
    urgencies: t.Array(t.Object({ code: URGENCIES.schema, count: t.Integer() })),
    organs: t.Array(t.Object({ organ_id: t.String(), name: t.String(), count: t.Integer() })),
  }),
})
