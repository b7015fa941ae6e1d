import { canonicalField, escapeField, type FieldRefusal, isRefusal } from '@sanjiang/seal'
import { copy, DASH, decimal, escaped, isDigit, never, SPACE, type WriteField, ZERO } from './field-bytes.ts'
import type { LineField } from './postgres.line.ts'

// What pgoutput writes of a value, turned into the field of a line. The common cases are copied byte by byte; everything
// else goes through the same function that every adapter uses.

const padded: WriteField = (source, from, to, out, at) => {
  let last = to
  while (last > from && source[last - 1] === SPACE) last -= 1
  return escaped(source, from, last, out, at)
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
