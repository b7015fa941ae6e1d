import { type SqlBool, sql } from 'kysely'
import type { Actor } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { addressedTo } from './recipient.store.ts'

const rows = (db: Db, actor: Actor) =>
  db
    .selectFrom('inbox.notice as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.organ_id')
    .leftJoin('inbox.notice_read as d', (join) =>
      join.onRef('d.notice_id', '=', 'r.notice_id').on('d.person_id', '=', actor.person_id),
    )
    .where(addressedTo(actor))

interface ListOptions {
  readonly actor: Actor
  readonly isUnread: boolean
  /** Day, instant and id of the last row seen. */
  readonly from?: readonly [string, string, string]
  readonly limit: number
}

export const listNoticeRows = (db: Db, { actor, isUnread, from, limit }: ListOptions) =>
  rows(db, actor)
    .select(['r.notice_id', 'r.kind', 'r.title', 'r.text', 'r.subject_kind', 'r.subject_id', 'r.organ_id'])
    .select(['o.name as organ_name', 'r.occurred_on', 'r.occurred_at'])
    .select(sql<boolean>`d.notice_id is not null`.as('is_read'))
    .$if(isUnread, (query) => query.where('d.notice_id', 'is', null))
    .$if(from !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(r.occurred_on, r.occurred_at, r.notice_id) <
          (${from![0]}::date, ${from![1]}::timestamptz, ${from![2]}::uuid)`,
      ),
    )
    .orderBy('r.occurred_on', 'desc')
    .orderBy('r.occurred_at', 'desc')
    .orderBy('r.notice_id', 'desc')
    .limit(limit + 1)
    .execute()

export const countUnread = async (db: Db, actor: Actor): Promise<number> => {
  const { count } = await rows(db, actor)
    .where('d.notice_id', 'is', null)
    .select(sql<number>`count(*)::integer`.as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export const findNotice = (db: Db, actor: Actor, noticeId: string) =>
  rows(db, actor).where('r.notice_id', '=', noticeId).select('r.notice_id').executeTakeFirst()

/** Marks as read what the actor may see and has not read; reading twice changes nothing. */
export const insertReads = (tx: Tx, actor: Actor, { instant, noticeId }: { instant: string; noticeId?: string }) =>
  tx
    .insertInto('inbox.notice_read')
    .columns(['person_id', 'notice_id', 'read_at'])
    .expression(
      rows(tx, actor)
        .where('d.notice_id', 'is', null)
        .$if(noticeId !== undefined, (query) => query.where('r.notice_id', '=', noticeId!))
        .select([sql<string>`${actor.person_id}::uuid`.as('person_id'), 'r.notice_id'])
        .select(sql<string>`${instant}::timestamptz`.as('read_at')),
    )
    .onConflict((conflict) => conflict.columns(['person_id', 'notice_id']).doNothing())
    .execute()
