import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Blobs } from './blob/blob.service.ts'
import type { Swept } from './blob/blob.sweep.ts'
import { dropLeavesBefore, ensureLeavesMonth } from './delivery/leaves.store.ts'
import { sweepNotices } from './notice/notice.store.ts'
import { refreshUnion } from './union.service.ts'
import { lockFeedFacts } from './union.store.ts'

/** Bodies that everybody has are kept this long, so that a target can be rewound. */
const KEEP_DAYS = 7
/** A feed's bodies beyond this are cut, oldest first: one consumer that stands still must not fill the disk. */
const CAP_BYTES = 64 * 2 ** 30

/** Files nobody has fetched for so long go too; a consumer that comes later is sent them anew by a reconciliation. */
const CAP_DAYS = 30
const DAY_MS = 86_400_000

const monthsAhead = (instant: string): string[] =>
  [0, 1].map((ahead) => {
    const at = new Date(`${instant.slice(0, 7)}-01T00:00:00Z`)
    at.setUTCMonth(at.getUTCMonth() + ahead)
    return at.toISOString().slice(0, 10)
  })

/** Bodies below the slowest standing subscription and past their time; digests stay. */
const dropRead = (ctx: Ctx) =>
  sql`delete from exchange.chunk_body b using exchange.chunk c
    where c.feed_id = b.feed_id and c.seq = b.seq and c.month = b.month
      and c.at < ${ctx.instant}::timestamptz - make_interval(days => ${KEEP_DAYS})
      and c.seq < coalesce((select min(s.next_seq) from exchange.subscription s
        where s.feed_id = c.feed_id and s.state not in ('ended', 'stopped')), 9223372036854775807)`.execute(ctx.db)

const cut = (ctx: Ctx, capBytes: number) =>
  sql`delete from exchange.chunk_body b using (
      select feed_id, seq, month, sum(stored_bytes) over (partition by feed_id order by seq desc) as newer from exchange.chunk c
      where exists (select from exchange.chunk_body x where x.feed_id = c.feed_id and x.seq = c.seq and x.month = c.month)) c
    where c.feed_id = b.feed_id and c.seq = b.seq and c.month = b.month and c.newer > ${capBytes}`.execute(ctx.db)

/** Subscriptions whose next chunk is no longer held begin again from a new snapshot. */
const restartCut = async (ctx: Ctx): Promise<void> => {
  const { rows } = await sql<{ subscription_id: string; feed_id: string }>`
    select s.subscription_id, s.feed_id from exchange.subscription s
    join lateral (select seq, month from exchange.chunk c where c.feed_id = s.feed_id and c.seq >= s.next_seq and c.bytes > 0
      order by c.seq limit 1) n on true
    where s.state not in ('ended', 'stopped') and s.base_run_id is not null
      and not exists (select from exchange.chunk_body b where b.feed_id = s.feed_id and b.seq = n.seq and b.month = n.month)`.execute(
    ctx.db,
  )
  for (const { subscription_id, feed_id } of rows)
    await inTx(ctx, async (tx) => {
      await lockFeedFacts(tx, feed_id)
      const message = '落后超过保留期，已从新的全量重新开始'
      const trouble = { code: 'chunks_expired', party: 'consumer', message, at: ctx.instant }
      await tx
        .updateTable('exchange.subscription')
        .set({ base_run_id: null, generation: sql`generation + 1` })
        .where('subscription_id', '=', subscription_id)
        .execute()
      await refreshUnion(tx, ctx, { feedId: feed_id })
      await tx
        .updateTable('exchange.subscription')
        .set({ trouble: JSON.stringify(trouble) })
        .where('subscription_id', '=', subscription_id)
        .execute()
    })
}

/** Whole months that row leaves are kept where the operator says nothing (T16.3: six at least). */
const LEAVES_MONTHS = 6

export const leavesMonthsOf = ({ site }: Pick<Ctx, 'site'>): number => site.rowLeavesMonths ?? LEAVES_MONTHS

/** Row leaves past their time, a month at once: nothing of it is left to be vacuumed. */
export const dropLeaves = async (ctx: Ctx): Promise<number> => {
  const oldest = new Date(`${ctx.instant.slice(0, 7)}-01T00:00:00Z`)
  oldest.setUTCMonth(oldest.getUTCMonth() - leavesMonthsOf(ctx))
  return dropLeavesBefore(ctx.db, oldest.toISOString())
}

/** Keeps the logs to what is still of use, and the months' partitions ready. */
export const keepLogs = async (ctx: Ctx, { capBytes = CAP_BYTES } = {}): Promise<void> => {
  for (const month of monthsAhead(ctx.instant)) {
    await sql`select exchange.ensure_month(${month}::date)`.execute(ctx.db)
    await ensureLeavesMonth(ctx.db, month)
  }
  await dropLeaves(ctx)
  await dropRead(ctx)
  await cut(ctx, capBytes)
  await restartCut(ctx)
  await sweepNotices(ctx.db, ctx.instant)
}

/** Keeps the bytes of files to what is still of use. */
export const keepFiles = async (ctx: Ctx): Promise<Swept> => {
  const daysAgo = (days: number): string => new Date(Date.parse(ctx.instant) - days * DAY_MS).toISOString()
  const { db, site } = ctx
  const blobs = new Blobs({ db, dataDir: site.dataDir, today: async () => ctx.today, now: () => ctx.instant })
  try {
    return await blobs.sweep({ fetchedBefore: daysAgo(KEEP_DAYS), cap: daysAgo(CAP_DAYS), loose: daysAgo(KEEP_DAYS) })
  } finally {
    await blobs.stop()
  }
}
