import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

export const insertWebhook = async (
  tx: Tx,
  webhook: { subscription_id: string; sealed_secret: string; issued_at: string },
): Promise<void> => {
  await tx.insertInto('exchange.webhook').values(webhook).execute()
}

interface Renewed {
  readonly subscription_id: string
  readonly sealed_secret: string
  readonly issued_at: string
  readonly former_until: string
}

/** The one in force becomes the former one; a subscription that has none yet gets its first. */
export const renewWebhook = async (tx: Tx, { former_until, ...webhook }: Renewed): Promise<void> => {
  const { sealed_secret, issued_at } = webhook
  await tx
    .insertInto('exchange.webhook')
    .values(webhook)
    .onConflict((conflict) =>
      conflict
        .column('subscription_id')
        .doUpdateSet({ sealed_secret, issued_at, former_until, former_secret: sql.ref('webhook.sealed_secret') }),
    )
    .execute()
}

/** Since when the secret in force is, and how long the one before signs along. */
export const findWebhook = (db: Db, subscriptionId: string) =>
  db
    .selectFrom('exchange.webhook')
    .select(['issued_at', 'former_until'])
    .where('subscription_id', '=', subscriptionId)
    .executeTakeFirst()
