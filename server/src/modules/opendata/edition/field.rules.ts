import { canonicalField, type DataType, isRefusal } from '@sanjiang/seal'

/** The type of a data table's column by the catalogue's type (ADR 0006). */
const SQL_TYPES: Readonly<Record<string, string>> = {
  C: 'text',
  M: 'text',
  G: 'text',
  N: 'numeric',
  Y: 'numeric',
  B: 'numeric',
  F: 'numeric',
  I: 'bigint',
  D: 'date',
  T: 'timestamp',
  L: 'boolean',
}

export const sqlType = ({ data_type, role }: { data_type: string; role: string | null }): string =>
  role === 'shape' ? 'jsonb' : (SQL_TYPES[data_type] ?? 'text')

/** A name as it stands in a statement. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export class BadField {
  readonly rule: string
  readonly message: string
  constructor(rule: string, message: string) {
    this.rule = rule
    this.message = message
  }
}

const TOO_LONG = (length: number, limit: number) => new BadField('length', `长 ${length} 字，超过信息项的 ${limit}`)
const TOO_LARGE = new BadField('out_of_range', '整数超出可表示的范围')
const ERROR_CELL = new BadField('error_cell', '单元格是表格软件的错误值')
const BROKEN = new BadField('encoding', '有无法按文件编码读出的字符')
const MAX_INTEGER = 9_223_372_036_854_775_807n

interface Typed {
  readonly data_type: string
  readonly length: number | null
}

const isText = (type: string): boolean => type === 'C' || type === 'M' || type === 'G'

/** A cell as the seal writes its type, `null` where nothing stands, or why it is no value of its item. */
export const readField = ({ data_type, length }: Typed, given: unknown): string | null | BadField => {
  if (given === null || given === undefined || given === '') return null
  const type = (data_type in SQL_TYPES ? data_type : 'C') as DataType
  if (typeof given === 'object' && !(given instanceof Date)) return ERROR_CELL
  if (typeof given === 'string' && !isText(type) && given.trim() === '') return null
  const field = canonicalField(type, given)
  if (isRefusal(field)) return new BadField(field.code, field.reason)
  if (field === null) return null
  if (field.includes('\uFFFD')) return BROKEN
  if (type === 'I' && field.length > 18 && (BigInt(field) > MAX_INTEGER || BigInt(field) < -MAX_INTEGER))
    return TOO_LARGE
  const letters = length !== null && type === 'C' && field.length > length ? [...field].length : 0
  return letters > (length ?? 0) ? TOO_LONG(letters, length!) : field
}

const TO_QUOTE = /[",\n\r]/
const csvField = (text: string | null): string => {
  if (text === null) return ''
  return text === '' || TO_QUOTE.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A line of PostgreSQL's `copy … to stdout csv`: what an edition's digest is made from, so that anybody can make it again. */
export const csvLine = (values: readonly (string | null)[]): string =>
  // Alone on its line, these two letters would end the data.
  values.length === 1 && values[0] === '\\.' ? '"\\."\n' : `${values.map(csvField).join(',')}\n`

/** JSON as PostgreSQL writes a `jsonb`: keys by length, then by bytes. */
export const jsonbText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`
  if (typeof value === 'number') return String(canonicalField('N', value))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const keys = Object.keys(value).sort((a, b) => Buffer.byteLength(a) - Buffer.byteLength(b) || (a < b ? -1 : 1))
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${jsonbText((value as Record<string, unknown>)[key])}`).join(', ')}}`
}

const GEOMETRIES = new Set(['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'])
const NOT_A_SHAPE = new BadField('shape', '不是 GeoJSON 图形')

const arePositions = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  (value.every((one) => typeof one === 'number' && Number.isFinite(one)) || value.every(arePositions))

/** A GeoJSON geometry in the one spelling the database keeps. */
export const shapeField = (text: string): string | BadField => {
  try {
    const shape = JSON.parse(text) as { type?: string; coordinates?: unknown } | null
    if (typeof shape !== 'object' || shape === null || !GEOMETRIES.has(shape.type ?? '')) return NOT_A_SHAPE
    if (!arePositions(shape.coordinates)) return NOT_A_SHAPE
    return jsonbText({ type: shape.type, coordinates: shape.coordinates })
  } catch {
    return NOT_A_SHAPE
  }
}

const RANGES: Readonly<Record<string, number>> = { lon: 180, lat: 90 }
const OUT_OF_DEGREES = new BadField('degrees', '经度应在 ±180、纬度应在 ±90 之内')

export const degreesField = (role: 'lon' | 'lat', text: string): string | BadField =>
  Math.abs(Number(text)) <= RANGES[role]! ? text : OUT_OF_DEGREES
