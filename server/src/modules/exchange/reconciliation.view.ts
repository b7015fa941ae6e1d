import type { Reconciliation } from '@sanjiang/contract/exchange'
import type { Db } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'

onConstraint({ reconciliation_running_key: { code: 'conflict', detail: '对账正在进行' } })

const reconciliations = (db: Db) =>
  db
    .selectFrom('exchange.reconciliation')
    .select(['reconciliation_id', 'subscription_id', 'state', 'started_at', 'proven_at', 'source_rows', 'target_rows'])
    .select(['ranges', 'differing_ranges', 'missing', 'surplus', 'changed', 'repaired', 'examples', 'trouble'])

export const findReconciliation = async (db: Db, reconciliationId: string): Promise<Reconciliation> =>
  (await reconciliations(db)
    .where('reconciliation_id', '=', reconciliationId)
    .executeTakeFirstOrThrow()) as unknown as Reconciliation

export const findLatestReconciliations = async (
  db: Db,
  subscriptionIds: readonly string[],
): Promise<Map<string, Reconciliation>> => {
  if (subscriptionIds.length === 0) return new Map()
  const rows = await reconciliations(db)
    .distinctOn('subscription_id')
    .where('subscription_id', 'in', [...subscriptionIds])
    .orderBy('subscription_id')
    .orderBy('started_at', 'desc')
    .execute()
  return new Map(rows.map((row) => [row.subscription_id, row as unknown as Reconciliation]))
}

interface ListOptions {
  readonly subscriptionId: string
  readonly after?: string
  readonly limit: number
}

export const listReconciliationRows = async (db: Db, { subscriptionId, after, limit }: ListOptions) => {
  const rows = await reconciliations(db)
    .where('subscription_id', '=', subscriptionId)
    .$if(after !== undefined, (query) => query.where('reconciliation_id', '<', String(parseCursor(after!, 1)[0])))
    .orderBy('reconciliation_id', 'desc')
    .limit(limit + 1)
    .execute()
  return rows as unknown as Reconciliation[]
}
