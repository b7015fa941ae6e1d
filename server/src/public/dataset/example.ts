import type pg from 'pg'
import { readTable } from './preview.store.ts'
import type { OpenDataset } from './top.store.ts'

const EXAMPLE_ROWS = 2
const EXAMPLE_CELL = 60

const cellOf = (text: string | null, isNumber: boolean): unknown =>
  text === null ? null : isNumber && Number.isFinite(Number(text)) ? Number(text) : text.slice(0, EXAMPLE_CELL)

/** First rows as the interface of rows answers them, for people to see before they write a line. */
export const exampleOf = async (pool: pg.Pool, { top, table_name, columns }: OpenDataset): Promise<string | null> => {
  if (!top.is_free || !table_name || columns.length === 0) return null
  const source = { pool, table: table_name, columns, row_count: top.row_count ?? 0 }
  const { rows, columns: shown } = await readTable(source, {
    sort: '',
    isDescending: false,
    from: 0,
    limit: EXAMPLE_ROWS,
  })
  const named = rows.map((row) =>
    Object.fromEntries(shown.map((column, at) => [column.name, cellOf(row[at]!, column.is_number)])),
  )
  return JSON.stringify(named, null, 2)
}
