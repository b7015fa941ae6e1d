import { columnKind } from '@sanjiang/contract/site.column'
import type { OpenRows } from '../rows/row.access.ts'
import { fault, ID, type RowFilter, type RowTable } from '../rows/row.rules.ts'
import type { Cells } from '../rows/row-answer.rules.ts'
import { jsonCell } from '../rows/row-answer.rules.ts'
import { type Asked, MAX_PAGE, type Raw, readBox } from '../rows/row-ask.rules.ts'
import { placeOf } from '../rows/row-filter.rules.ts'
import type { Output, RowQuery } from '../rows/row-query.rules.ts'
import { readValue } from '../rows/row-value.rules.ts'
import { boxFrom, type Crs, geometryIn, readCrs } from './ogc.crs.rules.ts'

export const DEFAULT_ITEMS = 10

/** Parameters that are no property; `f` is sent by clients that ask for JSON in so many words. */
const OWN = ['bbox', 'bbox-crs', 'crs', 'datetime', 'limit', 'after', 'edition', 'include_total', 'f', 'key'] as const

/** Columns a place is made of; the others are properties. */
const placeColumns = (table: RowTable): readonly string[] => {
  const place = placeOf(table)
  if (!place) return []
  return 'shape' in place ? [place.shape] : [place.lon, place.lat]
}

export const propertiesOf = (table: RowTable) => {
  const places = placeColumns(table)
  return table.columns.filter(({ name }) => !places.includes(name))
}

/** What happens in time is told by the first column of days or times. */
const momentOf = ({ columns }: RowTable) => columns.find((one) => ['date', 'time'].includes(columnKind(one)))

const endOf = (text: string, isLast: boolean): string => {
  const day = /^\d{4}-\d\d-\d\d$/.test(text)
  return day && isLast ? `${text}T23:59:59.999999` : text
}

const momentFilters = (table: RowTable, text: string): RowFilter[] => {
  const ends = text.split('/')
  if (ends.length > 2) throw fault('datetime', 'datetime', 'datetime 应为时刻或 起/止，一头可写 ..')
  const column = momentOf(table)
  if (!column) return []
  const isDay = columnKind(column) === 'date'
  const bound = (end: string, isLast: boolean): string => {
    const wall = readValue(endOf(end, isLast), { kind: 'time', field: 'datetime' })
    return isDay ? wall.slice(0, 10) : wall
  }
  const [from, to] = ends.length === 2 ? ends : [text, text]
  const isOpen = (end: string | undefined): boolean => end === '' || end === '..' || end === undefined
  return [
    ...(isOpen(from) ? [] : [{ column: column.name, op: 'ge' as const, values: [bound(from!, false)] }]),
    ...(isOpen(to) ? [] : [{ column: column.name, op: 'le' as const, values: [bound(to!, true)] }]),
  ]
}

const one = (raw: Raw, name: string): string => {
  const value = raw[name] ?? ''
  if (typeof value !== 'string') throw fault('given_twice', name, `${name} 只能给一次`)
  return value
}

const wholeOf = (raw: Raw, name: string): number | null => {
  const text = one(raw, name)
  if (text === '') return null
  if (!/^\d{1,15}$/.test(text)) throw fault('bad_parameter', name, `${name} 应为整数`)
  return Number(text)
}

const limitOf = (raw: Raw): number => {
  const limit = wholeOf(raw, 'limit') ?? DEFAULT_ITEMS
  if (limit < 1) throw fault('limit', 'limit', 'limit 至少为 1')
  return Math.min(limit, MAX_PAGE)
}

/** Every column that is no place may be asked to equal something. */
const propertyFilters = (table: RowTable, raw: Raw): RowFilter[] =>
  Object.keys(raw)
    .filter((name) => !(OWN as readonly string[]).includes(name))
    .map((name) => {
      const known = propertiesOf(table).some((column) => column.name === name && columnKind(column) !== 'shape')
      if (!known) throw fault('unknown_parameter', name.slice(0, 64), `不认识的参数 ${name.slice(0, 64)}`)
      return { column: name, op: 'eq', values: [one(raw, name)] }
    })

const selectOf = (table: RowTable): string[] => [
  ID.name,
  ...propertiesOf(table).map(({ name }) => name),
  ...placeColumns(table),
]

export interface AskedItems extends Asked<RowQuery & { limit: number }> {
  readonly crs: Crs
}

export const readItemQuery = (table: RowTable, raw: Raw): AskedItems => {
  const box = readBox(one(raw, 'bbox'))
  const moment = one(raw, 'datetime')
  return {
    crs: readCrs(raw.crs, 'crs'),
    query: {
      select: selectOf(table),
      filters: [...propertyFilters(table, raw), ...(moment ? momentFilters(table, moment) : [])],
      box: box && boxFrom(box, readCrs(raw['bbox-crs'], 'bbox-crs')),
      limit: limitOf(raw),
      after: wholeOf(raw, 'after'),
    },
    hasTotal: one(raw, 'include_total') !== 'false',
    edition_no: wholeOf(raw, 'edition'),
  }
}

export const readItem = (table: RowTable, id: string, raw: Raw): AskedItems => {
  const stranger = Object.keys(raw).find((name) => !['crs', 'f', 'key'].includes(name))
  if (stranger !== undefined)
    throw fault('unknown_parameter', stranger.slice(0, 64), `不认识的参数 ${stranger.slice(0, 64)}`)
  return {
    crs: readCrs(raw.crs, 'crs'),
    query: { select: selectOf(table), filters: [{ column: ID.name, op: 'eq', values: [id] }], limit: 1 },
    hasTotal: false,
    edition_no: null,
  }
}

const NUMBER = /^-?\d+(\.\d+)?$/

const pointOf = (lon: string | null, lat: string | null, crs: Crs): string =>
  lon !== null && lat !== null && NUMBER.test(lon) && NUMBER.test(lat)
    ? geometryIn(`{"type":"Point","coordinates":[${lon},${lat}]}`, crs)
    : 'null'

const geometryOf = (table: RowTable, places: Cells, crs: Crs): string => {
  if (placeColumns(table).length === 1) return places[0] == null ? 'null' : geometryIn(places[0], crs)
  return pointOf(places[0] ?? null, places[1] ?? null, crs)
}

interface ItemsOf {
  readonly dataset: OpenRows
  readonly outputs: readonly Output[]
  readonly crs: Crs
}

/** A row as a GeoJSON feature, without its closing brace: whoever sends it may add links. */
export const featureOf = ({ dataset, outputs, crs }: ItemsOf, cells: Cells): string => {
  const places = placeColumns(dataset).length
  const end = outputs.length - places
  const properties = outputs
    .slice(1, end)
    .map(({ name, kind }, at) => `${JSON.stringify(name)}:${jsonCell(cells[at + 1]!, kind)}`)
  const geometry = geometryOf(dataset, cells.slice(end), crs)
  return `{"type":"Feature","id":${cells[0]},"geometry":${geometry},"properties":{${properties.join(',')}}`
}
