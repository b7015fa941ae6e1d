import type { Trouble } from '@sanjiang/contract/exchange'
import type { Db, Tx } from '#kernel/db.ts'

export interface Followed {
  readonly subscription_id: string
  readonly feed_id: string
  readonly agent_id: string | null
  readonly status: string
  readonly ends_on: string
}

/** Standing subscriptions of one grant, or of all whose grant has ended or was revoked. */
export const listStanding = async (
  db: Db,
  { grantId, endedBefore }: { grantId?: string; endedBefore?: string },
): Promise<Followed[]> => {
  const rows = await db
    .selectFrom('exchange.subscription as s')
    .innerJoin('sharing.published_grant as g', 'g.grant_id', 's.grant_id')
    .select(['s.subscription_id', 's.feed_id', 's.agent_id', 'g.status', 'g.ends_on'])
    .where('s.state', 'in', ['active', 'paused', 'faulted'])
    .$if(grantId !== undefined, (query) => query.where('s.grant_id', '=', grantId!))
    .$if(endedBefore !== undefined, (query) =>
      query.where((eb) => eb.or([eb('g.ends_on', '<', endedBefore!), eb('g.status', '<>', 'active')])),
    )
    .orderBy('s.subscription_id')
    .execute()
  return rows as Followed[]
}

export const setStopped = async (tx: Tx, subscriptionId: string, trouble: Trouble): Promise<void> => {
  await tx
    .updateTable('exchange.subscription')
    .set({ state: 'stopped', trouble: JSON.stringify(trouble) })
    .where('subscription_id', '=', subscriptionId)
    .where('state', 'in', ['active', 'paused', 'faulted'])
    .execute()
}
