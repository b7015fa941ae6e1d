import { CellError } from '@sanjiang/tabular/xlsx'

const HAN_GAP = /(?<=[\p{Script=Han}])\s+(?=[\p{Script=Han}])/gu
/** Marks of required columns, and what editors leave behind. */
const EDGES = /^[\s*＊\ufeff\u200b]+|[\s*＊\ufeff\u200b:：]+$/gu

const titleOf = (cell: unknown): string => {
  if (cell === null || cell === undefined || cell instanceof CellError) return ''
  const text = String(cell).normalize('NFKC').replace(EDGES, '').replace(/\s+/g, ' ')
  return text.replace(HAN_GAP, '').slice(0, 128)
}

/**
 * Column names of a heading row: full-width letters and digits as half-width, no line breaks, no gaps between Chinese characters
 * ("姓 名"), no asterisks. A title that comes again gets its number, an empty one is called by its place.
 */
export const headingsOf = (cells: readonly unknown[]): readonly string[] => {
  const seen = new Map<string, number>()
  const taken = new Set<string>()
  return Array.from(cells, (cell, index) => {
    const title = titleOf(cell) || `列${index + 1}`
    let times = (seen.get(title) ?? 0) + 1
    let name = times === 1 ? title : `${title}_${times}`
    while (taken.has(name)) name = `${title}_${++times}`
    seen.set(title, times)
    taken.add(name)
    return name
  })
}

const filled = (cells: readonly unknown[]): number =>
  cells.filter((cell) => cell !== null && cell !== undefined && cell !== '').length

/**
 * Which of the first rows of a sheet holds the headings: workbooks begin with a title, a date, a unit of measure. The first row that is at
 * least three fifths as full as the fullest one, counting a merged title once.
 */
export const headingPlace = (rows: readonly (readonly unknown[])[]): number => {
  const distinct = rows.map((cells) => Math.min(filled(cells), new Set(cells).size))
  const width = Math.max(0, ...distinct)
  const place = distinct.findIndex((count) => count >= Math.max(1, width * 0.6))
  return Math.max(0, place)
}

const LOGICAL = /^(?:t|f|true|false|是|否|y|n|yes|no)$/i
const INTEGER = /^-?(?:0|[1-9]\d{0,14})$/
const DECIMAL = /^-?(?:0|[1-9]\d{0,14})\.\d+$/
const DATE = /^\d{4}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)$/
const INSTANT = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ T]\d\d:\d\d/

export type Guess = 'text' | 'integer' | 'decimal' | 'date' | 'datetime' | 'boolean'

const guessOne = (value: unknown): Guess => {
  if (typeof value === 'boolean') return 'boolean'
  const text = String(value).trim()
  // A number with a leading zero, or too long for one, is a code or an identity number.
  if (INTEGER.test(text)) return 'integer'
  if (DECIMAL.test(text)) return 'decimal'
  if (DATE.test(text)) return 'date'
  if (INSTANT.test(text)) return 'datetime'
  return LOGICAL.test(text) ? 'boolean' : 'text'
}

const WIDER: Readonly<Record<string, Guess>> = { 'decimal integer': 'decimal', 'date datetime': 'datetime' }

/** What the values of a column look like; `text` where they disagree or where there are none. */
export const guessType = (values: readonly unknown[]): { readonly type: Guess; readonly has_empty: boolean } => {
  const present = values.filter((value) => value !== null && value !== undefined && value !== '')
  const kinds = [...new Set(present.map(guessOne))].sort()
  const type = kinds.length === 1 ? kinds[0] : WIDER[kinds.join(' ')]
  return { type: type ?? 'text', has_empty: present.length < values.length }
}
