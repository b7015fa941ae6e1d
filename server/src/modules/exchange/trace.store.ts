import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/** To whom rows went under which grant, by a key that is a person's number. */
export interface Reach {
  readonly subscription_id: string
  readonly grant_id: string
  readonly resource_code: string
  readonly provider_organ_id: string
  readonly provider_name: string
  readonly consumer_organ_id: string
  readonly consumer_name: string
  readonly purpose_code: string
  readonly purpose_ref: string | null
  readonly key: readonly string[]
  readonly data_element: string | null
}

/** Subscriptions to feeds of one key item, ended ones among them: what is kept of their deliveries is kept. */
export const listReaches = async (db: Db): Promise<Reach[]> => {
  const { rows } = await sql<Reach>`
    select s.subscription_id, s.grant_id, g.resource_code, s.provider_organ_id, p.name as provider_name, s.consumer_organ_id,
           c.name as consumer_name, g.purpose_code, g.purpose_ref, f.key, i.data_element
    from exchange.subscription s
    join exchange.feed f on f.feed_id = s.feed_id and jsonb_array_length(f.key) = 1
    join sharing.published_grant g on g.grant_id = s.grant_id
    join identity.organ p on p.organ_id = s.provider_organ_id
    join identity.organ c on c.organ_id = s.consumer_organ_id
    left join catalog.published_item i on i.resource_id = s.resource_id and i.name_en = f.key ->> 0`.execute(db)
  return rows
}
