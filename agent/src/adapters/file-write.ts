import { type DataType, fieldsOf, jsonRow } from '@sanjiang/seal'
import { AdapterFault, type TargetTable } from './adapter.ts'
import { OPERATION } from './file-build.ts'

type Fields = readonly (string | null)[]

/** How rows are written in one format. `operation` is null in a snapshot. */
export interface RowFormat {
  readonly head: (hasOperation: boolean) => string
  readonly row: (operation: string | null, fields: Fields) => string
}

const TEXT = new Set<DataType>(['C', 'M', 'G'])
/** What makes a spreadsheet take text for a formula; the apostrophe itself, so that guarding can be undone. */
const RISKY = /^[=+\-@\t\r'\uff1d\uff0b\uff0d\uff20]/
const TO_QUOTE = /[",\r\n\t;]|^\s|\s$/

const quoted = (text: string): string => (text === '' || TO_QUOTE.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const guarded = (text: string): string => (RISKY.test(text) ? `'${text}` : text)

const csvFormat = (columns: TargetTable['columns'], hasMark: boolean): RowFormat => {
  const isText = columns.map(({ data_type }) => TEXT.has(data_type))
  const names = columns.map(({ name }) => name)
  return {
    head: (hasOperation) => `${hasMark ? '\ufeff' : ''}${(hasOperation ? [OPERATION, ...names] : names).join(',')}\r\n`,
    row: (operation, fields) => {
      let line = operation === null ? '' : `${operation},`
      for (let i = 0; i < columns.length; i++) {
        const field = fields[i] ?? null
        if (i > 0) line += ','
        if (field !== null) line += isText[i] ? quoted(guarded(field)) : field
      }
      return `${line}\r\n`
    },
  }
}

const jsonFormat = (columns: TargetTable['columns']): RowFormat => ({
  head: () => '',
  row: (operation, fields) => `${jsonRow(columns, operation, fields)}\n`,
})

export type DeliveredFormat = 'csv' | 'jsonl' | 'xlsx'

/** Workbooks cannot be appended to: their rows wait as JSON lines until the file is whole. */
export const rowFormat = (format: DeliveredFormat, columns: TargetTable['columns'], hasMark: boolean): RowFormat =>
  format === 'csv' ? csvFormat(columns, hasMark) : jsonFormat(columns)

/** Fields of a line; for a `!` there are none. */
export const splitLine = (line: Uint8Array, count: number): Fields => {
  const fields = fieldsOf(line)
  if (fields.length !== count && !(fields.length === 1 && fields[0] === ''))
    throw new AdapterFault('misconfigured', `行有 ${fields.length} 项，目标有 ${count} 项`)
  return fields
}
