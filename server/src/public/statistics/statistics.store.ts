import type { AnswerMonth, Statistics, Timeliness, UsageMonth } from '@sanjiang/contract/site.statistics'
import type pg from 'pg'
import { updateState } from '../dataset/update.rules.ts'

const MONTHS = 12
const MOST_ORGANS = 200

interface Totals {
  readonly as_of: string
  readonly datasets: number
  readonly unconditional: number
  readonly organs: number
  readonly withdrawn: number
  readonly rows: number
  readonly files: number
}

const readTotals = async (pool: pg.Pool): Promise<Totals> => {
  const { rows } = await pool.query<Totals>(
    `select site.today()::text as as_of, count(*) filter (where d.state = 'open')::integer as datasets,
       count(*) filter (where d.state = 'open' and d.open_type = 'unconditional')::integer as unconditional,
       count(distinct d.organ_name) filter (where d.state = 'open')::integer as organs,
       count(*) filter (where d.state = 'withdrawn')::integer as withdrawn,
       coalesce(sum(e.row_count) filter (where d.state = 'open'), 0)::float8 as rows,
       (select count(*)::integer from site.file f join site.edition c using (dataset_id, edition_no) where c.is_current) as files
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current`,
  )
  return rows[0]!
}

interface Promised {
  readonly update_cycle: string | null
  readonly data_on: string | null
}

const readTimeliness = async (pool: pg.Pool, today: string): Promise<Timeliness> => {
  const { rows } = await pool.query<Promised>(
    `select d.content->>'update_cycle' as update_cycle, e.data_on::text as data_on
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current where d.state = 'open'`,
  )
  const states = rows.map(({ update_cycle, data_on }) => updateState(update_cycle, data_on, today))
  const counted = states.filter(({ due_on }) => due_on !== null)
  const late = counted.filter(({ days_late }) => days_late > 0).length
  return { on_time: counted.length - late, late, uncounted: states.length - counted.length }
}

/** The last twelve months, also those in which nothing happened. */
const readMonths = async (pool: pg.Pool): Promise<UsageMonth[]> => {
  const { rows } = await pool.query<UsageMonth>(
    `select to_char(m, 'YYYY-MM') as month,
       coalesce(sum(u.count) filter (where u.kind = 'view'), 0)::float8 as views,
       coalesce(sum(u.count) filter (where u.kind = 'download'), 0)::float8 as downloads,
       coalesce(sum(u.count) filter (where u.kind = 'call'), 0)::float8 as calls
     from generate_series(date_trunc('month', site.today()) - make_interval(months => $1), date_trunc('month', site.today()), '1 month') m
     left join site.usage_day u on u.day >= m and u.day < m + interval '1 month'
     group by m order by m`,
    [MONTHS - 1],
  )
  return rows
}

const readAnswers = async (pool: pg.Pool): Promise<AnswerMonth[]> => {
  const { rows } = await pool.query<AnswerMonth>(
    `select month, kind, received, answered, on_time, overdue from site.answer_month
     where month > to_char(site.today() - interval '1 year', 'YYYY-MM') order by month, kind limit 200`,
  )
  return rows
}

const readOrgans = async (pool: pg.Pool): Promise<Statistics['organ_counts']> => {
  const { rows } = await pool.query<Statistics['organ_counts'][number]>(
    `select d.organ_name as name, count(*)::integer as datasets, coalesce(sum(e.row_count), 0)::float8 as rows
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.state = 'open' group by 1 order by 2 desc, 1 limit $1`,
    [MOST_ORGANS],
  )
  return rows
}

/** Datasets by use in the last thirty days. */
export const readMostUsed = async (pool: pg.Pool, limit: number): Promise<Statistics['most_used']> => {
  const { rows } = await pool.query<Statistics['most_used'][number]>(
    `select d.slug, d.title, sum(u.count)::float8 as count
     from site.usage_day u join site.dataset d using (dataset_id)
     where d.state = 'open' and u.day > site.today() - 30 group by d.dataset_id order by 3 desc, d.slug limit $1`,
    [limit],
  )
  return rows
}

export const readStatistics = async (pool: pg.Pool): Promise<Statistics> => {
  const totals = await readTotals(pool)
  const [timeliness, months, answers, organ_counts, most_used] = await Promise.all([
    readTimeliness(pool, totals.as_of),
    readMonths(pool),
    readAnswers(pool),
    readOrgans(pool),
    readMostUsed(pool, 10),
  ])
  return { ...totals, timeliness, months, answers, organ_counts, most_used }
}
