import type { GrantedItem, RowCondition } from '@sanjiang/contract/sharing.terms'
import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/** A grant as a delivery is decided on: what it allows, and under which policy version that was read. */
export interface Terms {
  readonly policy_version: number
  readonly grant_id: string
  readonly version: number
  readonly status: 'active' | 'revoked'
  readonly items: readonly GrantedItem[]
  readonly row_conditions: readonly RowCondition[]
  readonly starts_on: string
  readonly ends_on: string
  readonly resource_code: string
  readonly provider_organ_id: string
  readonly consumer_organ_id: string
  /** The application the grant is bound to. */
  readonly client_id: string | null
}

/** Grant and policy version in one statement, hence of one instant. */
export const readTerms = async (db: Db, grantId: string): Promise<Terms> => {
  const { rows } = await sql<Terms>`
    select p.version as policy_version, g.grant_id, g.version, g.status, g.items, g.row_conditions, g.starts_on, g.ends_on,
           g.resource_code, g.provider_organ_id, g.consumer_organ_id, g.client_id
    from sharing.published_grant g, kernel.policy p where g.grant_id = ${grantId}`.execute(db)
  if (!rows[0]) throw new Error(`grant ${grantId} is gone`)
  return rows[0]
}
