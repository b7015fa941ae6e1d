import type { Trouble } from '@sanjiang/contract/exchange'
import { sql } from 'kysely'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { noteFeed } from './feed.note.ts'

interface Failing {
  readonly feed: { readonly feed_id: string; readonly resource_id: string; readonly provider_organ_id: string }
  readonly runId: string
  readonly message: string
}

/** A run that moved nothing while its source changed is an error, however well it ended: said at the run, at the feed, and to its provider. */
export const failRun = async (tx: Tx, ctx: Ctx, { feed, runId, message }: Failing): Promise<void> => {
  const trouble: Trouble = { code: 'no_effect', party: 'provider', message, at: ctx.instant }
  const failed = await tx
    .updateTable('exchange.run')
    .set({ trouble: JSON.stringify(trouble) })
    // Its end may still be on the way; then it fails when that comes.
    .set({ state: sql`case when state = 'finished' then 'failed' else state end` })
    .where('run_id', '=', runId)
    .where('feed_id', '=', feed.feed_id)
    .where(sql<boolean>`trouble ->> 'code' is distinct from 'no_effect'`)
    .executeTakeFirst()
  if (failed.numUpdatedRows === 0n) return
  await tx
    .updateTable('exchange.feed')
    .set({ trouble: JSON.stringify(trouble) })
    .where('feed_id', '=', feed.feed_id)
    .where('state', '<>', 'held')
    .execute()
  await noteFeed(tx, ctx, { type: 'exchange.run.failed', feed, after: { text: message, run_id: runId } })
}

/** Every table loaded from the feed is compared with its source at the next look, instead of at its usual time. */
export const reconcileSoon = async (tx: Tx, feedId: string, at: string): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ next_reconcile_at: at })
    .where('feed_id', '=', feedId)
    .where('state', '=', 'active')
    .where('target_kind', '=', 'table')
    .execute()
}

/** Removals that an increment cannot see: said at the run; whether anything was missed the reconciliation tells. */
export const suspectRun = async (tx: Tx, ctx: Ctx, { feed, runId, message }: Failing): Promise<void> => {
  const trouble: Trouble = { code: 'removals_unseen', party: 'provider', message, at: ctx.instant }
  await tx
    .updateTable('exchange.run')
    .set({ trouble: JSON.stringify(trouble) })
    .where('run_id', '=', runId)
    .where('feed_id', '=', feed.feed_id)
    .where('trouble', 'is', null)
    .execute()
}

interface Idle {
  readonly run_id: string
  readonly feed_id: string
  readonly resource_id: string
  readonly provider_organ_id: string
}

/**
 * The last increment, where it brought nothing and its source may have changed: its engine told of removals, or is one that cannot tell.
 */
const findIdleIncrement = async (tx: Tx, feedId: string, before: string): Promise<Idle | undefined> => {
  const { rows } = await sql<Idle & { is_idle: boolean }>`
    select r.run_id, f.feed_id, f.resource_id, f.provider_organ_id,
      r.rows = 0 and r.rejects = 0 and (r.trouble ->> 'code' = 'removals_unseen' or not exists (
        select from jsonb_array_elements(a.report -> 'connections') c
        where c ->> 'name' = f.connection and c ->> 'kind' = 'postgres')) as is_idle
    from exchange.run r join exchange.feed f on f.feed_id = r.feed_id join exchange.agent a on a.agent_id = f.agent_id
    where r.feed_id = ${feedId} and f.mode = 'cursor' and r.kind = 'increment' and r.state = 'finished' and r.finished_at <= ${before}
    order by r.ordered_at desc limit 1`.execute(tx)
  return rows.find(({ is_idle }) => is_idle)
}

/** A reconciliation found what the last increment should have: that one did not do its work. */
export const failIdleIncrement = async (
  tx: Tx,
  ctx: Ctx,
  { feedId, startedAt, differing }: { feedId: string; startedAt: string; differing: number },
): Promise<void> => {
  const idle = await findIdleIncrement(tx, feedId, startedAt)
  if (!idle) return
  const message = `增量没有读到任何一行，而随后的对账查出 ${differing} 行不同：增量字段没有随写入增长，源库有删除，或目标表被改动过`
  await failRun(tx, ctx, { feed: idle, runId: idle.run_id, message })
}
