import * as t from 'typebox'
import { endpoint } from './endpoint.ts'
import { coded, Id, Instant, IsoDate, input, Line, nullable, Page, PageQuery } from './values.ts'

/** What an entry of the sealed log is about (C2, C3). */
export const ENTRY_KINDS = coded({
  call: '接口调用',
  call_opened: '大体量调用开始',
  call_closed: '大体量调用结束',
  access: '登录与拒绝',
  admin: '管理操作',
  grant: '授权事实',
  chunk_supplied: '数据块提供',
  chunk_delivered: '数据块交付',
  chunk_withheld: '数据块扣下（途中收回或收窄授权）',
  chunk_accepted: '数据块签收',
})
export type EntryKind = (typeof ENTRY_KINDS.codes)[number]
/** Those that exchange readers see; logins and administration are in the access log, for the audit administrator. */
export const EXCHANGE_KINDS = coded({
  call: '接口调用',
  call_opened: '大体量调用开始',
  call_closed: '大体量调用结束',
  grant: '授权事实',
  chunk_supplied: '数据块提供',
  chunk_delivered: '数据块交付',
  chunk_withheld: '数据块扣下（途中收回或收窄授权）',
  chunk_accepted: '数据块签收',
})

/** How a call or an access ended. */
export const OUTCOMES = coded({
  answered: '已返回',
  refused: '已拒绝',
  failed: '提供方失败',
  voided: '已作废（途中收回授权）',
  done: '已完成',
})

const Digest = t.String({ pattern: '^[0-9a-f]{64}$' })
const Seq = t.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** A consumer keeps it: whoever holds it can prove later that the entry stood there. */
export const Receipt = t.Object({ log_id: Id, seq: Seq, leaf: Digest, at: Instant, policy_version: t.Integer() })
export type Receipt = t.Static<typeof Receipt>

const Signature = t.Object({ key_id: t.String(), alg: t.String(), sig: t.String() })

/** `body` is the canonical text that was signed, byte for byte. */
export const Checkpoint = t.Object({
  no: t.Integer(),
  at: Instant,
  hash: Digest,
  body: t.String(),
  signatures: t.Array(Signature),
})
export type Checkpoint = t.Static<typeof Checkpoint>

/** What an offline verifier pins. Get it once over a channel you trust; the first line of defence is its age. */
export const Trust = t.Object({
  node_id: t.String(),
  demo: t.Boolean(),
  keys: t.Array(t.Object({ key_id: t.String(), alg: t.String(), public_key: t.String(), role: t.String() })),
})
export type Trust = t.Static<typeof Trust>

export const getTrust = endpoint({
  method: 'GET',
  path: '/ledger/trust',
  permission: 'public',
  summary: '节点标识与验签公钥（TRUST 文件）',
  response: Trust,
})

export const getLatestCheckpoint = endpoint({
  method: 'GET',
  path: '/ledger/checkpoints/latest',
  permission: 'public',
  summary: '最新检查点',
  response: Checkpoint,
})

export const listCheckpoints = endpoint({
  method: 'GET',
  path: '/ledger/checkpoints',
  permission: 'public',
  summary: '检查点列表（新的在前）',
  query: input(PageQuery),
  response: Page(Checkpoint),
})

