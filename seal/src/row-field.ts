import { fromUtf8 } from './bytes.ts'
import { type CanonicalField, type DataType, FieldRefusal } from './row.ts'
import { decimalField, floatField, integerField, numberText } from './row-number.ts'
import { dateField, instantField } from './row-time.ts'

const HAS_NUL = new FieldRefusal('not_text', '文本含 NUL 字符')
const NOT_UTF8 = new FieldRefusal('not_text', '文本不是有效的 UTF-8')
const NOT_TEXT = new FieldRefusal('wrong_type', '不是文本')
const NOT_NUMERIC = new FieldRefusal('wrong_type', '不是数值')
const NOT_TEMPORAL = new FieldRefusal('wrong_type', '不是日期或日期时间')
const NOT_LOGICAL = new FieldRefusal('wrong_type', '不是逻辑值')

const TRUE = new Set(['t', 'true', '1', 'y', 'yes', 'on', '是', '真'])
const FALSE = new Set(['f', 'false', '0', 'n', 'no', 'off', '否', '假'])

const checkedText = (text: string): CanonicalField => {
  if (text.includes('\0')) return HAS_NUL
  return text.isWellFormed() ? text : NOT_UTF8
}

/** Text as stored. A column of fixed width is stripped of its padding by the adapter, which alone knows that it is one. */
const textField = (value: unknown): CanonicalField => {
  if (typeof value === 'string') return checkedText(value)
  if (typeof value === 'number') return decimalField(numberText(value))
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (!(value instanceof Uint8Array)) return NOT_TEXT
  try {
    return checkedText(fromUtf8(value))
  } catch {
    return NOT_UTF8
  }
}

const numeric =
  (read: (text: string) => CanonicalField) =>
  (value: unknown): CanonicalField => {
    if (typeof value === 'string') return read(value)
    if (typeof value === 'number') return read(numberText(value))
    return typeof value === 'bigint' ? String(value) : NOT_NUMERIC
  }

const temporal =
  (read: (given: string | Date) => CanonicalField) =>
  (value: unknown): CanonicalField =>
    typeof value === 'string' || value instanceof Date ? read(value) : NOT_TEMPORAL

const logicalField = (value: unknown): CanonicalField => {
  if (typeof value === 'boolean') return value ? 't' : 'f'
  // BIT(1) of MySQL arrives as one byte.
  const text = value instanceof Uint8Array && value.length === 1 ? String(value[0]) : String(value).trim().toLowerCase()
  if (TRUE.has(text)) return 't'
  return FALSE.has(text) ? 'f' : NOT_LOGICAL
}

const float = (value: unknown): CanonicalField =>
  typeof value === 'number' ? floatField(value) : numeric(floatField)(value)

const FIELDS: Readonly<Record<DataType, (value: unknown) => CanonicalField>> = {
  C: textField,
  M: textField,
  G: textField,
  N: numeric(decimalField),
  Y: numeric(decimalField),
  I: numeric(integerField),
  B: float,
  F: float,
  D: temporal(dateField),
  T: temporal(instantField),
  L: logicalField,
}

/**
 * The canonical text of a value of any engine's driver, not yet escaped; null for NULL; or why it has none (ADR 0004).
 * Empty text where a number, date or logical value is wanted is refused: whether it means NULL is the adapter's to say.
 */
export const canonicalField = (type: DataType, value: unknown): CanonicalField =>
  value === null || value === undefined ? null : FIELDS[type](value)

export const isRefusal = (field: CanonicalField): field is FieldRefusal => field instanceof FieldRefusal
