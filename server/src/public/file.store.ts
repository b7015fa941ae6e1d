import type { SiteColumn } from '@sanjiang/contract/site'
import {
  changeBetween,
  FILE_FORMATS,
  type FileFormat,
  FORMAT_NAMES,
  fileHref,
  type SiteFile,
  type SiteOmission,
  type SiteVersion,
} from '@sanjiang/contract/site.file'
import type pg from 'pg'

/** No dataset shows more editions than this; older ones stay at their addresses. */
const MAX_EDITIONS = 100

interface FileRow {
  readonly edition_no: number
  readonly format: FileFormat
  readonly bytes: number
  readonly sha256: string
  readonly made_at: string
  readonly formula_cells: number | null
}

const fileOf = (slug: string, { edition_no, ...row }: FileRow): SiteFile => {
  const { title, about, media_type } = FILE_FORMATS[row.format]
  return { ...row, title, about, media_type, href: fileHref(slug, edition_no, row.format) }
}

const filesOf = async (pool: pg.Pool, slug: string, onlyCurrent: boolean): Promise<FileRow[]> => {
  const { rows } = await pool.query<FileRow>(
    `select f.edition_no, f.format, f.bytes, f.sha256, f.made_at, f.formula_cells
     from site.dataset d join site.edition e using (dataset_id) join site.file f using (dataset_id, edition_no)
     where d.slug = $1 and d.state = 'open' and f.format = any ($2) and (e.is_current or not $3)
     order by f.edition_no desc, array_position($2, f.format) limit $4`,
    [slug, [...FORMAT_NAMES], onlyCurrent, MAX_EDITIONS * FORMAT_NAMES.length],
  )
  return rows
}

/** Files of the current edition, in the order they are offered; none until they are made. */
export const listFiles = async (pool: pg.Pool, slug: string): Promise<SiteFile[]> =>
  (await filesOf(pool, slug, true)).map((row) => fileOf(slug, row))

interface EditionRow extends Omit<SiteVersion, 'change' | 'files' | 'column_count'> {
  readonly columns: readonly SiteColumn[]
}

// In the days the site lives in, which in a demo are not the calendar's; 0 days apart in service.
const CARRIED_ON = `((e.carried_at at time zone 'Asia/Shanghai')::date + (site.today() - (now() at time zone 'Asia/Shanghai')::date))::text`

const editionRows = async (pool: pg.Pool, slug: string): Promise<EditionRow[]> => {
  const { rows } = await pool.query<EditionRow>(
    `select e.edition_no, e.is_current, e.data_on::text as data_on, e.carried_at, ${CARRIED_ON} as carried_on, e.row_count, e.digest, e.note, e.columns,
       coalesce((select jsonb_agg(jsonb_build_object('format', o.format, 'reason', o.reason) order by o.format)
         from site.file_omission o where o.dataset_id = e.dataset_id and o.edition_no = e.edition_no), '[]') as omitted
     from site.dataset d join site.edition e using (dataset_id)
     where d.slug = $1 and d.state = 'open' order by e.edition_no desc limit $2`,
    [slug, MAX_EDITIONS + 1],
  )
  return rows
}

/** Editions, newest first, with their files and what changed against the one before. */
export const listEditions = async (pool: pg.Pool, slug: string): Promise<SiteVersion[]> => {
  const [editions, files] = await Promise.all([editionRows(pool, slug), filesOf(pool, slug, false)])
  return editions.slice(0, MAX_EDITIONS).map(({ columns, ...edition }, index) => {
    const before = editions[index + 1]
    return {
      ...edition,
      omitted: edition.omitted as readonly SiteOmission[],
      column_count: columns.length,
      change: before ? changeBetween(before, { row_count: edition.row_count, columns }) : null,
      files: files.filter(({ edition_no }) => edition_no === edition.edition_no).map((row) => fileOf(slug, row)),
    }
  })
}

