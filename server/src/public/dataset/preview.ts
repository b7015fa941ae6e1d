import type { DatasetPreview } from '@sanjiang/contract/site.dataset'
import type { ChartPreview, MapPreview, PreviewKind } from '@sanjiang/contract/site.preview'
import type pg from 'pg'
import { textOf, wholeOf } from '../site.ts'
import { readChart, slicePlan } from './chart.store.ts'
import { makeKept } from './kept.ts'
import { type ChartAsk, measureOf, planChart, planMap, previewKinds } from './preview.rules.ts'
import { readMap, readTable, type Source, type TableAsk } from './preview.store.ts'
import type { OpenDataset } from './top.store.ts'

type Words = Readonly<Record<string, unknown>>

export const PAGE_ROWS = 20
const MOST_FROM = 10_000
/** More rows are neither sorted nor looked through for a page: the interface and the file do that. */
const MOST_SORTED = 200_000

/** Rows of an edition never change, so what was drawn of them does not either. A map may weigh megabytes. */
const charts = makeKept<ChartPreview>(200)
const maps = makeKept<MapPreview>(12)

/** The rows of a dataset that anybody may see; those of a conditional one are answered to its key alone. */
const sourceOf = (pool: pg.Pool, { top, table_name, columns }: OpenDataset): Source | undefined =>
  top.is_free && table_name && columns.length > 0
    ? { pool, table: table_name, columns, row_count: top.row_count ?? 0 }
    : undefined

const chartAskOf = (query: Words): ChartAsk => ({
  measure: textOf(query.measure, 63),
  by: textOf(query.by, 63),
  split: textOf(query.split, 63),
  only: (name) => (query[`only_${name}`] === undefined ? undefined : textOf(query[`only_${name}`], 60)),
})

const chartOf = async (source: Source, ask: ChartAsk): Promise<ChartPreview | null> => {
  const plan = planChart(source.columns, ask)
  if (!plan) return null
  const plans = await Promise.all(
    [plan, plan.otherwise].filter((one) => one !== null).map((one) => slicePlan(source, one, ask)),
  )
  const name = plans.map((one) => [
    one.plan.category.name,
    one.plan.measure?.name,
    one.slices.map(({ chosen }) => chosen),
    one.split?.name,
  ])
  return charts(JSON.stringify([source.table, name]), () => readChart(source, plans))
}

const mapOf = (source: Source, asked: string): Promise<MapPreview> | null => {
  const plan = planMap(source.columns, asked)
  const measure = measureOf(source.columns, asked)?.name ?? ''
  return plan ? maps(`${source.table} ${measure}`, () => readMap(source, plan)) : null
}

const askOf = (query: Words, rows: number): TableAsk => ({
  sort: rows > MOST_SORTED ? '' : textOf(query.sort, 63),
  isDescending: query.order === 'desc',
  from: wholeOf(query.from, { fallback: 0, max: MOST_FROM }),
  limit: PAGE_ROWS,
  q: rows > MOST_SORTED ? '' : textOf(query.q, 100),
})

const noted = (source: Source, preview: DatasetPreview): DatasetPreview =>
  source.row_count <= MOST_SORTED || !preview.table
    ? preview
    : {
        ...preview,
        table: { ...preview.table, columns: preview.table.columns.map((one) => ({ ...one, can_sort: false })) },
      }

/** What somebody asked to see of the rows, by the words of the address. */
export const previewOf = async (pool: pg.Pool, dataset: OpenDataset, query: Words): Promise<DatasetPreview | null> => {
  const source = sourceOf(pool, dataset)
  if (!source) return null
  const kinds = previewKinds(source.columns)
  const kind = kinds.find((one) => one === query.as) ?? 'table'
  const measure = textOf(query.measure, 63)
  return noted(source, {
    kind,
    kinds,
    table: kind === 'table' ? await readTable(source, askOf(query, source.row_count)) : null,
    chart: kind === 'chart' ? await chartOf(source, chartAskOf(query)) : null,
    map: kind === 'map' ? await mapOf(source, measure) : null,
  })
}

/** The best picture there is of the rows, for the first page about them; none is no fault. */
export const drawingOf = async (pool: pg.Pool, dataset: OpenDataset): Promise<DatasetPreview | null> => {
  const kinds: readonly PreviewKind[] = previewKinds(dataset.columns)
  const kind = kinds.includes('map') ? 'map' : kinds.includes('chart') ? 'chart' : null
  return kind && (await previewOf(pool, dataset, { as: kind }).catch(() => null))
}
