import { ed25519 } from '@noble/curves/ed25519'
import { sm2 } from 'sm-crypto-v2'
import { fromHex, hex, utf8 } from './bytes.ts'
import { canonical } from './canonical.ts'
import { keyIdOf } from './hasher.ts'
import { SealError } from './seal-error.ts'

export type SignAlg = 'ed25519' | 'sm2'

/** Whoever holds a private key: the node's file on disc, a witness, a security module. */
export interface Signer {
  readonly key_id: string
  readonly alg: SignAlg
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
}

export interface SignedPart {
  readonly alg: SignAlg
  /** Raw: 32 bytes for Ed25519, the uncompressed 65-byte point for SM2. */
  readonly public_key: Uint8Array
  readonly message: Uint8Array
  /** 64 bytes: R‖S for Ed25519, r‖s for SM2 (GM/T 0009, user id 1234567812345678). */
  readonly signature: Uint8Array
}

/** Answers false, never throws, for a wrong or malformed signature or key. */
export type SignatureCheck = (part: SignedPart) => boolean | Promise<boolean>

/** What is signed begins with what it is, so that a signature over one kind of thing never passes for another. */
export const signedMessage = (kind: string, value: unknown): Uint8Array => utf8(`${kind}\n${canonical(value)}`)

const PUBLIC_KEY_BYTES: Readonly<Record<SignAlg, number>> = { ed25519: 32, sm2: 65 }

/** Throws SealError unless the raw key has its algorithm's length (and SM2's point is uncompressed and on the curve). */
export const assertPublicKey = (alg: SignAlg, publicKey: Uint8Array): void => {
  const sized = publicKey.length === PUBLIC_KEY_BYTES[alg]
  if (!sized || (alg === 'sm2' && !isSm2Point(publicKey)))
    throw new SealError('malformed', 'public_key', `不是 ${alg} 公钥（${PUBLIC_KEY_BYTES[alg]} 字节原始形式）`)
}

const isSm2Point = (publicKey: Uint8Array): boolean => {
  try {
    return publicKey[0] === 4 && sm2.verifyPublicKey(hex(publicKey))
  } catch {
    return false
  }
}

/** SM2 (GB/T 32918.2) in pure JavaScript, everywhere: Node's own cannot set the standard user id. */
export const checkSm2: SignatureCheck = ({ public_key, message, signature }) => {
  if (signature.length !== 64 || public_key.length !== PUBLIC_KEY_BYTES.sm2) return false
  try {
    return sm2.doVerifySignature(message, hex(signature), hex(public_key), { hash: true })
  } catch {
    return false
  }
}

/** Both algorithms in pure JavaScript: for browsers, also where the page has no WebCrypto (plain http on an intranet). */
export const pureSignatureCheck: SignatureCheck = (part) => {
  if (part.alg === 'sm2') return checkSm2(part)
  if (part.alg !== 'ed25519') return false
  try {
    return ed25519.verify(part.signature, part.message, part.public_key)
  } catch {
    return false
  }
}

/** `privateKey`: the 32-byte seed. For browsers and tests; the server signs with Node's own. */
export const pureEd25519Signer = (privateKey: Uint8Array): Signer & { public_key: Uint8Array } => {
  const public_key = ed25519.getPublicKey(privateKey)
  const sign = (message: Uint8Array): Uint8Array => ed25519.sign(message, privateKey)
  return { key_id: keyIdOf(public_key), alg: 'ed25519', public_key, sign }
}

/** `privateKey`: 32 bytes. */
export const sm2Signer = (privateKey: Uint8Array): Signer & { public_key: Uint8Array } => {
  const secret = hex(privateKey)
  const publicHex = sm2.getPublicKeyFromPrivateKey(secret)
  const public_key = fromHex(publicHex)
  const sign = (message: Uint8Array): Uint8Array =>
    fromHex(sm2.doSignature(message, secret, { hash: true, publicKey: publicHex }))
  return { key_id: keyIdOf(public_key), alg: 'sm2', public_key, sign }
}
