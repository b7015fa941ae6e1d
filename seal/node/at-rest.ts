import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SealError } from '../src/index.ts'
import { release } from './release.ts'

// At rest: u8 version ‖ 8 bytes key id ‖ 12 bytes nonce ‖ ciphertext ‖ 16 bytes tag, AES-256-GCM. The place in the log is
// authenticated, so that one chunk cannot stand where another was.

const VERSION = 1
const HEAD = 1 + 8 + 12
const TAG = 16
const KEY_ID = /^[0-9a-f]{16}$/

export interface RestKey {
  /** 16 hex digits. */
  readonly key_id: string
  /** 32 bytes, kept in DATA_DIR/keys. */
  readonly key: Uint8Array
}

export interface LogPlace {
  readonly feed_id: string
  readonly seq: number
}

const aadOf = ({ feed_id, seq }: LogPlace): Buffer => Buffer.from(`${feed_id}|${seq}`)

/** A random nonce per chunk: at 1 MiB each, 4 PiB under one key stay within NIST SP 800-38D §8.3's 2³². */
export const sealAtRest = ({ key_id, key }: RestKey, place: LogPlace, plain: Uint8Array): Buffer => {
  if (!KEY_ID.test(key_id)) throw new SealError('malformed', 'key_id', '密钥编号应为 16 位十六进制')
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(aadOf(place))
  const sealed = cipher.update(plain)
  const head = [Buffer.of(VERSION), Buffer.from(key_id, 'hex'), nonce]
  const whole = Buffer.concat([...head, sealed, cipher.final(), cipher.getAuthTag()])
  release(sealed)
  return whole
}

const unreadable = (cause?: unknown): SealError => {
  const error = new SealError('malformed', 'chunk', '存储的数据块被改动、放错了位置或密钥不符')
  error.cause = cause
  return error
}

/** Throws SealError when the bytes, their place or their key are not those that were sealed. */
export const openAtRest = (
  keyOf: (key_id: string) => Uint8Array | undefined,
  place: LogPlace,
  sealed: Uint8Array,
): Buffer => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length)
  if (bytes.length < HEAD + TAG || bytes[0] !== VERSION) throw unreadable()
  const key_id = bytes.toString('hex', 1, 9)
  const key = keyOf(key_id)
  if (key === undefined) throw new SealError('malformed', 'key_id', `没有编号为 ${key_id} 的密钥`)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(9, HEAD), { authTagLength: TAG })
  decipher.setAAD(aadOf(place))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG))
  const plain = decipher.update(bytes.subarray(HEAD, bytes.length - TAG))
  try {
    decipher.final()
  } catch (error) {
    throw unreadable(error)
  }
  return plain
}
