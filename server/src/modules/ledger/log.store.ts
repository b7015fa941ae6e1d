import { sql } from 'kysely'
import type { QueryResultRow } from 'pg'
import { type Db, runPrepared } from '#kernel/db.ts'
import { encodedTextArray, hexBytesArray, instantArray, integerArray, textArray } from './binary-array.ts'
import { COLUMNS, type Columns } from './entry.rules.ts'

export interface NewLog {
  readonly log_id: string
  readonly node_id: string
  readonly role: string
  readonly hash_alg: 'sha256' | 'sm3'
}

/** Returns the session's `synchronous_commit`, on which every later promise rests. */
export const insertLog = async (db: Db, log: NewLog): Promise<string> => {
  const { rows } = await sql<{ sync: string }>`
    insert into ledger.log (log_id, node_id, role, hash_alg, opened_at, beat_at)
    values (${log.log_id}, ${log.node_id}, ${log.role}, ${log.hash_alg}, clock_timestamp(), clock_timestamp())
    returning current_setting('synchronous_commit') as sync`.execute(db)
  return rows[0]!.sync
}

/** An entry with its place in a log. */
export interface Placed {
  readonly kind: string
  readonly at: string
  /** `at` since 1970. */
  readonly ms: number
  /** Canonical text as UTF-8. */
  readonly bytes: Uint8Array
  /** As hex. */
  readonly leaf: string
  readonly columns: Columns
  readonly subjects: readonly string[]
}

/** Consecutive entries of one log and one month, from `from` on. */
export interface Batch {
  readonly log_id: string
  readonly from: number
  readonly month: string
  readonly entries: readonly Placed[]
}

export interface Committed {
  /** False: the log was not at `from` or is closed; nothing was written. */
  readonly held: boolean
  readonly policy_version: number
  readonly sync: string
}

const TYPED = COLUMNS.map((name) => (/client_id|grant_id|event_id/.test(name) ? `r.${name}::uuid` : `r.${name}`))
const COLUMN_PARAMETERS = COLUMNS.map((name, index) => `unnest($${10 + index}::text[]) as ${name}`)

// The head moves first and only from where the writer stands, so a second writer, a writer thought dead, or a repeated
// batch writes nothing; the policy version is read by the same statement that commits (architecture §6).
// Arrays are unnested side by side in a select list: in `from` each would first be copied to a tuple store.
const COMMIT = `
with head as (
  update ledger.log set size = $2::bigint + $3::int, beat_at = clock_timestamp()
  where log_id = $1::uuid and size = $2::bigint and closed_at is null
  returning log_id
), entries as (
  insert into ledger.entry (log_id, seq, month, at, kind, body, leaf, ${COLUMNS.join(', ')})
  select head.log_id, $2::bigint + r.n, $4::date, r.at, r.kind, r.body, r.leaf, ${TYPED.join(', ')}
  from head, (select generate_series(0, $3::int - 1) as n, unnest($5::timestamptz[]) as at, unnest($6::text[]) as kind,
    unnest($7::text[]) as body, unnest($8::bytea[]) as leaf, ${COLUMN_PARAMETERS.join(', ')}) r
), subjects as (
  insert into ledger.subject (subject, log_id, seq, month)
  select s.subject, head.log_id, $2::bigint + s.n, $4::date
  from head, (select unnest($9::text[]) as subject, unnest($${10 + COLUMNS.length}::int[]) as n) s
)
select exists (select from head) as held, (select version from kernel.policy) as policy_version,
  current_setting('synchronous_commit') as sync`

// Planning it anew for every batch cost PostgreSQL 1 ms, as much as inserting 20 entries.
const PREPARED = { name: 'ledger.commit', text: COMMIT }

const parametersOf = ({ log_id, from, month, entries }: Batch): unknown[] => {
  const subjects: string[] = []
  const owners: number[] = []
  entries.forEach((entry, index) => {
    for (const subject of entry.subjects) {
      subjects.push(subject)
      owners.push(index)
    }
  })
  const column = (index: number): Buffer => textArray(entries.map(({ columns }) => columns[index] ?? null))
  return [
    log_id,
    from,
    entries.length,
    month,
    instantArray(entries.map(({ ms }) => ms)),
    textArray(entries.map(({ kind }) => kind)),
    encodedTextArray(entries.map(({ bytes }) => bytes)),
    hexBytesArray(entries.map(({ leaf }) => leaf)),
    textArray(subjects),
    ...COLUMNS.map((_, index) => column(index)),
    integerArray(owners),
  ]
}

/** One statement, one commit: moves the head and inserts the entries and their subjects, or does nothing at all. */
export const commitBatch = async (db: Db, batch: Batch): Promise<Committed> => {
  const rows = await runPrepared<Committed & QueryResultRow>(db, PREPARED, parametersOf(batch))
  return rows[0]!
}

export const findLog = (db: Db, logId: string) =>
  db.selectFrom('ledger.log').selectAll().where('log_id', '=', logId).executeTakeFirst()

export const getPolicyVersion = async (db: Db): Promise<number> =>
  (await db.selectFrom('kernel.policy').select('version').executeTakeFirstOrThrow()).version

/** Leaf hashes of [from, to) in order, up to the first number that is missing or doubled. */
export const listLeaves = async (db: Db, logId: string, [from, to]: readonly [number, number]): Promise<Buffer[]> => {
  const rows = await db
    .selectFrom('ledger.entry')
    .select(['seq', 'leaf'])
    .where('log_id', '=', logId)
    .where('seq', '>=', from)
    .where('seq', '<', to)
    .orderBy('seq')
    .execute()
  const broken = rows.findIndex(({ seq }, index) => seq !== from + index)
  return (broken < 0 ? rows : rows.slice(0, broken)).map(({ leaf }) => leaf)
}

export const setLogBeat = (db: Db, logId: string) =>
  db
    .updateTable('ledger.log')
    .set({ beat_at: sql`clock_timestamp()` })
    .where('log_id', '=', logId)
    .where('closed_at', 'is', null)
    .execute()

/** Waits for a batch still being written on a lost connection; after it no batch of this log can commit. */
export const setLogClosed = (db: Db, logId: string) =>
  db
    .updateTable('ledger.log')
    .set({ closed_at: sql`clock_timestamp()`, closed_by: 'writer' })
    .where('log_id', '=', logId)
    .where('closed_at', 'is', null)
    .execute()

/** Closes the logs of writers that have not been heard of for `seconds`; their next batch will find itself fenced. */
export const closeSilentLogs = (db: Db, seconds: number) =>
  db
    .updateTable('ledger.log')
    .set({ closed_at: sql`clock_timestamp()`, closed_by: 'checkpoint' })
    .where('closed_at', 'is', null)
    .where('beat_at', '<', sql<string>`clock_timestamp() - make_interval(secs => ${seconds})`)
    .returning(['log_id', 'role', 'size'])
    .execute()

export const ensureMonth = async (db: Db, month: string): Promise<void> =>
  void (await sql`select ledger.ensure_month(${month}::date)`.execute(db))
