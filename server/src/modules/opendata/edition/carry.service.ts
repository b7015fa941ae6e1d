import { createHash } from 'node:crypto'
import type { OpenRows, Suppression } from '@sanjiang/contract/opendata'
import type { HeldValues, SiteColumn } from '@sanjiang/contract/site'
import type pg from 'pg'
import type { DueRow } from './edition.store.ts'
import { csvLine, quoted, sqlType } from './field.rules.ts'
import { readHeldValues } from './held-values.ts'
import { openShaped, type ShapedTable } from './shaped.ts'
import { atomically, type Batch, copyIn } from './stage.ts'
import { leavingColumns } from './status.rules.ts'

const SCHEMA = 'data'
/** Whoever found a table's name a moment ago may still be reading it. */
const GRACE_SECONDS = 60
const DROP_WAIT_MS = 1000

export const siteColumns = (rows: OpenRows): SiteColumn[] =>
  leavingColumns(rows).map(({ name, title, data_type, length, role, unit, status_of }) => ({
    ...{ name, title, data_type, length, role, unit },
    ...(status_of === undefined ? {} : { status_of }),
  }))

export const dataTable = (slug: string, editionNo: number): string =>
  `d_${slug.toLowerCase().replace(/[^a-z0-9]/g, '_')}_${editionNo}`.slice(0, 63)

/** The table of an edition's rows, as the public side reads it. */
export const createData = async (client: pg.Client, table: string, columns: readonly SiteColumn[]): Promise<void> => {
  const typed = columns.map((column) => `, ${quoted(column.name)} ${sqlType(column)}`).join('')
  await client.query(`create table ${SCHEMA}.${table} (_id bigint primary key${typed})`)
  await client.query(`grant select on ${SCHEMA}.${table} to sanjiang_public`)
}

/** Shapes are asked for by box, and working their boxes out takes long: kept from the start. */
const indexData = async (client: pg.Client, table: string, columns: readonly SiteColumn[]): Promise<void> => {
  for (const { name } of columns.filter(({ role }) => role === 'shape'))
    await client.query(`create index on ${SCHEMA}.${table} using gist (site.shape_box(${quoted(name)}))`)
  await client.query(`analyze ${SCHEMA}.${table}`)
}

export interface SiteEditionRow {
  readonly dataset_id: string
  readonly edition_no: number
  readonly table_name: string
  readonly columns: readonly SiteColumn[]
  readonly row_count: number
  readonly digest: string
  readonly data_on: string
  readonly note: string
  readonly held_values: readonly HeldValues[]
}

