import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/** An application system by one of its keys, and the policy version of that instant. */
export interface ClientKey {
  readonly client_id: string
  readonly organ_id: string
  readonly name: string
  readonly status: 'active' | 'suspended'
  readonly allowed_addresses: readonly string[]
  /** SPKI, base64. */
  readonly public_key: string
  readonly policy: number
}

/** Only keys in use: a revoked one is unknown. */
export const findClientKey = async (db: Db, keyId: string): Promise<ClientKey | undefined> => {
  const { rows } = await sql<ClientKey>`
    select c.client_id, c.organ_id, c.name, c.status, c.allowed_addresses, k.public_key, p.version as policy
    from identity.client_key k join identity.client c on c.client_id = k.client_id, kernel.policy p
    where k.key_id = ${keyId} and k.status = 'active'`.execute(db)
  return rows[0]
}

/** Takes a counter; false when it, or a later one, was shown before. In the database, hence at whichever door. */
export const takeCounter = async (db: Db, subscriptionId: string, counter: number): Promise<boolean> => {
  const { numUpdatedRows } = await db
    .updateTable('exchange.subscription')
    .set({ pull_counter: counter })
    .where('subscription_id', '=', subscriptionId)
    .where('pull_counter', '<', counter)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
