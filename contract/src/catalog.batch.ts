import * as t from 'typebox'
import { FieldChange } from './catalog.compile.ts'
import { Basis } from './catalog.resource.ts'
import { endpoint } from './endpoint.ts'
import { ById, coded, Id, Instant, input, Line, nullable, Page, PageQuery } from './values.ts'

/** Where many entries at once come from. */
export const BATCH_SOURCES = coded({ workbook: '批量导入', edit: '批量修改' })
export const BATCH_STATES = coded({
  uploading: '上传中',
  reading: '读取中',
  mapping: '待核对列',
  checking: '检查中',
  checked: '待写入',
  committed: '已写入',
  undone: '已撤销',
  cancelled: '已取消',
  failed: '无法读取',
  expired: '已过期',
})
export const BATCH_KINDS = coded({
  new: '新增',
  changed: '有变化',
  same: '无变化',
  conflict: '冲突',
  error: '错误',
})
export type BatchKind = (typeof BATCH_KINDS.codes)[number]
export type BatchState = (typeof BATCH_STATES.codes)[number]

/** A file goes up in pieces of this many bytes; as base64 each stays below the usual body limit. */
export const BATCH_PIECE_BYTES = 524_288
export const BATCH_FILE_BYTES = 41_943_040
/** C13: what one import may hold. */
export const BATCH_ROWS = 50_000
export const BATCH_SELECTION = 500

export const BatchColumn = input({
  column: t.Integer({ minimum: 1, maximum: 16_384 }),
  heading: t.String({ maxLength: 1000 }),
  /** The field it fills; null: the column is passed over. */
  field: nullable(t.String({ maxLength: 80 })),
  how: t.Unsafe<'exact' | 'synonym' | 'similar' | 'chosen' | 'ignored'>(
    t.String({ enum: ['exact', 'synonym', 'similar', 'chosen', 'ignored'] }),
  ),
})
export type BatchColumn = t.Static<typeof BatchColumn>

export const BatchMapping = input({
  sheet: t.String({ maxLength: 200 }),
  heading_row: t.Integer({ minimum: 1, maximum: 1000 }),
  columns: t.Array(BatchColumn, { maxItems: 300 }),
})
export type BatchMapping = t.Static<typeof BatchMapping>

export const BatchSheet = t.Object({
  sheet: t.String(),
  row_count: t.Integer(),
  is_hidden: t.Boolean(),
  mapping: nullable(BatchMapping),
  missing_fields: t.Array(t.String()),
  /** What is taken for granted for want of a column, in sentences. */
  notes: t.Array(t.String()),
})
export type BatchSheet = t.Static<typeof BatchSheet>

/** What one bulk edit sets; a field left out stays as it is in every entry. */
export const BatchEdit = input({
  update_cycle: t.Optional(t.String({ maxLength: 64 })),
  share_type: t.Optional(t.String({ maxLength: 64 })),
  share_condition: t.Optional(nullable(t.String({ maxLength: 2000 }))),
  share_basis: t.Optional(nullable(Basis)),
  open_type: t.Optional(t.String({ maxLength: 64 })),
  open_condition: t.Optional(nullable(t.String({ maxLength: 2000 }))),
  inner_dept: t.Optional(nullable(t.String({ maxLength: 500 }))),
  class_code: t.Optional(t.String({ maxLength: 24 })),
  add_keywords: t.Optional(t.Array(Line(40), { maxItems: 30 })),
  remove_keywords: t.Optional(t.Array(Line(40), { maxItems: 30 })),
})
export type BatchEdit = t.Static<typeof BatchEdit>

export const Batch = t.Object({
  batch_id: Id,
  source: BATCH_SOURCES.schema,
  state: BATCH_STATES.schema,
  title: t.String(),
  organ_id: t.String(),
  organ_name: t.String(),
  file_bytes: nullable(t.Integer()),
  file_sha256: nullable(t.String()),
  file_format: nullable(t.String()),
  /** Why the file could not be read. */
  fault: nullable(t.String()),
  may_have_errors: t.Boolean(),
  row_count: t.Integer(),
  read_count: t.Integer(),
  new_count: t.Integer(),
  changed_count: t.Integer(),
  same_count: t.Integer(),
  conflict_count: t.Integer(),
  error_count: t.Integer(),
  created_by_name: t.String(),
  created_at: Instant,
  checked_at: nullable(Instant),
  committed_by_name: nullable(t.String()),
  committed_at: nullable(Instant),
  written_count: nullable(t.Integer()),
  undone_by_name: nullable(t.String()),
  undone_at: nullable(Instant),
  /** map, commit, undo, cancel: what may be done now. */
  can: t.Array(t.String()),
})
export type Batch = t.Static<typeof Batch>

