import { canonicalField, type DataType, escapeField, isRefusal, unescapeField } from '@sanjiang/seal'
import { AdapterFault, type BoundColumn, type KeyRange, type ReadPlan } from './adapter.ts'
import { copy, DASH, decimal, escaped, isDigit, never, SPACE, type WriteField, ZERO } from './field-bytes.ts'
import type { CatalogColumn, CatalogRelation } from './mysql.catalog.ts'
import { id, literal } from './mysql.session.ts'

// The server writes values in its own text; the line is made here, byte by byte for the common ones.

export interface LineField {
  readonly bound: BoundColumn
  readonly column: CatalogColumn
  readonly select: string
  readonly write: WriteField
  /** Any value, in canonical form and escaped; or why it has none. */
  slow(text: string): string | { readonly reason: string }
}

const TEXTUAL = new Set<DataType>(['C', 'M', 'G'])
const INTEGERS = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'])
const BINARY = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'])
const TEXTS = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'])

/** `0000-00-00`, months and days of 0, and days past the 28th are looked at twice. */
const isSureDay = (source: Buffer, from: number): boolean =>
  source[from + 4] === DASH &&
  isDigit(source[from]) &&
  !(source[from] === ZERO && source[from + 1] === ZERO && source[from + 2] === ZERO && source[from + 3] === ZERO) &&
  !(source[from + 5] === ZERO && source[from + 6] === ZERO) &&
  !(source[from + 8] === ZERO && source[from + 9] === ZERO) &&
  ((source[from + 8] as number) < 0x32 || (source[from + 8] === 0x32 && (source[from + 9] as number) < 0x39))

const day: WriteField = (source, from, to, out, at) =>
  to - from === 10 && isSureDay(source, from) ? copy(source, from, to, out, at) : -1

const stamp: WriteField = (source, from, to, out, at) => {
  if (to - from < 19 || source[from + 10] !== SPACE || !isSureDay(source, from)) return -1
  return to - from === 19 ? copy(source, from, to, out, at) : decimalTail(source, from, to, out, at)
}

const decimalTail: WriteField = (source, from, to, out, at) => {
  let last = to
  while (source[last - 1] === ZERO) last -= 1
  if (last - from === 20) last = from + 19
  return copy(source, from, last < from + 19 ? from + 19 : last, out, at)
}

const logical: WriteField = (source, from, to, out, at) => {
  if (to - from !== 1 || (source[from] !== ZERO && source[from] !== 0x31)) return -1
  out[at] = source[from] === ZERO ? 0x66 : 0x74
  return at + 1
}

const writerOf = (data: DataType, type: string): WriteField => {
  if (TEXTUAL.has(data)) return escaped
  if (data === 'L') return INTEGERS.has(type) || type === 'bit' ? logical : never
  if (INTEGERS.has(type)) return data === 'D' || data === 'T' ? never : copy
  if (type === 'decimal') return data === 'N' || data === 'Y' ? decimal : never
  if (type === 'double') return data === 'I' ? never : decimal
  if (type === 'date' && data === 'D') return day
  return type === 'datetime' && data === 'T' ? stamp : never
}

/** Fewest digits that are the same number in single precision, which is what was stored. */
const shortFloat = (text: string): string => {
  const value = Number(text)
  for (let digits = 6; digits < 9; digits += 1) {
    const short = value.toPrecision(digits)
    if (Math.fround(Number(short)) === value) return short
  }
  return text
}

const slowOf = (type: string): ((text: string) => string) => {
  if (type === 'float') return shortFloat
  // The session's zone is UTC.
  return type === 'timestamp' ? (text) => (text.startsWith('0000') ? text : `${text}Z`) : (text) => text
}

const selectOf = (data: DataType, column: CatalogColumn): string => {
  const c = id(column.name)
  const { type } = column
  if (type === 'bit') return `${c} + 0`
  // A float is written with six digits otherwise.
  if (type === 'float') return `cast(${c} as double)`
  return BINARY.has(type) && TEXTUAL.has(data) ? `hex(${c})` : c
}

