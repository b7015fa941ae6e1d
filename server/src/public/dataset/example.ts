import type { DatasetApiView } from '@sanjiang/contract/site.dataset'
import { openRowsOf } from '../rows/row.access.ts'
import { findRows } from '../rows/row.service.ts'
import { findRowDataset } from '../rows/row.store.ts'
import { jsonRow } from '../rows/row-answer.rules.ts'
import { readRowQuery } from '../rows/row-ask.rules.ts'
import { examplesOf } from '../rows/row-openapi.rules.ts'
import type { Site } from '../site.ts'
import type { OpenDataset } from './top.store.ts'

const EXAMPLE_ROWS = 2
/** A shape would fill the page, and so would fifty columns. */
const MOST_COLUMNS = 8

/** Commands that work as they stand, and the first rows as the interface of rows answers them. */
export const examplesFor = async (
  site: Site,
  { top, table_name, columns }: OpenDataset,
): Promise<Pick<DatasetApiView, 'calls' | 'example'>> => {
  const { slug } = top.content
  if (!table_name || columns.length === 0) return { calls: [], example: null }
  const calls = examplesOf({ slug, columns }, site.origin).map(({ title, curl }) => ({ title, curl }))
  if (!top.is_free) return { calls, example: null }
  const shown = columns.filter(({ role }) => role !== 'shape').slice(0, MOST_COLUMNS)
  const asked = readRowQuery(
    { select: shown.map(({ name }) => name), limit: String(EXAMPLE_ROWS), include_total: 'false' },
    true,
  )
  const { outputs, rows } = await findRows(site, openRowsOf(await findRowDataset(site.pool, slug)), asked)
  return {
    calls,
    example: rows.map((cells) => JSON.stringify(JSON.parse(jsonRow(outputs, cells)), null, 2)).join(',\n'),
  }
}
