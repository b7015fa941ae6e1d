import { SiteFault } from '../site.ts'
import {
  type Box,
  fault,
  OPS,
  type Op,
  type RowFilter,
  type RowSort,
  type RowTable,
  type RowWhere,
} from './row.rules.ts'
import { type AggregateQuery, FNS, type Fn, type Grouping, type Measure } from './row-aggregate.rules.ts'
import type { RowQuery } from './row-query.rules.ts'
import type { RawValue } from './row-value.rules.ts'

/** What was sent, not yet believed: words of an address, or a JSON object. */
export type Raw = Readonly<Record<string, unknown>>

export const DEFAULT_LIMIT = 100
export const MAX_PAGE = 10_000

/** What a question may have beside conditions; `key` is for conditional datasets. */
const COMMON = ['q', 'bbox', 'sort', 'limit', 'offset', 'include_total', 'edition', 'key'] as const
const ROWS = [...COMMON, 'select', 'distinct', 'after'] as const
const AGGREGATE = [...COMMON, 'group', 'measure'] as const

export interface Asked<Query> {
  readonly query: Query
  readonly hasTotal: boolean
  /** The edition a page before this one was read from. */
  readonly edition_no: number | null
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** Words by commas, or a list of words. */
const listOf = (raw: Raw, name: string): string[] => {
  const value = raw[name] ?? ''
  if (isText(value))
    return value
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean)
  if (Array.isArray(value) && value.every(isText)) return value
  throw fault('bad_parameter', name, `${name} 应为逗号分隔的文字或文字的数组`)
}

const wholeOf = (raw: Raw, name: string, fallback: number | null): number | null => {
  const value = raw[name] ?? fallback
  if (value === null) return null
  const text = String(value)
  if ((isText(value) || typeof value === 'number') && /^\d{1,15}$/.test(text)) return Number(text)
  throw fault('bad_parameter', name, `${name} 应为不小于 0 的整数`)
}

const flagOf = (raw: Raw, name: string, fallback: boolean): boolean => {
  const value = raw[name]
  if (value === undefined || value === null) return fallback
  if (value === true || value === 'true' || value === '1') return true
  if (value === false || value === 'false' || value === '0') return false
  throw fault('bad_parameter', name, `${name} 应为 true 或 false`)
}

const textOf = (raw: Raw, name: string): string => {
  const value = raw[name] ?? ''
  if (isText(value) && value.length <= 1000) return value
  throw fault('bad_parameter', name, `${name} 应为一个至多 1000 字的文字`)
}

export const readBox = (value: unknown): Box | null => {
  if (value === undefined || value === null || value === '') return null
  const parts = isText(value) ? value.split(',').map((one) => one.trim()) : value
  const isNumber = (one: unknown) =>
    typeof one === 'number' || (isText(one) && /^[+-]?\d{1,3}(\.\d{1,20})?(e[+-]?\d{1,2})?$/i.test(one))
  if (!Array.isArray(parts) || (parts.length !== 4 && parts.length !== 6) || !parts.every(isNumber))
    throw fault('bbox', 'bbox', 'bbox 应为 西,南,东,北 四个经纬度，如 101.5,36.4,102.1,36.9')
  const numbers = parts.map(Number)
  // Six are a box with heights, which are not looked at.
  const [west, south, east, north] = numbers.length === 6 ? [0, 1, 3, 4].map((at) => numbers[at]!) : numbers
  return [west!, south!, east!, north!]
}

const sortOf = (raw: Raw): RowSort[] =>
  listOf(raw, 'sort').map((one) =>
    one.startsWith('-') ? { column: one.slice(1), descending: true } : { column: one, descending: false },
  )

const valuesOf = (op: Op, value: unknown, field: string): RawValue[] => {
  const isValue = (one: unknown): one is RawValue => isText(one) || typeof one === 'number' || typeof one === 'boolean'
  const takesMany = op === 'in' || op === 'between'
  if (takesMany && isText(value)) return value.split(',')
  const all = Array.isArray(value) ? value : [value]
  if (!all.every(isValue)) throw fault('bad_value', field, `${field} 的值应为文字、数字、true、false 或它们的数组`)
  return all
}

/** Names that other interfaces have for the same. */
const ALIASES: Readonly<Record<string, Op>> = {
  gte: 'ge',
  lte: 'le',
  exact: 'eq',
  startswith: 'starts',
  isnull: 'null',
}
const opOf = (name: string): Op | undefined =>
  OPS.find((one) => one === name) ?? (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined)

const filterNamed = (name: string, value: unknown): RowFilter[] => {
  const at = name.lastIndexOf('__')
  const op = opOf(name.slice(at + 2))
  const field = name.slice(0, 64)
  if (at < 1 || !op)
    throw fault('unknown_parameter', field, `不认识的参数 ${field}；条件写作 列名__${OPS.join(' 或 列名__')}`)
  const column = name.slice(0, at)
  // Given twice means both, but for those that take a list.
  if (Array.isArray(value) && op !== 'in' && op !== 'between')
    return value.map((one) => ({ column, op, values: valuesOf(op, one, field) }))
  return [{ column, op, values: valuesOf(op, value, field) }]
}

