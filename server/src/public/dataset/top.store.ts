import type { OpenContent } from '@sanjiang/contract/opendata'
import type { SiteColumn } from '@sanjiang/contract/site'
import type { DatasetTop, SiteApp, TombstoneView } from '@sanjiang/contract/site.dataset'
import { hasPlaces } from '@sanjiang/contract/site.file'
import type pg from 'pg'
import { updateState } from './update.rules.ts'

interface Row {
  readonly dataset_id: string
  readonly state: 'open' | 'withdrawn'
  readonly title: string
  readonly organ_name: string
  readonly content: OpenContent
  readonly release_no: number
  readonly released_on: string
  readonly withdrawn_on: string | null
  readonly withdrawn_reason: string | null
  readonly edition_no: number | null
  readonly table_name: string | null
  readonly columns: readonly SiteColumn[] | null
  readonly row_count: number | null
  readonly data_on: string | null
  readonly today: string
}

/** A dataset with what is needed to read its current rows. */
export interface OpenDataset {
  readonly dataset_id: string
  readonly top: DatasetTop
  readonly edition_no: number
  /** `null` where only the description is open so far. */
  readonly table_name: string | null
  readonly columns: readonly SiteColumn[]
  readonly today: string
}

const topOf = (row: Row): DatasetTop => ({
  content: row.content,
  release_no: row.release_no,
  released_on: row.released_on,
  edition_no: row.edition_no,
  row_count: row.row_count,
  update: updateState(row.content.update_cycle, row.data_on, row.today),
  quality: null,
  has_places: hasPlaces(row.columns ?? []),
  is_free: row.content.open_type === 'unconditional',
})

const tombstoneOf = ({ title, organ_name, withdrawn_on, withdrawn_reason }: Row): TombstoneView => ({
  page: 'tombstone',
  title,
  organ_name,
  withdrawn_on: withdrawn_on!,
  reason: withdrawn_reason!,
})

/** A dataset by its address: open with its current edition, or what is left of it. */
export const findOpen = async (pool: pg.Pool, slug: string): Promise<OpenDataset | TombstoneView | undefined> => {
  const { rows } = await pool.query<Row>(
    `select d.dataset_id, d.state, d.title, d.organ_name, d.content, d.release_no, d.released_on::text as released_on,
       d.withdrawn_on::text as withdrawn_on, d.withdrawn_reason,
       e.edition_no, e.table_name, e.columns, e.row_count, e.data_on::text as data_on, site.today()::text as today
     from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current
     where d.slug = $1`,
    [slug],
  )
  const [row] = rows
  if (!row) return undefined
  if (row.state === 'withdrawn') return tombstoneOf(row)
  return {
    dataset_id: row.dataset_id,
    top: topOf(row),
    edition_no: row.edition_no ?? 0,
    table_name: row.table_name,
    columns: row.columns ?? [],
    today: row.today,
  }
}

const MOST_APPS = 50

/** Applications that name the dataset among those they use. */
export const listApps = async (pool: pg.Pool, slug: string): Promise<SiteApp[]> => {
  const { rows } = await pool.query<SiteApp>(
    `select number, title, left(text, 300) as text from site.thread
     where kind = 'showcase' and (dataset_slug = $1 or detail->'datasets' ? $1) order by received_on desc, number limit $2`,
    [slug, MOST_APPS],
  )
  return rows
}
