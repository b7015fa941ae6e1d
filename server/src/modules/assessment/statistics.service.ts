import type { Paged } from '@sanjiang/contract'
import { codes } from '@sanjiang/contract'
import {
  type Dimension,
  MEASURES,
  type Measure,
  type Statistics,
  type StatisticsRecord,
} from '@sanjiang/contract/assessment'
import { type Actor, type Ctx, scopeOf } from '#kernel/ctx.ts'
import { toPage } from '#kernel/page.ts'
import { reachOf } from '#modules/catalog/index.ts'
import { DEFINITIONS } from './statistics.measures.ts'
import { type Figure, type Filter, listFigures, listRecords, listTitles, type Sight } from './statistics.store.ts'

const sightOf = (actor: Actor): Sight => ({
  reach: reachOf(actor),
  scope: scopeOf(actor, 'assessment.statistics.read'),
})

const NOWHERE: Readonly<Record<Dimension, string>> = {
  provider: '未记提供方',
  consumer: '不涉及使用方',
  region: '未记地区',
  class: '未分类',
  month: '未记日期',
}

const figuresOf = (figures: readonly Figure[]): Record<string, number> =>
  Object.fromEntries(figures.map(({ measure, amount }) => [measure, amount]))

const titleOf = (by: Dimension, code: string, { names, today }: { names: Map<string, string>; today: string }) => {
  if (by === 'month') return code
  if (by === 'region') return codes.divisionAt(code, today)?.name ?? code
  return names.get(code) ?? code
}

type Query = Filter & { readonly by?: Dimension }

/** Figures of the catalogue, of sharing and of use, within the reader's sight (T4.1). */
export const getStatistics = async (ctx: Ctx, { by = 'provider', ...filter }: Query): Promise<Statistics> => {
  const figures = await listFigures(ctx.db, sightOf(ctx.actor), { by, filter })
  const byMonth = figures.filter(({ month, is_total }) => month !== null && !is_total)
  const byCode = figures.filter(({ month, is_total }) => month === null && !is_total)
  const groups = Map.groupBy(
    byCode.filter(({ code }) => code !== null),
    ({ code }) => code!,
  )
  const names =
    by === 'month' || by === 'region' ? new Map<string, string>() : await listTitles(ctx.db, by, [...groups.keys()])
  const unplaced = unplacedOf(figures, byCode)
  return {
    by,
    as_of: ctx.today,
    measures: MEASURES.codes.map((measure) => ({ measure, title: MEASURES.titles[measure], ...DEFINITIONS[measure] })),
    totals: figuresOf(figures.filter(({ is_total }) => is_total)),
    rows: [
      ...Array.from(groups, ([code, own]) => ({
        code,
        title: titleOf(by, code, { names, today: ctx.today }),
        figures: figuresOf(own),
      })),
      ...(Object.keys(unplaced).length > 0 ? [{ code: '', title: NOWHERE[by], figures: unplaced }] : []),
    ],
    months: Array.from(
      Map.groupBy(byMonth, ({ month }) => month!),
      ([month, own]) => ({ month, figures: figuresOf(own) }),
    ).sort((a, b) => (a.month < b.month ? -1 : 1)),
  }
}

/** What no row names, e.g. entries told by consumer: the rest of each total, so that the rows always add up. */
const unplacedOf = (figures: readonly Figure[], byCode: readonly Figure[]): Record<string, number> => {
  const rest: Record<string, number> = {}
  for (const { measure, amount } of figures.filter(({ is_total }) => is_total)) {
    const placed = byCode.filter((one) => one.measure === measure && one.code !== null)
    const left = amount - placed.reduce((sum, one) => sum + one.amount, 0)
    if (left !== 0) rest[measure] = left
  }
  return rest
}

interface RecordQuery extends Query {
  readonly measure: Measure
  readonly code?: string
  readonly after?: string
  readonly limit?: number
}

/** The records one figure is made of: the same rows, listed instead of added up. */
export const listStatisticsRecords = async (ctx: Ctx, query: RecordQuery): Promise<Paged<StatisticsRecord>> => {
  const { measure, by = 'provider', code, after, limit = 20, ...filter } = query
  const cell = code === undefined ? undefined : { by, code }
  const rows = await listRecords(ctx.db, sightOf(ctx.actor), { measure, cell, filter, after, limit })
  return toPage(rows, limit, ({ day, record_key }) => [day ?? '0001-01-01', record_key])
}
