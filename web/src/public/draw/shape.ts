import { type Position, type Ring, simplifyRings } from './simplify.ts'

/** What may stand in a column of role `shape`: GeoJSON geometries, read with suspicion. */
export interface Shape {
  readonly rings: readonly Ring[]
  readonly lines: readonly (readonly Position[])[]
  readonly points: readonly Position[]
}

const NOTHING: Shape = { rings: [], lines: [], points: [] }
const MAX_DEPTH = 3

const positionOf = (value: unknown): Position | undefined => {
  if (!Array.isArray(value)) return undefined
  const [lon, lat] = value as unknown[]
  const isPlace = typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90
  return isPlace ? [lon, lat] : undefined
}

const lineOf = (value: unknown): Position[] =>
  Array.isArray(value) ? value.map(positionOf).filter((one) => one !== undefined) : []

const many = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const joined = (shapes: readonly Shape[]): Shape => ({
  rings: shapes.flatMap(({ rings }) => rings),
  lines: shapes.flatMap(({ lines }) => lines),
  points: shapes.flatMap(({ points }) => points),
})

const closed = (line: Position[]): Ring =>
  line.length > 0 && String(line[0]) !== String(line.at(-1)) ? [...line, line[0]!] : line

const ringsOf = (polygon: unknown): Ring[] => many(polygon).map((ring) => closed(lineOf(ring)))

/** The parts of a GeoJSON geometry; what is none of the kinds drawn, or no geometry at all, is nothing. */
export const shapeOf = (geometry: unknown, depth = 0): Shape => {
  if (typeof geometry !== 'object' || geometry === null || depth > MAX_DEPTH) return NOTHING
  const { type, coordinates, geometries } = geometry as Record<string, unknown>
  if (type === 'Polygon') return { ...NOTHING, rings: ringsOf(coordinates) }
  if (type === 'MultiPolygon') return { ...NOTHING, rings: many(coordinates).flatMap(ringsOf) }
  if (type === 'LineString') return { ...NOTHING, lines: [lineOf(coordinates)] }
  if (type === 'MultiLineString') return { ...NOTHING, lines: many(coordinates).map(lineOf) }
  if (type === 'Point') return { ...NOTHING, points: lineOf([coordinates]) }
  if (type === 'MultiPoint') return { ...NOTHING, points: lineOf(coordinates) }
  return type === 'GeometryCollection' ? joined(many(geometries).map((one) => shapeOf(one, depth + 1))) : NOTHING
}

const number = (value: number): string => String(Math.round(value * 10) / 10)

/** A line as the text of a path: the first position whole, then differences. */
export const pathOf = (line: readonly Position[], isClosed: boolean): string => {
  const [first] = line
  if (!first) return ''
  let [x, y] = first
  let text = `M${number(x)} ${number(y)}l`
  for (const [nextX, nextY] of isClosed ? line.slice(1, -1) : line.slice(1)) {
    const [dx, dy] = [number(nextX - x), number(nextY - y)]
    text += `${dx}${dy.startsWith('-') ? '' : ' '}${dy} `
    // What was rounded is carried on, or a long border would drift.
    x += Number(dx)
    y += Number(dy)
  }
  return isClosed ? `${text.trimEnd()}z` : text.trimEnd()
}

interface Placed {
  readonly rings: readonly (readonly Ring[])[]
  /** No path is to be longer together. */
  readonly most: number
}

const FINEST = 0.35

/** Paths of shapes already placed on the sheet, as fine as the allowance lets them be; shared borders stay shared. */
export const pathsOf = ({ rings, most }: Placed): string[] => {
  // Each pass begins with what the one before has left: a hundred thousand positions are walked once.
  let fine: readonly Ring[] = rings.flat()
  for (let tolerance = FINEST; ; tolerance *= 1.5) {
    fine = simplifyRings(fine, tolerance)
    let at = 0
    const paths = rings.map((own) => own.map(() => pathOf(fine[at++]!, true)).join(''))
    if (paths.reduce((sum, path) => sum + path.length, 0) <= most || tolerance > 200) return paths
  }
}
