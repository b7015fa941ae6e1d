import type { SiteColumn } from '@sanjiang/contract/site'
import type { RowFilter, RowSort, RowWhere } from '../src/public/rows/row.rules.ts'
import type { AggregateQuery, Measure } from '../src/public/rows/row-aggregate.rules.ts'
import type { RowQuery } from '../src/public/rows/row-query.rules.ts'

/** A cell as the database prints it. */
export type Cell = string | null
export type Row = Readonly<Record<string, Cell>>

/** A table small enough to be searched by looking at every row: what statements are compared with. */
export interface Plain {
  readonly columns: readonly SiteColumn[]
  readonly rows: readonly Row[]
}

const NUMBERS = 'NYBFI'

/** A decimal as a whole number of 10⁻²⁰. */
const exact = (text: string): bigint => {
  const [, sign, whole = '0', fraction = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text.trim())!
  const value = BigInt(whole + fraction.padEnd(20, '0'))
  return sign === '-' ? -value : value
}

const printed = (value: bigint, digits = 20): string => {
  const text = String(value < 0n ? -value : value).padStart(digits + 1, '0')
  const fraction = text.slice(-digits).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${text.slice(0, -digits)}${fraction ? `.${fraction}` : ''}`
}

const isNumber = ({ data_type }: SiteColumn): boolean => NUMBERS.includes(data_type)

const compare = (column: SiteColumn, a: string, b: string): number => {
  if (!isNumber(column)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  const difference = exact(a) - exact(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

const columnOf = ({ columns }: Plain, name: string): SiteColumn =>
  columns.find((one) => one.name === name) ??
  ({ name: '_id', title: '', data_type: 'I', length: null, role: 'key', unit: null } satisfies SiteColumn)

const meets = (plain: Plain, { column, op, values }: RowFilter, row: Row): boolean => {
  const cell = row[column]!
  if (op === 'null') return (cell === null) === (values[0] === true)
  if (cell === null) return false
  const [first, second] = values.map(String)
  const order = (other: string) => compare(columnOf(plain, column), cell, other)
  switch (op) {
    case 'eq':
      return order(first!) === 0
    case 'ne':
      return order(first!) !== 0
    case 'in':
      return values.some((one) => order(String(one)) === 0)
    case 'lt':
      return order(first!) < 0
    case 'le':
      return order(first!) <= 0
    case 'gt':
      return order(first!) > 0
    case 'ge':
      return order(first!) >= 0
    case 'between':
      return order(first!) >= 0 && order(second!) <= 0
    case 'contains':
      return cell.includes(first!)
    case 'starts':
      return cell.startsWith(first!)
  }
}

const holds = ({ columns }: Plain, word: string, row: Row): boolean =>
  columns
    .filter(({ data_type }) => 'CMG'.includes(data_type))
    .some(({ name }) => row[name]?.toLowerCase().includes(word.toLowerCase()))

const isWithin = ({ columns }: Plain, [west, south, east, north]: NonNullable<RowWhere['box']>, row: Row): boolean => {
  const [lon, lat] = ['lon', 'lat'].map((role) => row[columns.find((one) => one.role === role)!.name])
  if (lon == null || lat == null) return false
  const x = Number(lon)
  const isBetween = west <= east ? x >= west && x <= east : x >= west || x <= east
  return isBetween && Number(lat) >= south && Number(lat) <= north
}

const chosen = (plain: Plain, { filters = [], words = [], columnWords = [], box }: RowWhere): Row[] =>
  plain.rows.filter(
    (row) =>
      filters.every((one) => meets(plain, one, row)) &&
      words.every((one) => holds(plain, one, row)) &&
      columnWords.every(({ column, word }) => row[column]?.toLowerCase().includes(word.toLowerCase())) &&
      (!box || isWithin(plain, box, row)),
  )

interface Key {
  readonly column: SiteColumn
  readonly descending: boolean
}

/** Empty cells last, whichever way. */
const byKeys = (keys: readonly Key[], name: (key: Key) => string) => (a: Row, b: Row) => {
  for (const key of keys) {
    const [left, right] = [a[name(key)] ?? null, b[name(key)] ?? null]
    if (left === null && right === null) continue
    if (left === null) return 1
    if (right === null) return -1
    const order = compare(key.column, left, right)
    if (order !== 0) return key.descending ? -order : order
  }
  return 0
}

const named = ({ column }: Key): string => column.name
const keysOf = (plain: Plain, sort: readonly RowSort[]): Key[] =>
  sort.map(({ column, descending }) => ({ column: columnOf(plain, column), descending }))

const paged = <T>(rows: readonly T[], { limit, offset = 0 }: Pick<RowQuery, 'limit' | 'offset'>): T[] =>
  rows.slice(offset, limit === null ? undefined : offset + limit)

export const evaluateRows = (plain: Plain, query: RowQuery): Cell[][] => {
  const { select = [], sort = [], distinct, after } = query
  const names = select.length > 0 ? [...new Set(select)] : plain.columns.map(({ name }) => name)
  const found = chosen(plain, query).filter((row) => after == null || BigInt(row._id!) > BigInt(after))
  const rest = (distinct ? names : ['_id']).map((column) => ({ column, descending: false }))
  const sorted = found.toSorted(byKeys([...keysOf(plain, sort), ...keysOf(plain, rest)], named))
  const shown = sorted.map((row) => names.map((name) => row[name]!))
  const seen = new Set<string>()
  // Numbers that are equal are one, however they are written.
  const keyOf = (cells: Cell[]) =>
    JSON.stringify(
      cells.map((cell, at) => (cell !== null && isNumber(columnOf(plain, names[at]!)) ? printed(exact(cell)) : cell)),
    )
  const once = distinct ? shown.filter((cells) => !seen.has(keyOf(cells)) && seen.add(keyOf(cells))) : shown
  return paged(once, query)
}

const measured = (plain: Plain, { fn, column }: Measure, rows: readonly Row[]): Cell => {
  if (column === null) return String(rows.length)
  const of = columnOf(plain, column)
  const cells = rows.map((row) => row[column]!).filter((cell) => cell !== null)
  if (fn === 'count') return String(cells.length)
  if (fn === 'distinct') return String(new Set(cells.map((cell) => (isNumber(of) ? printed(exact(cell)) : cell))).size)
  if (cells.length === 0) return null
  if (fn === 'min' || fn === 'max') {
    const sorted = cells.toSorted((a, b) => compare(of, a, b))
    return fn === 'min' ? sorted[0]! : sorted.at(-1)!
  }
  const sum = cells.reduce((total, cell) => total + exact(cell), 0n)
  if (fn === 'sum') return printed(sum)
  // Half away from zero at six digits.
  const unit = 10n ** 14n * BigInt(cells.length) * 2n
  const doubled = sum * 2n
  const half = unit / 2n
  return printed(((doubled < 0n ? doubled - half : doubled + half) / unit) * 1n, 6)
}

const groupKey = (row: Row, { column, trunc }: AggregateQuery['group'][number]): Cell =>
  row[column] === null ? null : trunc ? row[column]!.slice(0, trunc === 'year' ? 4 : 7) : row[column]!

/** Groups in the order of their keys. */
export const evaluateAggregate = (plain: Plain, query: AggregateQuery): Cell[][] => {
  const groups = new Map<string, { keys: Cell[]; rows: Row[] }>()
  if (query.group.length === 0) groups.set('', { keys: [], rows: [] })
  for (const row of chosen(plain, query)) {
    const keys = query.group.map((one) => groupKey(row, one))
    const id = query.group.length === 0 ? '' : JSON.stringify(keys)
    const group = groups.get(id) ?? { keys, rows: [] }
    groups.set(id, group)
    group.rows.push(row)
  }
  const keys = query.group.map(({ column, trunc }, index) => ({
    column: trunc
      ? { ...columnOf(plain, column), name: String(index), data_type: 'C' }
      : { ...columnOf(plain, column), name: String(index) },
    descending: false,
  }))
  const rowOf = (cells: Cell[]): Row => Object.fromEntries(cells.map((cell, index) => [String(index), cell]))
  const order = byKeys(keys, named)
  const sorted = [...groups.values()].toSorted((a, b) => order(rowOf(a.keys), rowOf(b.keys)))
  return paged(
    sorted.map((group) => [...group.keys, ...query.measures.map((one) => measured(plain, one, group.rows))]),
    query,
  )
}
