export type Delimiter = ',' | ';' | '\t' | '|'

/** A record of a file: `line` is where it starts, counted from 1. `null` is an empty field without quotes. */
export interface RawRecord {
  readonly line: number
  readonly values: readonly unknown[]
  /** Why the record as a whole cannot be read. */
  readonly trouble?: string
}

/** `record` is its row as spreadsheets count: blank lines are rows, line breaks inside of quotes are none. */
export interface CsvRecord extends RawRecord {
  readonly record: number
}

const QUOTE = '"'
const SAMPLE_RECORDS = 50
/** A quote that is never closed would make the rest of the file one record. */
const MAX_RECORD = 16 * 1_048_576

interface Cut {
  readonly values: (string | null)[]
  /** Behind the line end. */
  readonly next: number
  readonly lines: number
}

/** Splits one record that contains quotes; null when it does not end within `text`. */
const cutQuoted = (text: string, start: number, delimiter: string): Cut | null => {
  const values: (string | null)[] = []
  let lines = 1
  let at = start
  for (;;) {
    let value = ''
    const isQuoted = text[at] === QUOTE
    if (isQuoted) {
      at++
      for (;;) {
        const end = text.indexOf(QUOTE, at)
        if (end === -1) return null
        value += text.slice(at, end)
        at = end + 1
        if (text[at] !== QUOTE) break
        value += QUOTE
        at++
      }
      for (let lf = value.indexOf('\n'); lf !== -1; lf = value.indexOf('\n', lf + 1)) lines++
    }
    // What stands bare, or carelessly behind a closing quote, is taken as it is.
    let end = at
    while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++
    if (end === text.length) return null
    const isLast = text[end] === '\n'
    value += text.slice(at, isLast && text[end - 1] === '\r' && end > at ? end - 1 : end)
    values.push(value === '' && !isQuoted ? null : value)
    at = end + 1
    if (isLast) return { values, next: at, lines }
  }
}

const cutPlain = (text: string, start: number, delimiter: string, end: number): (string | null)[] => {
  const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end
  const values: (string | null)[] = text.slice(start, stop).split(delimiter)
  for (let i = 0; i < values.length; i++) if (values[i] === '') values[i] = null
  return values
}

/** The record at `start`, or null when the text ends before it does. */
const cutRecord = (text: string, start: number, delimiter: string, quote: number): Cut | null => {
  const end = text.indexOf('\n', start)
  if (end === -1) return null
  if (quote === -1 || quote > end) return { values: cutPlain(text, start, delimiter, end), next: end + 1, lines: 1 }
  return cutQuoted(text, start, delimiter)
}

const records = (text: string, delimiter: string, limit: number): number[] => {
  const widths: number[] = []
  let at = 0
  while (widths.length < limit) {
    const cut = cutRecord(text, at, delimiter, text.indexOf(QUOTE, at))
    if (cut === null) break
    widths.push(cut.values.length)
    at = cut.next
  }
  return widths
}

/** The delimiter under which the most records of the sample are as wide as the heading row, the wider the better. */
export const delimiterOf = (sample: string): Delimiter => {
  const text = sample.includes('\n') ? sample : `${sample}\n`
  let best: Delimiter = ','
  let bestScore = 0
  for (const delimiter of [',', '\t', ';', '|'] as const) {
    const widths = records(text, delimiter, SAMPLE_RECORDS)
    const width = widths[0] ?? 1
    if (width < 2) continue
    const score = (widths.filter((one) => one === width).length / widths.length) * 1000 + Math.min(width, 300)
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}

/** Line ends of old Macintoshes, as LF. Only files without any LF in their first piece are taken for such. */
const macLines = (sample: string): boolean => !sample.includes('\n') && /\r[^\n]/.test(sample)

/** RFC 4180 records, with what people really write: other delimiters, LF alone, a last line without an end. */
export async function* csvRecords(texts: AsyncIterable<string>): AsyncIterable<CsvRecord> {
  let delimiter: Delimiter | undefined
  let isMac = false
  let text = ''
  let line = 1
  let record = 1
  let at = 0
  let quote = -2
  const isBlank = (values: readonly (string | null)[]): boolean => values.length === 1 && values[0] === null
  function* take(): Generator<CsvRecord> {
    for (;;) {
      if (quote !== -1 && quote < at) quote = text.indexOf(QUOTE, at)
      const cut = cutRecord(text, at, delimiter as string, quote)
      if (cut === null) break
      if (!isBlank(cut.values)) yield { line, record, values: cut.values }
      record++
      at = cut.next
      line += cut.lines
    }
    text = text.slice(at)
    at = 0
    quote = -2
  }
  for await (const piece of texts) {
    if (delimiter === undefined) {
      isMac = macLines(piece)
      delimiter = delimiterOf(isMac ? piece.replaceAll('\r', '\n') : piece)
    }
    text += isMac ? piece.replaceAll('\r', '\n') : piece
    yield* take()
    if (text.length > MAX_RECORD) {
      yield { line, record, values: [], trouble: '引号未闭合，或一条记录超过 16 MiB；其后内容无法读取' }
      return
    }
  }
  if (text === '') return
  text += '\n'
  yield* take()
  if (text !== '') yield { line, record, values: [], trouble: '引号未闭合，其后内容无法读取' }
}
