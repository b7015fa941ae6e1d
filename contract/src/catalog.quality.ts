import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { ById, coded, Id, IsoDate, input, nullable, Page, PageQuery } from './values.ts'

export const QUALITY_LEVELS = coded({ A: 'A 优', B: 'B 良', C: 'C 中', D: 'D 差' })
export type QualityLevel = (typeof QUALITY_LEVELS.codes)[number]

/** Whose fault a shortcoming is. Only the provider's own lowers its score. */
export const PARTIES = coded({
  provider: '提供部门',
  consumer: '使用部门',
  importer: '批量装入',
  harvester: '目录采集',
  platform: '平台',
})
export type Party = (typeof PARTIES.codes)[number]

export const ORIGINS = coded({ compiled: '部门编制', imported: '批量装入', harvested: '目录采集' })
export type Origin = (typeof ORIGINS.codes)[number]

/** What higher modules tell the catalogue about a published entry. */
export const FACT_KINDS = coded({
  attached_api: '已挂接接口',
  attached_table: '已挂接库表',
  attached_file: '已挂接文件',
  unreachable_api: '接口不可达',
  unreachable_table: '库表不可达',
  unreachable_file: '文件不可达',
  called: '最近成功调用',
  delivered: '最近签收数据',
  granted: '有效授权',
  newest: '数据最新到',
  drift_open: '源结构变化待处理',
  correction_open: '疑义待校核',
  correction_late: '疑义校核逾期',
  content_lost: '装入或采集丢失内容',
})
export type FactKind = (typeof FACT_KINDS.codes)[number]

/** One thing a higher module says about an entry, and whose doing it is. */
export const Fact = t.Object({
  kind: FACT_KINDS.schema,
  value: t.Integer(),
  since: IsoDate,
  party: PARTIES.schema,
  message: t.String(),
})
export type Fact = t.Static<typeof Fact>

/** Where a shortcoming is mended; the portal knows the page. */
export const FIXES = coded({
  edit: '修订目录',
  attach: '挂接',
  channel: '检修接口、库表或文件',
  update: '更新数据',
  correction: '校核疑义',
  drift: '处理结构变化',
  reference: '引用牵头部门的信息项',
  request: '查看授权',
})
export type Fix = (typeof FIXES.codes)[number]

export const QualityReason = t.Object({
  rule: t.String(),
  title: t.String(),
  clause: t.String(),
  /** Points this rule takes; those of others' faults are told and not taken. */
  lost: t.Number(),
  is_charged: t.Boolean(),
  party: PARTIES.schema,
  message: t.String(),
  fix: FIXES.schema,
})
export type QualityReason = t.Static<typeof QualityReason>

export const FINDING_KINDS = coded({
  never_callable: '已发布但从未可调用',
  mismatched: '挂接声明与实际不符',
  unreachable: '接口不可达',
  outdated: '超过更新周期',
  drifted: '源结构变化待处理',
  nonconforming: '不符合现行标准',
})
export type FindingKind = (typeof FINDING_KINDS.codes)[number]

/** What is out of order with a published entry in its daily life, until it is mended. */
export const EntryFinding = t.Object({
  finding_id: Id,
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  kind: FINDING_KINDS.schema,
  party: PARTIES.schema,
  message: t.String(),
  found_on: IsoDate,
  cleared_on: nullable(IsoDate),
  age_days: t.Integer(),
})
export type EntryFinding = t.Static<typeof EntryFinding>

/** One way in which the data can be had, and how it stands. */
export const Channel = t.Object({
  method: t.Unsafe<'api' | 'table' | 'file'>(t.String({ enum: ['api', 'table', 'file'] })),
  is_reachable: t.Boolean(),
  since: IsoDate,
  message: t.String(),
  party: nullable(PARTIES.schema),
})
export type Channel = t.Static<typeof Channel>

export const Quality = t.Object({
  resource_id: Id,
  version: t.Integer(),
  score: t.Number(),
  level: QUALITY_LEVELS.schema,
  origin: ORIGINS.schema,
  reasons: t.Array(QualityReason),
  channels: t.Array(Channel),
  findings: t.Array(EntryFinding),
  rules_from: IsoDate,
  folded_on: IsoDate,
  /** Something has happened since that is not counted yet. */
  is_stale: t.Boolean(),
})
export type Quality = t.Static<typeof Quality>

export const getQuality = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/quality',
  permission: 'catalog.resource.read',
  summary: '条目质量：得分、等级、逐条理由与责任方、各挂接的状态、未销号的检查发现',
  params: ById,
  response: nullable(Quality),
})

export const QualityRule = t.Object({
  code: t.String(),
  valid_from: IsoDate,
  title: t.String(),
  weight: t.Number(),
  clause: t.String(),
  verified: t.Boolean(),
})
export type QualityRule = t.Static<typeof QualityRule>

export const listQualityRules = endpoint({
  method: 'GET',
  path: '/catalog/quality-rules',
  permission: 'catalog.resource.read',
  summary: '质量规则：各版权重与依据',
  response: t.Array(QualityRule),
})

const OrganId = t.String({ pattern: '^\\d{10}$' })

export const QualityAction = t.Object({
  rule: t.String(),
  title: t.String(),
  fix: FIXES.schema,
  /** Entries it concerns, and what mending all of them adds to the organ's average. */
  entries: t.Integer(),
  raises: t.Number(),
  /** The entry that loses most by it, to begin with. */
  resource_id: Id,
  resource_name: t.String(),
})
export type QualityAction = t.Static<typeof QualityAction>

export const getOrganQuality = endpoint({
  method: 'GET',
  path: '/catalog/organ-quality',
  permission: 'catalog.resource.read',
  summary: '一个机构已发布条目的质量：平均分、各等级数、未销号的发现、最能提分的几件事',
  query: input({ organ_id: t.Optional(OrganId) }),
  response: t.Object({
    organ_id: t.String(),
    organ_name: t.String(),
    entries: t.Integer(),
    average: nullable(t.Number()),
    levels: t.Array(t.Object({ level: QUALITY_LEVELS.schema, count: t.Integer() })),
    findings: t.Array(t.Object({ kind: FINDING_KINDS.schema, count: t.Integer() })),
    actions: t.Array(QualityAction),
  }),
})

export const listEntryFindings = endpoint({
  method: 'GET',
  path: '/catalog/entry-findings',
  permission: 'catalog.resource.read',
  summary: '日常检查发现：可按机构、种类、责任方筛选，历时长的在前',
  query: input({
    ...PageQuery,
    organ_id: t.Optional(OrganId),
    kind: t.Optional(FINDING_KINDS.schema),
    party: t.Optional(PARTIES.schema),
    resource_id: t.Optional(Id),
    is_cleared: t.Optional(t.Boolean()),
  }),
  response: Page(EntryFinding),
})
