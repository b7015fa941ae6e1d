import type { Dimension, Measure, StatisticsRecord } from '@sanjiang/contract/assessment'
import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import { mayRead, type Reach } from '#modules/catalog/index.ts'

/** Entries by their labels, everything else by its two parties: a reader counts what he could open. */
export interface Sight {
  readonly reach: Reach
  readonly scope: Scope
}

export interface Filter {
  readonly from?: string
  readonly to?: string
  readonly provider?: string
  readonly consumer?: string
  readonly region?: string
  readonly class?: string
}

const isSeen = ({ reach, scope }: Sight): Expression<SqlBool> => sql<SqlBool>`(case when e.audience_path is not null
  then ${mayRead(reach)}
  else ${within(scope, sql<string>`coalesce(e.provider_path, '')`)} or ${within(scope, sql<string>`coalesce(e.consumer_path, '')`)} end)`

const isUnder = (column: RawBuilder<string>, organId: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`starts_with(${column}, (select o.path from identity.organ o where o.organ_id = ${organId}))`

const conditions = (sight: Sight, filter: Filter): Expression<SqlBool> => {
  const { from, to, provider, consumer, region } = filter
  const parts = [
    isSeen(sight),
    ...(from ? [sql`e.day >= ${`${from}-01`}::date`] : []),
    ...(to ? [sql`e.day < ${`${to}-01`}::date + interval '1 month'`] : []),
    ...(provider ? [isUnder(sql`e.provider_path`, provider)] : []),
    ...(consumer ? [isUnder(sql`e.consumer_path`, consumer)] : []),
    ...(region ? [sql`e.region_code = ${region}`] : []),
    ...(filter.class ? [sql`starts_with(e.class_code, ${filter.class})`] : []),
  ]
  return sql<SqlBool>`(${sql.join(parts, sql` and `)})`
}

const COLUMNS: Readonly<Record<Dimension, RawBuilder<string>>> = {
  provider: sql`e.provider_organ_id`,
  consumer: sql`e.consumer_organ_id`,
  region: sql`e.region_code`,
  class: sql`e.class_code`,
  month: sql`to_char(e.day, 'YYYY-MM')`,
}

export interface Figure {
  readonly measure: Measure
  readonly code: string | null
  /** `null` in what is told by `by` and in the totals. */
  readonly month: string | null
  readonly is_total: boolean
  readonly amount: number
}

/** All figures of one reading: by `by`, by month, and in all, in one pass over the facts. */
export const listFigures = async (
  db: Db,
  sight: Sight,
  { by, filter }: { by: Dimension; filter: Filter },
): Promise<Figure[]> => {
  const { rows } = await sql<Figure>`
    with seen as (
      select e.measure, ${COLUMNS[by]} as code, ${COLUMNS.month} as month, sum(e.amount) as amount
      from assessment.fact e where ${conditions(sight, filter)} group by 1, 2, 3)
    select measure, code, month, grouping(code, month) = 3 as is_total, sum(amount)::float8 as amount
    from seen group by grouping sets ((measure, code), (measure, month), (measure))
    order by measure, code, month`.execute(db)
  return rows
}

/** Titles of organs and classes; months and regions are read from the contract. */
export const listTitles = async (db: Db, by: Dimension, codes: readonly string[]): Promise<Map<string, string>> => {
  const wanted = [...codes]
  const source =
    by === 'class'
      ? sql`select n.code, n.title from catalog.published_class n where n.code = any(${wanted})`
      : sql`select o.organ_id as code, o.name as title from identity.organ o where o.organ_id = any(${wanted})`
  const { rows } = await sql<{ code: string; title: string }>`${source}`.execute(db)
  return new Map(rows.map(({ code, title }) => [code, title]))
}

export interface RecordOptions {
  readonly measure: Measure
  /** One row of the figures, exactly as counted. */
  readonly cell?: { readonly by: Dimension; readonly code: string }
  readonly filter: Filter
  readonly after?: string
  readonly limit: number
}

/** Newest first; a record without a date comes last. */
export const listRecords = async (db: Db, sight: Sight, options: RecordOptions): Promise<StatisticsRecord[]> => {
  const { measure, cell, filter, after, limit } = options
  const from = after === undefined ? undefined : parseCursor(after, 2)
  const { rows } = await sql<StatisticsRecord>`
    select e.record_kind, e.record_id, e.record_key, e.title, e.day, p.name as provider_name, c.name as consumer_name, e.code,
           e.amount::float8 as amount
    from assessment.fact e
    left join identity.organ p on p.organ_id = e.provider_organ_id
    left join identity.organ c on c.organ_id = e.consumer_organ_id
    where e.measure = ${measure} and ${conditions(sight, filter)}
      ${cell ? sql`and ${COLUMNS[cell.by]} = ${cell.code}` : sql``}
      ${from ? sql`and (coalesce(e.day, '0001-01-01'), e.record_key) < (${from[0]}::date, ${from[1]})` : sql``}
    order by coalesce(e.day, '0001-01-01') desc, e.record_key desc limit ${limit + 1}`.execute(db)
  return rows
}
