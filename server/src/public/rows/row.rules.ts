import type { SiteColumn } from '@sanjiang/contract/site'
import type { ColumnKind } from '@sanjiang/contract/site.column'
import { SiteFault } from '../site.ts'
import { quoteName } from './row-sql.rules.ts'
import type { RawValue } from './row-value.rules.ts'

export const OPS = ['eq', 'ne', 'in', 'lt', 'le', 'gt', 'ge', 'between', 'contains', 'starts', 'null'] as const
export type Op = (typeof OPS)[number]

/** One condition on one column; rows must meet all of them. */
export interface RowFilter {
  readonly column: string
  readonly op: Op
  /** One value; two for `between`, any number for `in`, true or false for `null`. */
  readonly values: readonly RawValue[]
}

/** West, south, east, north in degrees; west may be greater than east across the antimeridian. */
export type Box = readonly [west: number, south: number, east: number, north: number]

export interface RowSort {
  readonly column: string
  readonly descending: boolean
}

/** Which rows: what every query has. */
export interface RowWhere {
  readonly filters?: readonly RowFilter[]
  /** Each found somewhere in the row's texts, whatever the case. */
  readonly words?: readonly string[]
  /** Each found in its column as it is written, whatever the case. */
  readonly columnWords?: readonly { readonly column: string; readonly word: string }[]
  readonly box?: Box | null
}

/** What a query is asked of: the current edition's table with its columns. */
export interface RowTable {
  readonly table_name: string
  readonly columns: readonly SiteColumn[]
}

/** A stored column in a statement; by its table, so that no name of an answer is taken for it. */
export const nameOf = (column: string): string => `r.${quoteName(column)}`

/** The number every row of an edition has, from 1 on. */
export const ID: SiteColumn = { name: '_id', title: '行号', data_type: 'I', length: null, role: 'key', unit: null }

export const fault = (code: string, field: string, detail: string): SiteFault =>
  new SiteFault(422, code, { field, detail })

export const columnIn = ({ columns }: RowTable, name: string, field: string): SiteColumn => {
  const found = name === ID.name ? ID : columns.find((one) => one.name === name)
  if (!found)
    throw fault('unknown_column', field, `没有名为 ${JSON.stringify(name.slice(0, 64))} 的列，列名见 /columns`)
  return found
}

/** The select expression of a value as the interfaces write it. */
export const shownAs = (expression: string, kind: ColumnKind): string => {
  if (kind === 'time') return `replace(${expression}::text, ' ', 'T') || '+08:00'`
  return kind === 'text' ? expression : `${expression}::text`
}

/** The order of texts is by code point: the same on every server, whatever language it was set up in. */
export const orderAs = (expression: string, kind: ColumnKind): string =>
  kind === 'text' ? `${expression} collate "C"` : expression

export const tableOf = ({ table_name }: RowTable): string => `data.${quoteName(table_name)} r`
