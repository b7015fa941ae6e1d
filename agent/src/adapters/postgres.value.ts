import { canonicalField, escapeField, type FieldRefusal, isRefusal } from '@sanjiang/seal'
import type { LineField } from './postgres.line.ts'

// What pgoutput writes of a value, turned into the field of a line. The common cases are copied byte by byte; everything
// else goes through the same function that every adapter uses.

/** Writes the bytes `from`–`to` of `source` as a field behind `at`; -1 where the value is not one of the common cases. */
export type WriteField = (source: Buffer, from: number, to: number, out: Buffer, at: number) => number

const ZERO = 0x30
const NINE = 0x39
const POINT = 0x2e
const DASH = 0x2d
const SPACE = 0x20
const BACKSLASH = 0x5c
const LETTERS: Readonly<Record<number, number>> = { 8: 0x62, 9: 0x74, 10: 0x6e, 11: 0x76, 12: 0x66, 13: 0x72, 92: 0x5c }

const copy: WriteField = (source, from, to, out, at) => {
  let end = at
  for (let i = from; i < to; i++) out[end++] = source[i] as number
  return end
}

const escaped: WriteField = (source, from, to, out, at) => {
  let end = at
  for (let i = from; i < to; i++) {
    const byte = source[i] as number
    if (byte === BACKSLASH || (byte < 14 && byte > 7)) {
      out[end++] = BACKSLASH
      out[end++] = LETTERS[byte] as number
    } else out[end++] = byte
  }
  return end
}

const padded: WriteField = (source, from, to, out, at) => {
  let last = to
  while (last > from && source[last - 1] === SPACE) last -= 1
  return escaped(source, from, last, out, at)
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE

/** Digits with trailing zeros of a fraction taken off; NaN, infinities and exponents are not common. */
const decimal: WriteField = (source, from, to, out, at) => {
  let point = -1
  for (let i = source[from] === DASH ? from + 1 : from; i < to; i++) {
    const byte = source[i] as number
    if (byte === POINT) point = i
    else if (byte < ZERO || byte > NINE) return -1
  }
  let last = to
  if (point !== -1) {
    while (source[last - 1] === ZERO) last -= 1
    if (last - 1 === point) last = point
  }
  // `-0` is `0` canonically.
  return last - from === 2 && source[from] === DASH && source[from + 1] === ZERO
    ? -1
    : copy(source, from, last, out, at)
}

const day: WriteField = (source, from, to, out, at) =>
  to - from === 10 && source[from + 4] === DASH && isDigit(source[from]) ? copy(source, from, to, out, at) : -1

const isWall = (source: Buffer, from: number, to: number): boolean =>
  to - from >= 19 && source[from + 4] === DASH && source[from + 10] === SPACE && isDigit(source[to - 1])

const stamp: WriteField = (source, from, to, out, at) =>
  isWall(source, from, to) ? copy(source, from, to, out, at) : -1

/** The session writes Beijing's offset; summer times and the years before 1901 have another one. */
const zoned: WriteField = (source, from, to, out, at) =>
  source[to - 3] === 0x2b && source[to - 2] === ZERO && source[to - 1] === 0x38 && isWall(source, from, to - 3)
    ? copy(source, from, to - 3, out, at)
    : -1

const never: WriteField = () => -1

const isTextual = ({ bound }: LineField): boolean => 'CMG'.includes(bound.data_type)

/** How the common values of a field are written. */
export const writerOf = (field: LineField): WriteField => {
  const { type } = field.column
  if (isTextual(field)) return type === 'bpchar' ? padded : escaped
  if (field.is_converted) return never
  const data = field.bound.data_type
  if (type === 'int2' || type === 'int4' || type === 'int8' || type === 'bool') return copy
  if (type === 'numeric' && (data === 'N' || data === 'Y')) return decimal
  if (type === 'float4' || type === 'float8') return data === 'I' ? never : decimal
  if (data === 'D' && type === 'date') return day
  if (data === 'T' && type === 'timestamp') return stamp
  return data === 'T' && type === 'timestamptz' ? zoned : never
}

/** Any value, in canonical form and escaped; or why it has none. */
export const slowField = (field: LineField, text: string): string | FieldRefusal => {
  if (isTextual(field)) return escapeField(field.column.type === 'bpchar' ? text.replace(/ +$/, '') : text)
  if (field.is_converted && text.trim() === '') return '\\N'
  const found = canonicalField(field.bound.data_type, text)
  return isRefusal(found) ? found : escapeField(found)
}
