import * as t from 'typebox'
import { coded, Instant, input, nullable } from './values.ts'

/** Data types of items (domain §1.6-e); how each is written in a line stands in ADR 0004. */
export const DATA_TYPES = coded({
  C: '字符型',
  N: '数值型',
  Y: '货币型',
  D: '日期型',
  T: '日期时间型',
  L: '逻辑型',
  M: '备注型',
  G: '通用型',
  B: '双精度型',
  I: '整型',
  F: '浮点型',
})

export const ADAPTER_KINDS = coded({
  postgres: 'PostgreSQL',
  mysql: 'MariaDB / MySQL',
  file: '文件夹（CSV、XLSX、JSON 行、原样文件）',
  http: 'HTTP 服务',
})
/** How a feed learns of changes after its first snapshot. */
export const FEED_MODES = coded({
  changes: '变更流（含删除）',
  cursor: '按增量字段',
  snapshot: '定期全量',
})
export const FEED_STATES = coded({ active: '运行', paused: '暂停', held: '暂扣', detached: '已解除' })
export const HOLD_REASONS = coded({
  quality: '问题数据超过阈值',
  drift: '源结构变化',
  stale: '超过更新周期没有新数据',
  provider: '提供方暂扣',
})
export const RUN_KINDS = coded({ snapshot: '全量', increment: '增量', changes: '变更流', repair: '修复' })
export const RUN_STATES = coded({
  waiting: '等待前置节点',
  running: '进行中',
  finished: '完成',
  failed: '失败',
  cancelled: '已取消',
})
export const SUBSCRIPTION_STATES = coded({
  active: '运行',
  paused: '暂停',
  faulted: '故障',
  stopped: '已停止（授权收回或到期）',
  ended: '已退订',
})
export const TARGET_KINDS = coded({ table: '库表', file: '文件', push: '推送通知' })
export const NOTICE_STATES = coded({
  waiting: '待发送',
  sent: '已送达',
  dead: '已搁置',
  superseded: '已由后一次代替',
  void: '已作废',
})
export const FILE_FORMATS = coded({ csv: 'CSV', jsonl: 'JSON 行', xlsx: 'XLSX', files: '原样文件' })
export const AGENT_STATES = coded({ invited: '待登记', active: '在用', suspended: '停用' })
export const QUESTION_KINDS = coded({
  browse: '浏览库表',
  describe: '查看结构',
  dry_run: '试读',
  ranges: '计算区间摘要',
  rows: '读取指定行',
})
/** What a row may be kept out for (T8.1). */
export const QUALITY_RULES = coded({
  required: '必填',
  format: '格式',
  length: '长度',
  codes: '代码表',
  range: '值域',
  unique: '唯一性',
  citizen_id: '身份号码校验',
  credit_code: '信用代码校验',
  organ_code: '机构代码校验',
  licence_id: '证照标识校验',
  division_code: '区划代码',
})
export const REJECT_STATES = coded({ open: '待整改', replayed: '已重放', dropped: '已确认不提供' })
export const RECONCILIATION_STATES = coded({
  running: '对账中',
  equal: '一致',
  repaired: '已修复为一致',
  different: '不一致',
  failed: '未能完成',
})
export const DRIFT_KINDS = coded({ dropped: '字段消失', renamed: '字段改名', retyped: '类型改变', added: '新增字段' })
export const DRIFT_DECISIONS = coded({ hold: '暂扣', translate: '对应到新字段', approve: '接受' })

/** A relation of a folder whose rows are its files, as they are: `files:scans/**`; what its columns are called. */
export const FILES_RELATION = 'files:'
export const FILE_COLUMNS = ['path', 'size', 'modified', 'content'] as const
export const isFilesRelation = (relation: string): boolean => relation.startsWith(FILES_RELATION)

/** Whose fault, in a sentence, since when: shown where the work stands still. */
export const Trouble = t.Object({
  code: t.String(),
  party: t.Unsafe<'provider' | 'consumer' | 'platform'>(t.String({ enum: ['provider', 'consumer', 'platform'] })),
  message: t.String(),
  at: Instant,
})
export type Trouble = t.Static<typeof Trouble>

const itemName = '^[A-Za-z_][A-Za-z0-9_]{0,127}$'
export const ItemName = t.String({ pattern: itemName })

/** A column of the source bound to an item of the resource. */
export const Binding = input({ item: ItemName, column: t.String({ minLength: 1, maxLength: 128 }) })
export type Binding = t.Static<typeof Binding>

export const SourceColumn = t.Object({
  name: t.String(),
  source_type: t.String(),
  nullable: t.Boolean(),
  key_no: nullable(t.Integer()),
  comment: t.String(),
})

export const Relation = t.Object({
  name: t.String(),
  kind: t.String(),
  comment: t.String(),
  estimated_rows: nullable(t.Integer()),
  columns: t.Array(SourceColumn),
  change_stream: t.Object({ able: t.Boolean(), reason: t.String() }),
})
export type Relation = t.Static<typeof Relation>
