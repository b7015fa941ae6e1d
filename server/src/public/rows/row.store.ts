import type { SiteColumn } from '@sanjiang/contract/site'
import pg from 'pg'
import type { Cells } from './row-answer.rules.ts'
import { type Sql, toStatement } from './row-sql.rules.ts'

/** A dataset with what is asked about its rows. */
export interface RowDataset {
  readonly dataset_id: string
  readonly slug: string
  readonly title: string
  readonly summary: string
  readonly organ_name: string
  readonly state: 'open' | 'withdrawn'
  readonly open_type: 'unconditional' | 'conditional'
  readonly withdrawn_on: string | null
  readonly withdrawn_reason: string | null
  readonly edition_no: number | null
  readonly table_name: string | null
  readonly columns: readonly SiteColumn[] | null
  readonly row_count: number | null
  readonly digest: string | null
  readonly data_on: string | null
  readonly note: string | null
}

const DATASET = `select d.dataset_id, d.slug, d.title, d.content->>'summary' as summary, d.organ_name, d.state, d.open_type,
    d.withdrawn_on::text as withdrawn_on, d.withdrawn_reason, e.edition_no, e.table_name, e.columns,
    e.row_count::float8 as row_count, e.digest, e.data_on::text as data_on, e.note
  from site.dataset d left join site.edition e on e.dataset_id = d.dataset_id and e.is_current`

export const findRowDataset = async (pool: pg.Pool, slug: string): Promise<RowDataset | undefined> =>
  (await pool.query<RowDataset>(`${DATASET} where d.slug = $1`, [slug])).rows[0]

export const listPlaced = async (pool: pg.Pool, limit: number): Promise<RowDataset[]> =>
  (
    await pool.query<RowDataset>(
      `${DATASET} where d.state = 'open' and (e.columns @> '[{"role":"shape"}]' or e.columns @> '[{"role":"lon"},{"role":"lat"}]')
       order by d.slug limit $1`,
      [limit],
    )
  ).rows

/** Rows read at one go; a page is cut short when it weighs more. */
const FETCH = 100
const MAX_BYTES = 16 * 1024 * 1024
/** After the first of them: a condition that few rows meet would else hold a connection for as many statements as there are rows. */
const MAX_MS = 3000

export interface ReadRows {
  readonly rows: readonly Cells[]
  /** There were more rows than are answered at once by weight, or in time. */
  readonly isCut: boolean
}

const weigh = (rows: readonly Cells[]): number =>
  rows.reduce((sum, cells) => sum + cells.reduce((total, cell) => total + (cell?.length ?? 0), 0), 0)

const fetchAll = async (client: pg.PoolClient): Promise<ReadRows> => {
  const rows: Cells[] = []
  let until = Number.POSITIVE_INFINITY
  for (let weight = 0; ; ) {
    const { rows: more } = await client.query<Cells & never[]>({ text: `fetch ${FETCH} from page`, rowMode: 'array' })
    rows.push(...more)
    weight += weigh(more)
    if (more.length < FETCH) return { rows, isCut: false }
    if (weight > MAX_BYTES || performance.now() > until) return { rows, isCut: true }
    until = Math.min(until, performance.now() + MAX_MS)
  }
}

/** A page by a cursor, so that rows heavier than memory may bear, or longer in coming than others may wait, end it. */
export const readRows = async (pool: pg.Pool, sql: Sql): Promise<ReadRows> => {
  const { text, values } = toStatement(sql)
  const client = await pool.connect()
  let failed: Error | undefined
  try {
    await client.query('begin read only')
    await client.query({ text: `declare page no scroll cursor for ${text}`, values })
    const read = await fetchAll(client)
    await client.query('commit')
    return read
  } catch (error) {
    failed = error as Error
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    // A refusal by the database leaves the connection whole; anything else does not.
    client.release(failed instanceof pg.DatabaseError ? undefined : failed)
  }
}

export const readNumber = async (pool: pg.Pool, sql: Sql): Promise<number> => {
  const { rows } = await pool.query<{ count: string }>(toStatement(sql))
  return Number(rows[0]?.count ?? 0)
}

export const readSizes = async (pool: pg.Pool, table_name: string) => {
  const { rows } = await pool.query<{ bytes: number; index_bytes: number }>(
    `select coalesce(pg_total_relation_size(to_regclass('data.' || quote_ident($1))), 0)::float8 as bytes,
       coalesce(pg_indexes_size(to_regclass('data.' || quote_ident($1))), 0)::float8 as index_bytes`,
    [table_name],
  )
  return rows[0]!
}
