import type { Reconciliation } from '@sanjiang/contract/exchange'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { findReconciliation } from './reconciliation.view.ts'
import { findSubscription } from './subscription.store.ts'

/** Begins a reconciliation of a running table subscription; one at a time each. */
export const startReconciliation = (ctx: Ctx, subscriptionId: string): Promise<Reconciliation> =>
  inTx(ctx, async (tx) => {
    const found = await findSubscription(tx, scopeOf(ctx.actor, 'exchange.subscription.reconcile'), subscriptionId)
    if (!found) throw new Fault('not_found')
    if (found.state !== 'active' || found.target_kind !== 'table')
      throw new Fault('wrong_state', '只有运行中的库表传输可以对账')
    const reconciliation_id = newId()
    await tx
      .insertInto('exchange.reconciliation')
      .values({
        reconciliation_id,
        subscription_id: subscriptionId,
        state: 'running',
        started_at: ctx.instant,
        examples: '[]',
        progress: '{}',
      })
      .execute()
    return findReconciliation(tx, reconciliation_id)
  })
