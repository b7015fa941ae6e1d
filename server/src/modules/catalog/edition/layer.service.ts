import { type CatalogStandard, type LayerChange, layerFaults } from '@sanjiang/contract/catalog'
import type { Db } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { getBody } from '../standard.store.ts'
import type { EditionRow } from './edition.store.ts'

export const layerOf = ({ layer }: EditionRow): LayerChange[] => layer as LayerChange[]

/** The national version a dialect is laid over; the base itself has none. */
export const baseOf = async (db: Db, { standard_id, base_version }: EditionRow): Promise<CatalogStandard | null> =>
  base_version === null ? null : getBody(db, standard_id, base_version)

/** A draft that can be tried or adopted: nothing stands against its layer. */
export const assertSound = async (db: Db, row: EditionRow): Promise<void> => {
  const base = await baseOf(db, row)
  const faults = base ? layerFaults(base, layerOf(row)) : []
  if (faults.length === 0) return
  throw new Fault('invalid', `扩展有 ${faults.length} 处不成立`, {
    fields: faults.map(({ index, field, message }) => ({ field: `layer.${index}.${field}`, rule: 'layer', message })),
  })
}
