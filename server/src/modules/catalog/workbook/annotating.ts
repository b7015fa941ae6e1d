import { Readable } from 'node:stream'
import type { Colour, SheetMarks } from '@sanjiang/tabular/xlsx-mark'
import { markedBytes } from '@sanjiang/tabular/xlsx-mark'
import type { Row } from './cell.ts'
import { openSource, refusing, type Source } from './source.ts'
import type { Annotation, CellFault, Mapping } from './workbook.ts'

export const RESULT_HEADING = '校验结果'
const MAX_WORDS = 32_000
const LEVELS = { error: '错误', warning: '提醒' } as const

const lettersOf = (column: number): string =>
  column <= 26
    ? String.fromCharCode(64 + column)
    : lettersOf(Math.floor((column - 1) / 26)) + lettersOf(((column - 1) % 26) + 1)

interface Gathered {
  readonly words: Map<number, string>
  readonly colours: Map<number, Map<number, Colour>>
}

const sentence = ({ cell, level, message, rule }: CellFault): string =>
  `${LEVELS[level]}：${lettersOf(cell.column)}${cell.row} ${message}（${rule}）`

const gather = async ({ faults, statuses, mapping }: Annotation): Promise<Gathered> => {
  const words = new Map<number, string>()
  const colours = new Map<number, Map<number, Colour>>()
  const say = (row: number, text: string) => {
    const before = words.get(row)
    const whole = before === undefined ? text : `${before}\n${text}`
    words.set(row, whole.length > MAX_WORDS ? `${whole.slice(0, MAX_WORDS)}…` : whole)
  }
  for (const { first_row, title } of statuses) say(first_row, title)
  for await (const fault of faults) {
    const { sheet, row, column } = fault.cell
    if (sheet !== mapping.sheet) continue
    say(row, sentence(fault))
    const cells = colours.get(row) ?? new Map<number, Colour>()
    colours.set(row, cells)
    if (fault.field !== '' && cells.get(column - 1) !== 'wrong')
      cells.set(column - 1, fault.level === 'error' ? 'wrong' : 'doubtful')
  }
  words.set(mapping.heading_row, RESULT_HEADING)
  return { words, colours }
}

/** Behind the last column that holds anything; the column of an earlier check is used again. */
const columnFor = async (source: Source, { sheet, columns }: Mapping): Promise<number> => {
  const earlier = columns.find(({ heading }) => heading === RESULT_HEADING)
  if (earlier) return earlier.column - 1
  let width = Math.max(0, ...columns.map(({ column }) => column))
  for await (const { values } of source.rows(sheet)) width = Math.max(width, values.length)
  return width
}

const quoted = (value: unknown): string => {
  const text = value === null || value === undefined ? '' : String(value)
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

async function* csvBytes(rows: AsyncIterable<Row>, marks: SheetMarks): AsyncGenerator<string> {
  yield '\ufeff'
  let next = 1
  for await (const { row, values } of rows) {
    const blanks = '\r\n'.repeat(Math.max(0, row - next))
    next = row + 1
    const cells = Array.from({ length: marks.column }, (_, index) => quoted(values[index]))
    yield `${blanks}${[...cells, quoted(marks.words.get(row)), ...values.slice(marks.column + 1).map(quoted)].join(',')}\r\n`
  }
}

async function* closing<T>(pieces: AsyncIterable<T>, source: Source): AsyncGenerator<T> {
  try {
    yield* pieces
  } finally {
    await source.close()
  }
}

/** The same file back, with a column of words behind the last one and the cells at fault marked. */
export const writeAnnotated = async (path: string, annotation: Annotation): Promise<Readable> => {
  const { mapping, file_name } = annotation
  const source = await openSource(path, file_name)
  try {
    const column = await columnFor(source, mapping)
    const marks: SheetMarks = { sheet: mapping.sheet, column, ...(await gather(annotation)) }
    const pieces: AsyncIterable<string | Buffer> =
      source.format === 'csv' ? csvBytes(source.rows(mapping.sheet), marks) : refusing(markedBytes(path, [marks]))
    return Readable.from(closing(pieces, source), { objectMode: false })
  } catch (error) {
    await source.close()
    throw error
  }
}
