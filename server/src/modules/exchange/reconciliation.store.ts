import type { RowCondition } from '@sanjiang/contract/sharing.terms'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import type { KeyRange, RangeHash } from './reconciliation.rules.ts'

/** How far a reconciliation has come; in the row, so that any process goes on where another died. */
export interface Progress {
  readonly phase: 'start' | 'source' | 'target' | 'rows' | 'repair'
  readonly look: number
  /** Ranges looked at again; null: all of them. */
  readonly only: readonly KeyRange[] | null
  readonly not_before?: string
  readonly source_question?: string
  readonly target_question?: string
  readonly source?: readonly RangeHash[]
  readonly row_questions?: readonly { readonly source: string; readonly target: string }[]
  readonly run_id?: string
  readonly is_repaired?: boolean
}

export const FIRST: Progress = { phase: 'start', look: 1, only: null }

export interface Underway {
  readonly reconciliation_id: string
  readonly subscription_id: string
  readonly progress: Progress
  readonly repaired: number
  readonly started_at: string
  readonly grant_id: string
  readonly feed_id: string
  readonly source_agent: string
  readonly source_connection: string
  readonly target_agent: string
  readonly target_connection: string
  readonly next_seq: number
  readonly head: number
  readonly state: string
  readonly key: readonly string[]
  readonly items: readonly { readonly name_en: string; readonly mask_rule: string }[]
  readonly row_conditions: readonly RowCondition[]
  readonly has_rejects: boolean
}

/** Locks one reconciliation that is due; others work on theirs. */
export const lockUnderway = async (tx: Tx, at: string): Promise<Underway | undefined> => {
  const { rows } = await sql<Underway>`
    select r.reconciliation_id, r.subscription_id, r.progress, r.repaired, r.started_at, s.grant_id, s.feed_id, f.agent_id as source_agent,
           f.connection as source_connection, s.agent_id as target_agent, s.connection as target_connection, s.next_seq,
           f.head, s.state, f.key, g.items, g.row_conditions,
           exists (select from exchange.reject x where x.feed_id = f.feed_id and x.state = 'open') as has_rejects
    from exchange.reconciliation r
    join exchange.subscription s on s.subscription_id = r.subscription_id
    join exchange.feed f on f.feed_id = s.feed_id
    join sharing.published_grant g on g.grant_id = s.grant_id
    where r.state = 'running' and coalesce(r.progress->>'not_before', '') <= ${at}
    order by r.started_at limit 1 for update of r skip locked`.execute(tx)
  return rows[0]
}

export const saveProgress = async (tx: Tx, reconciliationId: string, progress: Progress): Promise<void> => {
  await tx
    .updateTable('exchange.reconciliation')
    .set({ progress: JSON.stringify(progress) })
    .where('reconciliation_id', '=', reconciliationId)
    .execute()
}

interface Outcome {
  readonly state?: 'equal' | 'repaired' | 'different' | 'failed'
  readonly finished_at?: string
  readonly proven_at?: string
  readonly source_rows?: number
  readonly target_rows?: number
  readonly ranges?: number
  readonly differing_ranges?: number
  readonly missing?: number
  readonly surplus?: number
  readonly changed?: number
  readonly repaired?: number
  readonly examples?: string
  readonly trouble?: string
}

export const saveOutcome = async (tx: Tx, reconciliationId: string, outcome: Outcome): Promise<void> => {
  await tx
    .updateTable('exchange.reconciliation')
    .set(outcome)
    .where('reconciliation_id', '=', reconciliationId)
    .execute()
}

export const insertReconciliation = async (
  tx: Tx,
  made: { reconciliation_id: string; subscription_id: string; started_at: string },
): Promise<void> => {
  await tx
    .insertInto('exchange.reconciliation')
    .values({ ...made, state: 'running', examples: '[]', progress: JSON.stringify(FIRST) })
    .execute()
}

/** Table transfers whose base is loaded and whose next reconciliation is due; none of them is under way already. */
export const listDue = async (db: Db, at: string): Promise<{ subscription_id: string; reconcile_hours: number }[]> => {
  const { rows } = await sql<{ subscription_id: string; reconcile_hours: number }>`
    select s.subscription_id, s.reconcile_hours from exchange.subscription s
    join exchange.run b on b.run_id = s.base_run_id and b.state = 'finished'
    where s.state = 'active' and (s.target_kind = 'table' or s.file_format = 'files') and s.next_seq > b.last_seq
      and (s.next_reconcile_at is null or s.next_reconcile_at <= ${at})
      and not exists (select from exchange.reconciliation r where r.subscription_id = s.subscription_id and r.state = 'running')
    limit 20`.execute(db)
  return rows
}

const NEVER = '9999-12-31T00:00:00Z'

export const setNextReconcile = async (tx: Tx, subscriptionId: string, at: string | null): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ next_reconcile_at: at ?? NEVER })
    .where('subscription_id', '=', subscriptionId)
    .execute()
}

export const findRun = (db: Db, runId: string) =>
  db.selectFrom('exchange.run').select(['state', 'last_seq', 'rows']).where('run_id', '=', runId).executeTakeFirst()

/** Keys have done their work: they are persons' numbers. */
export const forgetKeys = async (tx: Tx, runId: string): Promise<void> => {
  await tx.updateTable('exchange.run').set({ keys: null }).where('run_id', '=', runId).execute()
}

export const findBase = async (tx: Tx, subscriptionId: string): Promise<string> => {
  const row = await tx
    .selectFrom('exchange.subscription')
    .select('base_run_id')
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirstOrThrow()
  return row.base_run_id as string
}
