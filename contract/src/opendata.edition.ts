import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { MASK_RULES } from './sharing.terms.ts'
import { ById, coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

/** Where the rows of a dataset come from. */
export const EDITION_SOURCES = coded({ table: '前置节点装载的表', file: '上传的文件', figures: '平台统计' })
export type EditionSource = (typeof EDITION_SOURCES.codes)[number]

export const EDITION_STATES = coded({
  uploading: '上传中',
  reading: '读取中',
  refused: '文件有误',
  staged: '待提出发布',
  checking: '检查中',
  clean: '检查通过',
  held: '已暂扣',
  carried: '已送出',
  discarded: '已作废',
})
export type EditionState = (typeof EDITION_STATES.codes)[number]

/** A file goes up in pieces of this many bytes; what is larger comes as a table. */
export const EDITION_PIECE_BYTES = 524_288
export const EDITION_FILE_BYTES = 67_108_864
export const EDITION_ROWS = 1_000_000
export const EDITION_FAULTS = 200
export const EDITION_SAMPLE = 20

/** What happens to a column before it goes out: the automatic de-identification. */
export const SHAPINGS = coded({
  keep: '原样',
  remove: '去除',
  mask: '脱敏',
  year: '只留年份',
  region: '只留到县',
})
export type Shaping = (typeof SHAPINGS.codes)[number]

export const COLUMN_ROLES = coded({
  key: '主键',
  lon: '经度',
  lat: '纬度',
  shape: '图形',
  category: '分类',
  measure: '数值',
})

export const SmallCell = input({
  /** 小于此数的非零单元格不公布. */
  threshold: t.Integer({ minimum: 3, maximum: 100 }),
  measures: t.Array(t.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: 100, uniqueItems: true }),
})
export type SmallCell = t.Static<typeof SmallCell>

export const ColumnShaping = input({
  item_id: Id,
  /** 不写即按目录：有脱敏规则的脱敏，其余原样. */
  shaping: t.Optional(SHAPINGS.schema),
  mask_rule: t.Optional(MASK_RULES.schema),
  role: t.Optional(COLUMN_ROLES.schema),
  unit: t.Optional(t.String({ minLength: 1, maxLength: 20 })),
})
export type ColumnShaping = t.Static<typeof ColumnShaping>

/** Rows that a proposal wants to open together with the words. */
export const RowsProposal = input({
  edition_id: Id,
  columns: t.Optional(t.Array(ColumnShaping, { maxItems: 1000 })),
  /** 不写：有分类、有以人、户、件、例等计的数值时按 5；null 不作处理，由审查人判断. */
  small_cell: t.Optional(nullable(SmallCell)),
})
export type RowsProposal = t.Static<typeof RowsProposal>

/** A released column as it leaves: `data_type` is that of what leaves, `from_type` that of what stands in the stage. */
export const OpenColumn = t.Object({
  name: t.String(),
  title: t.String(),
  data_type: t.String(),
  length: nullable(t.Number()),
  role: nullable(COLUMN_ROLES.schema),
  unit: nullable(t.String()),
  from_type: t.String(),
  shaping: SHAPINGS.schema,
  mask_rule: nullable(MASK_RULES.schema),
})
export type OpenColumn = t.Static<typeof OpenColumn>

export const OpenRows = t.Object({
  source: EDITION_SOURCES.schema,
  columns: t.Array(OpenColumn),
  small_cell: nullable(t.Object({ threshold: t.Integer(), measures: t.Array(t.String()) })),
})
export type OpenRows = t.Static<typeof OpenRows>

/** A column as it stands in the stage. */
export const StageColumn = t.Object({
  name: t.String(),
  title: t.String(),
  data_type: t.String(),
  length: nullable(t.Number()),
  is_key: t.Boolean(),
})
export type StageColumn = t.Static<typeof StageColumn>

/** One rule broken in one cell; row 0 is the file as a whole. */
export const EditionFault = t.Object({
  row: t.Integer(),
  column: t.String(),
  rule: t.String(),
  message: t.String(),
})
export type EditionFault = t.Static<typeof EditionFault>

/** What the check found in one column. */
export const EditionFinding = t.Object({
  column: t.String(),
  title: t.String(),
  rule: t.String(),
  count: t.Integer(),
  /** Rows as the source counts them, with what stands there, masked. */
  first: t.Array(t.Object({ row: t.Integer(), shown: t.String() })),
  /** Nearly every value of the column is one. */
  is_whole: t.Boolean(),
  message: t.String(),
  clause: t.String(),
})
export type EditionFinding = t.Static<typeof EditionFinding>

