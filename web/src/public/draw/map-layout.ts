import type { MapPreview } from '@sanjiang/contract/site.preview'
import { baseMap, shortName } from './base-map.ts'
import { albers, type Box, boxOf, isWithin, type Sheet, sheetFor } from './projection.ts'
import { classOf, quantilesOf } from './scale.ts'
import { pathOf, pathsOf, type Shape, shapeOf } from './shape.ts'
import type { Position, Ring } from './simplify.ts'
import { widthOf } from './text.ts'

const WIDTH = 740
const MARGIN = 12
/** Text of all paths of a page's map together. */
export const MOST_PATH = 60_000
const MOST_BASE = 14_000
/** What covers less of the province than this share of its width is shown larger. */
const NEAR = 1 / 5
/** Kinds of places are told apart by form and colour; the rest share the last. */
export const MAX_KINDS = 5
const MAX_LABELS = 20

export interface MapLabel {
  readonly x: number
  readonly y: number
  readonly text: string
}

export interface MapLayout {
  readonly width: number
  readonly height: number
  readonly base: readonly string[]
  readonly areas: readonly {
    readonly path: string
    readonly label: string
    readonly value: number | null
    readonly grade: number | null
  }[]
  readonly lines: string
  /** Marks of one kind each, drawn as one path. */
  readonly marks: readonly { readonly kind: string | null; readonly positions: readonly Position[] }[]
  readonly labels: readonly MapLabel[]
  /** Upper bounds of the classes values are shown in. */
  readonly bounds: readonly number[]
  readonly is_qinghai: boolean
}

const projected = (shape: Shape): Shape => ({
  rings: shape.rings.map((ring) => ring.map(albers)),
  lines: shape.lines.map((line) => line.map(albers)),
  points: shape.points.map(albers),
})

const province = baseMap().map(({ name, rings }) => ({ name, rings: rings.map((ring) => ring.map(albers)) }))
const provinceBox = boxOf(province.flatMap(({ rings }) => rings.flat()))

const widened = ({ left, top, right, bottom }: Box, share: number): Box => {
  const by = Math.max(right - left, bottom - top, 0.002) * share
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by }
}

/** What the sheet shows: the province where the data lie in it, closer where they lie close together, else the data themselves. */
const extentOf = (data: Box): { box: Box; isQinghai: boolean } => {
  const isQinghai = [
    [data.left, data.top],
    [data.right, data.bottom],
  ].every((corner) => isWithin(corner as unknown as Position, widened(provinceBox, 0.02)))
  if (!isQinghai) return { box: widened(data, 0.05), isQinghai }
  const isNear = data.right - data.left < (provinceBox.right - provinceBox.left) * NEAR
  return { box: isNear ? widened(data, 0.5) : provinceBox, isQinghai }
}

const placedRings = (rings: readonly Ring[], { place }: Sheet): Ring[] => rings.map((ring) => ring.map(place))

const largest = (rings: readonly Ring[]): Box | undefined =>
  rings
    .map(boxOf)
    .toSorted((a, b) => (b.right - b.left) * (b.bottom - b.top) - (a.right - a.left) * (a.bottom - a.top))[0]

const LETTER = 13

/** A name in the middle of its largest part, where it fits. */
const labelsOf = (areas: readonly { label: string; rings: readonly Ring[] }[], sheet: Sheet): MapLabel[] =>
  areas.slice(0, MAX_LABELS).flatMap(({ label, rings }) => {
    const box = largest(rings)
    if (!box || box.right - box.left < widthOf(label) * LETTER * 0.9) return []
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2]
    return x > 0 && x < sheet.width && y > 0 && y < sheet.height
      ? [{ x: Math.round(x), y: Math.round(y) + 4, text: label }]
      : []
  })

const kindsOf = (map: MapPreview): (string | null)[] => {
  const kinds = new Map<string | null, number>()
  for (const { category } of map.points) kinds.set(category, (kinds.get(category) ?? 0) + 1)
  return [...kinds].toSorted((a, b) => b[1] - a[1]).map(([kind]) => kind)
}

const marksOf = (map: MapPreview, shapes: readonly Shape[], { place }: Sheet): MapLayout['marks'] => {
  const kinds = kindsOf(map)
  const named = kinds.length <= MAX_KINDS ? kinds : kinds.slice(0, MAX_KINDS - 1)
  const rest =
    kinds.length > named.length ? [{ kind: '其他', isOf: (kind: string | null) => !named.includes(kind) }] : []
  const groups = [...named.map((kind) => ({ kind, isOf: (one: string | null) => one === kind })), ...rest]
  const marks = groups.map(({ kind, isOf }) => ({
    kind,
    positions: map.points.filter(({ category }) => isOf(category)).map(({ lon, lat }) => place(albers([lon, lat]))),
  }))
  const loose = shapes.flatMap(({ points }) => points.map(place))
  return loose.length > 0 ? [...marks, { kind: null, positions: loose }] : marks
}

const boxOfAll = (map: MapPreview, shapes: readonly Shape[]): Box =>
  boxOf([
    ...map.points.map(({ lon, lat }) => albers([lon, lat])),
    ...shapes.flatMap(({ rings, lines, points }) => [...rings.flat(), ...lines.flat(), ...points]),
  ])

const lay = (map: MapPreview): MapLayout | undefined => {
  const shapes = map.shapes.map(({ geometry }) => projected(shapeOf(geometry)))
  const data = boxOfAll(map, shapes)
  if (!Number.isFinite(data.left)) return undefined
  const { box, isQinghai } = extentOf(data)
  const sheet = sheetFor(box, { width: WIDTH, margin: MARGIN, tallest: 0.9 })
  const rings = shapes.map((shape) => placedRings(shape.rings, sheet))
  const under = isQinghai ? province.map((one) => ({ label: one.name, rings: placedRings(one.rings, sheet) })) : []
  const hasAreas = rings.some(({ length }) => length > 0)
  const values = map.shapes.flatMap(({ value }) => (value === null ? [] : [value]))
  const bounds = quantilesOf(values)
  const paths = pathsOf({ rings, most: MOST_PATH - MOST_BASE })
  const named = map.shapes.map(({ label }, at) => ({ label: shortName(label), rings: rings[at]! }))
  return {
    width: sheet.width,
    height: sheet.height,
    base: pathsOf({ rings: under.map((one) => one.rings), most: MOST_BASE }),
    areas: map.shapes.flatMap(({ label, value }, at) =>
      paths[at] ? [{ path: paths[at], label, value, grade: value === null ? null : classOf(value, bounds) }] : [],
    ),
    lines: shapes.flatMap((shape) => shape.lines.map((line) => pathOf(line.map(sheet.place), false))).join(''),
    marks: marksOf(map, shapes, sheet),
    labels: labelsOf(hasAreas ? named : under, sheet),
    bounds,
    is_qinghai: isQinghai,
  }
}

const layouts = new WeakMap<MapPreview, MapLayout | null>()

/** Everything a map of a dataset is drawn from; `undefined` where nothing of it has a place. What is shown again is not laid again. */
export const layMap = (map: MapPreview): MapLayout | undefined => {
  const known = layouts.get(map)
  if (known !== undefined) return known ?? undefined
  const layout = lay(map)
  layouts.set(map, layout ?? null)
  return layout
}
