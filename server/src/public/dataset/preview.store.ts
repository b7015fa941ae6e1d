import type { SiteColumn } from '@sanjiang/contract/site'
import type { MapPreview, PreviewCell, TablePreview } from '@sanjiang/contract/site.preview'
import { withoutStatus } from '@sanjiang/contract/site.status'
import pg from 'pg'
import { MAX_WORDS, whereOf } from '../rows/row-filter.rules.ts'
import { bind, type Sql, toStatement } from '../rows/row-sql.rules.ts'
import { type MapPlan, measuresOf, previewColumn } from './preview.rules.ts'
import { hiddenSql } from './status.sql.ts'

/** Where rows stand: the name comes from the edition, never from a question. */
export interface Source {
  readonly pool: pg.Pool
  readonly table: string
  readonly columns: readonly SiteColumn[]
  readonly row_count: number
}

/** Text of one cell on a page. */
const CELL = 200
const MOST_POINTS = 1_500
const MOST_SHAPES = 300
/** GeoJSON taken for one map, in characters; a shape longer than the single allowance is left out. */
const SHAPE_TEXT = 1_000_000
const SHAPES_TEXT = 3_000_000

const id = (name: string): string => pg.escapeIdentifier(name)
const from = ({ table }: Source): string => `data.${id(table)}`

const asText = ({ name, role, data_type }: SiteColumn): string => {
  const column = id(name)
  if (role === 'shape')
    return `case when ${column}->>'type' like '%Polygon' then '面' when ${column}->>'type' like '%Line%' then '线' when ${column} is not null then '点' end`
  if (data_type === 'L') return `case ${column} when true then '是' when false then '否' end`
  if (data_type === 'T') return `to_char(${column}, 'YYYY-MM-DD HH24:MI:SS')`
  return `left(${column}::text, ${CELL + 1})`
}

const cut = (text: string | null): string | null =>
  text !== null && text.length > CELL ? `${text.slice(0, CELL)}…` : text

const cellOf = (text: unknown, isHidden: unknown): PreviewCell =>
  isHidden === true ? false : cut(text as string | null)

export interface TableAsk {
  readonly sort: string
  readonly isDescending: boolean
  readonly from: number
  readonly limit: number
  /** What somebody looks for in the rows; rows are met that hold all of it. */
  readonly q?: string
}

/** Of a text as long as anybody types. */
const wordsOf = (q: string): string[] => q.toWellFormed().split(/\s+/).filter(Boolean).slice(0, MAX_WORDS)

const countFound = async ({ pool, row_count }: Source, rows: Sql, isAll: boolean): Promise<number> =>
  isAll ? row_count : Number((await pool.query(toStatement(['select count(*)::text as count', ...rows]))).rows[0].count)

export const readTable = async (source: Source, ask: TableAsk): Promise<TablePreview> => {
  const { pool, columns, table: table_name } = source
  const { q = '', from: first, limit } = ask
  const told = withoutStatus(columns)
  const shown = told.map(previewColumn)
  const sort = shown.find(({ name, can_sort }) => can_sort && name === ask.sort)?.name ?? null
  const order = sort ? `${id(sort)} ${ask.isDescending ? 'desc nulls last' : 'asc nulls last'}, _id` : '_id'
  const where = whereOf({ table_name, columns }, { words: wordsOf(q) })
  const met: Sql = [` from ${from(source)} r`, ...(where.length > 0 ? [' where ', ...where] : [])]
  const cells = [...told.map(asText), ...told.map((one) => hiddenSql(columns, one))].join(', ') || 'null'
  const page: Sql = [' limit ', ...bind(String(limit), 'bigint'), ' offset ', ...bind(String(first), 'bigint')]
  const statement = toStatement([`select ${cells}`, ...met, ` order by ${order}`, ...page])
  const { rows } = await pool.query<(string | boolean | null)[]>({ rowMode: 'array', ...statement })
  return {
    columns: shown,
    rows: rows.map((row) => told.map((_, at) => cellOf(row[at], row[told.length + at]))),
    q,
    total: await countFound(source, met, where.length === 0),
    from: first,
    limit,
    sort,
    is_descending: sort !== null && ask.isDescending,
  }
}

const choices = (columns: readonly SiteColumn[]) => measuresOf(columns).map(({ name, title }) => ({ name, title }))

const labelSql = ({ label }: MapPlan): string =>
  label ? `coalesce(left(${id(label.name)}::text, 60), '')` : `'第' || _id || '行'`

type PointRow = MapPreview['points'][number] & { readonly total: number }

/** Points spread over all rows, not the first of them. */
const readPoints = async (
  source: Source,
  plan: MapPlan,
): Promise<{ points: MapPreview['points']; left_out: number }> => {
  const { lon, lat, category } = plan
  if (!lon || !lat) return { points: [], left_out: 0 }
  const step = Math.max(1, Math.ceil(source.row_count / MOST_POINTS))
  const { rows } = await source.pool.query<PointRow>(
    `select ${id(lon.name)}::float8 as lon, ${id(lat.name)}::float8 as lat, ${labelSql(plan)} as label,
       ${category ? `left(${id(category.name)}::text, 40)` : 'null'} as category
     from ${from(source)}
     where _id % $1 = 0 and ${id(lon.name)} between -180 and 180 and ${id(lat.name)} between -90 and 90
     order by _id limit $2`,
    [step, MOST_POINTS],
  )
  return { points: rows, left_out: Math.max(0, step === 1 ? 0 : source.row_count - rows.length) }
}

const readShapes = async (
  source: Source,
  plan: MapPlan,
): Promise<{ shapes: MapPreview['shapes']; left_out: number }> => {
  const { shape, measure } = plan
  if (!shape) return { shapes: [], left_out: 0 }
  const { rows } = await source.pool.query<MapPreview['shapes'][number] & { total: number }>(
    `select label, geometry, value, is_hidden, total::integer as total from (
       select label, geometry, value, is_hidden, _id, count(*) over () as total, sum(length(geometry::text)) over (order by _id) as so_far
       from (select _id, ${labelSql(plan)} as label, ${id(shape.name)} as geometry,
               ${measure ? `${id(measure.name)}::float8` : 'null::float8'} as value, ${hiddenSql(source.columns, measure)} as is_hidden
             from ${from(source)} where ${id(shape.name)} is not null order by _id limit ${MOST_SHAPES * 4}) s
       where length(geometry::text) <= $1) w
     where so_far <= $2 order by _id limit ${MOST_SHAPES}`,
    [SHAPE_TEXT, SHAPES_TEXT],
  )
  // What is no number stands in no class.
  const shapes = rows.map(({ total: _, value, ...shape }) => ({
    ...shape,
    value: Number.isFinite(value) ? value : null,
  }))
  return { shapes, left_out: (rows[0]?.total ?? 0) - rows.length }
}

export const readMap = async (source: Source, plan: MapPlan): Promise<MapPreview> => {
  const [areas, places] = await Promise.all([readShapes(source, plan), readPoints(source, plan)])
  return {
    points: areas.shapes.length > 0 ? [] : places.points,
    shapes: areas.shapes,
    label_title: plan.label?.title ?? '行',
    category_title: plan.category?.title ?? null,
    measure: plan.measure?.name ?? null,
    measure_title: plan.measure?.title ?? null,
    unit: plan.measure?.unit ?? null,
    measures: choices(source.columns),
    left_out: areas.shapes.length > 0 ? areas.left_out : places.left_out,
  }
}
