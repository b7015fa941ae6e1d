import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { type Fault, invalid } from '#kernel/fault.ts'

/** Enough to rotate — old, new, and one per standby site — and few enough to know them all. */
export const MAX_ACTIVE_KEYS = 5

// Encodings of the points of small order on edwards25519, sign bit cleared. A signature under one of them verifies for
// nearly any message, so what it "signed" would prove nothing.
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

const SPKI_BYTES = 44 // 12 bytes of SPKI header, 32 of the key (RFC 8410)

const hasSmallOrder = (spki: Buffer): boolean => {
  const point = Buffer.from(spki.subarray(-32))
  point[31]! &= 0x7f
  return SMALL_ORDER.has(point.toString('hex'))
}

const refuse = (rule: string, message: string): Fault => invalid('public_key', rule, message, 'RFC 8410')

const readSpki = (text: string): KeyObject => {
  const der = /^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, 'base64') : null
  try {
    return der ? createPublicKey({ key: der, format: 'der', type: 'spki' }) : createPublicKey(text)
  } catch {
    throw refuse('spki', '无法读出公钥；应为 SPKI 的 Base64，或 PEM 的 PUBLIC KEY')
  }
}

export interface PublicKey {
  /** First 16 hex digits of the SHA-256 of the SPKI. */
  readonly key_id: string
  /** SPKI, Base64, one spelling per key. */
  readonly public_key: string
}

/** Reads an Ed25519 public key as Base64 SPKI or PEM. A private key sent by mistake is refused, not silently used. */
export const parsePublicKey = (text: string): PublicKey => {
  if (text.includes('PRIVATE KEY')) throw refuse('private', '这是私钥：请立即作废它，只登记公钥')
  const key = readSpki(text.trim())
  if (key.asymmetricKeyType !== 'ed25519') throw refuse('algorithm', '只接受 Ed25519 公钥')
  const spki = key.export({ format: 'der', type: 'spki' })
  if (spki.length !== SPKI_BYTES || hasSmallOrder(spki)) throw refuse('weak', '公钥取值不安全，请重新生成')
  return {
    key_id: createHash('sha256').update(spki).digest('hex').slice(0, 16),
    public_key: spki.toString('base64'),
  }
}

const isAddress = (text: string): boolean => {
  const [address = '', bits] = text.split('/')
  const family = isIP(address)
  if (family === 0) return false
  if (bits === undefined) return true
  try {
    new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
    return true
  } catch {
    return false
  }
}

/** Addresses or CIDR networks, each once; the first that is neither is named. */
export const checkAddresses = (addresses: readonly string[]): string[] => {
  const wrong = addresses.find((one) => !isAddress(one))
  if (wrong !== undefined) throw invalid('allowed_addresses', 'address', `${wrong} 不是地址或 CIDR 网段`)
  return [...new Set(addresses)]
}