const lineField = (bound: BoundColumn, column: CatalogColumn): LineField => {
  const data = bound.data_type
  const prepare = slowOf(column.type)
  const isBlankNull = !TEXTUAL.has(data) && TEXTS.has(column.type)
  return {
    bound,
    column,
    select: selectOf(data, column),
    write: writerOf(data, column.type),
    slow: (text) => {
      // Blank text in a typed column is how programs without NULL write "none".
      if (isBlankNull && text.trim() === '') return '\\N'
      const found = canonicalField(data, prepare(text))
      return isRefusal(found) ? found : escapeField(found)
    },
  }
}

export interface KeyField {
  readonly order: string
  value(canonical: string): string
}

const keyField = ({ bound, column }: LineField): KeyField => {
  const c = id(column.name)
  const { type } = column
  if (TEXTUAL.has(bound.data_type)) {
    if (column.is_bytewise) return { order: c, value: (text) => literal(text) }
    return { order: `cast(convert(${c} using utf8mb4) as binary)`, value: (text) => `cast(${literal(text)} as binary)` }
  }
  if (TEXTS.has(type) || BINARY.has(type) || type === 'timestamp' || type === 'float')
    throw new AdapterFault(
      'misconfigured',
      `字段“${column.name}”(${column.source_type})不能作为 ${bound.data_type} 类主键`,
    )
  if (bound.data_type === 'L') return { order: c, value: (text) => (text === 't' ? '1' : '0') }
  const isNumber = INTEGERS.has(type) || type === 'decimal' || type === 'double' || type === 'bit'
  return { order: c, value: (text) => (isNumber && /^-?\d+(\.\d+)?$/.test(text) ? text : literal(text)) }
}

export interface LinePlan {
  readonly relation: CatalogRelation
  readonly fields: readonly LineField[]
  readonly key: readonly KeyField[]
  readonly key_places: readonly number[]
  readonly cursor: CatalogColumn | null
  readonly select: string
}

export const planLines = (plan: ReadPlan, relation: CatalogRelation): LinePlan => {
  const column = (name: string): CatalogColumn => {
    const found = relation.columns.find((one) => one.name === name)
    if (found === undefined) throw new AdapterFault('no_such_relation', `表“${relation.name}”没有字段“${name}”`)
    return found
  }
  if (plan.columns.length === 0) throw new AdapterFault('misconfigured', '没有要读取的字段')
  const fields = plan.columns.map((bound) => lineField(bound, column(bound.column)))
  return {
    relation,
    fields,
    key: fields.filter(({ bound }) => bound.is_key).map(keyField),
    key_places: fields.flatMap(({ bound }, place) => (bound.is_key ? [place] : [])),
    cursor: plan.cursor_column === null ? null : column(plan.cursor_column),
    select: `select ${fields.map(({ select }) => select).join(', ')} from ${relation.sql}`,
  }
}

export const keyOrder = (plan: LinePlan): string => {
  if (plan.key.length === 0) throw new AdapterFault('misconfigured', `表“${plan.relation.name}”没有设定主键项`)
  return plan.key.map(({ order }) => order).join(', ')
}

export const keyValues = (plan: LinePlan, keyLine: string): string[] => {
  const written = keyLine.split('\t')
  if (written.length !== plan.key.length) throw new AdapterFault('misconfigured', `主键行应有 ${plan.key.length} 项`)
  return plan.key.map((key, place) => key.value(unescapeField(written[place] ?? '') ?? ''))
}

/** Item by item: the optimiser does not walk an index by a comparison of rows. */
const compare = (plan: LinePlan, operator: '>' | '<=', keyLine: string): string => {
  const values = keyValues(plan, keyLine)
  const strict = operator === '>' ? '>' : '<'
  const last = plan.key.length - 1
  const nested = (place: number): string => {
    const { order } = plan.key[place] as KeyField
    const value = values[place]
    if (place === last) return `${order} ${operator} ${value}`
    return `(${order} ${strict}= ${value} and (${order} ${strict} ${value} or ${nested(place + 1)}))`
  }
  return nested(0)
}

export const rangeWhere = (plan: LinePlan, { from, to }: KeyRange): string => {
  const conditions = plan.key.map(({ order }) => `${order} is not null`)
  if (from !== null) conditions.push(compare(plan, '>', from))
  if (to !== null) conditions.push(compare(plan, '<=', to))
  return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
}
