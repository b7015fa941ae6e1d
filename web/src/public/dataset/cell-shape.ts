import type { PreviewCell, TablePreview } from '@sanjiang/contract/site.preview'
import { widthOf } from '../draw/text.ts'

/** How the cells of one column stand. */
export interface CellShape {
  /** Numbers right; codes and dates never broken, short texts on one line where there is room; only long texts are broken. */
  readonly kind: 'number' | 'code' | 'short' | 'long'
  /** In Chinese characters. */
  readonly width: number
  /** What is missing after a number so that decimal points stand below each other. */
  padOf(cell: PreviewCell): string | undefined
}

/** A text longer than this is broken over lines: a name is not. */
const SHORT = 17
/** Of a broken text, what its column is given. */
const LONG = 18
const GAP = 2

/** Without a space or a letter that may be broken after: a date, a code, an address of the web. */
const isCode = (cell: string): boolean => /^[!-~]{0,40}(?: [\d:.]{1,12})?$/.test(cell)

const decimalsOf = (cell: string): number => /^-?\d+\.(\d+)$/.exec(cell)?.[1]?.length ?? 0
const NOTHING = (): undefined => undefined

const padFor =
  (most: number) =>
  (cell: PreviewCell): string | undefined => {
    if (most === 0 || cell === null || cell === false) return undefined
    const own = decimalsOf(cell)
    return own === most ? undefined : `${own === 0 ? '.' : ''}${'0'.repeat(most - own)}`
  }

const shapeOf = ({ columns, rows }: TablePreview, at: number): CellShape => {
  const { is_number, title } = columns[at]!
  const cells = rows.map((row) => (row[at] === false ? '未公布' : (row[at] ?? '')))
  const width = Math.max(widthOf(title), ...cells.map(widthOf))
  if (is_number) return { kind: 'number', width, padOf: padFor(Math.max(0, ...cells.map(decimalsOf))) }
  if (cells.every(isCode)) return { kind: 'code', width, padOf: NOTHING }
  return width <= SHORT
    ? { kind: 'short', width, padOf: NOTHING }
    : { kind: 'long', width: Math.min(width, LONG), padOf: NOTHING }
}

/** From the rows in sight alone: the next page may stand otherwise. */
export const shapesOf = (table: TablePreview): CellShape[] => table.columns.map((_, at) => shapeOf(table, at))

/** Whether the first column may stay in sight while a phone's window moves over the others: a long code would leave them no room. */
export const canStay = ([first]: readonly CellShape[]): boolean => first?.kind !== 'code' || first.width <= 8

export const isWiderThan = (shapes: readonly CellShape[], most: number): boolean =>
  shapes.reduce((sum, { width }) => sum + width + GAP, 0) > most
