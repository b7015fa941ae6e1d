import type { Trouble } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'

export interface Untold {
  readonly subscription_id: string
  readonly feed_id: string
  readonly generation: number
  readonly next_seq: number
  readonly head: number
  /** From which chunk on nothing has been told. */
  readonly from: number
}

/** Push subscriptions whose log has grown beyond what was told, with no announcement on its way. */
export const listUntold = async (db: Db): Promise<Untold[]> => {
  const { rows } = await sql<Untold>`
    select s.subscription_id, s.feed_id, s.generation, s.next_seq, f.head, greatest(s.next_seq, coalesce(t.head, 0)) as from
    from exchange.subscription s join exchange.feed f on f.feed_id = s.feed_id
    left join lateral (select max(n.head) as head from exchange.notice n
      where n.subscription_id = s.subscription_id and n.generation = s.generation) t on true
    where s.target_kind = 'push' and s.state = 'active' and s.base_run_id is not null
      and f.head > greatest(s.next_seq, coalesce(t.head, 0))
      and not exists (select from exchange.notice n where n.subscription_id = s.subscription_id and n.state = 'waiting')
    order by s.subscription_id limit 500`.execute(db)
  return rows
}

interface NewNotice {
  readonly notice_id: string
  readonly subscription_id: string
  readonly generation: number
  readonly head: number
  readonly created_at: string
}

/** Another worker may have been first. */
export const insertNotice = async (db: Db, notice: NewNotice): Promise<void> => {
  await db
    .insertInto('exchange.notice')
    .values({ ...notice, state: 'waiting', next_try_at: notice.created_at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** What was on its way to a subscription that is over is not sent any more. */
export const voidNotices = async (db: Db): Promise<void> => {
  await sql`update exchange.notice n set state = 'void', next_try_at = null from exchange.subscription s
    where n.state = 'waiting' and s.subscription_id = n.subscription_id and s.state in ('stopped', 'ended')`.execute(db)
}

export interface Due {
  readonly notice_id: string
  readonly origin: string
}

/** Announcements to send now, no more than `perOrigin` of one receiving host, so that a slow one holds nobody back. */
export const listDue = async (db: Db, at: string, perOrigin: number): Promise<Due[]> => {
  const { rows } = await sql<Due>`
    select notice_id, origin from (
      select n.notice_id, n.next_try_at, o.origin, row_number() over (partition by o.origin order by n.next_try_at) as place
      from exchange.notice n join exchange.subscription s on s.subscription_id = n.subscription_id
      cross join lateral (select lower(substring(s.webhook_url from '^https?://[^/?#]*')) as origin) o
      where n.state = 'waiting' and n.next_try_at <= ${at} and s.state = 'active') d
    where place <= ${perOrigin} order by next_try_at limit 500`.execute(db)
  return rows
}

export interface Claimed {
  readonly notice_id: string
  readonly subscription_id: string
  readonly generation: number
  readonly head: number
  readonly tries: number
  readonly created_at: string
  readonly webhook_url: string
  readonly resource_code: string
  readonly sealed_secret: string
  readonly former_secret: string | null
  readonly former_until: string | null
}

/** Takes one for sending until `lease`: whoever dies meanwhile leaves it to be sent again, under the same id. */
export const claim = async (db: Db, noticeId: string, { at, lease }: { at: string; lease: string }) => {
  const { rows } = await sql<Claimed>`
    update exchange.notice n set tries = n.tries + 1, tried_at = ${at}, next_try_at = ${lease}
    from exchange.subscription s, exchange.webhook w, sharing.published_grant g
    where n.notice_id = ${noticeId} and n.state = 'waiting' and n.next_try_at <= ${at} and s.state = 'active'
      and s.subscription_id = n.subscription_id and w.subscription_id = s.subscription_id and g.grant_id = s.grant_id
      and g.status = 'active'
    returning n.notice_id, n.subscription_id, n.generation, n.head, n.tries, n.created_at, s.webhook_url, g.resource_code,
      w.sealed_secret, w.former_secret, w.former_until`.execute(db)
  return rows[0]
}

interface Settled {
  readonly state: 'waiting' | 'sent' | 'dead'
  readonly answered_status: number | null
  readonly detail: string | null
  readonly next_try_at: string | null
  readonly sent_at: string | null
}

export const settle = async (tx: Tx, noticeId: string, settled: Settled): Promise<void> => {
  await tx
    .updateTable('exchange.notice')
    .set(settled)
    .where('notice_id', '=', noticeId)
    .where('state', '=', 'waiting')
    .execute()
}

/** Once a later one has arrived, those given up say nothing that is not known. */
export const supersedeDead = async (tx: Tx, subscriptionId: string): Promise<void> => {
  await tx
    .updateTable('exchange.notice')
    .set({ state: 'superseded' })
    .where('subscription_id', '=', subscriptionId)
    .where('state', '=', 'dead')
    .execute()
}

export const setTrouble = async (tx: Tx, subscriptionId: string, trouble: Trouble): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ trouble: JSON.stringify(trouble) })
    .$if(trouble.code === 'receiver_gone', (query) => query.set({ state: 'faulted' }))
    .where('subscription_id', '=', subscriptionId)
    .where('state', '=', 'active')
    .execute()
}

export const clearTrouble = async (tx: Tx, subscriptionId: string): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ trouble: null })
    .where('subscription_id', '=', subscriptionId)
    .where(sql<boolean>`trouble->>'code' = 'receiver_away'`)
    .execute()
}

/** Sends again what waits or, where nothing does, the last one given up. */
export const revive = async (tx: Tx, subscriptionId: string, at: string): Promise<void> => {
  await sql`update exchange.notice set state = 'waiting', tries = 0, next_try_at = ${at}, answered_status = null, detail = null
    where notice_id = (select n.notice_id from exchange.notice n where n.subscription_id = ${subscriptionId}
      and n.state in ('waiting', 'dead') order by n.state desc, n.notice_id desc limit 1)`.execute(tx)
}

export const countNotices = (db: Db, subscriptionId: string) =>
  db
    .selectFrom('exchange.notice')
    .select([
      sql<number>`count(*) filter (where state = 'sent')::int`.as('sent'),
      sql<number>`count(*) filter (where state = 'waiting' and answered_status is not null or state = 'waiting' and detail is not null)::int`.as(
        'failed',
      ),
      sql<number>`count(*) filter (where state = 'dead')::int`.as('dead'),
      sql<string | null>`min(next_try_at) filter (where state = 'waiting')`.as('next_try_at'),
    ])
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirstOrThrow()

export const listNoticeRows = (
  db: Db,
  { subscriptionId, after, limit }: { subscriptionId: string; after?: string; limit: number },
) =>
  db
    .selectFrom('exchange.notice')
    .select(['notice_id', 'generation', 'head', 'state', 'tries', 'next_try_at', 'answered_status', 'detail'])
    .select(['created_at', 'tried_at', 'sent_at'])
    .where('subscription_id', '=', subscriptionId)
    .$if(after !== undefined, (query) => query.where('notice_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('notice_id', 'desc')
    .limit(limit + 1)
    .execute()

const KEEP_DAYS = 90

export const sweepNotices = async (db: Db, instant: string): Promise<void> => {
  await sql`delete from exchange.notice where state in ('sent', 'superseded', 'void')
    and created_at < ${instant}::timestamptz - make_interval(days => ${KEEP_DAYS})`.execute(db)
}