export const BatchDetail = t.Object({
  ...Batch.properties,
  piece_count: t.Integer({ description: '已收到的分段数' }),
  sheets: t.Array(BatchSheet),
  mapping: t.Array(BatchMapping),
  edit: nullable(BatchEdit),
  /** An earlier batch of the same file that was not given up. */
  same_file: nullable(
    t.Object({ batch_id: Id, state: BATCH_STATES.schema, created_by_name: t.String(), created_at: Instant }),
  ),
})
export type BatchDetail = t.Static<typeof BatchDetail>

/** A finding of the rules or of the reading, with the cell it came from: `C17` of a sheet. */
export const BatchFault = t.Object({
  field: t.String(),
  rule: t.String(),
  message: t.String(),
  clause: t.String(),
  level: t.Unsafe<'error' | 'warning'>(t.String({ enum: ['error', 'warning'] })),
  sheet: nullable(t.String()),
  cell: nullable(t.String()),
})
export type BatchFault = t.Static<typeof BatchFault>

export const BatchEntry = t.Object({
  seq: t.Integer(),
  kind: BATCH_KINDS.schema,
  sheet: nullable(t.String()),
  first_row: nullable(t.Integer()),
  last_row: nullable(t.Integer()),
  name: t.String(),
  code: nullable(t.String()),
  provider_name: nullable(t.String()),
  resource_id: nullable(Id),
  reason: nullable(t.String()),
  faults: t.Array(BatchFault),
  change_count: t.Integer(),
  /** Changed by others since the export: the officer may take what the file says all the same. */
  may_take: t.Boolean(),
  is_written: t.Boolean(),
})
export type BatchEntry = t.Static<typeof BatchEntry>

const edit = 'catalog.batch.edit' as const

export const openBatch = endpoint({
  method: 'POST',
  path: '/catalog/batches',
  permission: edit,
  summary: '开始批量导入：登记要上传的工作簿（大小、摘要），随后分段上传',
  body: input({
    file_name: Line(200),
    file_bytes: t.Integer({ minimum: 1, maximum: BATCH_FILE_BYTES }),
    file_sha256: t.String({ pattern: '^[0-9a-f]{64}$' }),
  }),
  response: BatchDetail,
})

export const putBatchPiece = endpoint({
  method: 'PUT',
  path: '/catalog/batches/:id/pieces/:seq',
  permission: edit,
  summary: '上传一段（512 KiB，base64）；重传同一段无妨，中断后续传',
  params: t.Object({ id: Id, seq: t.Integer({ minimum: 0, maximum: 127 }) }),
  body: input({ base64: t.String({ minLength: 1, maxLength: 700_000, pattern: '^[A-Za-z0-9+/]+=*$' }) }),
  response: t.Object({ piece_count: t.Integer() }),
})

export const readBatch = endpoint({
  method: 'POST',
  path: '/catalog/batches/:id/read',
  permission: edit,
  summary: '上传完毕：核对摘要，读出工作表并提出列对应关系',
  params: ById,
  response: BatchDetail,
})

export const checkBatch = endpoint({
  method: 'POST',
  path: '/catalog/batches/:id/check',
  permission: edit,
  summary: '按列对应关系检查（试运行）：不写入目录，可以反复',
  params: ById,
  body: input({
    mapping: t.Array(BatchMapping, { minItems: 1, maxItems: 20 }),
    /** 存为草稿（允许有错误）. */
    may_have_errors: t.Optional(t.Boolean()),
  }),
  response: BatchDetail,
})

export const editResources = endpoint({
  method: 'POST',
  path: '/catalog/batch-edits',
  permission: edit,
  summary: '批量修改选中的条目：先试运行看逐项变化，再写入',
  body: input({
    resource_ids: t.Array(Id, { minItems: 1, maxItems: BATCH_SELECTION, uniqueItems: true }),
    edit: BatchEdit,
    may_have_errors: t.Optional(t.Boolean()),
  }),
  response: BatchDetail,
})

