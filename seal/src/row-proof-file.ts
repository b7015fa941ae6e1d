import { flagField, readSignedCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import type { RowQuestion } from './row-answer.ts'
import type { RowProof } from './row-leaves.ts'
import {
  countField,
  DIGEST_HEX,
  INSTANT,
  listField,
  NAME,
  parseRecord,
  recordField,
  SealError,
  textField,
} from './seal-error.ts'

// The proof of a row as a file: one JSON object that `sanjiang verify-row` and the browser verify without the platform.

/** An entry of the ledger with what shows that a signed checkpoint covers it. */
export interface SealedEntry {
  /** Canonical text, byte for byte. */
  readonly entry: string
  readonly checkpoint_no: number
  /** Size of its log there. */
  readonly size: number
  readonly path: readonly string[]
}

export interface ProvedDelivery extends SealedEntry {
  /** Null: the delivery had no lines, or no leaves of it are kept. */
  readonly proof: RowProof | null
  /** The entry that took the delivery back before it left. */
  readonly withheld?: SealedEntry
}

export interface RowProofFile {
  readonly format: 'sanjiang-row-proof/1'
  readonly node_id: string
  readonly demo: boolean
  readonly produced_at: string
  readonly question: RowQuestion
  readonly checkpoints: readonly SignedCheckpoint[]
  readonly deliveries: readonly ProvedDelivery[]
}

/** Deliveries in one file; more are asked for in a further one. */
export const MAX_PROVED = 200
const ANY = /^[\s\S]{0,1048576}$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const pathField = (of: Record<string, unknown>): string[] => {
  const { path } = of
  if (Array.isArray(path) && path.length <= 64 && path.every((one) => DIGEST_HEX.test(String(one)))) return path
  throw new SealError('malformed', 'path', 'path 应为不超过 64 个散列的数组')
}

const readSealed = (value: Record<string, unknown>): SealedEntry => ({
  entry: textField(value, 'entry', ANY),
  checkpoint_no: countField(value, 'checkpoint_no', 1),
  size: countField(value, 'size', 1),
  path: pathField(value),
})

const HEX = /^[0-9a-f]*$/
const placeOf = (value: Record<string, unknown>) => ({ index: countField(value, 'index'), path: pathField(value) })
const neighbour = (of: Record<string, unknown>, field: 'before' | 'after') =>
  of[field] === null
    ? null
    : { ...placeOf(recordField(of, field)), leaf: textField(recordField(of, field), 'leaf', HEX) }

const readProof = (value: Record<string, unknown>): RowProof => {
  const kind = textField(value, 'kind', /^(present|absent|key)$/)
  if (kind === 'present')
    return {
      kind,
      ...placeOf(value),
      line: textField(value, 'line', ANY),
      salt: textField(value, 'salt', HEX),
      order: textField(value, 'order', HEX),
    }
  const keyed = { key: textField(value, 'key', ANY), order_salt: textField(value, 'order_salt', HEX) }
  if (kind === 'key') return { kind, ...placeOf(value), ...keyed, leaf: textField(value, 'leaf', HEX) }
  return { kind: 'absent', ...keyed, before: neighbour(value, 'before'), after: neighbour(value, 'after') }
}

const readDelivery = (value: Record<string, unknown>): ProvedDelivery => ({
  ...readSealed(value),
  proof: value.proof === null ? null : readProof(recordField(value, 'proof')),
  ...(value.withheld === undefined ? {} : { withheld: readSealed(recordField(value, 'withheld')) }),
})

const readQuestion = (value: Record<string, unknown>): RowQuestion => ({
  subscription_id: textField(value, 'subscription_id', UUID),
  grant_id: textField(value, 'grant_id', UUID),
  resource_code: textField(value, 'resource_code', /^.{1,100}$/),
  key: textField(value, 'key', ANY),
  ...(value.handle_of === undefined ? {} : { handle_of: textField(value, 'handle_of', ANY) }),
  ...(value.line === undefined ? {} : { line: textField(value, 'line', ANY) }),
  from: textField(value, 'from', INSTANT),
  to: textField(value, 'to', INSTANT),
})

/** Reads the file's text. Throws SealError naming the field. */
export const readRowProof = (text: string): RowProofFile => {
  const value = parseRecord(text)
  textField(value, 'format', /^sanjiang-row-proof\/1$/)
  return {
    format: 'sanjiang-row-proof/1',
    node_id: textField(value, 'node_id', NAME),
    demo: flagField(value, 'demo'),
    produced_at: textField(value, 'produced_at', INSTANT),
    question: readQuestion(recordField(value, 'question')),
    checkpoints: listField(value, 'checkpoints', { max: MAX_PROVED * 2, read: readSignedCheckpoint }),
    deliveries: listField(value, 'deliveries', { max: MAX_PROVED, read: readDelivery }),
  }
}
