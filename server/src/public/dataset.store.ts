import type { OpenContent } from '@sanjiang/contract/opendata'
import type { SiteDataset, SiteTheme } from '@sanjiang/contract/site'
import type pg from 'pg'

const CARD = `slug, title, organ_name, theme_title, open_type, content->>'summary' as summary, released_on::text as released_on`

export const countDatasets = async (pool: pg.Pool) => {
  const { rows } = await pool.query<{
    datasets: number
    organs: number
    unconditional: number
    as_of: string | null
  }>(`select count(*)::integer as datasets, count(distinct organ_name)::integer as organs,
        count(*) filter (where open_type = 'unconditional')::integer as unconditional, max(released_on)::text as as_of
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

export interface StoredDataset {
  readonly state: 'open' | 'withdrawn'
  readonly title: string
  readonly organ_name: string
  readonly content: OpenContent
  readonly release_no: number
  readonly released_on: string
  readonly withdrawn_on: string | null
  readonly withdrawn_reason: string | null
}

export const findDataset = async (pool: pg.Pool, slug: string): Promise<StoredDataset | undefined> => {
  const { rows } = await pool.query<StoredDataset>(
    `select state, title, organ_name, content, release_no, released_on::text as released_on, withdrawn_on::text as withdrawn_on,
       withdrawn_reason
     from site.dataset where slug = $1`,
    [slug],
  )
  return rows[0]
}
