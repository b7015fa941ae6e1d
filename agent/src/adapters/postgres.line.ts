import type { DataType } from '@sanjiang/seal'
import { AdapterFault, type BoundColumn, type ReadPlan } from './adapter.ts'
import { type CatalogColumn, type CatalogRelation, sqlName } from './postgres.catalog.ts'
import { id, literal } from './postgres.session.ts'

// How the server is made to write the canonical line itself: one expression per item, by catalogue type and column type.

export interface LineField {
  readonly bound: BoundColumn
  readonly column: CatalogColumn
  /** What COPY writes; its text form is the canonical one. */
  readonly select: string
  /** True of rows whose value has no canonical text; null where there can be none. */
  readonly bad: string | null
  /** Words that COPY writes for such a value. Looked for in bodies first, so an ordinary body costs one search. */
  readonly tokens: readonly string[]
  readonly reason: string
  /** The text is brought into canonical form here, row by row: a text column bound to a typed item. */
  readonly is_converted: boolean
}

const INTEGERS = new Set(['int2', 'int4', 'int8', 'oid'])
const FLOATS = new Set(['float4', 'float8'])
const STAMPS = new Set(['timestamp', 'timestamptz'])
const TEXTUAL = new Set<DataType>(['C', 'M', 'G'])

const NUMBER_TOKENS = ['NaN', 'Infinity', '-Infinity']
const DATE_TOKENS = ['infinity']
const NOT_FINITE = '不是有限的数'
const NOT_INTEGER = '不是整数或不是有限的数'
const OUT_OF_YEARS = '日期无穷大或年份不在 0001–9999 之内'
const NOT_A_DAY = '日期项带有时刻,或日期无穷大、年份不在 0001–9999 之内'

type Expression = Pick<LineField, 'select' | 'bad' | 'tokens' | 'reason'> & { readonly is_converted?: boolean }

const plain = (select: string): Expression => ({ select, bad: null, tokens: [], reason: '' })
const converted = (c: string): Expression => ({ ...plain(`${c}::text`), is_converted: true })

// NaN compares above everything, the infinities included.
const notFinite = (c: string): string => `abs(${c}) >= 'Infinity'`

const fromNumeric = (c: string): Expression => ({
  select: `trim_scale(${c})`,
  bad: notFinite(c),
  tokens: NUMBER_TOKENS,
  reason: NOT_FINITE,
})

// The server writes an exponent below 1e-4 and from 1e15 (float4: 1e6) on; numeric never does, and knows no -0.
const fromFloat = (c: string, type: string): Expression => {
  const top = type === 'float4' ? '1e5' : '1e14'
  return {
    select: `case when abs(${c}) >= 1e-3 and abs(${c}) < ${top} then ${c}::text else ${notFiniteSafe(c)} end`,
    bad: notFinite(c),
    tokens: NUMBER_TOKENS,
    reason: NOT_FINITE,
  }
}

const notFiniteSafe = (c: string): string =>
  `case when ${notFinite(c)} then ${c}::text else trim_scale(${c}::text::numeric)::text end`

const decimal = (c: string, type: string): Expression => {
  if (INTEGERS.has(type)) return plain(c)
  if (type === 'numeric') return fromNumeric(c)
  if (FLOATS.has(type)) return fromFloat(c, type)
  return converted(c)
}

const integer = (c: string, type: string): Expression => {
  if (INTEGERS.has(type)) return plain(c)
  if (type !== 'numeric' && !FLOATS.has(type)) return converted(c)
  const value = type === 'numeric' ? c : `(case when ${notFinite(c)} then 'NaN' else ${c}::text end)::numeric`
  return {
    select: `case when ${value} <> trunc(${value}) then 'NaN' else trim_scale(${value}) end`,
    bad: `(${value} <> trunc(${value}) or ${notFinite(value)})`,
    tokens: NUMBER_TOKENS,
    reason: NOT_INTEGER,
  }
}

// A numeric beyond what a double holds would be an error of the whole read.
const double = (c: string, type: string): Expression => {
  if (INTEGERS.has(type)) return fromFloat(`${c}::float8`, 'float8')
  if (FLOATS.has(type)) return fromFloat(c, type)
  if (type !== 'numeric') return converted(c)
  const fits = `(${c} = 0 or abs(${c}) between 1e-307 and 1.7e308)`
  const safe = `(case when ${fits} then ${c} when ${c} is not null then 'NaN' end)::float8`
  return fromFloat(safe, 'float8')
}

const inYears = (c: string, type: string): string =>
  `${c} < '0001-01-01'::${type} or ${c} > '9999-12-31${type === 'date' ? '' : ' 23:59:59.999999'}'::${type}`

const day = (c: string, type: string): Expression => {
  if (type === 'date') {
    const bad = inYears(c, 'date')
    return {
      select: `case when ${bad} then 'infinity' else ${c} end`,
      bad: `(${bad})`,
      tokens: DATE_TOKENS,
      reason: OUT_OF_YEARS,
    }
  }
  if (!STAMPS.has(type)) return converted(c)
  const local = type === 'timestamp' ? c : `${c}::timestamp`
  const bad = `${inYears(local, 'timestamp')} or ${local} <> date_trunc('day', ${local})`
  return {
    select: `case when ${bad} then 'infinity'::date else ${local}::date end`,
    bad: `(${bad})`,
    tokens: DATE_TOKENS,
    reason: NOT_A_DAY,
  }
}

