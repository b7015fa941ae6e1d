import { canonical, type Entry, leafHash, parseEntry } from '@sanjiang/seal'
import { nodeHasher } from '@sanjiang/seal/node'

const hasher = nodeHasher('sha256')

/** An entry as the database holds it: all of it is in a superuser's hands. */
export interface Row {
  readonly seq: number
  readonly month: string
  readonly at: string
  readonly kind: string
  readonly body: string
  readonly leaf: Buffer
}

/** The row with other text, and the leaf hash that fits it: what a forger who knows the format stores. */
export const rewritten = (row: Row, change: (entry: Entry) => Record<string, unknown>): Row => {
  const entry = { ...parseEntry(row.body), ...change(parseEntry(row.body)) }
  const body = canonical(entry)
  return { ...row, seq: entry.seq, at: entry.at, body, leaf: Buffer.from(leafHash(hasher, Buffer.from(body))) }
}

/** The row under another number, its text agreeing. */
export const renumbered = (row: Row, seq: number): Row => rewritten(row, () => ({ seq }))

export interface Forger {
  rows(logId: string): Promise<Row[]>
  /** Replaces a whole log's rows. */
  replace(logId: string, rows: readonly Row[]): Promise<void>
  /** Puts everything back as it was when the forger came. */
  undo(): Promise<void>
}

type Sql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

const TABLES = ['entry', 'subject', 'log', 'checkpoint', 'head', 'tile'].map((name) => `ledger.${name}`)

/** Someone who owns the database: no grant binds him, and he knows the format. */
export const openForger = async (sql: Sql): Promise<Forger> => {
  await sql('create schema kept')
  for (const table of TABLES) await sql(`create table kept.${table.slice(7)} as select * from ${table}`)
  return {
    rows: async (logId) =>
      (await sql(
        `select seq::int, month::text, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, kind, body, leaf
         from ledger.entry where log_id = $1 order by seq`,
        [logId],
      )) as unknown as Row[],
    replace: async (logId, rows) => {
      await sql('delete from ledger.entry where log_id = $1', [logId])
      for (const { seq, month, at, kind, body, leaf } of rows)
        await sql(
          'insert into ledger.entry (log_id, seq, month, at, kind, body, leaf) values ($1, $2, $3, $4, $5, $6, $7)',
          [logId, seq, month, at, kind, body, leaf],
        )
    },
    undo: async () => {
      for (const table of TABLES)
        await sql(`truncate ${table}; insert into ${table} select * from kept.${table.slice(7)}`)
    },
  }
}
