import type { SiteColumn } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import {
  columnIn,
  fault,
  nameOf,
  orderAs,
  type RowSort,
  type RowTable,
  type RowWhere,
  shownAs,
  tableOf,
} from './row.rules.ts'
import { whereOf } from './row-filter.rules.ts'
import { bind, join, quoteName, type Sql } from './row-sql.rules.ts'

export interface RowPage {
  readonly sort?: readonly RowSort[]
  /** `null` is all of them: for files only. */
  readonly limit: number | null
  readonly offset?: number
}

export interface RowQuery extends RowWhere, RowPage {
  /** Names of columns, `_id` among them; empty is all columns. */
  readonly select?: readonly string[]
  readonly distinct?: boolean
  /** Rows after this `_id`: only in the order of `_id`. */
  readonly after?: number | null
}

/** A column of an answer. Every value is selected as text, so that nothing is lost on the way. */
export interface Output {
  readonly name: string
  readonly title: string
  readonly kind: ColumnKind
}

export interface CompiledRows {
  readonly sql: Sql
  readonly outputs: readonly Output[]
}

export const MAX_LIMIT = 32_000
export const MAX_OFFSET = 1_000_000
const MAX_SELECT = 500
export const MAX_SORT = 8

export const pageOf = ({ limit, offset = 0 }: RowPage): Sql => {
  if (limit !== null && (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT))
    throw fault('limit', 'limit', `limit 应为 0 至 ${MAX_LIMIT} 的整数`)
  if (!Number.isInteger(offset) || offset < 0 || offset > MAX_OFFSET)
    throw fault('offset', 'offset', `offset 应为 0 至 ${MAX_OFFSET} 的整数；更靠后的行请用 next 链接翻页或下载整份文件`)
  return [
    ...(limit === null ? [] : [' limit ', ...bind(String(limit), 'bigint')]),
    ...(offset === 0 ? [] : [' offset ', ...bind(String(offset), 'bigint')]),
  ]
}

const selected = (table: RowTable, { select = [] }: RowQuery): readonly SiteColumn[] => {
  if (select.length > MAX_SELECT) throw fault('too_many_columns', 'select', `一次至多选 ${MAX_SELECT} 列`)
  if (select.length === 0) return table.columns
  return [...new Set(select)].map((name) => columnIn(table, name, 'select'))
}

const orderKey = (column: SiteColumn): string => orderAs(nameOf(column.name), columnKind(column))

const sorted = (table: RowTable, { sort = [] }: RowQuery): { column: SiteColumn; key: string }[] => {
  if (sort.length > MAX_SORT) throw fault('too_many_sorts', 'sort', `至多按 ${MAX_SORT} 列排序`)
  return sort.map(({ column, descending }) => {
    const found = columnIn(table, column, 'sort')
    if (columnKind(found) === 'shape') throw fault('not_sortable', 'sort', `图形列 ${column} 不能用来排序`)
    return { column: found, key: `${orderKey(found)}${descending ? ' desc' : ''} nulls last` }
  })
}

const conditions = (table: RowTable, query: RowQuery): Sql => {
  const { after, sort = [], distinct } = query
  const where = whereOf(table, query)
  if (after == null) return where.length > 0 ? [' where ', ...where] : []
  if (sort.length > 0 || distinct)
    throw fault('after', 'after', 'after 只能用于按行号的次序，不能与 sort、distinct 同用')
  if (!Number.isSafeInteger(after) || after < 0) throw fault('after', 'after', 'after 应为行号')
  const later: Sql = ['r."_id" > ', ...bind(String(after), 'bigint')]
  return [' where ', ...(where.length > 0 ? join([where, later], ' and ') : later)]
}

const compileDistinct = (table: RowTable, query: RowQuery): Sql => {
  const columns = selected(table, query)
  const sort = sorted(table, query)
  const missing = sort.find(({ column }) => !columns.includes(column))
  if (missing) throw fault('sort_not_selected', 'sort', `distinct 时只能按选出的列排序：${missing.column.name}`)
  const names = columns.map(({ name }) => nameOf(name)).join(', ')
  const keys = [...sort.map(({ key }) => key), ...columns.map((one) => `${orderKey(one)} nulls last`)]
  return [
    `select ${columns.map((one) => `${shownAs(nameOf(one.name), columnKind(one))} as ${quoteName(one.name)}`).join(', ')}`,
    ` from (select distinct ${names} from ${tableOf(table)}`,
    ...conditions(table, query),
    `) r order by ${keys.join(', ')}`,
    ...pageOf(query),
  ]
}

/** Rows of a dataset as one statement: names from the edition's columns, values apart; whatever else is asked is refused by name. */
export const compileRows = (table: RowTable, query: RowQuery): CompiledRows => {
  const columns = selected(table, query)
  const outputs = columns.map((one): Output => ({ name: one.name, title: one.title, kind: columnKind(one) }))
  if (query.distinct) return { sql: compileDistinct(table, query), outputs }
  const keys = [...sorted(table, query).map(({ key }) => key), 'r."_id"']
  const list = columns.map((one) => `${shownAs(nameOf(one.name), columnKind(one))} as ${quoteName(one.name)}`)
  return {
    sql: [
      `select ${list.join(', ')} from ${tableOf(table)}`,
      ...conditions(table, query),
      ` order by ${keys.join(', ')}`,
      ...pageOf(query),
    ],
    outputs,
  }
}

/** How many rows meet the conditions, counted to `cap` and one more. */
export const compileCount = (table: RowTable, query: RowQuery, cap: number): Sql => {
  const { distinct } = query
  const names = selected(table, query).map(({ name }) => nameOf(name))
  return [
    `select count(*)::text from (select ${distinct ? `distinct ${names.join(', ')}` : '1'} from ${tableOf(table)}`,
    ...conditions(table, { ...query, after: null }),
    ' limit ',
    ...bind(String(cap + 1), 'bigint'),
    ') counted',
  ]
}
