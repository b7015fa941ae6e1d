import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import type { Place } from './packs.ts'

export interface PartRow extends Place {
  readonly digest: Buffer
  readonly bytes: number
}

export const findParts = async (db: Db, digests: readonly Uint8Array[]): Promise<readonly PartRow[]> => {
  const { rows } = await sql<PartRow>`
    select digest, pack, place, bytes from exchange.file_part where digest = any(${digests}::bytea[])`.execute(db)
  return rows
}

export const insertParts = (db: Db, parts: readonly PartRow[], at: string) =>
  sql`insert into exchange.file_part (digest, pack, place, bytes, at)
      select d, p, o, b, ${at} from unnest(
        ${parts.map(({ digest }) => digest)}::bytea[], ${parts.map(({ pack }) => pack)}::uuid[],
        ${parts.map(({ place }) => place)}::bigint[], ${parts.map(({ bytes }) => bytes)}::integer[]) as t (d, p, o, b)
      on conflict do nothing`.execute(db)

/** Closing a file and sweeping parts exclude each other; closings do not. */
const SWEEP_LOCK = 7_100_001
export const lockAgainstSweep = (tx: Tx) => sql`select pg_advisory_xact_lock_shared(${SWEEP_LOCK})`.execute(tx)
export const lockForSweep = (tx: Tx) => sql`select pg_advisory_xact_lock(${SWEEP_LOCK})`.execute(tx)

export interface FileRow {
  readonly feed_id: string
  readonly recipe: Buffer
  readonly size: number
  readonly items: readonly string[]
  readonly line: string
}

export const insertFile = (tx: Tx, file: FileRow, at: string) =>
  sql`insert into exchange.file (feed_id, recipe, size, items, line, line_hash, closed_at)
      values (${file.feed_id}, ${file.recipe}, ${file.size}, ${JSON.stringify(file.items)}, ${file.line},
              sha256(convert_to(${file.line}, 'UTF8')), ${at})
      on conflict (feed_id, recipe, line_hash) do update set closed_at = excluded.closed_at`.execute(tx)

export const findFiles = async (db: Db, feedId: string, recipe: Uint8Array): Promise<readonly FileRow[]> => {
  const { rows } = await sql<FileRow>`
    select feed_id, recipe, size, items, line from exchange.file where feed_id = ${feedId} and recipe = ${recipe}`.execute(
    db,
  )
  return rows
}

export const insertFetches = (
  db: Db,
  { subscriptionId, feedId, names }: { subscriptionId: string; feedId: string; names: readonly Uint8Array[] },
  at: string,
) =>
  sql`insert into exchange.file_fetch (subscription_id, recipe, fetched_at, bytes)
      select ${subscriptionId}, recipe, ${at}, max(size) from exchange.file
        where feed_id = ${feedId} and recipe = any(${names}::bytea[]) group by recipe
      on conflict (subscription_id, recipe) do update set fetched_at = excluded.fetched_at`.execute(db)

/**
 * Files older than `before` that every standing subscription has fetched, or has passed by: it has signed for its base and for all that came
 * until then, so a file it has not fetched is not for it. And any file older than `cap`.
 */
export const deleteFetchedFiles = async (tx: Tx, { before, cap }: { before: string; cap: string }): Promise<number> => {
  const { rows } = await sql`
    delete from exchange.file f where f.closed_at < ${cap} or (f.closed_at < ${before} and not exists (
      select from exchange.subscription s
      where s.feed_id = f.feed_id and s.file_format = 'files' and s.state in ('active', 'paused', 'faulted')
        and not exists (select from exchange.file_fetch g
                        where g.subscription_id = s.subscription_id and g.recipe = f.recipe)
        and (not exists (select from exchange.run b
                         where b.run_id = s.base_run_id and b.state = 'finished' and s.next_seq > b.last_seq)
          or exists (select from exchange.chunk c
                     where c.feed_id = s.feed_id and c.seq >= s.next_seq and c.at < ${before}))))
    returning 1`.execute(tx)
  return rows.length
}

/** Contents that files still have: all of them, or those whose files were closed since an instant. */
export const liveRecipes = async (db: Db, since: string | null): Promise<readonly Buffer[]> => {
  const { rows } = await sql<{ recipe: Buffer }>`select distinct recipe from exchange.file
    where ${since}::timestamptz is null or closed_at >= ${since}::timestamptz`.execute(db)
  return rows.map(({ recipe }) => recipe)
}

export const countParts = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from exchange.file_part`.execute(db)
  return rows[0]?.count ?? 0
}

export const partsOlderThan = async (
  db: Db,
  prefix: number,
  before: string,
): Promise<readonly { digest: Buffer; pack: string }[]> => {
  const from = Buffer.from([prefix])
  const to = prefix === 255 ? null : Buffer.from([prefix + 1])
  const { rows } = await sql<{ digest: Buffer; pack: string }>`
    select digest, pack from exchange.file_part
    where digest >= ${from} and (${to}::bytea is null or digest < ${to}) and at < ${before}`.execute(db)
  return rows
}

export const deleteParts = (tx: Tx, digests: readonly Uint8Array[]) =>
  sql`delete from exchange.file_part where digest = any(${digests}::bytea[])`.execute(tx)

export const livePacks = async (db: Db): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ pack: string }>`select distinct pack from exchange.file_part`.execute(db)
  return new Set(rows.map(({ pack }) => pack))
}
