import { SealError } from './seal-error.ts'

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64_VALUE = new Int8Array(128).fill(-1)
for (let i = 0; i < 64; i++) BASE64_VALUE[BASE64.charCodeAt(i)] = i
BASE64_VALUE[0x2d] = 62
BASE64_VALUE[0x5f] = 63

export const utf8 = (text: string): Uint8Array => ENCODER.encode(text)

/** Throws TypeError on bytes that are not UTF-8: a replaced byte would hide an edit. */
export const fromUtf8 = (bytes: Uint8Array): string => DECODER.decode(bytes)

export const hex = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i] as number]
  return text
}

export const fromHex = (text: string): Uint8Array => {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text))
    throw new SealError('malformed', '', '应为偶数位的十六进制文本')
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

export const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += BASE64.charAt(word >> 18) + BASE64.charAt((word >> 12) & 63)
    text += (left > 1 ? BASE64.charAt((word >> 6) & 63) : '=') + (left > 2 ? BASE64.charAt(word & 63) : '=')
  }
  return text
}

export const base64url = (bytes: Uint8Array): string =>
  base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** Negative for a character that is none of base64's: its sign survives every shift and `|`. */
const valueAt = (text: string, at: number): number => BASE64_VALUE[text.charCodeAt(at)] ?? -1

/** Reads base64 and base64url, with or without padding; refuses stray characters and non-zero spare bits. */
export const fromBase64 = (text: string): Uint8Array => {
  const length = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length
  if (length % 4 === 1) throw new SealError('malformed', '', 'base64 长度不符')
  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  const whole = length - (length % 4)
  let at = 0
  let bad = 0
  for (let i = 0; i < whole; i += 4) {
    const word =
      (valueAt(text, i) << 18) | (valueAt(text, i + 1) << 12) | (valueAt(text, i + 2) << 6) | valueAt(text, i + 3)
    bad |= word
    bytes[at++] = word >> 16
    bytes[at++] = word >> 8
    bytes[at++] = word
  }
  let rest = 0
  for (let i = whole; i < length; i++) rest = (rest << 6) | valueAt(text, i)
  const spare = length - whole === 2 ? 4 : 2
  if (length > whole) {
    bytes[at] = length - whole === 2 ? rest >> 4 : rest >> 10
    if (length - whole === 3) bytes[at + 1] = rest >> 2
    if ((rest & ((1 << spare) - 1)) !== 0) bad = -1
  }
  bad |= rest
  if (bad < 0) throw new SealError('malformed', '', 'base64 含非法字符')
  return bytes
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Compares every character whatever the first difference, so a guess learns nothing from the time taken. */
export const equalSecret = (a: string, b: string): boolean => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}
