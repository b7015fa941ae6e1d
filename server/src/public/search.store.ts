import type { SiteHit } from '@sanjiang/contract/site.search'
import type pg from 'pg'
import type { DatasetRow, OrganNames } from './search.shape.ts'

/** What tells whether anything has changed: numbers of datasets only grow, so no two states have the same count and sum. */
export interface Mark {
  readonly datasets: string
  readonly vocabulary: string
}

export const readMark = async (pool: pg.Pool): Promise<Mark> => {
  const { rows } = await pool.query<Mark>({
    name: 'site.mark',
    text: `select count(*) || ':' || coalesce(sum(change_no), 0) as datasets,
             coalesce((select string_agg(kind || xmin::text, ',' order by kind) from site.vocabulary), '') as vocabulary
           from site.dataset`,
  })
  return rows[0]!
}

/** Every open dataset with the number of its last change. */
export const listChangeNumbers = async (pool: pg.Pool): Promise<Map<string, string>> => {
  const { rows } = await pool.query<{ dataset_id: string; change_no: string }>(
    `select dataset_id, change_no::text from site.dataset where state = 'open'`,
  )
  return new Map(rows.map(({ dataset_id, change_no }) => [dataset_id, change_no]))
}

export const listDatasetRows = async (pool: pg.Pool, ids: readonly string[]): Promise<DatasetRow[]> => {
  const { rows } = await pool.query<DatasetRow>(
    `select d.dataset_id, d.change_no::text, d.slug, d.title, d.organ_name, d.theme_title, d.open_type,
       coalesce(d.content->>'summary', '') as summary, coalesce(d.content->>'update_cycle', 'none') as update_cycle,
       coalesce(d.content->>'licence', '') as licence, coalesce(d.content->'keywords', '[]') as keywords,
       coalesce(d.content->'items', '[]') as items, d.released_on::text as released_on,
       coalesce((select string_agg(f.format, ',' order by f.format) from site.file f join site.edition e using (dataset_id, edition_no)
         where f.dataset_id = d.dataset_id and e.is_current), '') as formats
     from site.dataset d where d.dataset_id = any($1::uuid[]) and d.state = 'open'`,
    [[...ids]],
  )
  return rows
}

export interface Vocabulary {
  readonly synonyms: readonly (readonly string[])[]
  readonly organs: readonly OrganNames[]
}

export const readVocabulary = async (pool: pg.Pool): Promise<Vocabulary> => {
  const { rows } = await pool.query<{ kind: string; body: never }>('select kind, body from site.vocabulary')
  const bodyOf = (kind: string) => rows.find((one) => one.kind === kind)?.body ?? []
  return { synonyms: bodyOf('synonym'), organs: bodyOf('organ') }
}

export interface HitRow extends Omit<SiteHit, 'holds_all' | 'matched_items'> {
  readonly item_names: readonly string[]
}

/** The page's datasets, in the order given; whether they are open is asked a second time, of the database itself. */
export const listHits = async (pool: pg.Pool, slugs: readonly string[]): Promise<HitRow[]> => {
  if (slugs.length === 0) return []
  const { rows } = await pool.query<HitRow>(
    `select d.slug, d.title, d.organ_name, d.theme_title, d.open_type, coalesce(d.content->>'summary', '') as summary, d.released_on::text as released_on,
       d.content->>'update_cycle' as update_cycle, jsonb_path_query_array(d.content, '$.items[*].name') as item_names,
       array(select f.format from site.file f where f.dataset_id = d.dataset_id and f.edition_no = e.edition_no order by f.format) as formats,
       e.row_count::integer as row_count, e.data_on::text as data_on
     from unnest($1::text[]) with ordinality as p (slug, place) join site.dataset d using (slug)
     left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.state = 'open' order by p.place`,
    [[...slugs]],
  )
  return rows
}