/** A file as it is kept, with what decides whether and how it is sent. */
export interface StoredFile {
  readonly dataset_id: string
  readonly slug: string
  readonly title: string
  readonly state: 'open' | 'withdrawn'
  readonly open_type: 'unconditional' | 'conditional'
  readonly withdrawn_on: string | null
  readonly withdrawn_reason: string | null
  readonly edition_no: number
  readonly format: string
  readonly media_type: string
  readonly bytes: number
  readonly sha256: string
  readonly bom_sha256: string | null
  readonly made_at: string
  readonly packed_bytes: number | null
  readonly packed_sha256: string | null
}

/** A dataset whose file is not there, or not yet. */
export type FileDataset = Omit<StoredFile, 'edition_no'> & { readonly edition_no: number | null }

export interface FileQuestion {
  readonly slug: string
  readonly format: FileFormat
  /** The newest there is where it is `null`; none where the current edition cannot be had so, for it would stay the newest for ever. */
  readonly edition_no: number | null
}

export const findFile = async (pool: pg.Pool, asked: FileQuestion): Promise<FileDataset | undefined> => {
  const { rows } = await pool.query<FileDataset>(
    `select d.dataset_id, d.slug, d.title, d.state, d.open_type, d.withdrawn_on::text as withdrawn_on, d.withdrawn_reason,
       f.edition_no, f.format, f.media_type, f.bytes, f.sha256, f.bom_sha256, f.made_at, p.bytes as packed_bytes,
       p.sha256 as packed_sha256
     from site.dataset d
     left join lateral (select * from site.file f where f.dataset_id = d.dataset_id and f.format = $2
       and ($3::integer = f.edition_no or ($3 is null and not exists (
         select from site.edition e join site.file_omission o using (dataset_id, edition_no)
         where e.dataset_id = d.dataset_id and e.is_current and o.format = $2))) order by f.edition_no desc limit 1) f on true
     left join site.file p on p.dataset_id = d.dataset_id and p.edition_no = f.edition_no and p.format = $2 || '-gzip'
     where d.slug = $1`,
    [asked.slug, asked.format, asked.edition_no],
  )
  return rows[0]
}

/** Why an edition, the current one where none is named, cannot be had in a format. */
export const findOmission = async (pool: pg.Pool, { slug, format, edition_no }: FileQuestion) => {
  const { rows } = await pool.query<{ reason: string }>(
    `select o.reason from site.dataset d join site.edition e using (dataset_id) join site.file_omission o using (dataset_id, edition_no)
     where d.slug = $1 and o.format = $2 and ($3::integer = e.edition_no or ($3 is null and e.is_current))`,
    [slug, format, edition_no],
  )
  return rows[0]?.reason
}

/** Of an edition without any file, the current one where none is named, whether it is the current one. */
export const isBareCurrent = async (pool: pg.Pool, { slug, edition_no }: FileQuestion) => {
  const { rows } = await pool.query<{ is_current: boolean }>(
    `select e.is_current from site.dataset d join site.edition e using (dataset_id)
     where d.slug = $1 and ($2::integer = e.edition_no or ($2 is null and e.is_current)) and not exists (
       select from site.file f where f.dataset_id = e.dataset_id and f.edition_no = e.edition_no)`,
    [slug, edition_no],
  )
  return rows[0]?.is_current
}

export interface PartQuestion {
  readonly dataset_id: string
  readonly edition_no: number
  readonly format: string
  readonly part_no: number
  /** Bytes of the part. */
  readonly from: number
  readonly count: number
}

/** Bytes of one part; `undefined` where it is gone meanwhile. */
export const readPart = async (pool: pg.Pool, asked: PartQuestion): Promise<Buffer | undefined> => {
  const { rows } = await pool.query<{ body: Buffer }>(
    `select substring(body from $5 for $6) as body from site.file_part
     where dataset_id = $1 and edition_no = $2 and format = $3 and part_no = $4`,
    [asked.dataset_id, asked.edition_no, asked.format, asked.part_no, asked.from + 1, asked.count],
  )
  return rows[0]?.body
}
