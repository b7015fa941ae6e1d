import type { HarvestRun } from '@sanjiang/contract/catalog'
import type { RunRow } from './run.store.ts'

export const toRun = (row: RunRow): HarvestRun => {
  const { holder: _, lease_until: __, place: ___, etag: ____, ...shown } = row
  return shown as HarvestRun
}
