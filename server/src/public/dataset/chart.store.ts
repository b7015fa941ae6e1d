import type { SiteColumn } from '@sanjiang/contract/site'
import type { ChartPreview, ChartSlice } from '@sanjiang/contract/site.preview'
import { statusColumnOf } from '@sanjiang/contract/site.status'
import { figureSql, from, heldRows, labelSql } from './chart.sql.ts'
import { readSplit } from './chart-split.store.ts'
import { makeKept } from './kept.ts'
import { type ChartAsk, type ChartPlan, measuresOf, panelsOf, sliceOf } from './preview.rules.ts'
import type { Source } from './preview.store.ts'

const MOST_BARS = 20
/** Seven years of weeks. */
const MOST_DOTS = 365
/** A list longer than this is nothing to choose from. */
const MOST_VALUES = 200

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
  /** What is held at a value. */
  readonly slices: readonly ChartSlice[]
  /** What may be drawn beside each other, and what is. */
  readonly splits: readonly ChartSlice[]
  readonly split: ChartSlice | null
}

/** What was asked for put in terms of what is there: a value or a column nobody has is not asked for. */
export const slicePlan = async (source: Source, plan: ChartPlan, ask: ChartAsk): Promise<SlicedPlan> => {
  const all: ChartSlice[] = []
  for (const column of plan.others) {
    const { values, usual } = await known(`${source.table} ${column.name}`, () => listValues(source, column))
    if (isChoice(values, source.row_count)) all.push(sliceOf({ column, values, usual, plan }, ask))
  }
  const splits = all.filter((one) => panelsOf(one, plan).names.length > 1)
  const split = splits.find(({ name }) => name === ask.split) ?? null
  return { plan, slices: all.filter((one) => one !== split), splits, split }
}

interface Counted {
  readonly rows: number
  readonly total: number
  readonly hidden: number
  readonly withheld: number
}

interface ChartRow extends Counted {
  readonly label: string | null
  readonly value: number
}

const howOf = ({ measure, is_rate }: ChartPlan, rows: readonly Counted[]): ChartPreview['how'] => {
  if (!measure) return 'count'
  if (rows.every((row) => row.rows === 1)) return 'single'
  return is_rate ? 'average' : 'sum'
}

const readRows = async (source: Source, sliced: SlicedPlan): Promise<ChartRow[]> => {
  const { plan } = sliced
  const isLine = plan.kind === 'line'
  const { text, values } = heldRows(source, sliced)
  // A line shows the newest stretch of time, bars the greatest kinds.
  const { rows } = await source.pool.query<ChartRow>(
    `select label, value, rows, total, hidden, withheld from (
       select g.*, count(value) over ()::integer as total, sum(holes) over ()::integer as hidden,
         sum(secrets) over ()::integer as withheld from (select label, ${figureSql(plan)} from ${text} group by 1) g) t
     where value is not null order by ${isLine ? 'label desc' : 'value desc, label'} limit $${values.length + 1}`,
    [...values, isLine ? MOST_DOTS : MOST_BARS],
  )
  return rows
}

type Drawn = Pick<ChartPreview, 'points' | 'split'> & { readonly labels: number; readonly rows: readonly Counted[] }

const readSingle = async (source: Source, sliced: SlicedPlan): Promise<Drawn> => {
  const rows = await readRows(source, sliced)
  const points = rows
    .map(({ label, value }) => ({ label: label ?? '', value }))
    .filter((one) => Number.isFinite(one.value))
  return { points: sliced.plan.kind === 'line' ? points.toReversed() : points, split: null, labels: rows.length, rows }
}

const readBeside = async (source: Source, sliced: SlicedPlan, by: ChartSlice): Promise<Drawn> => {
  const { split, rows } = await readSplit(source, sliced, by)
  return { points: [], split, labels: split.labels.length, rows }
}

const named = (columns: readonly Pick<SiteColumn, 'name' | 'title'>[]) =>
  columns.map(({ name, title }) => ({ name, title }))

/** One measure by one classification, the others held at one value each: prices of all goods together are no price. */
export const readChart = async (source: Source, [first, otherwise]: readonly SlicedPlan[]): Promise<ChartPreview> => {
  const { plan, slices, splits, split: by } = first!
  const { points, split, labels, rows } = await (by ? readBeside(source, first!, by) : readSingle(source, first!))
  // One date is no course of time.
  if (otherwise && labels < 2) return readChart(source, [otherwise])
  const { category, measure, kind } = plan
  return {
    kind,
    category: category.name,
    category_title: category.title,
    categories: named(plan.categories),
    measure: measure?.name ?? '',
    measure_title: measure?.title ?? '行数',
    unit: measure ? measure.unit : '行',
    how: howOf(plan, rows),
    ...{ points, split, slices },
    left_out: (rows[0]?.total ?? 0) - labels,
    hidden: rows[0]?.hidden ?? 0,
    ...(statusColumnOf(source.columns, measure?.name) ? { withheld: rows[0]?.withheld ?? 0 } : {}),
    measures: named(measuresOf(source.columns)),
    splits: named(splits),
  }
}