export const Suppression = t.Object({
  threshold: t.Integer(),
  primary: t.Integer({ description: '小于下限而隐去的单元格数' }),
  secondary: t.Integer({ description: '为防止由合计反推而一并隐去的单元格数' }),
  /** Measures that had to be withheld whole. */
  withheld: t.Array(t.String()),
})
export type Suppression = t.Static<typeof Suppression>

export const EditionSample = t.Object({
  columns: t.Array(t.String()),
  rows: t.Array(t.Array(nullable(t.String()))),
})
export type EditionSample = t.Static<typeof EditionSample>

export const Edition = t.Object({
  edition_id: Id,
  resource_id: Id,
  /** The release under which it was checked. */
  release_id: nullable(Id),
  edition_no: t.Integer(),
  source: EDITION_SOURCES.schema,
  state: EDITION_STATES.schema,
  organ_id: t.String(),
  organ_name: t.String(),
  title: t.String(),
  file_name: nullable(t.String()),
  file_bytes: nullable(t.Integer()),
  file_sha256: nullable(t.String()),
  row_count: nullable(t.Integer()),
  digest: nullable(t.String()),
  data_on: IsoDate,
  note: t.String(),
  fault_count: t.Integer(),
  finding_count: t.Integer(),
  created_by_name: t.String(),
  created_at: Instant,
  checked_at: nullable(Instant),
  carried_at: nullable(Instant),
  /** upload, discard. */
  can: t.Array(t.String()),
})
export type Edition = t.Static<typeof Edition>

export const EditionDetail = t.Object({
  ...Edition.properties,
  piece_count: t.Integer({ description: '已收到的分段数' }),
  columns: t.Array(StageColumn),
  /** Headings of the file that are no item of the resource: not taken. */
  ignored: t.Array(t.String()),
  faults: t.Array(EditionFault),
  findings: t.Array(EditionFinding),
  suppression: nullable(Suppression),
  /** At most 20 rows as they would go out; only for those who propose or review. */
  sample: nullable(EditionSample),
})
export type EditionDetail = t.Static<typeof EditionDetail>

const propose = 'opendata.release.propose' as const
const read = 'opendata.release.read' as const

export const openEdition = endpoint({
  method: 'POST',
  path: '/opendata/editions',
  permission: propose,
  summary: '登记一版要上传的数据文件（CSV 或 XLSX），随后分段上传',
  body: input({
    resource_id: Id,
    file_name: Line(200),
    file_bytes: t.Integer({ minimum: 1, maximum: EDITION_FILE_BYTES }),
    file_sha256: t.String({ pattern: '^[0-9a-f]{64}$' }),
    data_on: IsoDate,
    note: t.Optional(t.String({ maxLength: 500 })),
    /** 已开放的数据集：留待新的发布，不按现行发布送出. */
    waits: t.Optional(t.Boolean()),
  }),
  response: EditionDetail,
})

export const putEditionPiece = endpoint({
  method: 'PUT',
  path: '/opendata/editions/:id/pieces/:seq',
  permission: propose,
  summary: '上传一段（512 KiB，base64）；重传同一段无妨，中断后续传',
  params: t.Object({ id: Id, seq: t.Integer({ minimum: 0, maximum: 127 }) }),
  body: input({ base64: t.String({ minLength: 1, maxLength: 700_000, pattern: '^[A-Za-z0-9+/]+=*$' }) }),
  response: t.Object({ piece_count: t.Integer() }),
})

export const readEdition = endpoint({
  method: 'POST',
  path: '/opendata/editions/:id/read',
  permission: propose,
  summary: '上传完毕：核对摘要，逐格读入暂存区；错误指到行列',
  params: ById,
  response: EditionDetail,
})

export const discardEdition = endpoint({
  method: 'POST',
  path: '/opendata/editions/:id/discard',
  permission: propose,
  summary: '作废尚未送出的一版',
  params: ById,
  response: EditionDetail,
})

export const getEdition = endpoint({
  method: 'GET',
  path: '/opendata/editions/:id',
  permission: read,
  summary: '一版数据：读取错误、检查发现、隐去的单元格；提出人与审查人另见样例行',
  params: ById,
  response: EditionDetail,
})

export const listEditions = endpoint({
  method: 'GET',
  path: '/opendata/editions',
  permission: read,
  summary: '本人职责范围内各数据集的版次，新的在前',
  query: input({
    ...PageQuery,
    resource_id: t.Optional(Id),
    release_id: t.Optional(Id),
    state: t.Optional(EDITION_STATES.schema),
  }),
  response: Page(Edition),
})
