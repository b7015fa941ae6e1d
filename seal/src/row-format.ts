import type { DataType } from './row.ts'

// Whether a field's bytes are in the canonical form of its type (ADR 0004), without making a text of them.

export type ByteTest = (bytes: Uint8Array, start: number, end: number) => boolean

const ZERO = 0x30
const MINUS = 0x2d
const POINT = 0x2e

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= 0x39

/** Where a run of digits ends. */
const digitsEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let i = start
  while (i < end && isDigit(bytes[i] as number)) i++
  return i
}

const isInteger: ByteTest = (bytes, start, end) => {
  const first = bytes[start] === MINUS ? start + 1 : start
  if (first >= end || digitsEnd(bytes, first, end) !== end) return false
  return bytes[first] !== ZERO || (end - start === 1 && first === start)
}

const isDecimal: ByteTest = (bytes, start, end) => {
  const first = bytes[start] === MINUS ? start + 1 : start
  const whole = digitsEnd(bytes, first, end)
  if (whole === end) return isInteger(bytes, start, end)
  if (whole === first || bytes[whole] !== POINT || (bytes[first] === ZERO && whole - first > 1)) return false
  return whole + 1 < end && digitsEnd(bytes, whole + 1, end) === end && bytes[end - 1] !== ZERO
}

const two = (bytes: Uint8Array, at: number): number =>
  isDigit(bytes[at] as number) && isDigit(bytes[at + 1] as number)
    ? ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO
    : 100

const daysOf = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const isDayAt = (bytes: Uint8Array, at: number): boolean => {
  const century = two(bytes, at)
  const rest = two(bytes, at + 2)
  const month = two(bytes, at + 5)
  const day = two(bytes, at + 8)
  if (century === 100 || rest === 100 || century + rest === 0 || bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS)
    return false
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(century * 100 + rest, month)
}

const isDate: ByteTest = (bytes, start, end) => end - start === 10 && isDayAt(bytes, start)

const isInstant: ByteTest = (bytes, start, end) => {
  if (end - start < 19 || !isDayAt(bytes, start) || bytes[start + 10] !== 0x20) return false
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return false
  if (two(bytes, start + 11) > 23 || two(bytes, start + 14) > 59 || two(bytes, start + 17) > 59) return false
  if (end - start === 19) return true
  const fraction = end - start - 20
  if (bytes[start + 19] !== POINT || fraction < 1 || fraction > 6 || bytes[end - 1] === ZERO) return false
  return digitsEnd(bytes, start + 20, end) === end
}

const isLogical: ByteTest = (bytes, start, end) => end - start === 1 && (bytes[start] === 0x74 || bytes[start] === 0x66)

const FORMATS: Partial<Record<DataType, ByteTest>> = {
  N: isDecimal,
  Y: isDecimal,
  I: isInteger,
  B: isDecimal,
  F: isDecimal,
  D: isDate,
  T: isInstant,
  L: isLogical,
}

/** Undefined for text, which has no other form than itself. */
export const byteFormat = (type: DataType): ByteTest | undefined => FORMATS[type]
