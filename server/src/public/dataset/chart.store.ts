import type { SiteColumn } from '@sanjiang/contract/site'
import type { ChartPreview, ChartSlice } from '@sanjiang/contract/site.preview'
import { statusColumnOf } from '@sanjiang/contract/site.status'
import pg from 'pg'
import { makeKept } from './kept.ts'
import { type ChartAsk, type ChartPlan, isTime, measuresOf, sliceOf, TOTAL_WORDS } from './preview.rules.ts'
import type { Source } from './preview.store.ts'
import { hiddenSql } from './status.sql.ts'

const MOST_BARS = 20
/** Seven years of weeks. */
const MOST_DOTS = 365
/** A list longer than this is nothing to choose from. */
const MOST_VALUES = 200
const LABEL = 60

const id = (name: string): string => pg.escapeIdentifier(name)
const from = ({ table }: Source): string => `data.${id(table)}`
const labelSql = (column: SiteColumn): string =>
  isTime(column) ? `to_char(${id(column.name)}, 'YYYY-MM-DD')` : `left(${id(column.name)}::text, ${LABEL})`

/** What names rows one by one shows it among the first of them; a million names are not sorted to learn it. */
const FIRST_ROWS = 2_000

const isManifold = async (source: Source, column: SiteColumn): Promise<boolean> => {
  const { rows } = await source.pool.query<{ values: number }>(
    `select count(distinct value)::integer as values from (select ${labelSql(column)} as value from ${from(source)} order by _id limit $1) f`,
    [FIRST_ROWS],
  )
  return rows[0]!.values > MOST_VALUES
}

interface Values {
  /** In the order in which they come in the data: whoever laid them down had one in mind. */
  readonly values: readonly string[]
  readonly usual: string
}

const NO_VALUES: Values = { values: [], usual: '' }

const listValues = async (source: Source, column: SiteColumn): Promise<Values> => {
  if (await isManifold(source, column)) return NO_VALUES
  const { rows } = await source.pool.query<{ value: string; rows: number }>(
    `select value, rows from (select ${labelSql(column)} as value, min(_id) as first, count(*)::integer as rows from ${from(source)} group by 1) v
     where value is not null order by first limit $1`,
    [MOST_VALUES + 1],
  )
  const most = Math.max(...rows.map((one) => one.rows))
  const usual = rows.find((one) => one.rows === most)
  return usual ? { values: rows.map(({ value }) => value), usual: usual.value } : NO_VALUES
}

/** What names rows one by one is no classification of them. */
const isChoice = (values: readonly string[], rows: number): boolean =>
  values.length > 1 && values.length <= MOST_VALUES && values.length * 2 <= rows

/** Rows of an edition never change, so what they can be told apart by does not either. */
const known = makeKept<Values>(500)

export interface SlicedPlan {
  readonly plan: ChartPlan
  readonly slices: readonly ChartSlice[]
}

/** What was asked for put in terms of what is there: a value nobody has is not asked for. */
export const slicePlan = async (source: Source, plan: ChartPlan, ask: ChartAsk): Promise<SlicedPlan> => {
  const slices: ChartSlice[] = []
  for (const column of plan.others) {
    const { values, usual } = await known(`${source.table} ${column.name}`, () => listValues(source, column))
    if (isChoice(values, source.row_count)) slices.push(sliceOf({ column, values, usual, plan }, ask))
  }
  return { plan, slices }
}

interface ChartRow {
  readonly label: string | null
  readonly value: number | null
  readonly rows: number
  readonly total: number
  readonly hidden: number
  readonly withheld: number
}

const figureOf = ({ measure, is_rate }: ChartPlan): string =>
  measure ? `${is_rate ? 'avg' : 'sum'}(${id(measure.name)})::float8` : 'count(*)::float8'

const howOf = ({ measure, is_rate }: ChartPlan, rows: readonly ChartRow[]): ChartPreview['how'] => {
  if (!measure) return 'count'
  if (rows.every((row) => row.rows === 1)) return 'single'
  return is_rate ? 'average' : 'sum'
}

const readRows = async (source: Source, { plan, slices }: SlicedPlan): Promise<ChartRow[]> => {
  const { category, measure, kind } = plan
  const isLine = kind === 'line'
  const chosen = slices.filter((one) => one.chosen !== null)
  const columnOf = ({ name }: ChartSlice) => plan.others.find((one) => one.name === name)!
  const wheres = [
    isLine ? 'label is not null' : '(label is null or label !~* $1)',
    ...chosen.map((_, at) => `slice_${at} = $${at + 3}`),
  ]
  const inner = [
    `${labelSql(category)} as label`,
    ...chosen.map((one, at) => `${labelSql(columnOf(one))} as slice_${at}`),
    ...(measure ? [id(measure.name)] : []),
    `${hiddenSql(source.columns, measure)} as is_hidden`,
  ]
  // A line shows the newest stretch of time, bars the greatest kinds.
  const { rows } = await source.pool.query<ChartRow>(
    `select label, value, rows, total, hidden, withheld from (
       select g.*, count(value) over ()::integer as total, sum(holes) over ()::integer as hidden,
         sum(secrets) over ()::integer as withheld from (
         select label, ${figureOf(plan)} as value, count(*)::integer as rows,
           ${measure ? `count(*) filter (where ${id(measure.name)} is null)` : '0'} as holes,
           count(*) filter (where is_hidden) as secrets
         from (select ${inner.join(', ')} from ${from(source)}) d where ${wheres.join(' and ')} group by 1) g) t
     where value is not null and $1::text is not null order by ${isLine ? 'label desc' : 'value desc, label'} limit $2`,
    [TOTAL_WORDS, isLine ? MOST_DOTS : MOST_BARS, ...chosen.map((one) => one.chosen)],
  )
  return rows
}

const named = (columns: readonly SiteColumn[]) => columns.map(({ name, title }) => ({ name, title }))

/** One measure by one classification, the others held at one value each: prices of all goods together are no price. */
export const readChart = async (source: Source, [first, otherwise]: readonly SlicedPlan[]): Promise<ChartPreview> => {
  const { plan, slices } = first!
  const rows = await readRows(source, first!)
  // One date is no course of time.
  if (otherwise && rows.length < 2) return readChart(source, [otherwise])
  const { category, measure, kind } = plan
  const points = rows
    .map((row) => ({ label: row.label ?? '', value: row.value! }))
    .filter(({ value }) => Number.isFinite(value))
  return {
    kind,
    category: category.name,
    category_title: category.title,
    categories: named(plan.categories),
    measure: measure?.name ?? '',
    measure_title: measure?.title ?? '行数',
    unit: measure ? measure.unit : '行',
    how: howOf(plan, rows),
    points: kind === 'line' ? points.toReversed() : points,
    left_out: (rows[0]?.total ?? 0) - rows.length,
    hidden: rows[0]?.hidden ?? 0,
    ...(statusColumnOf(source.columns, measure?.name) ? { withheld: rows[0]?.withheld ?? 0 } : {}),
    measures: named(measuresOf(source.columns)),
    slices,
  }
}
