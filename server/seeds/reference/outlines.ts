import { OUTLINES } from './outline.data.ts'

/** A division's outline as a GeoJSON geometry; `undefined` for what is no prefecture of Qinghai. */
export const outlineGeometry = (code: string): { type: 'MultiPolygon'; coordinates: number[][][][] } | undefined => {
  const found = OUTLINES.find((one) => one.code === code)
  return found && { type: 'MultiPolygon', coordinates: found.rings.map((ring) => [positionsOf(ring)]) }
}

const positionsOf = (ring: string): number[][] => ring.split(',').map((position) => position.split(' ').map(Number))
