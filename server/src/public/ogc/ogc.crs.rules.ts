import type { Box } from '../rows/row.rules.ts'
import { SiteFault } from '../site.ts'

export const CRS84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'
export const CGCS2000 = 'http://www.opengis.net/def/crs/EPSG/0/4490'

/**
 * Data stand in CGCS2000 degrees, east then north. They are given out as CRS84 as they are: the two differ by less than a metre,
 * which is below what the data are good for. Under its own name EPSG puts north first.
 */
export const CRS_NOTE =
  '坐标是 2000 国家大地坐标系（CGCS2000）经纬度；按 CRS84 给出时不作换算，两者相差不到一米。EPSG:4490 的次序是先纬度后经度。'

export type Crs = typeof CRS84 | typeof CGCS2000

export const readCrs = (value: unknown, field: string): Crs => {
  if (value === undefined || value === '' || value === CRS84) return CRS84
  if (value === CGCS2000) return CGCS2000
  throw new SiteFault(400, 'unknown_crs', { field, detail: `${field} 应为 ${CRS84} 或 ${CGCS2000}` })
}

export const boxFrom = ([a, b, c, d]: Box, crs: Crs): Box => (crs === CRS84 ? [a, b, c, d] : [b, a, d, c])

const isPosition = (value: unknown): value is number[] => Array.isArray(value) && typeof value[0] === 'number'

const swap = (value: unknown): unknown => {
  if (isPosition(value)) return [value[1], value[0], ...value.slice(2)]
  return Array.isArray(value) ? value.map(swap) : value
}

interface Geometry {
  readonly coordinates?: unknown
  readonly geometries?: readonly Geometry[]
}

const northFirst = (geometry: Geometry): Geometry => ({
  ...geometry,
  ...(geometry.coordinates ? { coordinates: swap(geometry.coordinates) } : {}),
  ...(geometry.geometries ? { geometries: geometry.geometries.map(northFirst) } : {}),
})

/** A geometry as JSON text in the order of axes asked for. */
export const geometryIn = (text: string, crs: Crs): string => {
  if (crs === CRS84) return text
  const geometry: unknown = JSON.parse(text)
  return typeof geometry === 'object' && geometry !== null ? JSON.stringify(northFirst(geometry as Geometry)) : text
}
