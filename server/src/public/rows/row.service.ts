import type { Site } from '../site.ts'
import { SiteFault } from '../site.ts'
import { type OpenRows, withRows } from './row.access.ts'
import { ID, type RowWhere } from './row.rules.ts'
import { readNumber, readRows } from './row.store.ts'
import { type AggregateQuery, compileAggregate, compileGroupCount } from './row-aggregate.rules.ts'
import type { Cells } from './row-answer.rules.ts'
import type { Asked } from './row-ask.rules.ts'
import { type CompiledRows, compileCount, compileRows, type Output, type RowQuery } from './row-query.rules.ts'

/** Rows that meet conditions are counted to here; more are told as "more". */
const COUNT_CAP = 1_000_000

/** One page of an answer. */
export interface RowPage {
  readonly dataset: OpenRows
  readonly outputs: readonly Output[]
  readonly rows: readonly Cells[]
  /** `null` where it was not asked. */
  readonly total: { readonly count: number; readonly is_exact: boolean } | null
  /** What the next page is asked with; `null` on the last one. */
  readonly next: Readonly<Record<string, string | number | boolean>> | null
}

const sameEdition = ({ edition_no }: OpenRows, asked: number | null): void => {
  if (asked !== null && asked !== edition_no)
    throw new SiteFault(409, 'edition_changed', {
      field: 'edition',
      detail: `数据已更新到第 ${edition_no} 版，请从第一页重新读取`,
    })
}

const isUnconditional = ({ filters = [], words = [], columnWords = [], box }: RowWhere): boolean =>
  filters.length + words.length + columnWords.length === 0 && !box

const capped = (count: number) => ({ count: Math.min(count, COUNT_CAP), is_exact: count <= COUNT_CAP })

export const countRows = async ({ pool }: Pick<Site, 'pool'>, dataset: OpenRows, query: RowQuery) =>
  isUnconditional(query) && !query.distinct
    ? { count: dataset.row_count, is_exact: true }
    : capped(await readNumber(pool, compileCount(dataset, query, COUNT_CAP)))

interface Window {
  readonly compiled: CompiledRows
  readonly limit: number
}

/** One row more than asked tells whether there is a next page. */
const readWindow = async ({ pool }: Pick<Site, 'pool'>, { compiled, limit }: Window) => {
  const { rows, isCut } = await readRows(pool, compiled.sql)
  return { rows: rows.slice(0, limit), isMore: isCut || rows.length > limit }
}

const pageRows = async (
  site: Pick<Site, 'pool'>,
  dataset: OpenRows,
  { query, hasTotal, edition_no }: Asked<RowQuery & { limit: number }>,
): Promise<RowPage> => {
  sameEdition(dataset, edition_no)
  const { limit, offset = 0, distinct, sort = [], select = [] } = query
  const isKeyed = !distinct && sort.length === 0
  const names = select.length > 0 ? select : dataset.columns.map(({ name }) => name)
  // The number of the last row is where the next page goes on; it is shown only where it was asked for.
  const hasId = !isKeyed || names.includes(ID.name)
  const compiled = compileRows(dataset, { ...query, limit: limit + 1, select: hasId ? names : [...names, ID.name] })
  const { rows, isMore } = await readWindow(site, { compiled, limit })
  const { outputs } = compiled
  const last = outputs.findIndex(({ name }) => name === ID.name)
  const following: Record<string, number> = isKeyed
    ? { after: Number(rows.at(-1)?.[last] ?? 0) }
    : { offset: offset + rows.length }
  return {
    dataset,
    outputs: hasId ? outputs : outputs.slice(0, -1),
    rows: hasId ? rows : rows.map((cells) => cells.slice(0, -1)),
    total: hasTotal ? await countRows(site, dataset, query) : null,
    next: isMore ? { ...following, edition: dataset.edition_no, include_total: false } : null,
  }
}

export const findRows = (site: Pick<Site, 'pool'>, dataset: OpenRows, asked: Asked<RowQuery & { limit: number }>) =>
  withRows(site, dataset, (current) => pageRows(site, current, asked))

const pageGroups = async (
  site: Pick<Site, 'pool'>,
  dataset: OpenRows,
  { query, hasTotal, edition_no }: Asked<AggregateQuery & { limit: number }>,
): Promise<RowPage> => {
  sameEdition(dataset, edition_no)
  const { limit, offset = 0 } = query
  const compiled = compileAggregate(dataset, { ...query, limit: limit + 1 })
  const { rows, isMore } = await readWindow(site, { compiled, limit })
  const total = hasTotal ? capped(await readNumber(site.pool, compileGroupCount(dataset, query, COUNT_CAP))) : null
  const next = isMore ? { offset: offset + rows.length, edition: dataset.edition_no, include_total: false } : null
  return { dataset, outputs: compiled.outputs, rows, total, next }
}

export const findGroups = (
  site: Pick<Site, 'pool'>,
  dataset: OpenRows,
  asked: Asked<AggregateQuery & { limit: number }>,
) => withRows(site, dataset, (current) => pageGroups(site, current, asked))

/** So many rows from a place, without a way to go on: for interfaces that count pages themselves. */
export const findSlice = (
  site: Pick<Site, 'pool'>,
  dataset: OpenRows,
  { query, hasTotal }: { query: RowQuery; hasTotal: boolean },
) =>
  withRows(site, dataset, async (current) => {
    const { sql, outputs } = compileRows(current, query)
    const { rows, isCut } = await readRows(site.pool, sql)
    return { outputs, rows, isCut, total: hasTotal ? await countRows(site, current, query) : null }
  })
