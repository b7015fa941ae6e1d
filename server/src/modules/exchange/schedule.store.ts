import type { Trouble } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import type { FeedWatch } from './schedule.rules.ts'

/** Feeds whose next pass is due; a change stream has none. */
export const listDue = async (db: Db, instant: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('exchange.feed')
    .select('feed_id')
    .where('state', '=', 'active')
    .where('mode', '<>', 'changes')
    .where('next_run_at', '<=', instant)
    .where(sql<boolean>`union_items <> '[]'`)
    .orderBy('next_run_at')
    .limit(500)
    .execute()
  return rows.map(({ feed_id }) => feed_id)
}

/** Another worker that has it orders it. */
export const lockDue = (tx: Tx, feedId: string, instant: string) =>
  tx
    .selectFrom('exchange.feed')
    .select(['feed_id', 'mode', 'interval_seconds', 'next_run_at'])
    .where('feed_id', '=', feedId)
    .where('state', '=', 'active')
    .where('next_run_at', '<=', instant)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()

export const hasPassOpen = async (tx: Tx, feedId: string): Promise<boolean> => {
  const row = await tx
    .selectFrom('exchange.run')
    .select('run_id')
    .where('feed_id', '=', feedId)
    .where('kind', 'in', ['snapshot', 'increment'])
    .where('state', 'in', ['waiting', 'running'])
    .executeTakeFirst()
  return row !== undefined
}

/** Where the next increment goes on: behind the last pass that ended; undefined while none has. */
export const findReached = async (tx: Tx, feedId: string): Promise<string | null | undefined> => {
  const row = await tx
    .selectFrom('exchange.run')
    .select(['kind', 'position', 'end_position'])
    .where('feed_id', '=', feedId)
    .where('kind', 'in', ['snapshot', 'increment'])
    .where('state', '=', 'finished')
    .orderBy('last_seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  // A snapshot shows one instant, whenever its last chunk came.
  return row.kind === 'snapshot' ? row.position : (row.end_position ?? row.position)
}

export const setNextRun = async (tx: Tx, feedId: string, at: string): Promise<void> => {
  await tx.updateTable('exchange.feed').set({ next_run_at: at }).where('feed_id', '=', feedId).execute()
}

/** Feeds somebody reads, as the clock looks at them. */
export const listWatched = async (db: Db): Promise<(FeedWatch & { feed_id: string })[]> => {
  const { rows } = await sql<FeedWatch & { feed_id: string }>`
    select f.feed_id, f.last_chunk_at, f.attached_at, f.trouble, a.last_seen_at as agent_seen_at,
      (select jsonb_build_object('state', r.state, 'ordered_at', r.ordered_at, 'started_at', r.started_at)
       from exchange.run r where r.feed_id = f.feed_id and r.state in ('waiting', 'running') and r.kind <> 'changes'
       order by r.ordered_at limit 1) as run
    from exchange.feed f join exchange.agent a on a.agent_id = f.agent_id
    where f.state = 'active' and f.union_items <> '[]'`.execute(db)
  return rows
}

const textOf = (trouble: Trouble | null) => (trouble ? JSON.stringify(trouble) : null)

/** Unless somebody has said something else of it meanwhile. */
export const setTrouble = async (
  db: Db,
  { feed_id, trouble: before }: { feed_id: string; trouble: Trouble | null },
  trouble: Trouble | null,
): Promise<void> => {
  await db
    .updateTable('exchange.feed')
    .set({ trouble: textOf(trouble) })
    .where('feed_id', '=', feed_id)
    .where('state', '=', 'active')
    .where(sql<boolean>`trouble is not distinct from ${textOf(before)}::jsonb`)
    .execute()
}

/** Questions nobody answered in time are answered with that; whoever asked may be waiting for a word. */
export const expireQuestions = async (db: Db, instant: string): Promise<void> => {
  const trouble: Trouble = { code: 'agent_away', party: 'provider', message: '前置节点没有在时限内答复', at: instant }
  await db
    .updateTable('exchange.question')
    .set({ trouble: textOf(trouble), answered_at: instant })
    .where('answered_at', 'is', null)
    .where('expires_at', '<', instant)
    .execute()
}

const DAY_MS = 86_400_000

/** Answers nobody fetched and sessions that ended by themselves. */
export const sweep = async (db: Db, instant: string): Promise<void> => {
  const before = new Date(Date.parse(instant) - DAY_MS).toISOString()
  await db.deleteFrom('exchange.question').where('expires_at', '<', before).execute()
  await db.deleteFrom('exchange.agent_session').where('expires_at', '<', before).execute()
}

/** A feed that is read whole each time: who has the last reading goes on with the next one. */
export const moveBases = async (tx: Tx, feedId: string, runId: string): Promise<void> => {
  await sql`
    update exchange.subscription s set base_run_id = ${runId} from exchange.run b
    where s.feed_id = ${feedId} and s.state = 'active' and b.run_id = s.base_run_id and b.state = 'finished'
      and s.next_seq > b.last_seq`.execute(tx)
}
