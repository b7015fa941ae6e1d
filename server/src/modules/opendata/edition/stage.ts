import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fieldsOf, lineOf } from '@sanjiang/seal'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { withClient } from '../connection.ts'
import { quoted } from './field.rules.ts'

export type Values = readonly (string | null)[]

const SCHEMA = 'stage'
const BATCH_ROWS = 500

/** The edition's own table in the stage: text as it came, and the line it came from. */
export const tableOf = (editionId: string): string => `${SCHEMA}.e_${editionId.replaceAll('-', '')}`

const ensureSchema = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query(`select to_regnamespace('${SCHEMA}') is null as absent`)
  if (!rows[0].absent) return
  // Two workers may be first at once.
  await client.query(`create schema ${SCHEMA}`).catch((error: { code?: string }) => {
    if (error.code !== '42P06' && error.code !== '23505') throw error
  })
}

export const withStage = <T>(ctx: Ctx, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const url = ctx.site.stageDatabaseUrl
  if (!url) throw new Fault('unavailable', '没有设置开放数据的暂存库')
  return withClient(url, async (client) => {
    await ensureSchema(client)
    return work(client)
  })
}

/** Work on one edition by one process at a time; the lock goes with the connection, so a killed process holds nothing up. */
export const tryLock = async (client: pg.Client, id: string): Promise<boolean> => {
  const { rows } = await client.query('select pg_try_advisory_lock(hashtextextended($1, 0)) as got', [id])
  return rows[0].got
}

/** All or nothing, also when the process dies in it. */
export const atomically = async <T>(client: pg.Client, work: () => Promise<T>): Promise<T> => {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

export type Batch = readonly Values[]
type Some<T> = AsyncIterable<T> | Iterable<T>

/** Rows in batches: one turn of the loop for each row would cost more than the row. */
export async function* inBatches(rows: Some<Values>): AsyncGenerator<Batch> {
  let batch: Values[] = []
  for await (const row of rows) {
    if (batch.push(row) < BATCH_ROWS) continue
    yield batch
    batch = []
  }
  yield batch
}

/** Rows as lines of PostgreSQL's COPY text. */
async function* linesFrom(batches: Some<Batch>): AsyncGenerator<string> {
  for await (const batch of batches) if (batch.length > 0) yield `${batch.map(lineOf).join('\n')}\n`
}

interface CopyIn {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: Some<Batch>
}

export const copyIn = (client: pg.Client, { table, columns, rows }: CopyIn): Promise<void> => {
  const into = client.query(copyFrom(`copy ${table} (${columns.map(quoted).join(', ')}) from stdin`))
  return pipeline(Readable.from(linesFrom(rows), { objectMode: true, highWaterMark: 2 }), into)
}

/** Rows of a query, read as they come: in memory stands one piece. */
export async function* copyOut(client: pg.Client, query: string): AsyncGenerator<Batch> {
  const stream = client.query(copyTo(`copy (${query}) to stdout`)) as AsyncIterable<Buffer>
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of stream) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const end = bytes.lastIndexOf(10)
    if (end !== -1) yield bytes.toString('utf8', 0, end).split('\n').map(fieldsOf)
    rest = bytes.subarray(end + 1)
  }
}

/** When a table was made: its edition may be written a moment later, in another database. */
export const stamp = (client: pg.Client, id: string) =>
  client.query(`comment on table ${tableOf(id)} is '${new Date().toISOString()}'`)

/** A fresh table for an edition, in place of what an earlier try left. */
export const createStage = async (client: pg.Client, id: string, columns: readonly string[]): Promise<void> => {
  await client.query(`drop table if exists ${tableOf(id)}`)
  const list = columns.map((name) => `${quoted(name)} text`).join(', ')
  await client.query(`create table ${tableOf(id)} (_line bigint not null${list ? `, ${list}` : ''})`)
  await stamp(client, id)
}

export const dropStage = (client: pg.Client, id: string) => client.query(`drop table if exists ${tableOf(id)}`)

/** Tables of editions that have no more work before them: discarded, or left by a process killed between two databases. */
export const sweepStage = async (client: pg.Client, alive: readonly string[], graceSeconds = 3600): Promise<void> => {
  const kept = new Set(alive.map(tableOf))
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = '${SCHEMA}'::regnamespace and relkind = 'r' and relname ~ '^e_[0-9a-f]{32}$'
       and coalesce(obj_description(oid)::timestamptz, '-infinity') < now() - make_interval(secs => $1)`,
    [graceSeconds],
  )
  for (const { name } of rows)
    if (!kept.has(`${SCHEMA}.${name}`)) await client.query(`drop table if exists ${SCHEMA}.${quoted(name)}`)
}
