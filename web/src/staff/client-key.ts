import { base64, concat, fromBase64, fromHex, hex, pureEd25519Signer, pureSha256 } from '@sanjiang/seal'

// RFC 8410: what stands before the 32 bytes of an Ed25519 key in SPKI and in PKCS#8.
const SPKI_HEAD = fromHex('302a300506032b6570032100')
const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')

/** An Ed25519 key pair that lives in this page's memory alone. */
export interface ClientKeyPair {
  readonly seed: Uint8Array
  /** SPKI, base64: what is registered. */
  readonly public_key: string
  /** First 16 hex digits of the SHA-256 of the SPKI, as the platform names keys. */
  readonly key_id: string
  sign(message: Uint8Array): Uint8Array
}

export const keyPairOf = (seed: Uint8Array): ClientKeyPair => {
  const signer = pureEd25519Signer(seed)
  const spki = concat(SPKI_HEAD, signer.public_key)
  return {
    seed,
    public_key: base64(spki),
    key_id: hex(pureSha256.hash(spki)).slice(0, 16),
    sign: (message) => signer.sign(message) as Uint8Array,
  }
}

/** `getRandomValues` exists on plain http too, where WebCrypto's own Ed25519 does not. */
export const generateKeyPair = (): ClientKeyPair => keyPairOf(crypto.getRandomValues(new Uint8Array(32)))

const wrap = (text: string): string => text.replace(/(.{64})/g, '$1\n').trim()

export const privateKeyPem = ({ seed }: ClientKeyPair): string =>
  `-----BEGIN PRIVATE KEY-----\n${wrap(base64(concat(PKCS8_HEAD, seed)))}\n-----END PRIVATE KEY-----\n`

/** Reads a PKCS#8 PEM of an Ed25519 key. Throws with a Chinese sentence. */
export const readPrivateKey = (pem: string): ClientKeyPair => {
  const body = /-----BEGIN PRIVATE KEY-----([\s\S]+?)-----END PRIVATE KEY-----/.exec(pem)?.[1]
  if (!body) throw new Error('没有找到 PRIVATE KEY：请粘贴 PKCS#8 的 PEM 文本')
  const der = fromBase64(body.replace(/\s+/g, ''))
  const isEd25519 = der.length === 48 && hex(der.subarray(0, 16)) === hex(PKCS8_HEAD)
  if (!isEd25519) throw new Error('不是 Ed25519 私钥（PKCS#8）')
  return keyPairOf(der.slice(16))
}
