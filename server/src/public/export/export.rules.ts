import type { ColumnKind } from '@sanjiang/contract/site.column'
import type { RowTable } from '../rows/row.rules.ts'
import { compileRows, type Output, type RowQuery } from '../rows/row-query.rules.ts'
import { quoteName, toLiteralText } from '../rows/row-sql.rules.ts'

export type ExportFormat = 'csv' | 'jsonl'

// A number keeps all its digits; what is none (NaN) is written as text.
const numberJson = (name: string): string =>
  `case when ${name} ~ '^-?[0-9]' then ${name} else to_json(${name})::text end`
const JSON_OF: Readonly<Record<ColumnKind, (name: string) => string>> = {
  text: (name) => `to_json(${name})::text`,
  number: numberJson,
  integer: numberJson,
  date: (name) => `to_json(${name})::text`,
  time: (name) => `to_json(${name})::text`,
  flag: (name) => name,
  shape: (name) => name,
}

const pair = ({ name, kind }: Output): string =>
  `${toLiteralText([{ bound: `${JSON.stringify(name)}:` }])} || coalesce(${JSON_OF[kind](`t.${quoteName(name)}`)}, 'null')`

/** Characters no JSON text holds unescaped, so that COPY quotes and separates nothing. */
const RAW = `format csv, quote e'\\x01', delimiter e'\\x02'`

/** All rows of a question as one COPY: names from the edition's columns, values as quoted literals (COPY takes no parameters). */
export const copyText = (table: RowTable, query: RowQuery, format: ExportFormat): string => {
  const { sql, outputs } = compileRows(table, query)
  if (format === 'csv') return `copy (${toLiteralText(sql)}) to stdout with (format csv, header)`
  return `copy (select '{' || ${outputs.map(pair).join(` || ',' || `)} || '}' from (${toLiteralText(sql)}) t) to stdout with (${RAW})`
}
