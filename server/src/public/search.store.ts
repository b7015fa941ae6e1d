import type { HeldValues } from '@sanjiang/contract/site'
import type { SiteHit } from '@sanjiang/contract/site.search'
import type pg from 'pg'
import { HELD_VALUES } from './shelf/shelf.store.ts'

/** Files of the current edition; those packed for the wire are the same once more. */
const FORMATS = `array(select f.format from site.file f
  where f.dataset_id = e.dataset_id and f.edition_no = e.edition_no and f.format !~ '-gzip$' order by f.format)`

export interface HitRow extends Omit<SiteHit, 'holds_all' | 'matched_items' | 'matched_values' | 'quality'> {
  readonly item_names: readonly string[]
  readonly held_values: readonly HeldValues[]
}

/** The page's datasets, in the order given; whether they are open is asked a second time, of the database itself. */
export const listHits = async (pool: pg.Pool, slugs: readonly string[]): Promise<HitRow[]> => {
  if (slugs.length === 0) return []
  const { rows } = await pool.query<HitRow>(
    `select d.slug, d.title, d.organ_name, d.theme_title, d.open_type, coalesce(d.content->>'summary', '') as summary, d.released_on::text as released_on,
       d.content->>'update_cycle' as update_cycle, jsonb_path_query_array(d.content, '$.items[*].name') as item_names,
       ${FORMATS} as formats, e.row_count::float8 as row_count, e.data_on::text as data_on,
       ${HELD_VALUES} as held_values
     from unnest($1::text[]) with ordinality as p (slug, place) join site.dataset d using (slug)
     left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.state = 'open' order by p.place`,
    [[...slugs]],
  )
  return rows
}
