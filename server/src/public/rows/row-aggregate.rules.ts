import type { SiteColumn } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import { columnIn, fault, nameOf, orderAs, type RowTable, type RowWhere, shownAs, tableOf } from './row.rules.ts'
import { whereOf } from './row-filter.rules.ts'
import { type CompiledRows, MAX_SORT, type Output, pageOf, type RowPage } from './row-query.rules.ts'
import { bind, quoteName, type Sql } from './row-sql.rules.ts'

export const FNS = ['count', 'sum', 'avg', 'min', 'max', 'distinct'] as const
export type Fn = (typeof FNS)[number]

/** `trunc` groups days and times by their year or month. */
export interface Grouping {
  readonly column: string
  readonly trunc: 'year' | 'month' | null
}

/** `count` without a column counts rows; with one, its filled cells. */
export interface Measure {
  readonly fn: Fn
  readonly column: string | null
}

/** Sorted by names of the answer's columns: `city`, `opened_on__year`, `amount__sum`, `count`. */
export interface AggregateQuery extends RowWhere, RowPage {
  readonly group: readonly Grouping[]
  readonly measures: readonly Measure[]
}

export const MAX_GROUPS = 4
export const MAX_MEASURES = 12
/** Digits after the point of an average. */
const AVG_SCALE = 6

interface Term extends Output {
  /** What is grouped by, or the aggregate. */
  readonly expression: string
}

const groupTerm = (table: RowTable, { column, trunc }: Grouping): Term => {
  const found = columnIn(table, column, 'group')
  const kind = columnKind(found)
  const expression = nameOf(found.name)
  if (kind === 'shape') throw fault('not_groupable', 'group', `图形列 ${column} 不能用来分组`)
  if (!trunc) return { name: column, title: found.title, kind, expression }
  if (kind !== 'date' && kind !== 'time')
    throw fault('not_a_date', 'group', `列 ${column} 不是日期，不能按${trunc === 'year' ? '年' : '月'}分组`)
  const pattern = trunc === 'year' ? 'YYYY' : 'YYYY-MM'
  return {
    name: `${column}__${trunc}`,
    title: `${found.title}（${trunc === 'year' ? '年' : '月'}）`,
    kind: 'text',
    expression: `to_char(${expression}, '${pattern}')`,
  }
}

const TITLES: Readonly<Record<Fn, string>> = {
  count: '计数',
  sum: '合计',
  avg: '平均',
  min: '最小',
  max: '最大',
  distinct: '不同值个数',
}

const NUMBERS: readonly ColumnKind[] = ['number', 'integer']

const aggregateOf = (
  fn: Fn,
  { name, kind }: { name: string; kind: ColumnKind },
): { expression: string; kind: ColumnKind } => {
  const column = nameOf(name)
  if (fn === 'count') return { expression: `count(${column})`, kind: 'integer' }
  if (fn === 'distinct') return { expression: `count(distinct ${column})`, kind: 'integer' }
  if (fn === 'sum') return { expression: `sum(${column})`, kind: 'number' }
  // A division keeps 16 digits in all; twenty after the point, so that large numbers keep their fractions.
  if (fn === 'avg')
    return {
      expression: `trim_scale(round((sum(${column}) + 0e-20) / nullif(count(${column}), 0), ${AVG_SCALE}))`,
      kind: 'number',
    }
  return { expression: `${fn}(${orderAs(column, kind)})`, kind }
}

const isAllowed = (fn: Fn, column: SiteColumn): void => {
  const kind = columnKind(column)
  const isFit =
    fn === 'count' ||
    (fn === 'distinct' && kind !== 'shape') ||
    NUMBERS.includes(kind) ||
    ((fn === 'min' || fn === 'max') && kind !== 'shape' && kind !== 'flag')
  if (!isFit) throw fault('not_aggregatable', 'measure', `列 ${column.name} 不能求${TITLES[fn]}`)
}

const measureTerm = (table: RowTable, { fn, column }: Measure): Term => {
  if (column === null) {
    if (fn !== 'count') throw fault('no_column', 'measure', `${fn} 要写明列，如 amount__${fn}`)
    return { name: 'count', title: '行数', kind: 'integer', expression: 'count(*)' }
  }
  const found = columnIn(table, column, 'measure')
  isAllowed(fn, found)
  return {
    name: `${column}__${fn}`,
    title: `${found.title}${TITLES[fn]}`,
    ...aggregateOf(fn, { name: found.name, kind: columnKind(found) }),
  }
}

const termsOf = (table: RowTable, { group, measures }: AggregateQuery): { groups: Term[]; terms: Term[] } => {
  if (group.length > MAX_GROUPS) throw fault('too_many_groups', 'group', `至多按 ${MAX_GROUPS} 列分组`)
  if (measures.length < 1 || measures.length > MAX_MEASURES)
    throw fault('measures', 'measure', `应有 1 至 ${MAX_MEASURES} 个统计量`)
  const groups = group.map((one) => groupTerm(table, one))
  const terms = [...groups, ...measures.map((one) => measureTerm(table, one))]
  const twice = terms.find(({ name }, index) => terms.findIndex((one) => one.name === name) !== index)
  if (twice) throw fault('named_twice', 'measure', `${twice.name} 写了两次`)
  return { groups, terms }
}

const orderOf = ({ groups, terms }: { groups: Term[]; terms: Term[] }, { sort = [] }: AggregateQuery): string => {
  if (sort.length > MAX_SORT) throw fault('too_many_sorts', 'sort', `至多按 ${MAX_SORT} 列排序`)
  const asked = sort.map(({ column, descending }) => {
    const term = terms.find(({ name }) => name === column)
    if (!term)
      throw fault('unknown_column', 'sort', `sort 只能用结果中的列：${terms.map(({ name }) => name).join('、')}`)
    return `${orderAs(term.expression, term.kind)}${descending ? ' desc' : ''} nulls last`
  })
  const ties = groups.map(({ expression, kind }) => `${orderAs(expression, kind)} nulls last`)
  return [...asked, ...ties].join(', ')
}

const grouped = (table: RowTable, query: AggregateQuery, groups: readonly Term[]): Sql => {
  const where = whereOf(table, query)
  const by = groups.map(({ expression }) => expression).join(', ')
  return [` from ${tableOf(table)}`, ...(where.length > 0 ? [' where ', ...where] : []), by ? ` group by ${by}` : '']
}

/** Figures over the rows of a dataset, by at most a few columns. */
export const compileAggregate = (table: RowTable, query: AggregateQuery): CompiledRows => {
  const { groups, terms } = termsOf(table, query)
  const order = orderOf({ groups, terms }, query)
  return {
    sql: [
      `select ${terms.map(({ expression, kind, name }) => `${shownAs(expression, kind)} as ${quoteName(name)}`).join(', ')}`,
      ...grouped(table, query, groups),
      groups.length > 0 ? ` order by ${order}` : '',
      ...pageOf(query),
    ],
    outputs: terms.map(({ name, title, kind }) => ({ name, title, kind })),
  }
}

/** How many groups there are, counted to `cap` and one more. */
export const compileGroupCount = (table: RowTable, query: AggregateQuery, cap: number): Sql => {
  const { groups } = termsOf(table, query)
  return [
    'select count(*)::text from (select 1',
    ...(groups.length > 0 ? grouped(table, query, groups) : []),
    ' limit ',
    ...bind(String(cap + 1), 'bigint'),
    ') counted',
  ]
}
