import type { Trouble } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import type { Tx } from '#kernel/db.ts'
import { ASSIGNMENT_CHANNEL } from '../wake.ts'

/** New chunks: whoever loads from this feed is called, once each. */
export const wakeReaders = async (tx: Tx, feedId: string): Promise<void> => {
  await sql`select pg_notify(${ASSIGNMENT_CHANNEL}, agent_id::text) from (
    select distinct agent_id from exchange.subscription
    where feed_id = ${feedId} and state = 'active' and agent_id is not null) readers`.execute(tx)
}

export const hasOpenRun = async (tx: Tx, feedId: string, kinds: readonly string[]): Promise<boolean> => {
  const row = await tx
    .selectFrom('exchange.run')
    .select('run_id')
    .where('feed_id', '=', feedId)
    .where('kind', 'in', [...kinds])
    .where('state', 'in', ['waiting', 'running'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export const setNextRun = async (tx: Tx, feedId: string, at: string): Promise<void> => {
  await tx.updateTable('exchange.feed').set({ next_run_at: at }).where('feed_id', '=', feedId).execute()
}

/**
 * A feed read whole each time: who has loaded its last snapshot reads from the new one. Who is still at work on the last one goes
 * on with it and takes the next.
 */
export const moveBases = async (tx: Tx, feedId: string, runId: string, seq: number): Promise<void> => {
  await sql`update exchange.subscription s set base_run_id = ${runId}, from_seq = ${seq}, next_seq = ${seq}
    from exchange.run b
    where s.feed_id = ${feedId} and s.state in ('active', 'paused', 'faulted') and b.run_id = s.base_run_id
      and b.run_id <> ${runId} and b.state = 'finished' and s.next_seq > b.last_seq`.execute(tx)
}

/** What a snapshot that came to nothing leaves behind it: its readers wait for the next one. */
export const setRunTrouble = async (tx: Tx, runId: string, trouble: Trouble): Promise<void> => {
  await tx
    .updateTable('exchange.run')
    .set({ trouble: JSON.stringify(trouble) })
    .where('run_id', '=', runId)
    .execute()
}

export const setFeedTrouble = async (tx: Tx, feedId: string, trouble: Trouble | null): Promise<void> => {
  await tx
    .updateTable('exchange.feed')
    .set({ trouble: trouble && JSON.stringify(trouble) })
    .where('feed_id', '=', feedId)
    .execute()
}

export const setHeld = async (
  tx: Tx,
  feedId: string,
  { reason, trouble }: { reason: 'quality' | 'drift' | 'stale'; trouble: Trouble },
): Promise<boolean> => {
  const done = await tx
    .updateTable('exchange.feed')
    .set({ state: 'held', hold_reason: reason, trouble: JSON.stringify(trouble) })
    .where('feed_id', '=', feedId)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return done.numUpdatedRows > 0n
}
