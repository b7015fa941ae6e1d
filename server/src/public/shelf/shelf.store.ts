import type { OpenContent } from '@sanjiang/contract/opendata'
import type { HeldValues, SiteEdition } from '@sanjiang/contract/site'
import type pg from 'pg'
import { type QualityFacts, qualityOf } from '../quality/quality.rules.ts'
import type { OrganNames } from '../search.shape.ts'

/** What tells whether anything has changed: numbers of datasets only grow, so no two states have the same count and sum. */
export interface Mark {
  readonly datasets: string
  /** What everything is read anew for: the words, and the day, by which data become late. */
  readonly ground: string
  readonly today: string
}

export const readMark = async (pool: pg.Pool): Promise<Mark> => {
  const { rows } = await pool.query<Mark>({
    name: 'site.mark',
    text: `select count(*) || '.' || coalesce(sum(change_no), 0) as datasets, site.today()::text as today,
             site.today() || coalesce((select string_agg(kind || xmin::text, ',' order by kind) from site.vocabulary), '') as ground
           from site.dataset`,
  })
  return rows[0]!
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

export const listChangeNos = async (pool: pg.Pool): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await pool.query<{ dataset_id: string; change_no: string }>(
    `select dataset_id, change_no::text as change_no from site.dataset`,
  )
  return new Map(rows.map(({ dataset_id, change_no }) => [dataset_id, Number(change_no)]))
}

const INSTANT = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Files packed for the wire are the same file once more. */
const IS_OFFERED = `f.format !~ '-gzip$'`

/** What is counted and sorted by, of every dataset: small, for all of it is kept in memory. */
export interface Spine {
  readonly dataset_id: string
  readonly slug: string
  readonly state: 'open' | 'withdrawn'
  readonly title: string
  readonly open_type: 'unconditional' | 'conditional'
  readonly organ_name: string
  readonly theme_title: string
  readonly licence: string
  readonly update_cycle: string
  readonly keywords: readonly string[]
  readonly formats: readonly string[]
  readonly has_rows: boolean
  readonly released_on: string
  readonly changed_at: string
  readonly change_no: number
  /** On the day it was read. */
  readonly quality: string
}

/** Words that stand in rows everybody may read; what is read with a key only is nobody's to find by. */
export const HELD_VALUES = `case when d.open_type = 'unconditional' then coalesce(e.held_values, '[]') else '[]' end`

/** A dataset as it is read: what is kept of it, and what it is found by. */
export interface ReadDataset {
  readonly spine: Spine
  readonly summary: string
  readonly items: OpenContent['items']
  readonly held_values: readonly HeldValues[]
}

interface Row
  extends Omit<Spine, 'quality' | 'licence' | 'update_cycle' | 'keywords'>,
    Omit<QualityFacts, 'formats' | 'content'> {
  readonly content: Partial<OpenContent>
  readonly held_values: readonly HeldValues[]
  readonly today: string
}

/** What a description that lacks something lacks, and all that is left of a withdrawn one. */
const NOTHING = { summary: '', licence: '', contact: '', keywords: [], items: [], update_cycle: null }

const datasetOf = ({
  content,
  columns,
  row_count,
  data_on,
  delayed_since,
  held_values,
  today,
  ...row
}: Row): ReadDataset => {
  const whole = { ...NOTHING, ...content } as OpenContent
  const { summary, items, licence, keywords, update_cycle } = whole
  const facts = { content: whole, columns, row_count, data_on, delayed_since, formats: row.formats }
  const quality = row.state === 'open' ? qualityOf(facts, today).level : ''
  return {
    spine: { ...row, licence, keywords, update_cycle: update_cycle ?? '', quality },
    summary,
    items,
    held_values,
  }
}

