import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/** Where the leaves of one delivery stand; `root` is in its receipt, in hex. */
export interface LeavesPlace {
  readonly subscription_id: string
  readonly generation: number
  readonly seq: number
  readonly root: string
}

const monthOf = (at: string): string => `${at.slice(0, 7)}-01`

export const insertLeaves = async (
  db: Db,
  { root, ...kept }: LeavesPlace & { readonly rows: number; readonly sealed: Buffer; readonly made_at: string },
): Promise<void> => {
  await db
    .insertInto('exchange.row_leaves')
    .values({ ...kept, root: Buffer.from(root, 'hex'), month: monthOf(kept.made_at) })
    .execute()
}

export const ensureLeavesMonth = async (db: Db, at: string): Promise<void> => {
  await sql`select exchange.ensure_row_leaves_month(${monthOf(at)}::date)`.execute(db)
}

/** Undefined once retention has ended. */
export const findLeaves = async (
  db: Db,
  { subscription_id, generation, seq, root }: LeavesPlace,
): Promise<Buffer | undefined> => {
  const row = await db
    .selectFrom('exchange.row_leaves')
    .select('sealed')
    .where('subscription_id', '=', subscription_id)
    .where('generation', '=', generation)
    .where('seq', '=', seq)
    .where('root', '=', Buffer.from(root, 'hex'))
    .executeTakeFirst()
  return row?.sealed
}

/** Drops whole months before the one `at` is in; answers how many. */
export const dropLeavesBefore = async (db: Db, at: string): Promise<number> => {
  const { rows } = await sql<{ dropped: number }>`
    select exchange.drop_row_leaves(${monthOf(at)}::date) as dropped`.execute(db)
  return rows[0]?.dropped ?? 0
}

export interface KeptRow extends LeavesPlace {
  readonly sealed: Buffer
  readonly made_at: string
}

/** Leaves of all deliveries, the newest first. */
export const listLeaves = async (
  db: Db,
  { before, limit }: { readonly before?: readonly (string | number)[]; readonly limit: number },
): Promise<KeptRow[]> =>
  db
    .selectFrom('exchange.row_leaves')
    .select(['subscription_id', 'generation', 'seq', 'sealed', 'made_at'])
    .select(sql<string>`encode(root, 'hex')`.as('root'))
    .$if(before !== undefined, (query) =>
      query.where(sql<boolean>`(made_at, root) < (${before![0]}::timestamptz, decode(${before![1]}, 'hex'))`),
    )
    .orderBy('made_at', 'desc')
    .orderBy(sql`row_leaves.root`, 'desc')
    .limit(limit)
    .execute()
