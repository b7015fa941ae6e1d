import type { Trouble } from '@sanjiang/contract/exchange'
import type { Report } from '@sanjiang/contract/exchange.door'
import type { Db, Tx } from '#kernel/db.ts'

export const findReport = async (db: Db, agentId: string): Promise<Report | null> => {
  const row = await db.selectFrom('exchange.agent').select('report').where('agent_id', '=', agentId).executeTakeFirst()
  return (row?.report ?? null) as Report | null
}

export const setReport = async (db: Db, agentId: string, report: Report, at: string): Promise<void> => {
  const { backlog_bytes, connections, feeds, loads } = report
  await db
    .updateTable('exchange.agent')
    .set({ report: JSON.stringify({ backlog_bytes, connections, feeds, loads }), last_seen_at: at })
    .where('agent_id', '=', agentId)
    .execute()
}

const textOf = (trouble: Trouble | null): string | null => (trouble === null ? null : JSON.stringify(trouble))

export const setFeedTrouble = async (tx: Tx, feedId: string, trouble: Trouble | null): Promise<void> => {
  await tx
    .updateTable('exchange.feed')
    .set({ trouble: textOf(trouble) })
    .where('feed_id', '=', feedId)
    // Held for a reason of its own: the agent's words do not take it away.
    .where('state', '<>', 'held')
    .execute()
}

export const setEstimate = async (
  tx: Tx,
  feedId: string,
  { run_id, estimated_rows }: { run_id: string | null; estimated_rows: number | null },
): Promise<void> => {
  await tx
    .updateTable('exchange.run')
    .set({ estimated_rows })
    .where('feed_id', '=', feedId)
    .where('run_id', '=', run_id as string)
    .where('state', 'in', ['waiting', 'running'])
    .execute()
}

export const setRunTrouble = async (tx: Tx, feedId: string, runId: string, trouble: Trouble): Promise<void> => {
  await tx
    .updateTable('exchange.run')
    .set({ trouble: textOf(trouble) })
    .where('feed_id', '=', feedId)
    .where('run_id', '=', runId)
    .execute()
}

export const failRuns = async (tx: Tx, feedId: string, { kind, at }: { kind: string; at: string }): Promise<void> => {
  await tx
    .updateTable('exchange.run')
    .set({ state: 'failed', finished_at: at })
    .where('feed_id', '=', feedId)
    .where('kind', '=', kind)
    .where('state', 'in', ['waiting', 'running'])
    .execute()
}

export const setLoadTrouble = async (
  db: Db,
  agentId: string,
  { subscription_id, trouble }: { subscription_id: string; trouble: Trouble | null },
): Promise<void> => {
  await db
    .updateTable('exchange.subscription')
    .set({ trouble: textOf(trouble) })
    .where('subscription_id', '=', subscription_id)
    .where('agent_id', '=', agentId)
    // Stopped for a reason of its own: the agent's words do not take it away.
    .where('state', 'in', ['active', 'paused'])
    .execute()
}
