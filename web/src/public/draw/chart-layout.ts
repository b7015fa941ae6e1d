import type { ChartPoint } from '@sanjiang/contract/site.preview'
import { isFarFromZero, labelled, numberText, placesOf, scaleOf, shortText, ticksOf } from './scale.ts'
import { fitted, widthOf } from './text.ts'

/** Size of the letters, in units of the sheet; sheets are drawn one unit to the pixel. */
export const LETTER = 13
const [ROW, BAR, FOOT, GAP] = [30, 18, 46, 8]
const TALL_ROW = 46
/** So much of the width names may take beside their bars. */
const MOST_LEFT = 0.36

interface Tick {
  readonly at: number
  readonly text: string
}

export interface BarLayout {
  readonly width: number
  readonly height: number
  /** Where zero stands. */
  readonly zero: number
  readonly bottom: number
  readonly ticks: readonly Tick[]
  readonly bars: readonly {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
    readonly label: string
    readonly label_y: number
    readonly text: string
    readonly text_x: number
    /** A negative bar carries its number on the left. */
    readonly is_left: boolean
  }[]
}

const room = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf)) * LETTER

/** Lying bars: names of kinds are long and a phone is narrow. */
export const layBars = (points: readonly ChartPoint[], width: number): BarLayout => {
  const labels = points.map(({ label }) => label || '（空）')
  // Names that begin alike, as those of organs do, are told apart by their ends: on a phone they stand above their bars.
  const isStacked = width < 500 && room(labels) > width * MOST_LEFT
  const left = isStacked ? LETTER / 2 : Math.ceil(Math.min(room(labels), width * MOST_LEFT)) + GAP
  const row = isStacked ? TALL_ROW : ROW
  const values = points.map(({ value }) => value)
  const beside = room(values.map(numberText)) + GAP
  const right = width - Math.max(beside, GAP)
  const ticks = ticksOf(values, width < 500 ? 3 : 6)
  const hasNegative = ticks[0]! < 0
  const place = scaleOf([ticks[0]!, ticks.at(-1)!], [left + (hasNegative ? beside : 0), right])
  const bottom = points.length * row
  return {
    width,
    height: bottom + FOOT,
    zero: place(0),
    bottom,
    ticks: ticks.map((tick) => ({ at: place(tick), text: shortText(tick) })),
    bars: points.map(({ value }, at) => {
      const [x, end] = [Math.min(place(0), place(value)), Math.max(place(0), place(value))]
      const y = at * row + (isStacked ? TALL_ROW - BAR - 4 : (ROW - BAR) / 2)
      return {
        x,
        y,
        width: Math.max(1, Math.round((end - x) * 10) / 10),
        height: BAR,
        label: fitted(labels[at]!, (isStacked ? width : left - GAP) / LETTER),
        label_y: isStacked ? y - 6 : y + 14,
        text: numberText(value),
        text_x: value < 0 ? x - 5 : end + 5,
        is_left: value < 0,
      }
    }),
  }
}

export interface LineLayout {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly y_ticks: readonly Tick[]
  readonly x_ticks: readonly Tick[]
  readonly path: string
  readonly dots: readonly { readonly x: number; readonly y: number; readonly title: string }[]
  /** Its axis does not begin at zero, which a reader is told. */
  readonly is_cut: boolean
}

const TOP = 14
/** More than these are a line without marks. */
const MAX_DOTS = 60

export const layLine = (points: readonly ChartPoint[], width: number): LineLayout => {
  const height = width < 500 ? 260 : 320
  const bottom = height - FOOT
  const values = points.map(({ value }) => value)
  const is_cut = isFarFromZero(values)
  const ticks = ticksOf(values, 5, !is_cut)
  const left = Math.ceil(room(ticks.map(shortText))) + 2 * GAP
  const labelWidth = room(points.map(({ label }) => label))
  const right = width - Math.max(GAP * 2, Math.ceil(labelWidth / 2))
  const places = placesOf(points.map(({ label }) => label))
  const x = scaleOf([0, 1], [left + Math.min(20, labelWidth / 2), right])
  const y = scaleOf([ticks[0]!, ticks.at(-1)!], [bottom, TOP])
  const dots = points.map(({ label, value }, at) => ({
    x: x(places[at]!),
    y: y(value),
    title: `${label}：${numberText(value)}`,
  }))
  const named = labelled(
    dots.map((dot) => dot.x),
    labelWidth + 2 * GAP,
  )
  return {
    width,
    height,
    left,
    right,
    bottom,
    y_ticks: ticks.map((tick) => ({ at: y(tick), text: shortText(tick) })),
    x_ticks: named.map((at) => ({ at: dots[at]!.x, text: points[at]!.label })),
    path: dots.map((dot, at) => `${at === 0 ? 'M' : 'L'}${dot.x} ${dot.y}`).join(''),
    dots: dots.length > MAX_DOTS ? [] : dots,
    is_cut,
  }
}
