import type { SiteColumn } from '@sanjiang/contract/site'
import type { DatasetApiView } from '@sanjiang/contract/site.dataset'
import { openRowsOf } from '../rows/row.access.ts'
import { findRows } from '../rows/row.service.ts'
import { findRowDataset } from '../rows/row.store.ts'
import { jsonRow } from '../rows/row-answer.rules.ts'
import { readRowQuery } from '../rows/row-ask.rules.ts'
import { exampleCategory, examplesOf } from '../rows/row-openapi.rules.ts'
import type { Site } from '../site.ts'
import type { OpenDataset } from './top.store.ts'

const EXAMPLE_ROWS = 2
/** A shape would fill the page, and so would fifty columns. */
const MOST_COLUMNS = 8

/** Without its own marks of the language of addresses, and short enough to be read in a heading. */
const PLAIN = /^[^,"'\\%*|]{1,20}$/

const sampleOf = (columns: readonly SiteColumn[], rows: readonly Readonly<Record<string, unknown>>[]) => {
  const value = rows[0]?.[exampleCategory(columns)?.name ?? '']
  return typeof value === 'string' && PLAIN.test(value) ? value : undefined
}

const withKey = ({ curl, url }: { curl: string; url: string }): string =>
  /\/(rows|aggregate)/.test(url) ? curl.replace('curl ', "curl -H 'Authorization: Bearer 您的密钥' ") : curl

/** Commands that work as they stand, and the first rows as the interface of rows answers them. */
export const examplesFor = async (
  site: Site,
  { top, table_name, columns }: OpenDataset,
): Promise<Pick<DatasetApiView, 'calls' | 'example'>> => {
  const { slug } = top.content
  if (!table_name || columns.length === 0) return { calls: [], example: null }
  if (!top.is_free)
    return {
      calls: examplesOf({ slug, columns }, site.origin).map((one) => ({ ...one, curl: withKey(one) })),
      example: null,
    }
  const shown = columns.filter(({ role }) => role !== 'shape').slice(0, MOST_COLUMNS)
  const asked = readRowQuery(
    { select: shown.map(({ name }) => name), limit: String(EXAMPLE_ROWS), include_total: 'false' },
    true,
  )
  const { outputs, rows } = await findRows(site, openRowsOf(await findRowDataset(site.pool, slug)), asked)
  const written = rows.map((cells) => JSON.parse(jsonRow(outputs, cells)) as Record<string, unknown>)
  return {
    calls: examplesOf({ slug, columns, value: sampleOf(columns, written) }, site.origin),
    example: written.map((row) => JSON.stringify(row, null, 2)).join(',\n'),
  }
}
