import type { OpenRows, Suppression } from '@sanjiang/contract/opendata'
import type pg from 'pg'
import { BadField, quoted } from './field.rules.ts'
import { orderOf, shapeColumn } from './shaping.rules.ts'
import { suppressSmallCells } from './small-table.rules.ts'
import { copyOut, tableOf, type Values } from './stage.ts'
import { statusMarker } from './status.rules.ts'

/** Tables in which cells are weighed against each other are statistics, not registers. */
const SMALL_ROWS = 20_000

export interface ShapedRow {
  /** Where the source has it. */
  readonly line: number
  readonly values: Values
  readonly bad: readonly { readonly title: string; readonly field: BadField }[]
}

/** An edition as it goes out: read once by the check and once by the carry, alike to the letter. */
export interface ShapedTable {
  batches(): AsyncIterable<readonly ShapedRow[]> | Iterable<readonly ShapedRow[]>
  readonly suppression: Suppression | null
  /** Why small cells cannot be judged. */
  readonly problem: string | null
}

const shapeRow = ({ columns }: OpenRows, [line, ...given]: Values): ShapedRow => {
  const bad: { title: string; field: BadField }[] = []
  const values = columns.map((column, index) => {
    const field = shapeColumn(column, given[index] ?? null)
    if (!(field instanceof BadField)) return field
    bad.push({ title: column.title, field })
    return null
  })
  return { line: Number(line), values, bad }
}

/** Where small cells are hidden, each row has the statuses of its counts as well. */
async function* marked(batches: AsyncIterable<readonly ShapedRow[]>, rows: OpenRows) {
  const mark = statusMarker(rows)
  for await (const batch of batches) yield batch.map((row) => ({ ...row, values: mark(row.values, row.values) }))
}

async function* streamed(client: pg.Client, id: string, rows: OpenRows): AsyncGenerator<readonly ShapedRow[]> {
  const names = rows.columns.map(({ name }) => quoted(name)).join(', ')
  const query = `select _line, ${names} from ${tableOf(id)} as t order by ${orderOf(rows)}`
  for await (const batch of copyOut(client, query)) yield batch.map((values) => shapeRow(rows, values))
}

const gathered = async (batches: AsyncIterable<readonly ShapedRow[]>): Promise<ShapedRow[] | null> => {
  const all: ShapedRow[] = []
  let count = 0
  // A copy that has begun is read to its end: the connection is used again.
  for await (const batch of batches) {
    count += batch.length
    if (count <= SMALL_ROWS) all.push(...batch)
  }
  return count > SMALL_ROWS ? null : all
}

export const openShaped = async (client: pg.Client, id: string, rows: OpenRows): Promise<ShapedTable> => {
  if (!rows.small_cell) return { batches: () => streamed(client, id, rows), suppression: null, problem: null }
  const all = await gathered(streamed(client, id, rows))
  const nothing = { batches: () => marked(streamed(client, id, rows), rows), suppression: null }
  if (!all) return { ...nothing, problem: `小单元格处理用于统计表，至多 ${SMALL_ROWS} 行` }
  const outcome = suppressSmallCells(
    all.map(({ values }) => values),
    { columns: rows.columns, ...rows.small_cell },
  )
  if ('problem' in outcome) return { ...nothing, problem: outcome.problem }
  const mark = statusMarker(rows)
  const suppressed = all.map((row, index) => ({ ...row, values: mark(row.values, outcome.rows[index]!) }))
  return { batches: () => [suppressed], suppression: outcome.suppression, problem: null }
}
