import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  sign as signWith,
  timingSafeEqual,
  verify as verifyWith,
} from 'node:crypto'
import {
  checkSm2,
  type HashAlg,
  type Hasher,
  hmacPads,
  keyIdOf,
  type SignatureCheck,
  type Signer,
  type TextMac,
} from '../src/index.ts'

export * from './at-rest.ts'
export * from './chunk.ts'
export * from './release.ts'

// Node's own crypto behind the interfaces of the seal: for server, cli and bench; browsers never load this file.

/**
 * Asking crypto.hash for a latin1 string and writing it into a pooled buffer: with 'buffer' every call makes a backing
 * store of its own (Node 24.21, 500 bytes: 0.8 M hashes per CPU-second, this way see docs/adr/0003).
 */
const nodeHash =
  (alg: HashAlg) =>
  (bytes: Uint8Array): Uint8Array =>
    Buffer.from(hash(alg, bytes, 'binary'), 'latin1')

/** For who needs the hash as text: no bytes are made of it. */
export const nodeHexHash = (alg: HashAlg, bytes: Uint8Array): string => hash(alg, bytes, 'hex')

const SHA256: Hasher = { alg: 'sha256', hash: nodeHash('sha256') }
const SM3: Hasher = { alg: 'sm3', hash: nodeHash('sm3') }

export const nodeHasher = (alg: HashAlg): Hasher => (alg === 'sm3' ? SM3 : SHA256)

/** Longer signature bases are refused before they get here; this one grows if it must. */
const SCRATCH_BYTES = 16 * 1024
// One for all keys, as nothing is awaited between its filling and its hashing: a gateway holds a mac per session.
const first = Buffer.alloc(SCRATCH_BYTES)
const second = Buffer.alloc(96)

/** HMAC of texts by two one-shot hashes: createHmac makes an object per call, the slow path of Node 24 (ADR 0003). */
export const nodeTextMac = (alg: HashAlg, key: Uint8Array): TextMac => {
  const { inner, outer } = hmacPads(nodeHasher(alg), key)
  return (text) => {
    first.set(inner)
    second.set(outer)
    const fits = text.length * 3 <= SCRATCH_BYTES - 64
    const message = fits
      ? first.subarray(0, 64 + first.write(text, 64, 'utf8'))
      : Buffer.concat([inner, Buffer.from(text)])
    second.write(hash(alg, message, 'binary'), 64, 'latin1')
    return hash(alg, second, 'base64')
  }
}

const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const MAX_KEYS = 256
const keys = new Map<string, KeyObject>()

const publicKeyOf = (raw: Uint8Array): KeyObject => {
  const id = Buffer.from(raw).toString('latin1')
  const known = keys.get(id)
  if (known !== undefined) return known
  if (keys.size >= MAX_KEYS) keys.clear()
  const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' })
  keys.set(id, key)
  return key
}

/** Ed25519 by Node, SM2 in JavaScript. */
export const nodeSignatureCheck: SignatureCheck = (part) => {
  if (part.alg === 'sm2') return checkSm2(part)
  if (part.alg !== 'ed25519' || part.public_key.length !== 32) return false
  try {
    return verifyWith(null, part.message, publicKeyOf(part.public_key), part.signature)
  } catch {
    return false
  }
}

/** The raw 32 bytes of an Ed25519 key. */
export const rawPublicKey = (key: KeyObject): Uint8Array => {
  const der =
    key.type === 'private'
      ? createPublicKey(key).export({ format: 'der', type: 'spki' })
      : key.export({ format: 'der', type: 'spki' })
  const raw = der.subarray(SPKI_ED25519.length)
  if (raw.length !== 32 || !timingSafeEqual(der.subarray(0, SPKI_ED25519.length), SPKI_ED25519))
    throw new TypeError('不是 Ed25519 密钥')
  return new Uint8Array(raw)
}

/** `pem`: a PKCS#8 private key, as kept in DATA_DIR/keys. */
export const nodeEd25519Signer = (pem: string): Signer & { public_key: Uint8Array } => {
  const key = createPrivateKey(pem)
  const public_key = rawPublicKey(key)
  return {
    key_id: keyIdOf(public_key),
    alg: 'ed25519',
    public_key,
    sign: (message) => new Uint8Array(signWith(null, message, key)),
  }
}
