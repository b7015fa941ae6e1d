import type pg from 'pg'
import type { FileKey, Weighed } from './file.parts.ts'
import type { FileEdition } from './file.source.ts'

export interface Waiting extends FileEdition {
  /** Formats that are there, or are known not to be possible. */
  readonly settled: readonly string[]
}

/** Editions whose rows are there, the longest waiting first. */
export const listCurrent = async (client: pg.Client): Promise<Waiting[]> => {
  const { rows } = await client.query<Waiting>(
    `select e.dataset_id, d.slug, d.title, d.organ_name, e.edition_no, e.table_name, e.columns, e.row_count::float8 as row_count,
       e.data_on::text as data_on,
       array(select format from site.file f where f.dataset_id = e.dataset_id and f.edition_no = e.edition_no
         union all
         select format from site.file_omission o where o.dataset_id = e.dataset_id and o.edition_no = e.edition_no) as settled
     from site.edition e join site.dataset d using (dataset_id)
     where e.is_current and d.state = 'open' order by e.carried_at, e.dataset_id`,
  )
  return rows
}

/** Only one worker makes a file at a time; whoever comes second leaves it, and finds it made the next time. */
export const takeFile = async (client: pg.Client, { dataset_id, edition_no, format }: FileKey): Promise<boolean> => {
  const { rows } = await client.query<{ is_mine: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended($1, 0))
       and exists (select from site.edition where dataset_id = $2 and edition_no = $3 and is_current)
       and not exists (select from site.file where dataset_id = $2 and edition_no = $3 and format = $4) as is_mine`,
    [`site.file ${dataset_id} ${edition_no} ${format}`, dataset_id, edition_no, format],
  )
  return rows[0]!.is_mine
}

export interface MadeFile extends Omit<Weighed, 'bom_sha256'> {
  readonly media_type: string
  readonly bom_sha256: string | null
  readonly formula_cells: number | null
}

/** What was withdrawn while its file was made: as if it had been gone before. */
export class Withdrawn extends Error {}

/**
 * Makes the file known. The dataset is locked before what hangs on it, as a withdrawal does it: the other way round each would
 * wait for the other.
 */
export const insertFile = async (client: pg.Client, key: FileKey, made: MadeFile): Promise<void> => {
  const open = `select from site.dataset where dataset_id = $1 and state = 'open' for no key update`
  if ((await client.query(open, [key.dataset_id])).rows.length === 0) throw new Withdrawn()
  await client.query(
    `insert into site.file (dataset_id, edition_no, format, media_type, bytes, sha256, bom_sha256, formula_cells)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[key.dataset_id, key.edition_no, key.format, made.media_type, made.bytes, made.sha256],
      ...[made.bom_sha256, made.formula_cells],
    ],
  )
}

export const insertOmission = (client: pg.Client, { dataset_id, edition_no, format }: FileKey, reason: string) =>
  client.query(
    `insert into site.file_omission (dataset_id, edition_no, format, reason) values ($1, $2, $3, $4) on conflict do nothing`,
    [dataset_id, edition_no, format, reason],
  )

/** What was withdrawn is nowhere any more, files least of all. */
export const removeWithdrawn = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ dataset_id: string }>(
    `select dataset_id from site.dataset d where state = 'withdrawn' and exists (select from site.file f where f.dataset_id = d.dataset_id)`,
  )
  for (const { dataset_id } of rows) await client.query('delete from site.file where dataset_id = $1', [dataset_id])
}