export const listBatches = endpoint({
  method: 'GET',
  path: '/catalog/batches',
  permission: edit,
  summary: '本机构及下属机构的批量导入与批量修改',
  query: input({ ...PageQuery, source: t.Optional(BATCH_SOURCES.schema) }),
  response: Page(Batch),
})

export const getBatch = endpoint({
  method: 'GET',
  path: '/catalog/batches/:id',
  permission: edit,
  summary: '一次批量办理：状态、进度、结果数、列对应关系',
  params: ById,
  response: BatchDetail,
})

export const listBatchEntries = endpoint({
  method: 'GET',
  path: '/catalog/batches/:id/entries',
  permission: edit,
  summary: '试运行的结果：按新增、变化、无变化、冲突、错误筛选，错误指到单元格',
  params: ById,
  query: input({
    ...PageQuery,
    kind: t.Optional(BATCH_KINDS.schema),
    q: t.Optional(t.String({ maxLength: 100 })),
  }),
  response: Page(BatchEntry),
})

export const listBatchChanges = endpoint({
  method: 'GET',
  path: '/catalog/batches/:id/entries/:seq/changes',
  permission: edit,
  summary: '一个条目逐字段的变化',
  params: t.Object({ id: Id, seq: t.Integer({ minimum: 1, maximum: 1_000_000 }) }),
  response: t.Array(FieldChange),
})

export const commitBatch = endpoint({
  method: 'POST',
  path: '/catalog/batches/:id/commit',
  permission: edit,
  summary: '写入：全部成功或全部不写；有错误或冲突的条目须明确略去',
  params: ById,
  body: input({ is_leaving_out: t.Optional(t.Boolean()) }),
  response: BatchDetail,
})

export const takeBatchEntries = endpoint({
  method: 'POST',
  path: '/catalog/batches/:id/taken-entries',
  permission: edit,
  summary: '导出之后已被他人修改的冲突条目：选定仍采用文件所写（逐条或全部），随后一并写入',
  params: ById,
  body: input({
    /** 不写即全部. */
    seqs: t.Optional(t.Array(t.Integer({ minimum: 1, maximum: 1_000_000 }), { minItems: 1, maxItems: 500 })),
  }),
  response: BatchDetail,
})

export const undoBatch = endpoint({
  method: 'POST',
  path: '/catalog/batches/:id/undo',
  permission: edit,
  summary: '撤销写入：此后无人动过这些条目时可以，否则逐条说明',
  params: ById,
  response: BatchDetail,
})

export const cancelBatch = endpoint({
  method: 'POST',
  path: '/catalog/batches/:id/cancel',
  permission: edit,
  summary: '取消尚未写入的批量办理',
  params: ById,
  response: BatchDetail,
})

const Chosen = {
  resource_ids: t.Array(Id, { minItems: 1, maxItems: 200, uniqueItems: true }),
}
const Outcomes = t.Object({
  done_count: t.Integer(),
  outcomes: t.Array(
    t.Object({
      resource_id: Id,
      name: nullable(t.String()),
      is_done: t.Boolean(),
      /** Error code of the contract and its sentence, where it was not done. */
      fault: nullable(t.String()),
      message: nullable(t.String()),
      code: nullable(t.String()),
    }),
  ),
})

export const submitResources = endpoint({
  method: 'POST',
  path: '/catalog/resource-submissions',
  permission: 'catalog.resource.edit',
  summary: '批量提交部门审核：逐条按同样的规则，逐条告知结果',
  body: input(Chosen),
  response: Outcomes,
})

export const approveResources = endpoint({
  method: 'POST',
  path: '/catalog/resource-approvals',
  permission: 'catalog.resource.review',
  summary: '批量部门审核通过：编制人仍不能审核自己的条目',
  body: input({ ...Chosen, opinion: t.Optional(t.String({ maxLength: 1000 })) }),
  response: Outcomes,
})

export const publishResources = endpoint({
  method: 'POST',
  path: '/catalog/resource-publications',
  permission: 'catalog.resource.publish',
  summary: '批量平台审核通过并发布：逐条赋码，职责分离不变',
  body: input({ ...Chosen, opinion: t.Optional(t.String({ maxLength: 1000 })) }),
  response: Outcomes,
})
