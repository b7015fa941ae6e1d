import type { SiteColumn } from '@sanjiang/contract/site'
import { HIDDEN, statusColumnOf } from '@sanjiang/contract/site.status'
import pg from 'pg'

/** Whether a cell of a column is there and not published; where nothing says so, none is. */
export const hiddenSql = (columns: readonly SiteColumn[], column: SiteColumn | null | undefined): string => {
  const status = statusColumnOf(columns, column?.name)
  return status ? `coalesce(${pg.escapeIdentifier(status.name)} = '${HIDDEN}', false)` : 'false'
}
