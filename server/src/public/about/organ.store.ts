import type { SiteDataset } from '@sanjiang/contract/site'
import type { OrganSummary, OrganView } from '@sanjiang/contract/site.about'
import type pg from 'pg'
import { updateState } from '../dataset/update.rules.ts'

const MOST = 500

export const listOrgans = async (pool: pg.Pool, name: string | null): Promise<OrganSummary[]> => {
  const { rows } = await pool.query<OrganSummary>(
    `select d.organ_name as name, count(*)::integer as datasets, coalesce(sum(e.row_count), 0)::float8 as rows,
       max(d.released_on)::text as newest_on
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.state = 'open' and ($1::text is null or d.organ_name = $1)
     group by 1 order by 2 desc, 1 limit $2`,
    [name, MOST],
  )
  return rows
}

interface Row extends SiteDataset {
  readonly contact: string
  readonly update_cycle: string | null
  readonly data_on: string | null
  readonly today: string
}

const rowsOf = async (pool: pg.Pool, name: string): Promise<Row[]> => {
  const { rows } = await pool.query<Row>(
    `select d.slug, d.title, d.organ_name, d.theme_title, d.open_type, d.content->>'summary' as summary,
       d.released_on::text as released_on, d.content->>'contact' as contact, d.content->>'update_cycle' as update_cycle,
       e.data_on::text as data_on, site.today()::text as today
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.state = 'open' and d.organ_name = $1 order by d.released_on desc, d.slug limit $2`,
    [name, MOST],
  )
  return rows
}

/** An organ as the public knows it: what it opened, who answers, what it owes. */
export const findOrgan = async (pool: pg.Pool, name: string): Promise<OrganView | undefined> => {
  const [[organ], rows, { rows: threads }] = await Promise.all([
    listOrgans(pool, name),
    rowsOf(pool, name),
    pool.query<OrganView['threads']>(
      `select count(*) filter (where state = 'waiting')::integer as waiting, count(*) filter (where state = 'answered')::integer as answered
       from site.thread where organ_name = $1`,
      [name],
    ),
  ])
  if (!organ) return undefined
  const states = rows.map((row) => updateState(row.update_cycle, row.data_on, row.today))
  return {
    page: 'organ',
    organ,
    contacts: [...new Set(rows.map(({ contact }) => contact))].slice(0, 10),
    datasets: rows.map(({ contact: _c, update_cycle: _u, data_on: _d, today: _t, ...dataset }) => dataset),
    late: states.filter(({ days_late }) => days_late > 0).length,
    threads: threads[0]!,
  }
}
