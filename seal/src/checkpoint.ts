import { base64, fromBase64, hex, utf8 } from './bytes.ts'
import { canonical } from './canonical.ts'
import type { HashAlg, Hasher } from './hasher.ts'
import { leafHash, rootOf } from './merkle.ts'
import { countField, DIGEST_HEX, INSTANT, listField, NAME, recordField, SealError, textField } from './seal-error.ts'
import { assertPublicKey, type SignAlg, type Signer, signedMessage } from './signature.ts'

/** The state of one log: how many entries, and the root of their tree. A closed log never grows again. */
export interface Head {
  readonly log_id: string
  readonly size: number
  readonly root: string
  readonly closed: boolean
}

/** A public key named inside something signed; `public_key` is base64 of the raw key. */
export interface NamedKey {
  readonly key_id: string
  readonly alg: SignAlg
  readonly public_key: string
}

/**
 * What a node says of all its logs at one instant. `heads` lists only those changed since the checkpoint before, so an
 * idle second costs 300 bytes; `heads_root` is the Merkle root over every open log and those closed by this checkpoint
 * (a log closed earlier is left out: the chain has pinned it), so whoever follows the chain holds the full map.
 */
export interface Checkpoint {
  readonly v: 1
  readonly node_id: string
  readonly demo: boolean
  readonly hash_alg: HashAlg
  /** From 1, without gaps. */
  readonly no: number
  readonly at: string
  /** Hash of the checkpoint before; 64 zeros for the first. */
  readonly prev: string
  readonly policy_version?: number
  /** The key that signs from the next checkpoint on: a change of key is endorsed by the key it replaces. */
  readonly next_key?: NamedKey
  /** Changed heads, sorted by log_id. */
  readonly heads: readonly Head[]
  readonly heads_root: string
}

export interface Signature {
  readonly key_id: string
  readonly alg: SignAlg
  /** base64 */
  readonly sig: string
}

/** `signatures` holds the node's and, later, those of its witnesses, over the same bytes. */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly signatures: readonly Signature[]
}

export const NO_CHECKPOINT = '0'.repeat(64)
const KIND = 'sanjiang-checkpoint/1'
/** Bounds what one hostile line can make a verifier hold. */
export const MAX_HEADS = 100_000
const ALG = /^(ed25519|sm2)$/
const KEY_ID = /^[0-9a-f]{16}$/
const BASE64_TEXT = /^[A-Za-z0-9+/]{1,200}={0,2}$/

export const byLogId = (a: { log_id: string }, b: { log_id: string }): number =>
  a.log_id < b.log_id ? -1 : a.log_id > b.log_id ? 1 : 0

/** A head's leaf in `heads_root`. */
export const headLeaf = (hasher: Hasher, head: Head): Uint8Array => leafHash(hasher, utf8(canonical(head)))

/** Hex root over every open head and those just closed, in any order. */
export const headsRoot = (hasher: Hasher, heads: readonly Head[]): string =>
  hex(
    rootOf(
      hasher,
      [...heads].sort(byLogId).map((head) => headLeaf(hasher, head)),
    ),
  )

export const checkpointMessage = (checkpoint: Checkpoint): Uint8Array => signedMessage(KIND, checkpoint)

/** Hex; what the next checkpoint's `prev` holds. */
export const checkpointHash = (hasher: Hasher, checkpoint: Checkpoint): string =>
  hex(hasher.hash(checkpointMessage(checkpoint)))

export const signatureBy = async (signer: Signer, message: Uint8Array): Promise<Signature> => ({
  key_id: signer.key_id,
  alg: signer.alg,
  sig: base64(await signer.sign(message)),
})

export const signCheckpoint = async (signer: Signer, checkpoint: Checkpoint): Promise<SignedCheckpoint> => ({
  checkpoint: readCheckpoint({ ...checkpoint }),
  signatures: [await signatureBy(signer, checkpointMessage(checkpoint))],
})

/** Adds a witness's signature, replacing an earlier one by the same key. */
export const cosignCheckpoint = async (signer: Signer, signed: SignedCheckpoint): Promise<SignedCheckpoint> => {
  const own = await signatureBy(signer, checkpointMessage(signed.checkpoint))
  return { ...signed, signatures: [...signed.signatures.filter((other) => other.key_id !== own.key_id), own] }
}

export const readSignature = (value: Record<string, unknown>): Signature => ({
  key_id: textField(value, 'key_id', KEY_ID),
  alg: textField(value, 'alg', ALG) as SignAlg,
  sig: textField(value, 'sig', BASE64_TEXT),
})

export const readNamedKey = (value: Record<string, unknown>): NamedKey => {
  const key = {
    key_id: textField(value, 'key_id', KEY_ID),
    alg: textField(value, 'alg', ALG) as SignAlg,
    public_key: textField(value, 'public_key', BASE64_TEXT),
  }
  assertPublicKey(key.alg, fromBase64(key.public_key))
  return key
}

export const flagField = (of: Record<string, unknown>, field: string): boolean => {
  const value = of[field]
  if (typeof value === 'boolean') return value
  throw new SealError('malformed', field, `${field} 应为 true 或 false`)
}

export const readHead = (value: Record<string, unknown>): Head => ({
  log_id: textField(value, 'log_id', NAME),
  size: countField(value, 'size'),
  root: textField(value, 'root', DIGEST_HEX),
  closed: flagField(value, 'closed'),
})

export const readCheckpoint = (value: Record<string, unknown>): Checkpoint => {
  const heads = listField(value, 'heads', { max: MAX_HEADS, read: readHead })
  if (heads.some((head, i) => i > 0 && (heads[i - 1] as Head).log_id >= head.log_id))
    throw new SealError('malformed', 'heads', 'heads 应按 log_id 升序且不重复')
  if (value.v !== 1) throw new SealError('malformed', 'v', 'v 应为 1')
  return {
    v: 1,
    node_id: textField(value, 'node_id', NAME),
    demo: flagField(value, 'demo'),
    hash_alg: textField(value, 'hash_alg', /^(sha256|sm3)$/) as HashAlg,
    no: countField(value, 'no', 1),
    at: textField(value, 'at', INSTANT),
    prev: textField(value, 'prev', DIGEST_HEX),
    ...(value.policy_version === undefined ? {} : { policy_version: countField(value, 'policy_version') }),
    ...(value.next_key === undefined ? {} : { next_key: readNamedKey(recordField(value, 'next_key')) }),
    heads,
    heads_root: textField(value, 'heads_root', DIGEST_HEX),
  }
}

/** Throws SealError naming the field; unknown members are dropped, so a signature over them fails. */
export const readSignedCheckpoint = (value: Record<string, unknown>): SignedCheckpoint => ({
  checkpoint: readCheckpoint(recordField(value, 'checkpoint')),
  signatures: listField(value, 'signatures', { max: 64, read: readSignature }),
})
