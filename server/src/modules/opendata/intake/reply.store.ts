import type { IntakeStanding, IntakeThread } from '@sanjiang/contract/opendata.intake'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

export interface Reply {
  readonly number: string
  readonly kind: string
  readonly code_hash: string
  /** For the sender alone. */
  readonly standing: IntakeStanding
  /** For everybody; `null` takes away what stood there. */
  readonly thread: IntakeThread | null
}

export interface ReplyRow extends Reply {
  readonly revision: number
}

/** What the public side is to say about a number from now on; carried out after the transaction, again and again until it is there. */
export const putReply = async (tx: Tx, { number, kind, code_hash, standing, thread }: Reply): Promise<void> => {
  await sql`
    insert into opendata.reply (number, kind, code_hash, standing, thread, revision)
    values (${number}, ${kind}, ${code_hash}, ${JSON.stringify(standing)}::jsonb, ${thread && JSON.stringify(thread)}::jsonb, 1)
    on conflict (number) do update set standing = excluded.standing, thread = excluded.thread, revision = opendata.reply.revision + 1`.execute(
    tx,
  )
}

export const listUnsentReplies = (db: Db): Promise<ReplyRow[]> =>
  db
    .selectFrom('opendata.reply')
    .select(['number', 'kind', 'code_hash', 'standing', 'thread', 'revision'])
    .whereRef('sent_revision', '<', 'revision')
    .orderBy('number')
    .limit(100)
    .$narrowType<{ standing: IntakeStanding; thread: IntakeThread | null }>()
    .execute()

export const markReplySent = (tx: Tx, { number, revision }: ReplyRow) =>
  tx
    .updateTable('opendata.reply')
    .set({ sent_revision: revision })
    .where('number', '=', number)
    .where('sent_revision', '<', revision)
    .execute()
