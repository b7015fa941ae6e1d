import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import type { Ctx } from './ctx.ts'
import type { Tables } from './tables.ts'

/** Reads take `Db`; writes take `Tx`. A `Tx` is a `Db`, never the other way round, so a stray write does not compile. */
export type Db = Kysely<Tables>
export type Tx = Transaction<Tables>

const toSafeInteger = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`integer ${text} does not fit a JavaScript number`)
  return value
}

// One spelling of a datum: dates stay `YYYY-MM-DD`, instants are ISO UTC, counts are numbers. No Date objects inside.
const PARSERS: Record<number, (text: string) => unknown> = {
  20: toSafeInteger, // int8
  1082: (text) => text, // date
  1184: (text) => new Date(text).toISOString(), // timestamptz
  1700: Number, // numeric: catalogue figures of at most 9 + 4 digits
}

export interface DbOptions {
  /** Database role the session works as; it owns nothing and may change only what migrations granted. */
  readonly role?: 'sanjiang_app' | 'sanjiang_gateway' | 'sanjiang_exchange'
  readonly max?: number
  readonly name?: string
  /** No statement runs longer, and nobody waits longer for a connection; for pools that strangers' questions reach. */
  readonly statementMs?: number
}

export const openPool = (url: string, { role, max = 10, name = 'sanjiang', statementMs }: DbOptions = {}): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: name,
    statement_timeout: statementMs,
    connectionTimeoutMillis: statementMs,
    options: role ? `-c role=${role}` : undefined,
    types: {
      getTypeParser: ((oid: number, format?: 'text') => PARSERS[oid] ?? pg.types.getTypeParser(oid, format)) as never,
    },
  })
  // An idle connection cut by a database restart must not take the process with it; the next query opens a new one.
  pool.on('error', () => undefined)
  // One in use says so a second time, as an event, beside failing its query; without a listener that ends the process.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return pool
}

const pools = new WeakMap<Db, pg.Pool>()

export const openDb = (pool: pg.Pool): Db => {
  const db: Db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  pools.set(db, pool)
  return db
}

/**
 * A statement that PostgreSQL plans once per connection: for the few that run all day. Named statements need a session,
 * so a pooler before the database must keep sessions or follow prepared statements (PgBouncer from 1.21).
 */
export const runPrepared = async <T extends pg.QueryResultRow>(
  db: Db,
  { name, text }: { readonly name: string; readonly text: string },
  values: unknown[],
): Promise<T[]> => (await pools.get(db)!.query<T>({ name, text, values })).rows

/**
 * The only way to get a `Tx`. The inner ctx's `db` *is* the transaction, so reads made through it see what was written
 * and a nested `inTx` is refused. No network, no file, no waiting inside.
 */
export const inTx = <T>(ctx: Ctx, work: (tx: Tx, inner: Ctx) => Promise<T>): Promise<T> =>
  ctx.db.transaction().execute((tx) => work(tx, { ...ctx, db: tx }))
