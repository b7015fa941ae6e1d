import type { SiteColumn } from '@sanjiang/contract/site'
import { type ColumnKind, columnKind } from '@sanjiang/contract/site.column'
import { columnRemark } from '@sanjiang/contract/site.status'
import { type Cell, type Cells, csvText, jsonCell } from '../rows/row-answer.rules.ts'
import type { Output } from '../rows/row-query.rules.ts'

/** Types as CKAN's datastore names PostgreSQL's. */
const TYPE_OF: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  number: 'numeric',
  integer: 'int8',
  date: 'date',
  time: 'timestamp',
  flag: 'bool',
  shape: 'json',
}

export const typeOf = (column: SiteColumn): string => (column.name === '_id' ? 'int' : TYPE_OF[columnKind(column)])

export const fieldOf = (column: SiteColumn) => ({
  id: column.name,
  type: typeOf(column),
  ...(column.name === '_id' ? {} : { info: { label: column.title, notes: columnRemark(column), type_override: '' } }),
})

export const FORMATS = ['objects', 'lists', 'csv', 'tsv'] as const
export type Format = (typeof FORMATS)[number]

// CKAN's own numbers are JSON numbers however long, its times have no zone.
const recordCell = (cell: Cell, kind: ColumnKind): string => {
  if (cell === null) return 'null'
  if (kind === 'number' || kind === 'integer') return /^-?\d+(\.\d+)?$/.test(cell) ? cell : 'null'
  return jsonCell(kind === 'time' ? cell.replace('+08:00', '') : cell, kind)
}

/** As COPY writes them: CKAN's tables come from it. */
const copyCell = (cell: Cell, kind: ColumnKind, separator: string): string => {
  if (cell === null) return ''
  if (kind === 'flag') return cell.slice(0, 1)
  const text = kind === 'time' ? cell.replace('T', ' ').replace('+08:00', '') : cell
  return separator === '\t' && text.includes('\t') ? `"${text.replaceAll('"', '""')}"` : csvText(text)
}

/** The records of an answer as JSON. */
export const recordsOf = (format: Format, outputs: readonly Output[], rows: readonly Cells[]): string => {
  if (format === 'objects') {
    const names = outputs.map(({ name }) => JSON.stringify(name))
    const record = (cells: Cells) => cells.map((cell, at) => `${names[at]}:${recordCell(cell, outputs[at]!.kind)}`)
    return `[${rows.map((cells) => `{${record(cells).join(',')}}`).join(',')}]`
  }
  if (format === 'lists')
    return `[${rows.map((cells) => `[${cells.map((cell, at) => recordCell(cell, outputs[at]!.kind)).join(',')}]`).join(',')}]`
  const separator = format === 'csv' ? ',' : '\t'
  const line = (cells: Cells) => cells.map((cell, at) => copyCell(cell, outputs[at]!.kind, separator)).join(separator)
  return JSON.stringify(rows.map((cells) => `${line(cells)}\n`).join(''))
}
