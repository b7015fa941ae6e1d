import { OUTLINES } from './qinghai.data.ts'
import type { Position, Ring } from './simplify.ts'

/** A prefecture as the base map draws it. */
export interface Prefecture {
  readonly name: string
  readonly rings: readonly Ring[]
}

const positionsOf = (ring: string): Position[] =>
  ring.split(',').map((position) => position.split(' ').map(Number) as [number, number])

/** 海西蒙古族藏族自治州 would not fit beside its neighbours. */
export const shortName = (name: string): string => name.replace(/(?:蒙古族)?(?:藏族)?自治州$|市$/, '')

let prefectures: readonly Prefecture[] | undefined

/** Qinghai's eight prefectures in degrees. */
export const baseMap = (): readonly Prefecture[] =>
  (prefectures ??= OUTLINES.map(({ name, rings }) => ({ name: shortName(name), rings: rings.map(positionsOf) })))
