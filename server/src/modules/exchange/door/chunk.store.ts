import type { ChunkHeader } from '@sanjiang/seal'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

/** A chunk verified and sealed, not yet in the log. */
export interface NewChunk {
  readonly header: ChunkHeader
  /** The header's own bytes: what was hashed. */
  readonly text: string
  readonly digest: Buffer
  /** Null where there is none. */
  readonly body: Buffer | null
}

export const lockLog = (tx: Tx, agentId: string, feedId: string) =>
  tx
    .selectFrom('exchange.feed')
    .selectAll()
    .where('feed_id', '=', feedId)
    .where('agent_id', '=', agentId)
    .forUpdate()
    .executeTakeFirst()

export type LockedLog = NonNullable<Awaited<ReturnType<typeof lockLog>>>

/** Digests of chunks the log has, in order. */
export const listDigests = async (
  db: Db,
  feedId: string,
  { from, to }: { from: number; to: number },
): Promise<Buffer[]> => {
  const rows = await db
    .selectFrom('exchange.chunk')
    .select('digest')
    .where('feed_id', '=', feedId)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute()
  return rows.map(({ digest }) => digest)
}

const monthOf = (at: string): string => `${at.slice(0, 7)}-01`

export const ensureMonth = async (db: Db, at: string): Promise<void> => {
  await sql`select exchange.ensure_month(${monthOf(at)}::date)`.execute(db)
}

/** No partition for this month yet (23514, or 42P01 on a partition just being made). */
export const isMonthMissing = (error: unknown): boolean => {
  const { code, message = '' } = error as { code?: string; message?: string }
  return code === '23514' && /no partition/.test(message)
}

export const insertChunks = async (tx: Tx, chunks: readonly NewChunk[], at: string): Promise<void> => {
  const month = monthOf(at)
  await tx
    .insertInto('exchange.chunk')
    .values(
      chunks.map(({ header, text, digest, body }) => ({
        feed_id: header.feed_id,
        seq: header.seq,
        month,
        run_id: header.run_id,
        kind: header.kind,
        digest,
        rows: header.rows,
        bytes: header.bytes,
        stored_bytes: body?.length ?? 0,
        position: header.position,
        tx_end: header.tx_end,
        header: text,
        at,
      })),
    )
    .execute()
  const bodies = chunks.flatMap(({ header, body }) =>
    body ? [{ feed_id: header.feed_id, seq: header.seq, month, body }] : [],
  )
  if (bodies.length > 0) await tx.insertInto('exchange.chunk_body').values(bodies).execute()
}

export const setHead = async (tx: Tx, last: NewChunk, at: string): Promise<void> => {
  await tx
    .updateTable('exchange.feed')
    .set({
      head: last.header.seq + 1,
      head_digest: last.digest,
      head_position: last.header.position,
      last_chunk_at: at,
    })
    .where('feed_id', '=', last.header.feed_id)
    .execute()
}

export const setSupplied = async (db: Db, feedId: string, next: number): Promise<void> => {
  await db
    .updateTable('exchange.feed')
    .set({ supplied: sql`greatest(supplied, ${next})` })
    .where('feed_id', '=', feedId)
    .execute()
}

const RUN = ['run_id', 'kind', 'state', 'subscription_id', 'items', 'position', 'end_position', 'started_at'] as const
const SUMS = ['finished_at', 'first_seq', 'last_seq', 'rows', 'bytes', 'rejects', 'estimated_rows', 'trouble'] as const

const runs = (db: Db) => db.selectFrom('exchange.run').select(RUN).select(SUMS)

export type RunRow = Awaited<ReturnType<ReturnType<typeof runs>['executeTakeFirstOrThrow']>>

export const listRuns = (db: Db, feedId: string, runIds: readonly string[]): Promise<RunRow[]> =>
  runs(db)
    .where('feed_id', '=', feedId)
    .where('run_id', 'in', [...runIds])
    .execute()

export const updateRun = async (tx: Tx, { run_id, ...run }: RunRow): Promise<void> => {
  const { state, position, end_position, started_at, finished_at, first_seq, last_seq, rows, bytes } = run
  const trouble = run.trouble === null ? null : JSON.stringify(run.trouble)
  await tx
    .updateTable('exchange.run')
    .set({ state, position, end_position, started_at, finished_at, first_seq, last_seq, rows, bytes, trouble })
    .where('run_id', '=', run_id)
    .execute()
}
