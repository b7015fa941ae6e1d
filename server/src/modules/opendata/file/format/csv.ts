import type { FileSource, TextRow } from '../file.source.ts'

const NEEDS_QUOTES = /[",\r\n]/

/** RFC 4180 with LF; nothing at all is null, "" is an empty text — as COPY writes it. Values are never altered (ADR 0006). */
const cell = (value: string | null, isAlone: boolean): string => {
  if (value === null) return ''
  if (value === '' || NEEDS_QUOTES.test(value) || (isAlone && value === '\\.'))
    return `"${value.replaceAll('"', '""')}"`
  return value
}

const line = (values: TextRow): string => `${values.map((value) => cell(value, values.length === 1)).join(',')}\n`

export async function* writeCsv({ edition, batches }: FileSource): AsyncGenerator<string> {
  yield line(edition.columns.map(({ name }) => name))
  for await (const rows of batches()) yield rows.map(({ values }) => line(values)).join('')
}
