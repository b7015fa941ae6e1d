import type { ColumnKind } from '@sanjiang/contract/site.column'
import type { Output } from './row-query.rules.ts'

/** A cell as the statement gives it: always text, so that no number is rounded on the way. */
export type Cell = string | null
export type Cells = readonly Cell[]

/** What double precision surely keeps: a number of more digits is written as text, else a reader would round it. */
const MAX_DIGITS = 15

/** Significant digits; zeros that end a whole number are none. */
const digitsOf = (text: string): number => {
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '')
  return (text.includes('.') ? digits : digits.replace(/0+$/, '')).length
}

const isSafe = (text: string): boolean => /^-?\d{1,300}(\.\d{1,300})?$/.test(text) && digitsOf(text) <= MAX_DIGITS

/** A number as JSON: its own digits where every reader keeps them, else text. */
const jsonNumber = (text: string): string => (isSafe(text) ? text : JSON.stringify(text))

const JSON_OF: Readonly<Record<ColumnKind, (text: string) => string>> = {
  text: JSON.stringify,
  number: jsonNumber,
  integer: jsonNumber,
  date: JSON.stringify,
  time: JSON.stringify,
  flag: (text) => text,
  shape: (text) => text,
}

export const jsonCell = (cell: Cell, kind: ColumnKind): string => (cell === null ? 'null' : JSON_OF[kind](cell))

export const jsonRow = (outputs: readonly Output[], cells: Cells): string =>
  `{${outputs.map(({ name, kind }, at) => `${JSON.stringify(name)}:${jsonCell(cells[at]!, kind)}`).join(',')}}`

export const csvText = (text: string): string =>
  text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** RFC 4180; an empty cell is nothing at all, an empty text is two quotes. */
export const csvRow = (cells: Cells): string =>
  `${cells.map((cell) => (cell === null ? '' : csvText(cell))).join(',')}\r\n`

export const csvOf = (outputs: readonly Output[], rows: readonly Cells[]): string =>
  [csvRow(outputs.map(({ name }) => name)), ...rows.map(csvRow)].join('')

export const jsonLinesOf = (outputs: readonly Output[], rows: readonly Cells[]): string =>
  rows.map((cells) => `${jsonRow(outputs, cells)}\n`).join('')
