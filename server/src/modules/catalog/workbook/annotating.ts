import { Readable } from 'node:stream'
import type { Colour, SheetMarks } from '@sanjiang/tabular/xlsx-mark'
import { markedBytes } from '@sanjiang/tabular/xlsx-mark'
import { lettersOf } from '@sanjiang/tabular/xlsx-write'
import type { Row } from './cell.ts'
import { openSource, refusing, type Source } from './source.ts'
import type { Annotation, CellFault, Mapping } from './workbook.ts'

export const RESULT_HEADING = '校验结果'
const MAX_WORDS = 32_000
const LEVELS = { error: '错误', warning: '提醒' } as const

class Gathered {
  readonly words = new Map<number, string>()
  readonly colours = new Map<number, Map<number, Colour>>()

  say(row: number, text: string): void {
    const before = this.words.get(row)
    const whole = before === undefined ? text : `${before}\n${text}`
    this.words.set(row, whole.length > MAX_WORDS ? `${whole.slice(0, MAX_WORDS)}…` : whole)
  }

  tell(fault: CellFault): void {
    const { row, column } = fault.cell
    this.say(row, `${LEVELS[fault.level]}：${lettersOf(column - 1)}${row} ${fault.message}（${fault.rule}）`)
    if (fault.field === '') return
    const cells = this.colours.get(row) ?? new Map<number, Colour>()
    this.colours.set(row, cells)
    if (cells.get(column - 1) !== 'wrong') cells.set(column - 1, fault.level === 'error' ? 'wrong' : 'doubtful')
  }
}

/** What is said about each sheet: first what became of an entry, then its faults. */
const gather = async (mappings: readonly Mapping[], { faults, statuses }: Annotation) => {
  const sheets = new Map(mappings.map(({ sheet }) => [sheet, new Gathered()]))
  const [only] = mappings
  for (const { sheet = only?.sheet ?? '', first_row, title } of statuses) sheets.get(sheet)?.say(first_row, title)
  for await (const fault of faults) sheets.get(fault.cell.sheet)?.tell(fault)
  for (const { sheet, heading_row } of mappings) sheets.get(sheet)!.words.set(heading_row, RESULT_HEADING)
  return sheets
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
  const mappings = [annotation.mapping].flat() as readonly Mapping[]
  const source = await openSource(path, annotation.file_name)
  try {
    const marks: SheetMarks[] = []
    const gathered = await gather(mappings, annotation)
    for (const mapping of mappings) {
      const { words, colours } = gathered.get(mapping.sheet)!
      marks.push({ sheet: mapping.sheet, column: await columnFor(source, mapping), words, colours })
    }
    const [first] = marks
    const pieces: AsyncIterable<string | Buffer> =
      source.format === 'csv' && first ? csvBytes(source.rows(first.sheet), first) : refusing(markedBytes(path, marks))
    return Readable.from(closing(pieces, source), { objectMode: false })
  } catch (error) {
    await source.close()
    throw error
  }
}
