import type { OpenContent } from '@sanjiang/contract/opendata'
import type { HeldValues } from '@sanjiang/contract/site'
import type { SiteHit } from '@sanjiang/contract/site.search'
import type pg from 'pg'
import { type QualityFacts, qualityOf } from './quality/quality.rules.ts'
import type { DatasetRow, OrganNames } from './search.shape.ts'

/** What tells whether anything has changed: numbers of datasets only grow, so no two states have the same count and sum. */
export interface Mark {
  readonly datasets: string
  /** What everything is read anew for: the words, and the day, by which data become late. */
  readonly ground: string
}

export const readMark = async (pool: pg.Pool): Promise<Mark> => {
  const { rows } = await pool.query<Mark>({
    name: 'site.mark',
    text: `select count(*) || ':' || coalesce(sum(change_no), 0) as datasets,
             site.today() || coalesce((select string_agg(kind || xmin::text, ',' order by kind) from site.vocabulary), '') as ground
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

/** Files of the current edition; those packed for the wire are the same once more. */
const FORMATS = `array(select f.format from site.file f
  where f.dataset_id = e.dataset_id and f.edition_no = e.edition_no and f.format !~ '-gzip$' order by f.format)`

interface StoredRow extends QualityFacts, Pick<DatasetRow, 'dataset_id' | 'change_no' | 'slug' | 'title'> {
  readonly organ_name: string
  readonly theme_title: string
  readonly open_type: string
  readonly released_on: string
  readonly held_values: readonly HeldValues[]
  readonly today: string
}

/** What a description that lacks something lacks. */
const NOTHING = { summary: '', licence: '', contact: '', keywords: [], items: [], update_cycle: null }

const rowOf = ({ columns, row_count, data_on, delayed_since, today, ...row }: StoredRow): DatasetRow => {
  const content = { ...NOTHING, ...row.content } as OpenContent
  const { summary, licence, keywords, items, update_cycle } = content
  const facts = { content, columns, row_count, data_on, delayed_since, formats: row.formats }
  return {
    ...row,
    ...{ summary, licence, keywords, items, update_cycle: update_cycle ?? 'none' },
    formats: row.formats.join(','),
    quality: qualityOf(facts, today).level,
  }
}

export const listDatasetRows = async (pool: pg.Pool, ids: readonly string[]): Promise<DatasetRow[]> => {
  const { rows } = await pool.query<StoredRow>(
    `select d.dataset_id, d.change_no::text, d.slug, d.title, d.organ_name, d.theme_title, d.open_type, d.content,
       d.released_on::text as released_on, ${FORMATS} as formats, coalesce(e.columns, '[]') as columns,
       coalesce(e.held_values, '[]') as held_values,
       e.row_count::float8 as row_count, e.data_on::text as data_on, l.since::text as delayed_since, site.today()::text as today
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
       left join site.delay l on l.dataset_id = d.dataset_id
     where d.dataset_id = any($1::uuid[]) and d.state = 'open'`,
    [[...ids]],
  )
  return rows.map(rowOf)
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
       coalesce(e.held_values, '[]') as held_values
     from unnest($1::text[]) with ordinality as p (slug, place) join site.dataset d using (slug)
     left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.state = 'open' order by p.place`,
    [[...slugs]],
  )
  return rows
}
