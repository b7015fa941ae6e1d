import { fromBase64 } from './bytes.ts'
import { checkpointMessage, type NamedKey, readNamedKey, type Signature, type SignedCheckpoint } from './checkpoint.ts'
import { keyIdOf } from './hasher.ts'
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
import type { SignatureCheck } from './signature.ts'

/** A key the verifier has decided to believe, learnt outside the data it judges. */
export interface TrustKey extends NamedKey {
  readonly role: 'node' | 'witness'
  readonly not_before?: string
  readonly not_after?: string
  readonly replaced_by?: string
}

/** A receipt its consumer kept: this leaf stood at this place. */
export interface Receipt {
  readonly log_id: string
  readonly seq: number
  /** Hex leaf hash. */
  readonly leaf: string
  readonly at?: string
}

export interface SeenCheckpoint {
  readonly no: number
  readonly hash: string
  readonly at: string
}

/** Everything a verifier knows beforehand; kept by the auditor, never by the node. */
export interface Trust {
  readonly node_id: string
  readonly keys: readonly TrustKey[]
  readonly last_seen?: SeenCheckpoint
  /** Further checkpoints that must be in the node's history: those that somebody else has seen. */
  readonly also_seen?: readonly SeenCheckpoint[]
  readonly receipts?: readonly Receipt[]
  /** How many different witnesses must have signed. */
  readonly require_witness?: number
}

/** Every checkpoint known beforehand. */
export const allSeen = ({ last_seen, also_seen = [] }: Trust): SeenCheckpoint[] => [
  ...(last_seen === undefined ? [] : [last_seen]),
  ...also_seen,
]

/** The newest of them: a node shown today must have come as far. */
export const latestSeen = (trust: Trust): SeenCheckpoint | undefined =>
  allSeen(trust).reduce<SeenCheckpoint | undefined>((a, b) => (a === undefined || b.no > a.no ? b : a), undefined)

const optionalText = <K extends string>(of: Record<string, unknown>, field: K, rule: RegExp): { [P in K]?: string } =>
  of[field] === undefined ? {} : ({ [field]: textField(of, field, rule) } as { [P in K]?: string })

const readTrustKey = (value: Record<string, unknown>): TrustKey => {
  const key = readNamedKey(value)
  if (keyIdOf(fromBase64(key.public_key)) !== key.key_id)
    throw new SealError('malformed', 'key_id', 'key_id 不是该公钥 SHA-256 的前 16 位')
  return {
    ...key,
    role: textField(value, 'role', /^(node|witness)$/) as TrustKey['role'],
    ...optionalText(value, 'not_before', INSTANT),
    ...optionalText(value, 'not_after', INSTANT),
    ...optionalText(value, 'replaced_by', /^[0-9a-f]{16}$/),
  }
}

export const readReceipt = (value: Record<string, unknown>): Receipt => ({
  log_id: textField(value, 'log_id', NAME),
  seq: countField(value, 'seq'),
  leaf: textField(value, 'leaf', DIGEST_HEX),
  ...optionalText(value, 'at', INSTANT),
})

const readSeen = (value: Record<string, unknown>): SeenCheckpoint => ({
  no: countField(value, 'no', 1),
  hash: textField(value, 'hash', DIGEST_HEX),
  at: textField(value, 'at', INSTANT),
})

/** Reads a trust file's text. Throws SealError naming the field. */
export const parseTrust = (text: string): Trust => {
  const value = parseRecord(text, '信任文件')
  const keys = listField(value, 'keys', { max: 1000, read: readTrustKey })
  if (!keys.some((key) => key.role === 'node')) throw new SealError('malformed', 'keys', '至少要有一把节点公钥')
  const receipts =
    value.receipts === undefined ? [] : listField(value, 'receipts', { max: 1_000_000, read: readReceipt })
  return {
    node_id: textField(value, 'node_id', NAME),
    keys,
    ...(value.last_seen === undefined ? {} : { last_seen: readSeen(recordField(value, 'last_seen')) }),
    ...(value.also_seen === undefined
      ? {}
      : { also_seen: listField(value, 'also_seen', { max: 1000, read: readSeen }) }),
    ...(receipts.length === 0 ? {} : { receipts }),
    ...(value.require_witness === undefined ? {} : { require_witness: countField(value, 'require_witness') }),
  }
}

/** `valid`: signed by a believed key. The rest say why not, in the order in which an auditor would want to know. */
export type SignatureState = 'valid' | 'wrong' | 'out_of_term' | 'unknown_key'

export interface JudgedSignature {
  readonly key_id: string
  readonly role: TrustKey['role'] | undefined
  readonly state: SignatureState
}

const withinTerm = (key: TrustKey, at: string): boolean =>
  (key.not_before === undefined || key.not_before <= at) && (key.not_after === undefined || at <= key.not_after)

/** Judges each signature over `message` made at `at`. */
export const judgeSignatures = async (
  signed: { message: Uint8Array; at: string; signatures: readonly Signature[] },
  keys: readonly TrustKey[],
  check: SignatureCheck,
): Promise<JudgedSignature[]> => {
  const judged: JudgedSignature[] = []
  for (const { key_id, alg, sig } of signed.signatures) {
    const key = keys.find((candidate) => candidate.key_id === key_id && candidate.alg === alg)
    if (key === undefined) {
      judged.push({ key_id, role: undefined, state: 'unknown_key' })
      continue
    }
    const part = {
      alg,
      public_key: fromBase64(key.public_key),
      message: signed.message,
      signature: signatureBytes(sig),
    }
    const genuine = await check(part)
    judged.push({
      key_id,
      role: key.role,
      state: !genuine ? 'wrong' : withinTerm(key, signed.at) ? 'valid' : 'out_of_term',
    })
  }
  return judged
}

const signatureBytes = (sig: string): Uint8Array => {
  try {
    return fromBase64(sig)
  } catch {
    return new Uint8Array(0)
  }
}

/** Judges a checkpoint's signatures; it is authentic when one with role `node` is `valid`. */
export const verifyCheckpoint = (
  { checkpoint, signatures }: SignedCheckpoint,
  keys: readonly TrustKey[],
  check: SignatureCheck,
): Promise<JudgedSignature[]> =>
  judgeSignatures({ message: checkpointMessage(checkpoint), at: checkpoint.at, signatures }, keys, check)

/** The keys after a checkpoint that names its successor: the old key ends there, the new one begins. */
export const rotatedKeys = (
  keys: readonly TrustKey[],
  signed: { by: string; at: string; next: NamedKey },
): TrustKey[] => {
  const { by, at, next } = signed
  const others = keys.filter((key) => key.key_id !== next.key_id)
  const ended = others.map((key) => (key.key_id === by ? { ...key, not_after: at, replaced_by: next.key_id } : key))
  return [...ended, { ...next, role: 'node', not_before: at }]
}
