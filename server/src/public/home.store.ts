import type { HomeView, SiteDataset, SiteTheme } from '@sanjiang/contract/site'
import type { SiteApp } from '@sanjiang/contract/site.dataset'
import type pg from 'pg'

const CARD = `slug, title, organ_name, theme_title, open_type, content->>'summary' as summary, released_on::text as released_on`

export const countDatasets = async (pool: pg.Pool) => {
  const { rows } = await pool.query<{
    datasets: number
    organs: number
    unconditional: number
  }>(`select count(*)::integer as datasets, count(distinct organ_name)::integer as organs,
        count(*) filter (where open_type = 'unconditional')::integer as unconditional
      from site.dataset where state = 'open'`)
  return rows[0]!
}

export const listThemes = async (pool: pg.Pool): Promise<SiteTheme[]> => {
  const { rows } = await pool.query<SiteTheme>(`
    select theme_title as title, count(*)::integer as count from site.dataset where state = 'open'
    group by 1 order by 2 desc, 1 limit 40`)
  return rows
}

export const listNewest = async (pool: pg.Pool, limit: number): Promise<SiteDataset[]> => {
  const { rows } = await pool.query<SiteDataset>(
    `select ${CARD} from site.dataset where state = 'open' order by released_on desc, dataset_id limit $1`,
    [limit],
  )
  return rows
}

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
