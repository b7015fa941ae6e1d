import type { DataType } from '@sanjiang/seal'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

export const findReader = (db: Db, subscriptionId: string) =>
  db
    .selectFrom('exchange.subscription as s')
    .innerJoin('exchange.feed as f', 'f.feed_id', 's.feed_id')
    .leftJoin('exchange.run as b', 'b.run_id', 's.base_run_id')
    .select(['s.subscription_id', 's.grant_id', 's.feed_id', 's.agent_id', 's.state', 's.base_run_id', 's.generation'])
    .select([
      's.from_seq',
      's.next_seq',
      's.rows_total',
      's.target_kind',
      'f.key',
      'f.row_leaves',
      'f.head',
      'f.version as feed_version',
    ])
    .select(['b.position as base_position', 'b.first_seq as base_first'])
    .where('s.subscription_id', '=', subscriptionId)
    .executeTakeFirst()

export type Reader = NonNullable<Awaited<ReturnType<typeof findReader>>>

/** A chunk's own words, without its body. */
export interface ChunkMeta {
  readonly seq: number
  readonly run_id: string
  readonly run_kind: string
  readonly run_subscription_id: string | null
  readonly kind: 'begin' | 'rows' | 'changes' | 'end' | 'file'
  readonly digest: Buffer
  readonly rows: number
  readonly bytes: number
  readonly stored_bytes: number
  readonly position: string
  readonly header: string
}

/** The log from `from` on, as far as `bytes` of what is stored go, at least one. */
export const listChunks = async (
  db: Db,
  { feedId, from, limit }: { feedId: string; from: number; limit: number },
): Promise<ChunkMeta[]> => {
  const { rows } = await sql<ChunkMeta>`
    select c.seq, c.run_id, r.kind as run_kind, r.subscription_id as run_subscription_id, c.kind, c.digest, c.rows, c.bytes,
           c.stored_bytes, c.position, c.header
    from exchange.chunk c join exchange.run r on r.run_id = c.run_id
    where c.feed_id = ${feedId} and c.seq >= ${from} order by c.seq limit ${limit}`.execute(db)
  return rows
}

export const listBodies = async (db: Db, feedId: string, seqs: readonly number[]): Promise<Map<number, Buffer>> => {
  const rows = await db
    .selectFrom('exchange.chunk_body')
    .select(['seq', 'body'])
    .where('feed_id', '=', feedId)
    .where('seq', 'in', [...seqs])
    .execute()
  return new Map(rows.map(({ seq, body }) => [seq, body]))
}

export interface NewDelivery {
  readonly subscription_id: string
  readonly generation: number
  readonly seq: number
  readonly after: number
  readonly run_id: string
  readonly kind: string
  readonly rows: number
  readonly bytes: number
  readonly digest: Uint8Array
  readonly grant_version: number
  readonly log_id: string
  readonly log_seq: number
  readonly at: string
}

const monthOf = (at: string): string => `${at.slice(0, 7)}-01`

/**
 * Chunks of one subscription. Asked for again, a chunk is sealed again; the row shows the latest time, and what was accepted
 * stays accepted.
 */
