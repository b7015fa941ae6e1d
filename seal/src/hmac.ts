import type { Hasher } from './hasher.ts'

/** A keyed hash ready for use: bytes in, 32 bytes out. */
export type Mac = (message: Uint8Array) => Uint8Array

const BLOCK = 64

/** A key as RFC 2104 wants it: 64 bytes, hashed first when longer. */
export const hmacPads = (hasher: Hasher, key: Uint8Array): { inner: Uint8Array; outer: Uint8Array } => {
  const block = new Uint8Array(BLOCK)
  block.set(key.length > BLOCK ? hasher.hash(key) : key)
  return { inner: block.map((byte) => byte ^ 0x36), outer: block.map((byte) => byte ^ 0x5c) }
}

/** HMAC (RFC 2104) over any 64-byte-block hash — SHA-256 and SM3 both are — with the key's pads made once. */
export const hmac = (hasher: Hasher, key: Uint8Array): Mac => {
  const { inner, outer } = hmacPads(hasher, key)
  return (message) => {
    const first = new Uint8Array(BLOCK + message.length)
    first.set(inner)
    first.set(message, BLOCK)
    const second = new Uint8Array(BLOCK + 32)
    second.set(outer)
    second.set(hasher.hash(first), BLOCK)
    return hasher.hash(second)
  }
}
