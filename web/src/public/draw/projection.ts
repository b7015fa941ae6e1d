import type { Position } from './simplify.ts'

const RAD = Math.PI / 180
/** Qinghai lies between 31.6° and 39.2° north; the middle of the province looks upright. */
const [FIRST, SECOND, LON, LAT] = [33.2 * RAD, 37.8 * RAD, 96.2 * RAD, 35.5 * RAD]
const N = (Math.sin(FIRST) + Math.sin(SECOND)) / 2
const C = Math.cos(FIRST) ** 2 + 2 * N * Math.sin(FIRST)
const radius = (lat: number): number => Math.sqrt(Math.max(0, C - 2 * N * Math.sin(lat))) / N
const RHO = radius(LAT)

/** Albers' equal-area cone for Qinghai: what is twice as large on the ground is so on the map. East and south are positive. */
export const albers = ([lon, lat]: Position): Position => {
  const angle = N * (lon * RAD - LON)
  const rho = radius(lat * RAD)
  return [rho * Math.sin(angle), -(RHO - rho * Math.cos(angle))]
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export const boxOf = (positions: Iterable<Position>): Box => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of positions) {
    if (x < left) left = x
    if (x > right) right = x
    if (y < top) top = y
    if (y > bottom) bottom = y
  }
  return { left, top, right, bottom }
}

export const isWithin = ([x, y]: Position, { left, top, right, bottom }: Box): boolean =>
  x >= left && x <= right && y >= top && y <= bottom

export interface Sheet {
  readonly width: number
  readonly height: number
  /** From projected position to the sheet's units, tenths kept. */
  readonly place: (position: Position) => Position
}

interface Frame {
  readonly width: number
  readonly margin: number
  /** The sheet is no taller than this share of its width. */
  readonly tallest: number
}

const tenth = (value: number): number => Math.round(value * 10) / 10

/** A sheet of this width on which the box lies whole and undistorted. */
export const sheetFor = ({ left, top, right, bottom }: Box, { width, margin, tallest }: Frame): Sheet => {
  const [spanX, spanY] = [Math.max(right - left, 1e-9), Math.max(bottom - top, 1e-9)]
  const room = width - 2 * margin
  const scale = Math.min(room / spanX, (width * tallest - 2 * margin) / spanY)
  const shift = (room - spanX * scale) / 2
  return {
    width,
    height: Math.ceil(spanY * scale + 2 * margin),
    place: ([x, y]) => [tenth(margin + shift + (x - left) * scale), tenth(margin + (y - top) * scale)],
  }
}