export const insertDeliveries = async (db: Db, deliveries: readonly NewDelivery[]): Promise<void> => {
  const last = deliveries.at(-1)
  if (!last) return
  await db
    .insertInto('exchange.delivery')
    .values(
      deliveries.map(({ at, ...delivery }) => ({
        ...delivery,
        digest: Buffer.from(delivery.digest),
        month: monthOf(at),
        delivered_at: at,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['subscription_id', 'generation', 'seq', 'month']).doUpdateSet((eb) => ({
        after: eb.ref('excluded.after'),
        rows: eb.ref('excluded.rows'),
        bytes: eb.ref('excluded.bytes'),
        digest: eb.ref('excluded.digest'),
        grant_version: eb.ref('excluded.grant_version'),
        log_id: eb.ref('excluded.log_id'),
        log_seq: eb.ref('excluded.log_seq'),
        delivered_at: eb.ref('excluded.delivered_at'),
      })),
    )
    .execute()
  const bytes = deliveries.reduce((sum, one) => sum + one.bytes, 0)
  await db
    .updateTable('exchange.subscription')
    .set({ bytes_total: sql`bytes_total + ${bytes}`, last_delivered_at: last.at })
    .where('subscription_id', '=', last.subscription_id)
    .execute()
}

export const ensureMonth = async (db: Db, at: string): Promise<void> => {
  await sql`select exchange.ensure_month(${monthOf(at)}::date)`.execute(db)
}

/** The last chunk delivered before `seq` in this generation; −1 where there is none. */
export const findPrevious = async (db: Db, { subscription_id, generation }: Reader, seq: number): Promise<number> => {
  const row = await db
    .selectFrom('exchange.delivery')
    .select(sql<number | null>`max(seq)`.as('seq'))
    .where('subscription_id', '=', subscription_id)
    .where('generation', '=', generation)
    .where('seq', '<', seq)
    .executeTakeFirstOrThrow()
  return row.seq ?? -1
}

/** Rows of a run that this generation was given before `seq`: what its `end` says to the consumer. */
export const sumRows = async (
  db: Db,
  { subscription_id, generation, base_run_id, base_first }: Reader,
  runId: string,
): Promise<number> => {
  const row = await db
    .selectFrom('exchange.delivery')
    .select(sql<number>`coalesce(sum(rows), 0)::bigint`.as('rows'))
    .where('subscription_id', '=', subscription_id)
    .where('generation', '=', generation)
    .where('run_id', '=', runId)
    .where('seq', '>=', runId === base_run_id ? (base_first ?? 0) : 0)
    .where('kind', '=', 'rows')
    .executeTakeFirstOrThrow()
  return row.rows
}

export const listDelivered = async (
  db: Db,
  { subscription_id, generation }: Reader,
  { from, to }: { from: number; to: number },
) =>
  db
    .selectFrom('exchange.delivery')
    .select(['seq', 'digest', 'rows', 'kind', 'accepted_at', 'month'])
    .where('subscription_id', '=', subscription_id)
    .where('generation', '=', generation)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute()

export const setAccepted = async (
  tx: Tx,
  { subscription_id, generation }: Reader,
  { from, to, at, rows }: { from: number; to: number; at: string; rows: number },
): Promise<void> => {
  await tx
    .updateTable('exchange.delivery')
    .set({ accepted_at: at })
    .where('subscription_id', '=', subscription_id)
    .where('generation', '=', generation)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .where('accepted_at', 'is', null)
    .execute()
  await tx
    .updateTable('exchange.subscription')
    .set({ next_seq: sql`greatest(next_seq, ${to + 1})`, rows_total: sql`rows_total + ${rows}`, last_accepted_at: at })
    .where('subscription_id', '=', subscription_id)
    .execute()
}

export const lockReader = async (tx: Tx, subscriptionId: string): Promise<void> => {
  await tx
    .selectFrom('exchange.subscription')
    .select('subscription_id')
    .where('subscription_id', '=', subscriptionId)
    .forUpdate()
    .execute()
}

/** Chunks passed over are done with: a reader at the end of what concerns it is not behind. */
export const passOver = async (db: Db, { subscription_id }: Reader, { from, to }: { from: number; to: number }) => {
  await db
    .updateTable('exchange.subscription')
    .set({ next_seq: to })
    .where('subscription_id', '=', subscription_id)
    .where('next_seq', '=', from)
    .execute()
}

interface Stop {
  readonly state: 'stopped' | 'faulted'
  readonly trouble: { readonly code: string; readonly party: string; readonly message: string; readonly at: string }
}

export const stopReader = async (db: Db, subscriptionId: string, { state, trouble }: Stop): Promise<void> => {
  await db
    .updateTable('exchange.subscription')
    .set({ state, trouble: JSON.stringify(trouble) })
    .where('subscription_id', '=', subscriptionId)
    .where('state', '=', 'active')
    .execute()
}

/** Data types of a subscribed resource's items, by English name. */
export const findDataTypes = async (db: Db, subscriptionId: string): Promise<Map<string, DataType>> => {
  const rows = await db
    .selectFrom('exchange.subscription as s')
    .innerJoin('catalog.published_item as i', 'i.resource_id', 's.resource_id')
    .select(['i.name_en', 'i.data_type'])
    .where('s.subscription_id', '=', subscriptionId)
    .execute()
  return new Map(rows.map(({ name_en, data_type }) => [name_en as string, data_type as DataType]))
}
