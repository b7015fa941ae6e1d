import type { Reconciliation } from '@sanjiang/contract/exchange'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { takeStep } from './reconciliation.steps.ts'
import * as store from './reconciliation.store.ts'
import { findReconciliation } from './reconciliation.view.ts'
import { isComparable } from './subscription.rules.ts'
import { findSubscription } from './subscription.store.ts'

const start = async (tx: Tx, ctx: Ctx, subscriptionId: string): Promise<string> => {
  const reconciliation_id = newId()
  await store.insertReconciliation(tx, { reconciliation_id, subscription_id: subscriptionId, started_at: ctx.instant })
  return reconciliation_id
}

/** Begins a reconciliation of a running table subscription; one at a time each. */
export const startReconciliation = (ctx: Ctx, subscriptionId: string): Promise<Reconciliation> =>
  inTx(ctx, async (tx) => {
    const found = await findSubscription(tx, scopeOf(ctx.actor, 'exchange.subscription.reconcile'), subscriptionId)
    if (!found) throw new Fault('not_found')
    if (found.state !== 'active' || !isComparable(found))
      throw new Fault('wrong_state', '只有运行中的库表与原样文件传输可以对账')
    return findReconciliation(tx, await start(tx, ctx, subscriptionId))
  })

const HOUR_MS = 3_600_000

/** After a first load and then by the clock. */
export const startDueReconciliations = async (ctx: Ctx): Promise<void> => {
  for (const { subscription_id, reconcile_hours } of await store.listDue(ctx.db, ctx.instant))
    await inTx(ctx, async (tx) => {
      await start(tx, ctx, subscription_id)
      const next = new Date(Date.parse(ctx.instant) + reconcile_hours * HOUR_MS).toISOString()
      await store.setNextReconcile(tx, subscription_id, reconcile_hours > 0 ? next : null)
    })
}

/** Takes every reconciliation under way one step further; each step commits by itself and is taken up again after a crash. */
export const stepReconciliations = async (ctx: Ctx): Promise<void> => {
  for (let count = 0; count < 50; count += 1) {
    const took = await inTx(ctx, async (tx) => {
      const underway = await store.lockUnderway(tx, ctx.instant)
      if (!underway) return false
      await takeStep(tx, ctx, underway)
      return true
    })
    if (!took) return
  }
}
