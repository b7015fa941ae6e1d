import type { HomeView } from '@sanjiang/contract/site'
import type { SiteApp } from '@sanjiang/contract/site.dataset'
import type pg from 'pg'

interface Totals {
  readonly as_of: string
  readonly rows: number
  readonly downloads: number
}

/** Rows that are open today, and files taken this year. */
export const readTotals = async (pool: pg.Pool): Promise<Totals> => {
  const { rows } = await pool.query<Totals>(
    `select site.today()::text as as_of,
       (select coalesce(sum(e.row_count), 0)::float8 from site.edition e join site.dataset d using (dataset_id)
        where e.is_current and d.state = 'open') as rows,
       (select coalesce(sum(count), 0)::float8 from site.usage_day
        where kind = 'download' and day >= date_trunc('year', site.today())) as downloads`,
  )
  return rows[0]!
}

export const readApps = async (pool: pg.Pool, limit: number): Promise<SiteApp[]> => {
  const { rows } = await pool.query<SiteApp>(
    `select number, title, left(text, 160) as text from site.thread where kind = 'showcase' order by received_on desc, number limit $1`,
    [limit],
  )
  return rows
}

interface AnsweredRow {
  readonly number: string
  readonly kind: string
  readonly title: string
  readonly dataset_slug: string | null
  readonly answered_on: string
  readonly total: number
}

/** What citizens were told this month. */
export const readAnswered = async (pool: pg.Pool, limit: number): Promise<HomeView['answered']> => {
  const { rows } = await pool.query<AnsweredRow>(
    `select number, kind, title, dataset_slug, answered_on::text as answered_on, count(*) over ()::integer as total
     from site.thread where kind in ('question', 'correction', 'wish') and answered_on >= date_trunc('month', site.today())
       and (kind = 'wish' or dataset_slug is not null)
     order by answered_on desc, number limit $1`,
    [limit],
  )
  return {
    count: rows[0]?.total ?? 0,
    threads: rows.map(({ number, kind, title, dataset_slug, answered_on }) => ({
      ...{ number, title, answered_on },
      href: kind === 'wish' ? `/wishes/${number}` : `/datasets/${encodeURIComponent(dataset_slug!)}/questions`,
    })),
  }
}
