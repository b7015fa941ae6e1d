import type { OpenColumn, Suppression } from '@sanjiang/contract/opendata'
import { brokenTotal, type CountTable, findTotal, hideSmallCells, stridesOf } from './small-cell.rules.ts'

type Row = readonly (string | null)[]

export interface SmallCellPlan {
  readonly columns: readonly OpenColumn[]
  readonly threshold: number
  readonly measures: readonly string[]
}

export type SmallCells =
  | { readonly rows: readonly Row[]; readonly suppression: Suppression }
  | { readonly problem: string }

const TOTAL = /^(?:全省)?(?:合计|总计|总数|共计|小计|全部|全省|total|all)$/i
const COUNT = /^\d{1,15}$/
const MOST_CELLS = 2_000_000
/** Sums among so many measures are looked for in every combination. */
const MOST_MEASURES = 10

interface Axis {
  readonly column: number
  readonly title: string
  readonly index: ReadonlyMap<string, number>
  readonly total: number
}

interface Laid {
  readonly table: CountTable
  /** Row and column of each cell of the table. */
  readonly cells: readonly (readonly [row: number, column: number] | null)[]
}

interface Group {
  readonly columns: readonly number[]
  /** Which of them is the total of the others; −1: each stands alone. */
  readonly total: number
}

const axisOf = (rows: readonly Row[], column: number, title: string): Axis => {
  const index = new Map<string, number>()
  let total = -1
  for (const row of rows) {
    const value = row[column] ?? ''
    if (index.has(value)) continue
    if (TOTAL.test(value.trim())) total = index.size
    index.set(value, index.size)
  }
  return { column, title, index, total }
}

function* subsets(list: readonly number[], least: number): Generator<number[]> {
  for (let bits = 1; bits < 1 << list.length; bits++) {
    const chosen = list.filter((_, index) => bits & (1 << index))
    if (chosen.length >= least) yield chosen
  }
}

const addsUp = (rows: readonly Row[], total: number, parts: readonly number[]): boolean =>
  rows.every((row) => Number(row[total] ?? 0) === parts.reduce((sum, part) => sum + Number(row[part] ?? 0), 0))

/** Measures of which one is the sum of others, 男 + 女 = 合计, together; the rest each for itself. */
const groupsOf = (rows: readonly Row[], columns: readonly number[]): Group[] => {
  const counted = columns.filter((one) => rows.some((row) => Number(row[one] ?? 0) !== 0)).slice(0, MOST_MEASURES)
  for (const total of counted)
    for (const parts of subsets(
      counted.filter((one) => one !== total),
      2,
    ))
      if (addsUp(rows, total, parts)) {
        const together = [...parts, total]
        const rest = columns.filter((one) => !together.includes(one))
        return [{ columns: together, total: parts.length }, ...groupsOf(rows, rest)]
      }
  return columns.map((one) => ({ columns: [one], total: -1 }))
}

interface Laying {
  readonly rows: readonly Row[]
  readonly axes: readonly Axis[]
  readonly group: Group
}

const cellsOf = ({ rows, axes, group }: Laying): Laid | { readonly problem: string } => {
  const dimensions = [
    ...axes.map(({ index, total }) => ({ size: index.size, total })),
    { size: group.columns.length, total: group.total },
  ]
  const strides = stridesOf(dimensions)
  const size = dimensions.reduce((product, one) => product * one.size, 1)
  if (size > MOST_CELLS) return { problem: '分类组合过多，不能判断小单元格' }
  const counts: (number | null)[] = new Array(size).fill(null)
  const cells: (readonly [number, number] | null)[] = new Array(size).fill(null)
  for (const [rowNo, row] of rows.entries()) {
    const from = axes.reduce((sum, { index, column }, nth) => sum + index.get(row[column] ?? '')! * strides[nth]!, 0)
    for (const [nth, column] of group.columns.entries()) {
      const at = from + nth * strides.at(-1)!
      if (cells[at]) return { problem: `第 ${rowNo + 1} 行的分类与前面的行相同，不能判断小单元格` }
      cells[at] = [rowNo, column]
      const text = row[column] ?? null
      if (text === null) continue
      if (!COUNT.test(text)) return { problem: `第 ${rowNo + 1} 行有不是人数、件数的数值（${text.slice(0, 20)}）` }
      counts[at] = Number(text)
    }
  }
  return { table: { dimensions, counts }, cells }
}

/** Totals by their word, else by their sums. */
const layOut = (laying: Laying): Laid | { readonly problem: string } => {
  const laid = cellsOf(laying)
  if ('problem' in laid) return laid
  const dimensions = laid.table.dimensions.map((one, dimension) =>
    one.total === -1 && dimension < laying.axes.length ? { ...one, total: findTotal(laid.table, dimension) } : one,
  )
  const table = { ...laid.table, dimensions }
  const broken = brokenTotal(table)
  const title = broken === undefined ? undefined : (laying.axes[broken]?.title ?? '数值')
  return title === undefined
    ? { ...laid, table }
    : { problem: `“${title}”的合计不等于各项之和，不能判断小单元格；请去掉多层小计或改正合计` }
}

const hasSmall = (rows: readonly Row[], columns: readonly number[], threshold: number): boolean =>
  rows.some((row) => columns.some((one) => Number(row[one] ?? 0) > 0 && Number(row[one]) < threshold))

/** Hides what a statistical table would tell of single persons, and what would give that away (统计法 第二十五条). */
export const suppressSmallCells = (rows: readonly Row[], plan: SmallCellPlan): SmallCells => {
  const { columns, threshold, measures } = plan
  const axes = columns.flatMap(({ role, title }, at) => (role === 'category' ? [axisOf(rows, at, title)] : []))
  const at = measures.map((name) => columns.findIndex((column) => column.name === name))
  const shown = rows.map((row) => [...row])
  const suppression = { threshold, primary: 0, secondary: 0, withheld: [] as string[] }
  for (const group of groupsOf(rows, at)) {
    if (!hasSmall(rows, group.columns, threshold)) continue
    const laid = layOut({ rows, axes, group })
    if ('problem' in laid) return laid
    const hidden = hideSmallCells(laid.table, threshold)
    if (hidden.isWhole) suppression.withheld.push(...group.columns.map((one) => columns[one]!.title))
    else suppression.primary += hidden.primary.size
    if (!hidden.isWhole) suppression.secondary += hidden.all.size - hidden.primary.size
    for (const one of hidden.all) {
      const cell = laid.cells[one]
      if (cell) shown[cell[0]]![cell[1]] = null
    }
  }
  return { rows: shown, suppression }
}
