import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import type { Tile } from './tree.rules.ts'

/** Held to the end of the transaction: one checkpoint at a time, whichever worker makes it. */
export const tryCheckpointLock = async (tx: Tx): Promise<boolean> => {
  const { rows } = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('ledger.checkpoint')) as got`.execute(tx)
  return rows[0]!.got
}

const columns = ['no', 'at', 'hash', 'body', 'signatures'] as const

export const findCheckpoint = (db: Db, no: number) =>
  db.selectFrom('ledger.checkpoint').select(columns).where('no', '=', no).executeTakeFirst()

export const findLatestCheckpoint = (db: Db) =>
  db.selectFrom('ledger.checkpoint').select(columns).orderBy('no', 'desc').limit(1).executeTakeFirst()

export type CheckpointRow = NonNullable<Awaited<ReturnType<typeof findCheckpoint>>>

export const listCheckpointRows = (db: Db, { after, limit }: { after?: string; limit: number }) =>
  db
    .selectFrom('ledger.checkpoint')
    .select(columns)
    .$if(after !== undefined, (query) => query.where('no', '<', Number(parseCursor(after!, 1)[0])))
    .orderBy('no', 'desc')
    .limit(limit + 1)
    .execute()

/** [first, last] by number, in order. */
export const listCheckpointRange = (db: Db, [first, last]: readonly [number, number]) =>
  db
    .selectFrom('ledger.checkpoint')
    .select(columns)
    .where('no', '>=', first)
    .where('no', '<=', last)
    .orderBy('no')
    .execute()

const findFirstSince = (db: Db, at: string) =>
  db.selectFrom('ledger.checkpoint').select('no').where('at', '>=', at).orderBy('no').limit(1).executeTakeFirst()

/**
 * From the first checkpoint signed since `from` to the first signed since `to`, which shows that the period has nothing
 * more; to the latest, while there is none. Undefined when none was signed since `from`.
 */
export const findCheckpointSpan = async (db: Db, [from, to]: readonly [string, string]) => {
  const first = await findFirstSince(db, from)
  if (!first) return undefined
  const last = (await findFirstSince(db, to)) ?? (await findLatestCheckpoint(db))!
  return { first_no: first.no, last_no: Math.max(first.no, last.no) }
}

/** The nearest checkpoint before `no`: where one was taken out, the one before the hole. */
export const findCheckpointBefore = (db: Db, no: number) =>
  db
    .selectFrom('ledger.checkpoint')
    .select(columns)
    .where('no', '<', no)
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst()

export interface HeadRow {
  readonly log_id: string
  readonly no: number
  readonly size: number
  readonly root: Buffer
  readonly frontier: Buffer
  readonly is_closed: boolean
}

const headColumns = ['log_id', 'no', 'size', 'root', 'frontier', 'is_closed'] as const

export const listHeads = (db: Db, [first, last]: readonly [number, number]) =>
  db
    .selectFrom('ledger.head')
    .select(headColumns)
    .where('no', '>=', first)
    .where('no', '<=', last)
    .orderBy('no')
    .orderBy('log_id')
    .execute()

/** Each log's head as of checkpoint `no`, as far as that checkpoint's root covers it: open ones and those it closed. */
export const listHeadsAsOf = async (db: Db, no: number): Promise<HeadRow[]> => {
  const { rows } = await sql<HeadRow>`
    select h.log_id, h.no, h.size, h.root, h.frontier, h.is_closed
    from ledger.log l cross join lateral (
      select * from ledger.head h where h.log_id = l.log_id and h.no <= ${no} order by h.no desc limit 1
    ) h
    where not h.is_closed or h.no = ${no}
    order by h.log_id`.execute(db)
  return rows
}

export const findLatestHead = (db: Db, logId: string) =>
  db
    .selectFrom('ledger.head')
    .select(headColumns)
    .where('log_id', '=', logId)
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Logs that no checkpoint has recorded as closed yet. */
export const listUnsettledLogs = (db: Db) =>
  db
    .selectFrom('ledger.log')
    .select(['log_id', 'node_id', 'hash_alg', 'size', 'closed_at'])
    .where('settled_no', 'is', null)
    .orderBy('log_id')
    .execute()

export const setLogsSettled = (tx: Tx, logIds: readonly string[], no: number) =>
  tx.updateTable('ledger.log').set({ settled_no: no }).where('log_id', 'in', logIds).execute()

interface NewCheckpoint {
  readonly no: number
  readonly at: string
  readonly hash: string
  readonly body: string
  readonly signatures: string
}

export const insertCheckpoint = (tx: Tx, row: NewCheckpoint) => tx.insertInto('ledger.checkpoint').values(row).execute()

export const insertHeads = (tx: Tx, rows: readonly HeadRow[]) => tx.insertInto('ledger.head').values(rows).execute()

const TILES_AT_ONCE = 5_000

export const insertTiles = async (tx: Tx, tiles: readonly (Tile & { log_id: string })[]): Promise<void> => {
  for (let at = 0; at < tiles.length; at += TILES_AT_ONCE) {
    const rows = tiles.slice(at, at + TILES_AT_ONCE).map(({ hash, ...tile }) => ({ ...tile, hash: Buffer.from(hash) }))
    await tx.insertInto('ledger.tile').values(rows).execute()
  }
}

/** Tiles [start, start + count) of one level, in order. */
export const listTiles = async (
  db: Db,
  logId: string,
  { level, start, count }: { level: number; start: number; count: number },
): Promise<Buffer[]> => {
  const rows = await db
    .selectFrom('ledger.tile')
    .select('hash')
    .where('log_id', '=', logId)
    .where('level', '=', level)
    .where('index', '>=', start)
    .where('index', '<', start + count)
    .orderBy('index')
    .execute()
  return rows.map(({ hash }) => hash)
}
