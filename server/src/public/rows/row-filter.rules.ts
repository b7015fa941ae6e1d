import type { SiteColumn } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import {
  type Box,
  columnIn,
  fault,
  nameOf,
  type Op,
  orderAs,
  type RowFilter,
  type RowTable,
  type RowWhere,
} from './row.rules.ts'
import { bind, join, type Sql } from './row-sql.rules.ts'
import { readValue, SQL_TYPE } from './row-value.rules.ts'

const MAX_FILTERS = 30
export const MAX_LIST = 500
export const MAX_WORDS = 12
/** All values of a query together, in characters. */
const MAX_VALUES_SIZE = 20_000

const COMPARE: Readonly<Partial<Record<Op, string>>> = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' }

const ORDERED: readonly Op[] = ['eq', 'ne', 'in', 'lt', 'le', 'gt', 'ge', 'between', 'null']
/** Which conditions a column of this kind may be asked by. */
export const OPS_OF: Readonly<Record<ColumnKind, readonly Op[]>> = {
  text: [...ORDERED, 'contains', 'starts'],
  number: ORDERED,
  integer: ORDERED,
  date: ORDERED,
  time: ORDERED,
  flag: ['eq', 'ne', 'in', 'null'],
  shape: ['null'],
}

const countOf = ({ op, values }: RowFilter, field: string): void => {
  if (op === 'in') {
    if (values.length < 1 || values.length > MAX_LIST)
      throw fault('list_size', field, `${field} 应有 1 至 ${MAX_LIST} 个值`)
    return
  }
  const wanted = op === 'between' ? 2 : 1
  if (values.length !== wanted) throw fault('value_count', field, `${field} 应有 ${wanted} 个值`)
}

const isOp = (column: SiteColumn, op: Op, field: string): void => {
  const allowed = OPS_OF[columnKind(column)]
  if (!allowed.includes(op)) throw fault('unknown_op', field, `列 ${column.name} 可用的条件是 ${allowed.join('、')}`)
}

const filterOf = (table: RowTable, filter: RowFilter): Sql => {
  const { op, values } = filter
  const field = `${filter.column.slice(0, 64)}__${op}`
  const column = columnIn(table, filter.column, field)
  const kind = columnKind(column)
  isOp(column, op, field)
  countOf(filter, field)
  const name = nameOf(column.name)
  if (op === 'null')
    return [`${name} is ${readValue(values[0]!, { kind: 'flag', field }) === 'true' ? '' : 'not '}null`]
  const bound = values.map((one) => bind(readValue(one, { kind, field }), SQL_TYPE[kind]))
  if (op === 'in') return [`${name} in (`, ...join(bound, ', '), ')']
  if (op === 'contains') return [`strpos(${name}, `, ...bound[0]!, ') > 0']
  if (op === 'starts') return [`starts_with(${name}, `, ...bound[0]!, ')']
  const ordered = op === 'eq' || op === 'ne' ? name : orderAs(name, kind)
  if (op === 'between') return [`${ordered} between `, ...join(bound, ' and ')]
  return [`${ordered} ${COMPARE[op]} `, ...bound[0]!]
}

/** The texts of a row as one, with a line break between, so that a word is found in one cell only. */
const textsOf = ({ columns }: RowTable): string => {
  const names = columns.filter((one) => columnKind(one) === 'text').map(({ name }) => nameOf(name))
  return `lower(concat_ws(E'\\n', ${names.length > 0 ? names.join(', ') : `''`}))`
}

const wordsOf = (table: RowTable, words: readonly string[]): Sql[] => {
  if (words.length > MAX_WORDS) throw fault('too_many_words', 'q', `q 至多 ${MAX_WORDS} 个词`)
  return words.map((word) => [
    `strpos(${textsOf(table)}, lower(`,
    ...bind(readValue(word, { kind: 'text', field: 'q' }), 'text'),
    ')) > 0',
  ])
}

