import { sql } from 'kysely'
import type { Tx } from './db.ts'

/**
 * Every change of a grant, client, key or service calls this in its own transaction. A receipt's commit brings the
 * version back to the gateway, which decides again when its snapshot is older: a call begun after a revocation
 * returned always commits its receipt after it, hence sees the new version (architecture §6).
 */
export const bumpPolicy = async (tx: Tx): Promise<void> => {
  await tx.updateTable('kernel.policy').set({ version: sql`version + 1` }).execute()
}
