import * as t from 'typebox'
import { QUALITY_LEVELS } from './catalog.quality.ts'
import { SHARE_TYPES } from './catalog.resource.ts'
import { Clock } from './clock.ts'
import { endpoint } from './endpoint.ts'
import { ById, coded, Done, Id, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

export const LEAD_STATES = coded({
  proposed: '征求意见中',
  contested: '有异议，待裁定',
  agreed: '已定牵头',
  dropped: '未定',
  withdrawn: '已撤回',
  reversed: '已撤销',
})
export type LeadState = (typeof LEAD_STATES.codes)[number]

export const LEAD_ANSWERS = coded({ agreed: '同意', objected: '有异议' })
export const LEAD_OUTCOMES = coded({ agreed: '定为牵头', dropped: '不定牵头' })

const LeadFace = t.Object({
  lead_id: Id,
  state: LEAD_STATES.schema,
  item_id: Id,
  resource_id: Id,
  resource_code: nullable(t.String()),
  resource_name: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
})

/** The same item as several departments hold it. */
export const Cluster = t.Object({
  cluster_id: Id,
  name: t.String(),
  /** Lines of government that hold it; offices of one line at several levels count once. */
  departments: t.Integer(),
  entries: t.Integer(),
  /** How sure it is that it is the same, in percent. */
  confidence: t.Integer(),
  by_element: t.Integer(),
  by_name: t.Integer(),
  by_synonym: t.Integer(),
  /** A lead that is proposed, contested or agreed. */
  lead: nullable(LeadFace),
})
export type Cluster = t.Static<typeof Cluster>

export const MATCH_KINDS = coded({ element: '同一数据元', name: '同名', synonym: '同义' })

export const ClusterItem = t.Object({
  item_id: Id,
  name: t.String(),
  name_en: t.String(),
  data_type: t.String(),
  length: nullable(t.Number()),
  data_element: t.String(),
  is_key: t.Boolean(),
  share_type: SHARE_TYPES.schema,
  match: MATCH_KINDS.schema,
  /** Its English name and type are those that most holders give it. */
  has_same_english: t.Boolean(),
  has_same_type: t.Boolean(),
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  update_cycle: t.String(),
  quality_level: nullable(QUALITY_LEVELS.schema),
  attached_methods: t.Array(t.String()),
  /** Grants in force on its entry. */
  grants: t.Integer(),
  is_lead: t.Boolean(),
  is_referring: t.Boolean(),
})
export type ClusterItem = t.Static<typeof ClusterItem>

export const LeadAnswer = t.Object({
  organ_id: t.String(),
  organ_name: t.String(),
  answer: nullable(LEAD_ANSWERS.schema),
  reason: t.String(),
  answered_by_name: nullable(t.String()),
  answered_on: nullable(IsoDate),
})

export const Lead = t.Object({
  ...LeadFace.properties,
  cluster_name: t.String(),
  cluster_id: nullable(Id),
  reason: t.String(),
  proposed_by_name: t.String(),
  proposed_organ_name: t.String(),
  proposed_on: IsoDate,
  clock: Clock,
  answers: t.Array(LeadAnswer),
  decided_by_name: nullable(t.String()),
  decided_on: nullable(IsoDate),
  decision_reason: t.String(),
  ended_on: nullable(IsoDate),
  end_reason: t.String(),
  /** answer, decide, withdraw, reverse. */
  can: t.Array(t.String()),
})
export type Lead = t.Static<typeof Lead>

export const listClusters = endpoint({
  method: 'GET',
  path: '/catalog/clusters',
  permission: 'catalog.resource.read',
  summary: '一数一源：由多个部门持有的同一信息项，部门多的在前',
  query: input({
    ...PageQuery,
    q: t.Optional(t.String({ maxLength: 100 })),
    organ_id: t.Optional(t.String({ pattern: '^\\d{10}$' })),
    lead: t.Optional(
      t.Unsafe<'none' | 'proposed' | 'contested' | 'agreed'>(
        t.String({ enum: ['none', 'proposed', 'contested', 'agreed'] }),
      ),
    ),
    min_confidence: t.Optional(t.Integer({ minimum: 0, maximum: 100 })),
  }),
  response: Page(Cluster),
})

export const getCluster = endpoint({
  method: 'GET',
  path: '/catalog/clusters/:id',
  permission: 'catalog.resource.read',
  summary: '同一信息项的各持有部门：类型、长度、更新周期、质量、挂接、使用的差异，牵头经过',
  params: ById,
  response: t.Object({
    cluster: Cluster,
    items: t.Array(ClusterItem),
    /** More hold it than are listed here. */
    is_cut: t.Boolean(),
    suggested_item_id: nullable(Id),
    leads: t.Array(Lead),
    can_propose: t.Boolean(),
  }),
})

export const proposeLead = endpoint({
  method: 'POST',
  path: '/catalog/leads',
  permission: 'catalog.lead.propose',
  summary: '提议由某部门的信息项作为唯一来源；本级各持有部门须在时限内表态',
  body: input({ cluster_id: Id, item_id: Id, reason: Line(1000, 5) }),
  response: Lead,
})

export const getLead = endpoint({
  method: 'GET',
  path: '/catalog/leads/:id',
  permission: 'catalog.resource.read',
  summary: '一次牵头商定的经过',
  params: ById,
  response: Lead,
})

export const answerLead = endpoint({
  method: 'POST',
  path: '/catalog/leads/:id/answer',
  permission: 'catalog.lead.answer',
  summary: '持有部门表态：同意，或说明理由提出异议',
  params: ById,
  body: input({ answer: LEAD_ANSWERS.schema, reason: t.Optional(t.String({ maxLength: 1000 })) }),
  response: Lead,
})

export const decideLead = endpoint({
  method: 'POST',
  path: '/catalog/leads/:id/decide',
  permission: 'catalog.lead.decide',
  summary: '对有异议或逾期未表态的提议作出裁定（持有部门的人员不能裁定）',
  params: ById,
  body: input({ outcome: LEAD_OUTCOMES.schema, reason: Line(1000, 10) }),
  response: Lead,
})

export const withdrawLead = endpoint({
  method: 'POST',
  path: '/catalog/leads/:id/withdraw',
  permission: 'catalog.lead.propose',
  summary: '提议方撤回尚未定下的提议',
  params: ById,
  body: input({ reason: Line(1000, 5) }),
  response: Lead,
})

export const reverseLead = endpoint({
  method: 'POST',
  path: '/catalog/leads/:id/reverse',
  permission: 'catalog.lead.decide',
  summary: '撤销已定的牵头，各处引用随之解除',
  params: ById,
  body: input({ reason: Line(1000, 10) }),
  response: Lead,
})

/** Where an item of an entry is to be had from, once a lead is agreed. */
export const ItemSource = t.Object({
  item_id: Id,
  item_name: t.String(),
  /** The lead's own item; the item refers to it where `is_referring`. */
  source_item_id: Id,
  is_lead: t.Boolean(),
  is_referring: t.Boolean(),
  lead_id: Id,
  resource_id: Id,
  resource_code: nullable(t.String()),
  resource_name: t.String(),
  organ_name: t.String(),
})
export type ItemSource = t.Static<typeof ItemSource>

export const listItemSources = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/sources',
  permission: 'catalog.resource.read',
  summary: '条目中哪些信息项已定牵头：由谁牵头、是否引用',
  params: ById,
  response: t.Array(ItemSource),
})

export const findSources = endpoint({
  method: 'POST',
  path: '/catalog/source-checks',
  permission: 'catalog.resource.edit',
  summary: '编制中的信息项是否已由某部门牵头提供',
  body: input({
    names: t.Array(t.String({ maxLength: 500 }), { maxItems: 300 }),
    resource_id: t.Optional(nullable(Id)),
  }),
  response: t.Array(ItemSource),
})

export const referItem = endpoint({
  method: 'PUT',
  path: '/catalog/resources/:id/sources',
  permission: 'catalog.resource.edit',
  summary: '把本条目的一个信息项改为引用牵头部门的信息项，或解除引用',
  params: ById,
  body: input({ item_id: Id, source_item_id: nullable(Id) }),
  response: Done,
})
