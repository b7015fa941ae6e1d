import type { ChartSplit } from '@sanjiang/contract/site.preview'
import { changeText, indexed, isIndexed, isThere } from './panel-index.ts'
import { isFarFromZero, numberText, placesOf, scaleOf, shortText, ticksOf } from './scale.ts'
import { fitted, widthOf } from './text.ts'

const LETTER = 13
const GAP = 8
/** Between two pictures of a row. */
const BETWEEN = 16
const HEAD = 22

interface Tick {
  readonly at: number
  readonly text: string
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Of which value: cut to what fits. */
  readonly name: string
}

const room = (texts: readonly string[]): number => Math.ceil(Math.max(0, ...texts.map(widthOf)) * LETTER)
const valuesOf = ({ panels }: ChartSplit): number[] => panels.flatMap(({ values }) => values.filter(isThere))

interface Sheet {
  readonly columns: number
  /** Where the first picture of a row begins: what stands before is told once per row. */
  readonly left: number
  readonly width: number
  readonly inner: number
  readonly below: number
}

const boxesOf = ({ panels }: ChartSplit, { columns, left, width, inner, below }: Sheet) => {
  const own = Math.floor((width - left - BETWEEN * (columns - 1)) / columns)
  return panels.map((_, at) => ({
    x: left + (at % columns) * (own + BETWEEN),
    y: Math.floor(at / columns) * (HEAD + inner + below) + HEAD,
    width: own,
    height: inner,
  }))
}

const heightOf = ({ panels }: ChartSplit, { columns, inner, below }: Sheet): number =>
  Math.ceil(panels.length / columns) * (HEAD + inner + below)

export interface LinePanels {
  readonly width: number
  readonly height: number
  readonly ticks: readonly Tick[]
  readonly left: number
  readonly panels: readonly (Box & {
    /** From the corner of the picture, so that it can be laid into any of them. */
    readonly path: string
    readonly end: { readonly x: number; readonly y: number; readonly text: string } | null
    readonly isFirst: boolean
  })[]
}

const PLOT = 84

/** A line for each, small and to one scale: the eye compares where one line cannot be told from eight. */
export const layLinePanels = (figures: ChartSplit, width: number): LinePanels => {
  const split = indexed(figures)
  const lastText = isIndexed(figures) ? changeText : numberText
  const values = valuesOf(split)
  // A hundred is where indices begin, nought is nothing to them.
  const isMoving = isIndexed(figures) && Math.max(...values) - Math.min(...values) > 1
  const ticks = ticksOf(values, 3, !isMoving && !isFarFromZero(values))
  const left = room(ticks.map(shortText)) + GAP
  const columns = Math.min(width < 500 ? 2 : 4, split.panels.length)
  const sheet = { columns, left, width, inner: PLOT, below: 16 }
  const boxes = boxesOf(split, sheet)
  const places = placesOf(split.labels)
  const x = scaleOf([0, 1], [3, (boxes[0]?.width ?? 0) - 4])
  const y = scaleOf([ticks[0]!, ticks.at(-1)!], [PLOT, 0])
  return {
    width,
    height: heightOf(split, sheet),
    ticks: ticks.map((tick) => ({ at: y(tick), text: shortText(tick) })),
    left,
    panels: split.panels.map(({ name, values: own }, at) => {
      const dots = own.flatMap((value, of) => (isThere(value) ? [{ x: x(places[of]!), y: y(value), value }] : []))
      const last = dots.at(-1)
      const text = last ? lastText(last.value) : ''
      return {
        ...boxes[at]!,
        name: fitted(name || '（空）', (boxes[at]!.width - room([text]) - GAP) / LETTER),
        path: dots.map((dot, place) => `${place === 0 ? 'M' : 'L'}${dot.x} ${dot.y}`).join(''),
        end: last ? { x: last.x, y: last.y, text } : null,
        isFirst: at % columns === 0,
      }
    }),
  }
}

export interface BarPanels {
  readonly width: number
  readonly height: number
  readonly labels: readonly { readonly y: number; readonly text: string }[]
  readonly panels: readonly (Box & {
    readonly zero: number
    readonly bars: readonly {
      readonly x: number
      readonly y: number
      readonly width: number
      readonly text: string
      readonly text_x: number
      readonly is_left: boolean
    }[]
    readonly isFirst: boolean
  })[]
}

const ROW = 26
const LEAST_BAR = 70
const MOST_COLUMNS = 3
export const PANEL_BAR = 15

/** Lying bars of the same kinds in the same order in each; the kinds are named once per row. */
export const layBarPanels = (split: ChartSplit, width: number): BarPanels => {
  const values = valuesOf(split)
  const names = split.labels.map((label) => label || '（空）')
  const left = Math.ceil(Math.min(room(names), width * (width < 500 ? 0.36 : 0.24))) + GAP
  const beside = room([...values.map(numberText), '未公布']) + GAP
  const ticks = ticksOf(values, 3)
  const before = ticks[0]! < 0 ? beside : 0
  // As many in a row as leave room for bars between their numbers.
  const most = Math.floor((width - left + BETWEEN) / (before + beside + LEAST_BAR + BETWEEN))
  const columns = Math.max(1, Math.min(most, MOST_COLUMNS, split.panels.length))
  const sheet = { columns, left, width, inner: split.labels.length * ROW, below: 20 }
  const boxes = boxesOf(split, sheet)
  const place = scaleOf([ticks[0]!, ticks.at(-1)!], [before, (boxes[0]?.width ?? 0) - beside])
  return {
    width,
    height: heightOf(split, sheet),
    labels: names.map((name, at) => ({ y: at * ROW, text: fitted(name, (left - GAP) / LETTER) })),
    panels: split.panels.map(({ name, values: own }, at) => ({
      ...boxes[at]!,
      name: fitted(name || '（空）', boxes[at]!.width / LETTER),
      zero: place(0),
      bars: own.map((value, row) => {
        const reach = place(isThere(value) ? value : 0)
        const [from, to] = [Math.min(place(0), reach), Math.max(place(0), reach)]
        const is_left = isThere(value) && value < 0
        return {
          ...{ x: from, y: row * ROW + (ROW - PANEL_BAR) / 2, is_left },
          width: isThere(value) ? Math.max(1, Math.round((to - from) * 10) / 10) : 0,
          text: isThere(value) ? numberText(value) : value === false ? '未公布' : '无',
          text_x: is_left ? from - 4 : to + 4,
        }
      }),
      isFirst: at % columns === 0,
    })),
  }
}