export const listDatasets = async (pool: pg.Pool, ids: readonly string[]): Promise<ReadDataset[]> => {
  const { rows } = await pool.query<Row>(
    `select d.dataset_id, d.slug, d.state, d.title, d.open_type, d.organ_name, d.theme_title, e.dataset_id is not null as has_rows,
       coalesce((select array_agg(f.format order by f.format) from site.file f
         where f.dataset_id = e.dataset_id and f.edition_no = e.edition_no and ${IS_OFFERED}), '{}') as formats,
       d.released_on::text as released_on, ${INSTANT('d.changed_at')} as changed_at, d.change_no::float8 as change_no,
       d.content, coalesce(e.columns, '[]') as columns, ${HELD_VALUES} as held_values, e.row_count::float8 as row_count, e.data_on::text as data_on,
       l.since::text as delayed_since, site.today()::text as today
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
       left join site.delay l on l.dataset_id = d.dataset_id
     where d.dataset_id = any($1::uuid[])`,
    [ids],
  )
  return rows.map(datasetOf)
}

export interface ShelvedFile {
  readonly format: string
  readonly media_type: string
  readonly bytes: number
  readonly sha256: string
  readonly made_at: string
}

export interface EditionMark {
  readonly edition_no: number
  readonly data_on: string
  readonly carried_at: string
  readonly note: string
  readonly row_count: number
}

/** All that the public side knows of a dataset, its rows apart. */
export interface ShelvedDataset {
  readonly dataset_id: string
  readonly slug: string
  readonly state: 'open' | 'withdrawn'
  readonly title: string
  readonly open_type: 'unconditional' | 'conditional'
  readonly organ_name: string
  readonly theme_title: string
  readonly content: OpenContent
  readonly release_no: number
  readonly released_on: string
  readonly withdrawn_on: string | null
  readonly withdrawn_reason: string | null
  readonly change_no: number
  readonly changed_at: string
  /** Since when the platform has newer data and has not carried it out. */
  readonly delayed_since: string | null
  readonly today: string
  /** The current one. */
  readonly edition: SiteEdition | null
  /** Of the current edition. */
  readonly files: readonly ShelvedFile[]
  /** Newest first, at most a hundred. */
  readonly editions: readonly EditionMark[]
}

const DATASET = `
select d.dataset_id, d.slug, d.state, d.title, d.open_type, d.organ_name, d.theme_title, d.content, d.release_no,
  d.released_on::text as released_on, d.withdrawn_on::text as withdrawn_on, d.withdrawn_reason,
  d.change_no::float8 as change_no, ${INSTANT('d.changed_at')} as changed_at, site.today()::text as today,
  (select since::text from site.delay l where l.dataset_id = d.dataset_id) as delayed_since,
  (select json_build_object('edition_no', e.edition_no, 'is_current', true, 'table_name', e.table_name, 'columns', e.columns,
      'row_count', e.row_count, 'digest', e.digest, 'data_on', e.data_on, 'carried_at', ${INSTANT('e.carried_at')}, 'note', e.note)
    from site.edition e where e.dataset_id = d.dataset_id and e.is_current) as edition,
  coalesce((select json_agg(json_build_object('format', f.format, 'media_type', f.media_type, 'bytes', f.bytes, 'sha256', f.sha256,
      'made_at', ${INSTANT('f.made_at')}) order by f.format)
    from site.edition e join site.file f using (dataset_id, edition_no)
    where e.dataset_id = d.dataset_id and e.is_current and ${IS_OFFERED}), '[]') as files,
  coalesce((select json_agg(m order by m.edition_no desc) from (
      select e.edition_no, e.data_on, ${INSTANT('e.carried_at')} as carried_at, e.note, e.row_count
      from site.edition e where e.dataset_id = d.dataset_id order by e.edition_no desc limit 100) m), '[]') as editions
from site.dataset d`

/** In the order asked for; what is gone meanwhile is left out. */
export const listShelved = async (pool: pg.Pool, ids: readonly string[]): Promise<ShelvedDataset[]> => {
  if (ids.length === 0) return []
  const { rows } = await pool.query<ShelvedDataset>(`${DATASET} where d.dataset_id = any($1::uuid[])`, [ids])
  const byId = new Map(rows.map((row) => [row.dataset_id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

export const findShelved = async (pool: pg.Pool, slug: string): Promise<ShelvedDataset | undefined> => {
  const { rows } = await pool.query<ShelvedDataset>(`${DATASET} where d.slug = $1`, [slug])
  return rows[0]
}