export const getCheckpoint = endpoint({
  method: 'GET',
  path: '/ledger/checkpoints/:no',
  permission: 'public',
  summary: '某号检查点',
  params: t.Object({ no: t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
  response: Checkpoint,
})

/** Where an entry stands under a signed head. Hashes only: a holder of a receipt needs no account to ask. */
export const InclusionProof = t.Object({
  log_id: Id,
  seq: Seq,
  leaf: Digest,
  size: t.Integer(),
  root: Digest,
  path: t.Array(Digest),
  hash_alg: t.String(),
  checkpoint: Checkpoint,
})
export type InclusionProof = t.Static<typeof InclusionProof>

export const getInclusionProof = endpoint({
  method: 'GET',
  path: '/ledger/logs/:log_id/entries/:seq/proof',
  permission: 'public',
  summary: '包含证明：某条目在已签署的日志中',
  params: t.Object({ log_id: Id, seq: Seq }),
  response: InclusionProof,
})

export const ConsistencyProof = t.Object({
  log_id: Id,
  from_size: t.Integer(),
  from_root: Digest,
  to_size: t.Integer(),
  to_root: Digest,
  path: t.Array(Digest),
  hash_alg: t.String(),
})
export type ConsistencyProof = t.Static<typeof ConsistencyProof>

export const getConsistencyProof = endpoint({
  method: 'GET',
  path: '/ledger/logs/:log_id/consistency',
  permission: 'public',
  summary: '一致证明：较短的日志是较长者的前缀',
  params: t.Object({ log_id: Id }),
  query: input({ from: Seq, to: t.Optional(Seq) }),
  response: ConsistencyProof,
})

export const Log = t.Object({
  log_id: Id,
  node_id: t.String(),
  role: t.String(),
  hash_alg: t.String(),
  size: t.Integer(),
  /** Covered by the latest checkpoint that changed it; `null` before the first. */
  sealed_size: nullable(t.Integer()),
  sealed_root: nullable(Digest),
  checkpoint_no: nullable(t.Integer()),
  opened_at: Instant,
  closed_at: nullable(Instant),
  closed_by: nullable(t.String()),
})
export type Log = t.Static<typeof Log>

export const listLogs = endpoint({
  method: 'GET',
  path: '/ledger/logs',
  permission: 'ledger.entry.read',
  summary: '日志列表（新的在前）',
  query: input({ ...PageQuery, is_open: t.Optional(t.Boolean()) }),
  response: Page(Log),
})

const where = { log_id: Id, seq: Seq, at: Instant, kind: ENTRY_KINDS.schema, leaf: Digest }

export const Entry = t.Object({
  ...where,
  provider_organ_id: nullable(t.String()),
  provider_name: nullable(t.String()),
  consumer_organ_id: nullable(t.String()),
  consumer_name: nullable(t.String()),
  client_id: nullable(Id),
  client_name: nullable(t.String()),
  grant_id: nullable(Id),
  resource_code: nullable(t.String()),
  case_no: nullable(t.String()),
  outcome: nullable(t.String()),
  topic: nullable(t.String()),
})
export type Entry = t.Static<typeof Entry>

const Span = { from: t.Optional(IsoDate), to: t.Optional(IsoDate) }

export const listEntries = endpoint({
  method: 'GET',
  path: '/ledger/entries',
  permission: 'ledger.entry.read',
  summary: '账本条目检索（新的在前；登录与管理操作另见访问日志）',
  query: input({
    ...PageQuery,
    ...Span,
    kind: t.Optional(EXCHANGE_KINDS.schema),
    log_id: t.Optional(Id),
    organ_id: t.Optional(t.String({ maxLength: 20 })),
    client_id: t.Optional(Id),
    grant_id: t.Optional(Id),
    resource_code: t.Optional(Line(40)),
    case_no: t.Optional(Line(100)),
    outcome: t.Optional(OUTCOMES.schema),
  }),
  response: Page(Entry),
})

/** The entry with its exact text, so that the reader's own browser can hash it. */
export const getEntry = endpoint({
  method: 'GET',
  path: '/ledger/logs/:log_id/entries/:seq',
  permission: 'ledger.entry.read',
  summary: '条目原文',
  params: t.Object({ log_id: Id, seq: Seq }),
  response: t.Object({ ...Entry.properties, body: t.String(), hash_alg: t.String() }),
})

export const exportPeriod = endpoint({
  method: 'GET',
  path: '/ledger/export',
  permission: 'ledger.entry.read',
  summary: '导出一段时期的完整账本（NDJSON，可离线验证）',
  /** Days of Asia/Shanghai, both included; without them, everything signed so far. */
  query: input(Span),
  response: t.String(),
  produces: 'application/x-ndjson; charset=utf-8',
})

/** One look at a person's data: who, when, why. */
export const SubjectTrace = t.Object({
  ...where,
  consumer_organ_id: nullable(t.String()),
  consumer_name: nullable(t.String()),
  provider_organ_id: nullable(t.String()),
  provider_name: nullable(t.String()),
  client_name: nullable(t.String()),
  officer: nullable(t.String()),
  resource_code: nullable(t.String()),
  purpose_code: nullable(t.String()),
  purpose_ref: nullable(t.String()),
  case_no: nullable(t.String()),
  outcome: nullable(t.String()),
  /** What was done, where it was no exchange: the question itself, and questions for a row. */
  topic: nullable(t.String()),
})
export type SubjectTrace = t.Static<typeof SubjectTrace>

/** The query is itself sealed, with its reason, before it is answered. */
export const querySubject = endpoint({
  method: 'POST',
  path: '/ledger/subject-queries',
  permission: 'ledger.subject.query',
  summary: '谁查了我：某人的数据被谁、何时、为何取用',
  body: input({
    citizen_id: t.String({ minLength: 1, maxLength: 64 }),
    reason: Line(500, 4),
    after: t.Optional(t.String({ maxLength: 512 })),
    limit: t.Optional(t.Integer({ minimum: 1, maximum: 200 })),
  }),
  response: t.Object({ ...Page(SubjectTrace).properties, receipt: Receipt }),
})

export const AccessRecord = t.Object({
  ...where,
  topic: nullable(t.String()),
  outcome: nullable(t.String()),
  actor_id: nullable(t.String()),
  actor_name: nullable(t.String()),
  organ_id: nullable(t.String()),
  organ_name: nullable(t.String()),
  ip: nullable(t.String()),
  detail: t.String(),
})
export type AccessRecord = t.Static<typeof AccessRecord>

export const listAccess = endpoint({
  method: 'GET',
  path: '/ledger/access',
  permission: 'ledger.access.read',
  summary: '访问日志：登录、拒绝、管理操作（新的在前）',
  query: input({
    ...PageQuery,
    ...Span,
    actor_id: t.Optional(Id),
    topic: t.Optional(Line(64)),
    outcome: t.Optional(OUTCOMES.schema),
  }),
  response: Page(AccessRecord),
})