const instant = (c: string, type: string): Expression => {
  if (type === 'date') {
    const bad = inYears(c, 'date')
    return {
      select: `(case when ${bad} then 'infinity'::date else ${c} end)::timestamp`,
      bad: `(${bad})`,
      tokens: DATE_TOKENS,
      reason: OUT_OF_YEARS,
    }
  }
  if (!STAMPS.has(type)) return converted(c)
  const local = type === 'timestamp' ? c : `${c}::timestamp`
  const bad = inYears(local, 'timestamp')
  return {
    select: `case when ${bad} then 'infinity' else ${local} end`,
    bad: `(${bad})`,
    tokens: DATE_TOKENS,
    reason: OUT_OF_YEARS,
  }
}

// A cast of char(n) to text strips its padding; one of boolean writes words.
const text = (c: string, type: string): Expression => {
  if (type === 'text' || type === 'varchar') return plain(c)
  return plain(type === 'bool' ? `case when ${c} then 't' when not ${c} then 'f' end` : `${c}::text`)
}

const EXPRESSIONS: Readonly<Record<DataType, (c: string, type: string) => Expression>> = {
  C: text,
  M: text,
  G: text,
  N: decimal,
  Y: decimal,
  I: integer,
  B: double,
  F: double,
  D: day,
  T: instant,
  L: (c, type) => (type === 'bool' ? plain(c) : converted(c)),
}

export interface KeyField {
  readonly field: LineField
  /** Sorts as ADR 0004 wants it, without an explicit collation where an index already has that order. */
  readonly order: string
  /** Sorted by bytes. */
  readonly is_text: boolean
  /** A canonical value as what `order` is compared with. */
  value(canonical: string): string
}

export interface LinePlan {
  readonly relation: CatalogRelation
  readonly from: string
  readonly fields: readonly LineField[]
  readonly key: readonly KeyField[]
  /** Places of the key items in the line, in key order. */
  readonly key_places: readonly number[]
  readonly cursor: CatalogColumn | null
  readonly select: string
  /** Canonical text only where true of a row; empty when no column can hold anything else. */
  readonly good: string
  readonly tokens: readonly string[]
  readonly has_converted: boolean
}

const LIMITS = [-(2n ** 63n), 2n ** 63n - 1n] as const

// The other side's bound may have a fraction or more digits than this column: whole numbers compare with its floor alike.
const wholeBound = (canonical: string): string => {
  const [digits = '0', fraction] = canonical.split('.')
  const whole = BigInt(digits) - (canonical.startsWith('-') && fraction !== undefined ? 1n : 0n)
  const clamped = whole < LIMITS[0] ? LIMITS[0] : whole > LIMITS[1] ? LIMITS[1] : whole
  return `'${clamped}'::int8`
}

const typedKey = (field: LineField, c: string, type: string): KeyField => {
  if (INTEGERS.has(type)) return { field, order: c, is_text: false, value: wholeBound }
  if (type === 'timestamptz')
    return { field, order: `${c}::timestamp`, is_text: false, value: (text) => `${literal(text)}::timestamp` }
  const compared = type === 'date' ? 'timestamp' : type
  return { field, order: c, is_text: false, value: (text) => `${literal(text)}::${compared}` }
}

const keyField = (field: LineField): KeyField => {
  const { column, bound } = field
  const c = id(column.name)
  const { type } = column
  if (field.is_converted)
    throw new AdapterFault(
      'misconfigured',
      `字段“${column.name}”(${column.source_type})不能作为 ${bound.data_type} 类主键`,
    )
  if (!TEXTUAL.has(bound.data_type)) return typedKey(field, c, type)
  if (type === 'uuid') return { field, order: c, is_text: false, value: (text) => `${literal(text)}::uuid` }
  if (type === 'text' || type === 'varchar' || type === 'bpchar') {
    const collate = column.is_bytewise ? '' : ' collate "C"'
    return { field, order: `${c}${collate}`, is_text: true, value: (text) => `${literal(text)}::${type}${collate}` }
  }
  return {
    field,
    order: `(${field.select}) collate "C"`,
    is_text: true,
    value: (text) => `${literal(text)}::text collate "C"`,
  }
}

const lineField = (bound: BoundColumn, column: CatalogColumn): LineField => {
  const { is_converted = false, ...rest } = EXPRESSIONS[bound.data_type](id(column.name), column.type)
  return { bound, column, ...rest, is_converted }
}

const columnOf = (relation: CatalogRelation, name: string): CatalogColumn => {
  const found = relation.columns.find((column) => column.name === name)
  if (found === undefined) throw new AdapterFault('no_such_relation', `表“${relation.name}”没有字段“${name}”`)
  return found
}

export const planLines = (plan: ReadPlan, relation: CatalogRelation): LinePlan => {
  if (plan.columns.length === 0) throw new AdapterFault('misconfigured', '没有要读取的字段')
  const fields = plan.columns.map((bound) => lineField(bound, columnOf(relation, bound.column)))
  const key = fields.filter(({ bound }) => bound.is_key).map(keyField)
  const bads = fields.flatMap(({ bad }) => (bad === null ? [] : [bad]))
  return {
    relation,
    from: sqlName(relation),
    fields,
    key,
    key_places: fields.flatMap(({ bound }, place) => (bound.is_key ? [place] : [])),
    cursor: plan.cursor_column === null ? null : columnOf(relation, plan.cursor_column),
    select: fields.map(({ select }) => select).join(', '),
    good: bads.length === 0 ? '' : `(${bads.join(' or ')}) is not true`,
    tokens: [...new Set(fields.flatMap(({ tokens }) => tokens))],
    has_converted: fields.some(({ is_converted }) => is_converted),
  }
}