/** The new edition in place of the one before, whose files stay. */
export const switchEdition = async (client: pg.Client, row: SiteEditionRow): Promise<void> => {
  await client.query(
    'update site.edition set is_current = false, table_name = null where dataset_id = $1 and is_current',
    [row.dataset_id],
  )
  await client.query(
    `insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on, note, held_values)
     values ($1, $2, true, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[row.dataset_id, row.edition_no, row.table_name, JSON.stringify(row.columns)],
      ...[row.row_count, row.digest, row.data_on, row.note, JSON.stringify(row.held_values)],
    ],
  )
  // Whoever follows the dataset learns of its rows by the same number.
  await client.query('update site.dataset set state = state where dataset_id = $1', [row.dataset_id])
}

/** How many of them are small is not told: a reader who knew that all are could work some back. */
const suppressionNote = ({ threshold, primary, secondary, withheld }: Suppression): string =>
  [
    primary > 0
      ? `为保护个人信息，${primary + secondary} 个单元格不予公布（小于 ${threshold} 的，及由合计可推出它们的），数值为空，状态列为 Q。`
      : '',
    withheld.length > 0 ? `${withheld.join('、')}整列不予公布。` : '',
  ].join('')

const noteOf = ({ note, suppression }: DueRow): string =>
  [note, suppression ? suppressionNote(suppression) : ''].filter(Boolean).join(' ')

class Numbered {
  count = 0
  readonly #hash = createHash('sha256')
  async *batches(table: ShapedTable): AsyncGenerator<Batch> {
    for await (const batch of table.batches()) {
      this.#hash.update(batch.map(({ values }) => csvLine(values)).join(''))
      yield batch.map(({ values }) => [String(++this.count), ...values])
    }
  }
  digest(): string {
    return this.#hash.digest('hex')
  }
}

export interface Carrying {
  readonly stage: pg.Client
  readonly site: pg.Client
  readonly row: DueRow
}

type Outcome = 'carried' | 'gone'

/** Whether this edition, or one after it, stands outside already; a number given twice is no edition that was carried. */
const standingOf = async (
  site: pg.Client,
  { resource_id, edition_no, digest }: DueRow,
): Promise<Outcome | undefined> => {
  const { rows } = await site.query<{ edition_no: number; digest: string }>(
    'select edition_no, digest from site.edition where dataset_id = $1 and edition_no >= $2',
    [resource_id, edition_no],
  )
  const same = rows.find((one) => one.edition_no === edition_no)
  if (same && same.digest !== digest)
    throw new Error(
      `edition ${edition_no} of ${resource_id} stands outside with other rows: restored to different moments?`,
    )
  return same ? 'carried' : rows.length > 0 ? 'gone' : undefined
}

/** Held to the end of the transaction, so that a withdrawal comes before the switch or after it. */
const isOpen = async (site: pg.Client, { resource_id }: DueRow): Promise<boolean> => {
  const text = `select from site.dataset where dataset_id = $1 and state = 'open' for no key update`
  return (await site.query(text, [resource_id])).rows.length > 0
}

const isThere = async (site: pg.Client, { resource_id }: DueRow): Promise<boolean> =>
  (await site.query(`select from site.dataset where dataset_id = $1 and state = 'open'`, [resource_id])).rows.length > 0

class Withdrawn extends Error {}

const fill = async ({ stage, site, row }: Carrying): Promise<void> => {
  const rows = row.content.rows!
  const columns = siteColumns(rows)
  const table_name = dataTable(row.content.slug, row.edition_no)
  await createData(site, table_name, columns)
  const numbered = new Numbered()
  const shaped = await openShaped(stage, row.edition_id, rows)
  const names = ['_id', ...columns.map(({ name }) => name)]
  await copyIn(site, { table: `${SCHEMA}.${table_name}`, columns: names, rows: numbered.batches(shaped) })
  if (numbered.digest() !== row.digest) throw new Error(`edition ${row.edition_id} is not what was checked`)
  await indexData(site, table_name, columns)
  // Rows that are read with a key only are not told word by word to everybody.
  const isFree = row.content.open_type === 'unconditional'
  const carried = { table: table_name, columns, row_count: numbered.count }
  const held_values = isFree ? await readHeldValues(site, carried) : []
  if (!(await isOpen(site, row))) throw new Withdrawn()
  const { resource_id: dataset_id, edition_no, data_on } = row
  const edition = { dataset_id, edition_no, data_on, table_name, columns, row_count: numbered.count, held_values }
  await switchEdition(site, { ...edition, digest: row.digest!, note: noteOf(row) })
}

/**
 * Carries one edition: new table, its rows, the switch, all in one transaction of the public database. Killed in it nothing of it is
 * there; run again after it, it finds the edition there and changes nothing. A tombstone or a newer edition is not written over.
 */
export const carryEdition = (carrying: Carrying): Promise<Outcome> =>
  atomically(carrying.site, async (): Promise<Outcome> => {
    const { site, row } = carrying
    await site.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [row.resource_id])
    if (!(await isThere(site, row))) return 'gone'
    const standing = await standingOf(site, row)
    if (standing) return standing
    await fill(carrying)
    return 'carried'
  }).catch((error) => {
    if (error instanceof Withdrawn) return 'gone'
    throw error
  })

/** Tables no edition stands on any more, but for those that were current a moment ago. */
export const sweepData = async (site: pg.Client, graceSeconds = GRACE_SECONDS): Promise<number> => {
  const { rows } = await site.query<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = '${SCHEMA}'::regnamespace and c.relkind = 'r' and c.relname ~ '^d_'
       and not exists (select from site.edition e where e.table_name = c.relname)
       and not exists (select from site.edition e where e.is_current and e.carried_at > now() - make_interval(secs => $1)
         and regexp_replace(e.table_name, '_[0-9]+$', '') = regexp_replace(c.relname, '_[0-9]+$', ''))`,
    [graceSeconds],
  )
  for (const { name } of rows) await site.query(`drop table if exists ${SCHEMA}.${quoted(name)}`)
  return rows.length
}

/**
 * A reader that takes its time over an export keeps a table from being dropped. A withdrawal does not wait for it, nor do others behind
 * it: nobody new may read the table, and the sweep drops it when that reader is done.
 */
const dropOrClose = async (site: pg.Client, name: string): Promise<void> => {
  const table = `${SCHEMA}.${quoted(name)}`
  await site.query('savepoint dropping')
  try {
    await site.query(`set local lock_timeout = '${DROP_WAIT_MS}ms'`)
    await site.query(`drop table if exists ${table}`)
    await site.query('set local lock_timeout = 0')
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error
    await site.query('rollback to savepoint dropping')
    await site.query(`revoke all on ${table} from sanjiang_public`)
  }
}

/** What a tombstone leaves of rows: nothing, neither tables nor editions nor files. Within the caller's transaction. */
export const removeEditions = async (site: pg.Client, { dataset_id, slug }: { dataset_id: string; slug: string }) => {
  await site.query('delete from site.edition where dataset_id = $1', [dataset_id])
  const { rows } = await site.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = '${SCHEMA}'::regnamespace and relkind = 'r'
       and regexp_replace(relname, '_[0-9]+$', '') = $1`,
    [dataTable(slug, 1).replace(/_1$/, '')],
  )
  for (const { name } of rows) await dropOrClose(site, name)
}
