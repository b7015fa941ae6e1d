import { fromUtf8, utf8 } from './bytes.ts'
import { canonical, parseCanonical } from './canonical.ts'
import type { Hasher } from './hasher.ts'
import { leafHash, rootOf } from './merkle.ts'
import { countLines } from './row-text.ts'
import { countField, INSTANT, isRecord, SealError, textField } from './seal-error.ts'

export const CHUNK_KINDS = ['begin', 'rows', 'changes', 'end', 'file'] as const
export type ChunkKind = (typeof CHUNK_KINDS)[number]

/** What a chunk says about itself (ADR 0004). `rows` of an `end` is the run's total; of `file` it is 0. */
export interface ChunkHeader {
  readonly v: 1
  readonly feed_id: string
  readonly seq: number
  readonly run_id: string
  readonly epoch: number
  readonly kind: ChunkKind
  readonly feed_version: number
  readonly items: readonly string[]
  readonly rows: number
  /** Length of the body before compression. */
  readonly bytes: number
  /** Ascends as text within a feed. */
  readonly position: string
  readonly tx_end: boolean
  readonly at: string
  /** Of a chunk as delivered: to whom, and the seq of the one delivered before it (−1 for the first), so that a gap shows. */
  readonly subscription_id?: string
  readonly after?: number
}

export const MAX_HEADER_BYTES = 64 * 1024
export const MAX_BODY_BYTES = 32 * 1024 * 1024
/** What an agent aims at. */
export const CHUNK_BYTES = 1024 * 1024

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ITEM = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const MAX_ITEMS = 300
const MAX_POSITION = 1024
const MEMBERS: Readonly<Record<keyof Required<ChunkHeader>, true>> = {
  v: true,
  feed_id: true,
  seq: true,
  run_id: true,
  epoch: true,
  kind: true,
  feed_version: true,
  items: true,
  rows: true,
  bytes: true,
  position: true,
  tx_end: true,
  at: true,
  subscription_id: true,
  after: true,
}

const fault = (field: string, rule: string): SealError => new SealError('malformed', field, `${field} ${rule}`)

const kindOf = (value: unknown): ChunkKind => {
  const kind = CHUNK_KINDS.find((one) => one === value)
  if (kind === undefined) throw fault('kind', `应为 ${CHUNK_KINDS.join('、')} 之一`)
  return kind
}

const itemsOf = (value: unknown, kind: ChunkKind): readonly string[] => {
  if (!Array.isArray(value) || value.length > MAX_ITEMS) throw fault('items', `应为不超过 ${MAX_ITEMS} 项的数组`)
  if (!value.every((item) => typeof item === 'string' && ITEM.test(item)))
    throw fault('items', '含不合规的信息项英文名')
  if (new Set(value).size !== value.length) throw fault('items', '有重复的信息项')
  if (value.length === 0 && (kind === 'rows' || kind === 'changes')) throw fault('items', '不能为空')
  return value
}

const positionOf = (value: unknown): string => {
  if (typeof value !== 'string' || value.length > MAX_POSITION || value.includes('\0') || !value.isWellFormed())
    throw fault('position', `应为不超过 ${MAX_POSITION} 字的文本`)
  return value
}

/** Sizes that cannot go together whatever the body is. */
const assertSizes = ({ kind, rows, bytes }: Pick<ChunkHeader, 'kind' | 'rows' | 'bytes'>): void => {
  if (bytes > MAX_BODY_BYTES) throw new SealError('out_of_range', 'bytes', `数据块不得超过 ${MAX_BODY_BYTES} 字节`)
  if ((kind === 'begin' || kind === 'end') && bytes !== 0) throw fault('bytes', '批次首尾块应为 0')
  if ((kind === 'begin' || kind === 'file') && rows !== 0) throw fault('rows', '应为 0')
  // The shortest line is its LF.
  if ((kind === 'rows' || kind === 'changes') && (rows > bytes || (rows === 0) !== (bytes === 0)))
    throw fault('rows', '与字节数不符')
}

/** Both or none; −1 is no count. */
const deliveryOf = (value: Record<string, unknown>): Pick<ChunkHeader, 'subscription_id' | 'after'> => {
  if (!Object.hasOwn(value, 'subscription_id') && !Object.hasOwn(value, 'after')) return {}
  const after = value.after === -1 ? -1 : countField(value, 'after')
  if (after >= countField(value, 'seq')) throw fault('after', '应小于 seq')
  return { subscription_id: textField(value, 'subscription_id', UUID), after }
}

/** Reads a header's value; throws SealError naming the field. */
export const chunkHeader = (value: unknown): ChunkHeader => {
  if (!isRecord(value)) throw new SealError('malformed', '', '数据块头应为对象')
  for (const name of Object.keys(value)) if (!Object.hasOwn(MEMBERS, name)) throw fault(name, '不是数据块头的成员')
  if (value.v !== 1) throw fault('v', '应为 1')
  if (typeof value.tx_end !== 'boolean') throw fault('tx_end', '应为 true 或 false')
  const kind = kindOf(value.kind)
  const header: ChunkHeader = {
    v: 1,
    feed_id: textField(value, 'feed_id', UUID),
    seq: countField(value, 'seq'),
    run_id: textField(value, 'run_id', UUID),
    epoch: countField(value, 'epoch', 1),
    kind,
    feed_version: countField(value, 'feed_version', 1),
    items: itemsOf(value.items, kind),
    rows: countField(value, 'rows'),
    bytes: countField(value, 'bytes'),
    position: positionOf(value.position),
    tx_end: value.tx_end,
    at: textField(value, 'at', INSTANT),
    ...deliveryOf(value),
  }
  assertSizes(header)
  return header
}

/** The one text of a header, as it is hashed, sent and stored. */
export const headerBytes = (header: ChunkHeader): Uint8Array => {
  const bytes = utf8(canonical(chunkHeader(header)))
  if (bytes.length > MAX_HEADER_BYTES) throw new SealError('out_of_range', 'items', '数据块头过长')
  return bytes
}

/** Strict: unknown members, another order of keys and a second spelling of the same header are refused. */
export const parseHeader = (bytes: Uint8Array): ChunkHeader => {
  if (bytes.length > MAX_HEADER_BYTES) throw new SealError('out_of_range', '', '数据块头过长')
  let text: string
  try {
    text = fromUtf8(bytes)
  } catch {
    throw new SealError('malformed', '', '数据块头不是 UTF-8')
  }
  return chunkHeader(parseCanonical(text))
}

/** Whether a body is the one its header announces: length, whole lines, their number. */
export const assertBody = (header: ChunkHeader, body: Uint8Array): void => {
  if (body.length !== header.bytes) throw fault('bytes', `应为 ${header.bytes}，实为 ${body.length}`)
  if (header.kind !== 'rows' && header.kind !== 'changes') return
  const rows = countLines(body)
  if (rows !== header.rows) throw fault('rows', `应为 ${header.rows}，实为 ${rows}`)
}

/** SHA-256(header ‖ LF ‖ body): what is acknowledged, signed and sealed. */
export const chunkDigest = (hasher: Hasher, header: Uint8Array, body: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(header.length + 1 + body.length)
  whole.set(header)
  whole[header.length] = 10
  whole.set(body, header.length + 1)
  return hasher.hash(whole)
}

/** RFC 6962 root over chunks' digests as leaves: what agents sign for a batch supplied or accepted. */
export const chunksRoot = (hasher: Hasher, digests: readonly Uint8Array[]): Uint8Array =>
  rootOf(
    hasher,
    digests.map((digest) => leafHash(hasher, digest)),
  )
