import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

/** So many entries at once: a step is one short transaction, and a log of months is caught up with in many. */
const STEP = 50_000

/** Logs in which something lies beyond what has been added up. */
export const listBehind = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ log_id: string }>`
    select l.log_id from ledger.published_log l left join assessment.use_mark m using (log_id)
    where l.size > coalesce(m.next_seq, 0) order by l.opened_at`.execute(db)
  return rows.map(({ log_id }) => log_id)
}

/**
 * Adds up one log from where it was left to at most `STEP` entries on. Mark and sums move in one transaction, and the mark's
 * row lock makes two workers take turns: each entry counts once. A log is gap-free up to its size, so none is passed over.
 * @returns whether there is more.
 */
export const addUp = async (tx: Tx, logId: string): Promise<boolean> => {
  await sql`insert into assessment.use_mark values (${logId}, 0) on conflict do nothing`.execute(tx)
  const { rows } = await sql<{ next: number; size: number }>`
    select m.next_seq as next, l.size from assessment.use_mark m join ledger.published_log l using (log_id)
    where m.log_id = ${logId} for update of m`.execute(tx)
  const { next, size } = rows[0]!
  const end = Math.min(size, next + STEP)
  if (end <= next) return false
  await sql`
    insert into assessment.use_day
    select (u.at at time zone 'Asia/Shanghai')::date, case u.kind when 'chunk_accepted' then 'delivery' else 'call' end,
           case u.kind when 'chunk_accepted' then 'accepted' else coalesce(u.outcome, '') end, u.grant_id, u.resource_code,
           u.provider_organ_id, u.consumer_organ_id, count(*), sum(u.row_count)
    from ledger.published_use u
    where u.log_id = ${logId} and u.seq >= ${next} and u.seq < ${end} and u.grant_id is not null and u.resource_code is not null
      and u.provider_organ_id is not null and u.consumer_organ_id is not null
    group by 1, 2, 3, 4, 5, 6, 7
    on conflict on constraint use_day_pkey do update
      set times = use_day.times + excluded.times, row_count = use_day.row_count + excluded.row_count`.execute(tx)
  await sql`update assessment.use_mark set next_seq = ${end} where log_id = ${logId}`.execute(tx)
  return end < size
}
