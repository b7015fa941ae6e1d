import type pg from 'pg'
import type { OpenRows } from '../rows/row.access.ts'
import { type Box, nameOf, tableOf } from '../rows/row.rules.ts'
import { placeOf } from '../rows/row-filter.rules.ts'

/** Extents of the editions looked at last, per database: an edition's rows never change. */
const extents = new WeakMap<pg.Pool, Map<string, Box | null>>()
const MAX_EXTENTS = 1000

const extentsOf = (pool: pg.Pool): Map<string, Box | null> => {
  const found = extents.get(pool) ?? new Map<string, Box | null>()
  extents.set(pool, found)
  if (found.size >= MAX_EXTENTS) found.clear()
  return found
}

const extentSql = (dataset: OpenRows): string => {
  const place = placeOf(dataset)!
  if (!('shape' in place)) {
    const [lon, lat] = [nameOf(place.lon), nameOf(place.lat)]
    return `select min(${lon})::float8 as west, min(${lat})::float8 as south, max(${lon})::float8 as east,
      max(${lat})::float8 as north from ${tableOf(dataset)}
      where ${lon} between -180 and 180 and ${lat} between -90 and 90`
  }
  return `select min((box[1])[0]) as west, min((box[1])[1]) as south, max((box[0])[0]) as east, max((box[0])[1]) as north
    from (select site.shape_box(${nameOf(place.shape)}) as box from ${tableOf(dataset)}) boxes`
}

/** A listing of many waits for none of them long. */
const EXTENT_MS = 1500

const measure = async (pool: pg.Pool, dataset: OpenRows): Promise<Box | null> => {
  const client = await pool.connect()
  try {
    await client.query(`begin read only; set local statement_timeout = ${EXTENT_MS}`)
    const { rows } = await client.query<Record<'west' | 'south' | 'east' | 'north', number | null>>(extentSql(dataset))
    const { west, south, east, north } = rows[0]!
    return west === null ? null : [west, south!, east!, north!]
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

/** Where the rows of an edition lie; not told where no row has a place or where it takes too long to find. */
export const findExtent = async (pool: pg.Pool, dataset: OpenRows): Promise<Box | null> => {
  const known = extentsOf(pool).get(dataset.table_name)
  if (known !== undefined) return known
  const extent = await measure(pool, dataset).catch((error: { code?: string }) => {
    // Too long, or a newer edition has just taken the table away.
    if (error.code === '57014' || error.code === '42P01') return null
    throw error
  })
  extentsOf(pool).set(dataset.table_name, extent)
  return extent
}