const columnWordsOf = (table: RowTable, { columnWords = [] }: RowWhere): Sql[] => {
  if (columnWords.length > MAX_WORDS) throw fault('too_many_words', 'q', `q 至多 ${MAX_WORDS} 个词`)
  return columnWords.map(({ column, word }) => [
    `strpos(lower(${nameOf(columnIn(table, column, 'q').name)}::text), lower(`,
    ...bind(readValue(word, { kind: 'text', field: 'q' }), 'text'),
    ')) > 0',
  ])
}

/** Where the rows lie: a shape, or a pair of degrees. */
export const placeOf = ({ columns }: RowTable): { shape: string } | { lon: string; lat: string } | null => {
  const named = (role: SiteColumn['role']) => columns.find((one) => one.role === role)
  const shape = named('shape')
  if (shape) return { shape: shape.name }
  const [lon, lat] = [named('lon'), named('lat')]
  const isNumber = (one: SiteColumn | undefined): boolean => !!one && columnKind(one) === 'number'
  return isNumber(lon) && isNumber(lat) ? { lon: lon!.name, lat: lat!.name } : null
}

const isBox = ([west, south, east, north]: Box): boolean =>
  [west, east].every((one) => Math.abs(one) <= 180) &&
  [south, north].every((one) => Math.abs(one) <= 90) &&
  south <= north

const degree = (value: number, type: string): Sql => bind(String(value), type)

const boxOf = (table: RowTable, box: Box): Sql => {
  if (!isBox(box)) throw fault('bbox', 'bbox', 'bbox 应为 西,南,东,北 四个经纬度，南不大于北')
  const place = placeOf(table)
  if (!place) throw fault('no_place', 'bbox', '这个数据集没有经纬度列，也没有图形列')
  const [west, south, east, north] = box
  // Across the antimeridian the box is two.
  const spans: [number, number][] =
    west <= east
      ? [[west, east]]
      : [
          [west, 180],
          [-180, east],
        ]
  if ('shape' in place)
    return [
      '(',
      ...join(
        spans.map(([from, to]) => overlap(place.shape, [from, south, to, north])),
        ' or ',
      ),
      ')',
    ]
  const lon = nameOf(place.lon)
  const within = spans.map(
    ([from, to]): Sql => [`${lon} between `, ...degree(from, 'numeric'), ' and ', ...degree(to, 'numeric')],
  )
  const lat: Sql = [`${nameOf(place.lat)} between `, ...degree(south, 'numeric'), ' and ', ...degree(north, 'numeric')]
  return ['(', ...join(within, ' or '), ') and ', ...lat]
}

const overlap = (shape: string, [west, south, east, north]: Box): Sql => [
  `site.shape_box(${nameOf(shape)}) && box(point(`,
  ...join([degree(west, 'float8'), degree(south, 'float8')], ', '),
  '), point(',
  ...join([degree(east, 'float8'), degree(north, 'float8')], ', '),
  '))',
]

const sizeOf = ({ filters = [], words = [], columnWords = [] }: RowWhere): number =>
  [...filters.flatMap(({ values }) => values), ...words, ...columnWords.map(({ word }) => word)].reduce<number>(
    (sum, one) => sum + String(one).length,
    0,
  )

/** All conditions as one; empty where none is asked. */
export const whereOf = (table: RowTable, where: RowWhere): Sql => {
  const { filters = [], words = [], box } = where
  if (filters.length > MAX_FILTERS) throw fault('too_many_filters', 'filter', `至多 ${MAX_FILTERS} 个条件`)
  if (sizeOf(where) > MAX_VALUES_SIZE)
    throw fault('query_too_large', 'filter', `条件的值合计至多 ${MAX_VALUES_SIZE} 个字符`)
  return join(
    [
      ...filters.map((one) => filterOf(table, one)),
      ...wordsOf(table, words),
      ...columnWordsOf(table, where),
      ...(box ? [boxOf(table, box)] : []),
    ],
    ' and ',
  )
}