const filterIn = (one: unknown, index: number): RowFilter => {
  const field = `where.${index}`
  if (typeof one !== 'object' || one === null) throw fault('bad_parameter', field, `${field} 应为 {column, op, value}`)
  const { column, op = 'eq', value, ...rest } = one as Raw
  const known = opOf(String(op))
  if (!isText(column) || !known || Object.keys(rest).length > 0)
    throw fault('bad_parameter', field, `${field} 应为 {column, op, value}，op 是 ${OPS.join('、')} 之一`)
  return { column, op: known, values: valuesOf(known, value, field) }
}

/** Conditions of an address are its parameters `column__op`; those of a JSON body stand in `where`. */
const splitOf = (raw: Raw, names: readonly string[], isBody: boolean): { own: Raw; filters: RowFilter[] } => {
  const given = Object.entries(raw)
  const own = Object.fromEntries(given.filter(([name]) => names.includes(name)))
  const rest = given.filter(([name]) => !names.includes(name))
  if (!isBody) return { own, filters: rest.flatMap(([name, value]) => filterNamed(name, value)) }
  const stranger = rest.find(([name]) => name !== 'where')
  if (stranger)
    throw fault(
      'unknown_parameter',
      stranger[0].slice(0, 64),
      `不认识的成员 ${stranger[0].slice(0, 64)}；条件写在 where 里`,
    )
  const where = raw.where ?? []
  if (!Array.isArray(where) || where.length > 1000) throw fault('bad_parameter', 'where', 'where 应为条件的数组')
  return { own, filters: where.map(filterIn) }
}

const whereOf = (own: Raw, filters: RowFilter[]): RowWhere => ({
  filters,
  words: textOf(own, 'q').split(/\s+/).filter(Boolean),
  box: readBox(own.bbox),
})

const pageOf = (own: Raw) => {
  const limit = wholeOf(own, 'limit', DEFAULT_LIMIT)!
  if (limit < 1 || limit > MAX_PAGE)
    throw fault('limit', 'limit', `limit 应为 1 至 ${MAX_PAGE}；要全部数据请下载整份文件`)
  return { limit, offset: wholeOf(own, 'offset', 0)!, sort: sortOf(own) }
}

const askedOf = <Query>(own: Raw, query: Query): Asked<Query> => ({
  query,
  hasTotal: flagOf(own, 'include_total', true),
  edition_no: wholeOf(own, 'edition', null),
})

export const readRowQuery = (raw: Raw, isBody: boolean): Asked<RowQuery & { limit: number }> => {
  const { own, filters } = splitOf(raw, ROWS, isBody)
  return askedOf(own, {
    ...whereOf(own, filters),
    ...pageOf(own),
    select: listOf(own, 'select'),
    distinct: flagOf(own, 'distinct', false),
    after: wholeOf(own, 'after', null),
  })
}

const groupOf = (table: RowTable, token: string): Grouping => {
  const [, column, trunc] = /^(.+)__(year|month)$/.exec(token) ?? []
  if (!column || table.columns.some(({ name }) => name === token)) return { column: token, trunc: null }
  return { column, trunc: trunc as 'year' | 'month' }
}

const measureOf = (token: string): Measure => {
  if (token === 'count') return { fn: 'count', column: null }
  const at = token.lastIndexOf('__')
  const fn = FNS.find((one) => one === token.slice(at + 2))
  if (at < 1 || !fn)
    throw fault('unknown_measure', 'measure', `统计量写作 count 或 列名__${(FNS as readonly Fn[]).join(' 或 列名__')}`)
  return { fn, column: token.slice(0, at) }
}

export const readAggregateQuery = (
  table: RowTable,
  raw: Raw,
  isBody: boolean,
): Asked<AggregateQuery & { limit: number }> => {
  const { own, filters } = splitOf(raw, AGGREGATE, isBody)
  const measures = listOf(own, 'measure').map(measureOf)
  return askedOf(own, {
    ...whereOf(own, filters),
    ...pageOf(own),
    group: listOf(own, 'group').map((one) => groupOf(table, one)),
    measures: measures.length > 0 ? measures : [{ fn: 'count', column: null }],
  })
}

export const jsonOfText = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new SiteFault(400, 'invalid', { detail: '请求正文不是有效的 JSON', field: 'body' })
  }
}

/** A JSON body that is an object; none is an empty question. */
export const bodyOf = (body: unknown): Raw => {
  if (body === undefined || body === null) return {}
  if (typeof body !== 'object' || Array.isArray(body))
    throw new SiteFault(400, 'malformed', { detail: '请求体应为一个 JSON 对象' })
  return body as Raw
}
