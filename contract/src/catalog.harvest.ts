import * as t from 'typebox'
import { Finding, ResourceDraft } from './catalog.resource.ts'
import { endpoint } from './endpoint.ts'
import { ById, coded, Id, Instant, input, Line, nullable, Page, PageQuery } from './values.ts'

export const HARVEST_KINDS = coded({ ckan: 'CKAN 目录', dcat: 'DCAT 目录', sanjiang: '三江节点' })
export type HarvestKind = (typeof HARVEST_KINDS.codes)[number]

export const HARVEST_CYCLES = coded({ manual: '人工发起', daily: '每日', weekly: '每周' })

export const HARVEST_STATES = coded({
  waiting: '等待中',
  running: '进行中',
  held: '待确认归档',
  finished: '已完成',
  failed: '失败',
  cancelled: '已停止',
})
export type HarvestState = (typeof HARVEST_STATES.codes)[number]

export const HARVEST_OUTCOMES = coded({
  new: '新增',
  changed: '有变化',
  restored: '恢复',
  linked: '关联本地',
  same: '未变',
  refused: '未收',
  failed: '读不出',
  archived: '归档',
})
export type HarvestOutcome = (typeof HARVEST_OUTCOMES.codes)[number]

const code = (max = 64) => t.Optional(nullable(t.String({ maxLength: max })))

/** What the catalogue standard asks for and a foreign catalogue does not say. */
export const HarvestDefaults = input({
  /** Left out: the providing organ's own class. */
  class_code: code(24),
  share_type: code(),
  share_condition: code(500),
  open_type: code(),
  open_condition: code(500),
  update_cycle: code(),
})
export type HarvestDefaults = t.Static<typeof HarvestDefaults>

const address = t.String({ pattern: '^https?://[^\\s]+$', maxLength: 500 })

