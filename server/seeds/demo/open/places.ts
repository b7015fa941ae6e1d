import { OUTLINES } from '../../reference/outline.data.ts'
import { outlineGeometry } from '../../reference/outlines.ts'
import { counties, prefectures, type Region } from '../../reference/regions.ts'
import { DEMO_SEED, generator, hash } from '../random.ts'

export type Position = readonly [lon: number, lat: number]

const isInRing = ([x, y]: Position, ring: readonly (readonly number[])[]): boolean => {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi = 0, yi = 0] = ring[i]!
    const [xj = 0, yj = 0] = ring[j]!
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
  }
  return inside
}

export const isInPrefecture = (code: string, position: Position): boolean =>
  outlineGeometry(code)!.coordinates.some(([ring]) => isInRing(position, ring!))

const seatOf = (code: string): Position => OUTLINES.find((one) => one.code === code)!.seat

const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5

/** Towns lie along the valleys around the seat: near it more often than far. Always inside the prefecture. */
export const placeIn = (prefecture: string, what: string, index: number): Position => {
  const next = generator(hash(DEMO_SEED, 'place', prefecture, what, index))
  const [lon, lat] = seatOf(prefecture)
  for (let tries = 0; tries < 60; tries++) {
    const [turn, reach] = [next() * 2 * Math.PI, next() ** 2 * 1.6]
    const at: Position = [round(lon + Math.cos(turn) * reach * 1.25), round(lat + Math.sin(turn) * reach)]
    if (isInPrefecture(prefecture, at)) return at
  }
  return [round(lon), round(lat)]
}

export const prefectureOf = ({ code }: Region): string => `${code.slice(0, 4)}00`

/** Every county as often as its people are a share of all, at least once. */
export const spread = (total: number): readonly Region[] => {
  const people = counties.reduce((sum, { population_10k }) => sum + population_10k, 0)
  return counties.flatMap((county) =>
    Array.from({ length: Math.max(1, Math.round((total * county.population_10k) / people)) }, () => county),
  )
}

export const prefectureNames: ReadonlyMap<string, string> = new Map(
  prefectures.map(({ code, short_name }) => [code, short_name]),
)
