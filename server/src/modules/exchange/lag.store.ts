import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/**
 * When the oldest rows that a subscription (`s`) has not accepted were committed at their source, where its log tells, else read there;
 * null where none wait. By the clock of the department's machine.
 */
export const WAITING_SINCE = sql<
  string | null
>`(select (k.header::jsonb ->> 'at') from exchange.chunk k where k.feed_id = s.feed_id
  and k.seq >= s.next_seq and k.kind in ('rows', 'changes') order by k.seq limit 1)`

export interface Lag {
  readonly subscription_id: string
  readonly behind_chunks: number
  readonly lag_seconds: number
}

/** How far every running transfer is behind, for whoever watches the house. */
export const listLags = async (db: Db): Promise<Lag[]> => {
  const { rows } = await sql<Lag>`
    select s.subscription_id, greatest(0, f.head - s.next_seq)::float8 as behind_chunks,
      coalesce(greatest(0, extract(epoch from now() - (${WAITING_SINCE})::timestamptz)), 0)::float8 as lag_seconds
    from exchange.subscription s join exchange.feed f on f.feed_id = s.feed_id where s.state = 'active'`.execute(db)
  return rows
}