const settings = {
  name: Line(100),
  kind: HARVEST_KINDS.schema,
  url: address,
  auth_header: t.Optional(nullable(t.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$' }))),
  /** Left out: as before. */
  auth_value: t.Optional(
    nullable(t.String({ pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$', maxLength: 2000 })),
  ),
  defaults: HarvestDefaults,
  cycle: HARVEST_CYCLES.schema,
  requests_per_second: t.Number({ minimum: 0.1, maximum: 1000 }),
  is_enabled: t.Boolean(),
}
export const HarvestSettings = input(settings)
export type HarvestSettings = t.Static<typeof HarvestSettings>

const counts = {
  new_count: t.Integer(),
  changed_count: t.Integer(),
  restored_count: t.Integer(),
  linked_count: t.Integer(),
  same_count: t.Integer(),
  refused_count: t.Integer(),
  failed_count: t.Integer(),
  repeated_count: t.Integer(),
  /** Of those that failed: it is not known which record it was. */
  unknown_count: t.Integer(),
  archived_count: t.Integer(),
  absent_count: t.Integer(),
}
export const HarvestCounts = t.Object(counts)
export type HarvestCounts = t.Static<typeof HarvestCounts>

export const HarvestRun = t.Object({
  run_id: Id,
  source_id: Id,
  source_name: t.String(),
  state: HARVEST_STATES.schema,
  phase: t.String(),
  ordered_by_name: t.String(),
  created_at: Instant,
  started_at: nullable(Instant),
  ended_at: nullable(Instant),
  is_cancelling: t.Boolean(),
  pages: t.Integer(),
  /** What the source itself says it holds, on the first and on the last page. */
  total_first: nullable(t.Integer()),
  total_last: nullable(t.Integer()),
  ...counts,
  is_unchanged: t.Boolean(),
  is_kept: t.Boolean(),
  note: nullable(t.String()),
  trouble: nullable(t.String()),
  /** Of single pages: retries, ranges that were halved, encodings; given where one run is shown. */
  notes: t.Optional(t.Array(t.String())),
})
export type HarvestRun = t.Static<typeof HarvestRun>

export const HarvestSource = t.Object({
  source_id: Id,
  name: t.String(),
  kind: HARVEST_KINDS.schema,
  url: t.String(),
  auth_header: nullable(t.String()),
  defaults: HarvestDefaults,
  cycle: HARVEST_CYCLES.schema,
  requests_per_second: t.Number(),
  is_enabled: t.Boolean(),
  revision: t.Integer(),
  next_run_at: nullable(Instant),
  updated_at: Instant,
  updated_by_name: t.String(),
  entry_count: t.Integer(),
  unmapped_count: t.Integer(),
  last_run: nullable(HarvestRun),
})
export type HarvestSource = t.Static<typeof HarvestSource>

export const HarvestPublisher = t.Object({
  publisher_key: t.String(),
  name: t.String(),
  organ_id: nullable(t.String()),
  organ_name: nullable(t.String()),
  matched_by: nullable(t.String()),
  /** Organs whose names are near, where none is equal. */
  suggestions: t.Array(t.Object({ organ_id: t.String(), name: t.String() })),
})
export type HarvestPublisher = t.Static<typeof HarvestPublisher>

export const HarvestPreview = t.Object({
  total: nullable(t.Integer()),
  notes: t.Array(t.String()),
  records: t.Array(
    t.Object({
      record_key: nullable(t.String()),
      title: t.String(),
      outcome: HARVEST_OUTCOMES.schema,
      message: t.String(),
      pointer: t.String(),
      /** As the source wrote it, cut at 20,000 characters. */
      original: t.String(),
      publisher_name: nullable(t.String()),
      provider_name: nullable(t.String()),
      draft: nullable(ResourceDraft),
      findings: t.Array(Finding),
    }),
  ),
})
export type HarvestPreview = t.Static<typeof HarvestPreview>

export const HarvestLogLine = t.Object({
  seq: t.Integer(),
  record_key: nullable(t.String()),
  title: t.String(),
  outcome: HARVEST_OUTCOMES.schema,
  pointer: t.String(),
  message: t.String(),
  excerpt: t.String(),
  resource_id: nullable(Id),
})
export type HarvestLogLine = t.Static<typeof HarvestLogLine>

const READ = 'catalog.harvest.read'
const EDIT = 'catalog.harvest.edit'

export const listHarvestSources = endpoint({
  method: 'GET',
  path: '/catalog/harvest-sources',
  permission: READ,
  summary: '汇聚来源：状态、最近批次、下次时刻',
  response: t.Object({
    rows: t.Array(HarvestSource),
    /** This node's own public key, for another node to register. */
    node_key: t.Object({ key_id: t.String(), public_key: t.String() }),
  }),
})

export const getHarvestSource = endpoint({
  method: 'GET',
  path: '/catalog/harvest-sources/:id',
  permission: READ,
  summary: '一个汇聚来源',
  params: ById,
  response: HarvestSource,
})

export const createHarvestSource = endpoint({
  method: 'POST',
  path: '/catalog/harvest-sources',
  permission: EDIT,
  summary: '登记汇聚来源',
  body: HarvestSettings,
  response: HarvestSource,
})

export const saveHarvestSource = endpoint({
  method: 'PUT',
  path: '/catalog/harvest-sources/:id',
  permission: EDIT,
  summary: '修改汇聚来源（带修订号）',
  params: ById,
  body: input({ revision: t.Integer({ minimum: 1 }), settings: HarvestSettings }),
  response: HarvestSource,
})

export const probeHarvestSource = endpoint({
  method: 'POST',
  path: '/catalog/harvest-probes',
  permission: EDIT,
  summary: '测试连接：读一条，不保存',
  body: input({ source_id: t.Optional(nullable(Id)), settings: HarvestSettings }),
  response: t.Object({
    is_good: t.Boolean(),
    total: nullable(t.Integer()),
    titles: t.Array(t.String()),
    message: t.String(),
  }),
})

export const previewHarvest = endpoint({
  method: 'POST',
  path: '/catalog/harvest-sources/:id/preview',
  permission: EDIT,
  summary: '预览：读前几条，原文与转换结果对照，什么也不写入',
  params: ById,
  body: input({ limit: t.Optional(t.Integer({ minimum: 1, maximum: 50, default: 10 })) }),
  response: HarvestPreview,
})

export const listHarvestPublishers = endpoint({
  method: 'GET',
  path: '/catalog/harvest-sources/:id/publishers',
  permission: READ,
  summary: '发布机构对应：未对应的在前',
  params: ById,
  response: t.Array(HarvestPublisher),
})

export const mapHarvestPublisher = endpoint({
  method: 'PUT',
  path: '/catalog/harvest-sources/:id/publishers',
  permission: EDIT,
  summary: '指定发布机构是本省哪个机构；不指定则不收它的记录',
  params: ById,
  body: input({
    publisher_key: t.String({ maxLength: 500 }),
    organ_id: nullable(t.String({ pattern: '^\\d{10}$' })),
  }),
  response: t.Array(HarvestPublisher),
})

export const orderHarvestRun = endpoint({
  method: 'POST',
  path: '/catalog/harvest-sources/:id/runs',
  permission: EDIT,
  summary: '发起汇聚；同一来源同时只有一个批次',
  params: ById,
  response: HarvestRun,
})

export const listHarvestRuns = endpoint({
  method: 'GET',
  path: '/catalog/harvest-sources/:id/runs',
  permission: READ,
  summary: '一个来源的批次，新的在前',
  params: ById,
  query: t.Object(PageQuery),
  response: Page(HarvestRun),
})

export const getHarvestRun = endpoint({
  method: 'GET',
  path: '/catalog/harvest-runs/:id',
  permission: READ,
  summary: '一个批次：进度与对账',
  params: ById,
  response: HarvestRun,
})

export const cancelHarvestRun = endpoint({
  method: 'POST',
  path: '/catalog/harvest-runs/:id/cancel',
  permission: EDIT,
  summary: '停止批次；已收下的保留',
  params: ById,
  response: HarvestRun,
})

export const resumeHarvestRun = endpoint({
  method: 'POST',
  path: '/catalog/harvest-runs/:id/resume',
  permission: EDIT,
  summary: '从失败或停止的地方接着做',
  params: ById,
  response: HarvestRun,
})

export const decideHarvestRun = endpoint({
  method: 'POST',
  path: '/catalog/harvest-runs/:id/decision',
  permission: EDIT,
  summary: '缺失过多而暂停的批次：归档，或都保留',
  params: ById,
  body: input({ decision: coded({ archive: '归档', keep: '保留' }).schema }),
  response: HarvestRun,
})

export const listHarvestLog = endpoint({
  method: 'GET',
  path: '/catalog/harvest-runs/:id/log',
  permission: READ,
  summary: '逐条日志，可按结果筛选',
  params: ById,
  query: t.Object({ ...PageQuery, outcome: t.Optional(HARVEST_OUTCOMES.schema) }),
  response: Page(HarvestLogLine),
})

export const exportHarvestLog = endpoint({
  method: 'GET',
  path: '/catalog/harvest-runs/:id/log.csv',
  permission: READ,
  summary: '下载逐条日志（CSV，含未变的）',
  params: ById,
  produces: 'text/csv; charset=utf-8',
  response: t.String(),
})

/** The feed other nodes harvest, at the exchange's door; each request is signed as a pull is (RFC 9421, Ed25519). */
export const CATALOG_FEED = {
  path: '/pull/v1/catalogue',
  /** Entries in the order of their last change; `gone` are tombstones. */
  limit: 200,
} as const

export const FeedRow = t.Object({
  seq: t.Integer(),
  resource_id: Id,
  is_gone: t.Boolean(),
  code: nullable(t.String()),
  version: nullable(t.Integer()),
  published_on: nullable(t.String()),
  provider_name: nullable(t.String()),
  provider_code: nullable(t.String()),
  /** ResourceContent; `null` on a tombstone. */
  content: t.Unknown(),
})
export type FeedRow = t.Static<typeof FeedRow>

export const FeedPage = t.Object({
  /** Entries open to all, tombstones not counted. */
  total: t.Integer(),
  rows: t.Array(FeedRow),
  next: nullable(t.String()),
})
export type FeedPage = t.Static<typeof FeedPage>

/** Whether the counts add up to what the source says it holds, and in words why not. */
export const reconcile = (run: HarvestCounts & Pick<HarvestRun, 'total_first' | 'total_last'>) => {
  const sum =
    run.new_count +
    run.changed_count +
    run.restored_count +
    run.linked_count +
    run.same_count +
    run.refused_count +
    run.failed_count
  const total = run.total_last
  const difference = total === null ? null : total - sum
  const reasons: string[] = []
  if (total === null) reasons.push('来源没有说明总数')
  if (run.total_first !== null && run.total_first !== total)
    reasons.push(`翻页期间来源总数由 ${run.total_first} 变为 ${total ?? '未知'}`)
  if (run.repeated_count > 0) reasons.push(`${run.repeated_count} 条重复出现，只计一次`)
  if (difference !== null && difference > 0 && reasons.length === 0) reasons.push(`来源少给了 ${difference} 条`)
  if (difference !== null && difference < 0 && reasons.length === 0) reasons.push(`来源多给了 ${-difference} 条`)
  return { sum, total, difference, reasons, is_balanced: difference === 0 }
}
