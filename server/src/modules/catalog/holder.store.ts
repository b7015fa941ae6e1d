import type { ItemHolder } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import type { Reach } from './resource.rules.ts'
import { mayRead } from './resource.store.ts'

interface Asked {
  readonly names: readonly string[]
  readonly exceptId: string | null
  readonly reach: Reach
}

/** Up to five entries per item name: base-class first, then the higher government, then whoever was first. */
export const listHolderRows = async (db: Db, { names, exceptId, reach }: Asked): Promise<ItemHolder[]> => {
  const { rows } = await sql<ItemHolder>`
    select h.* from unnest(${names}::text[]) as q (name) cross join lateral (
      select i.item_id, i.name as item_name, e.resource_id, e.code as resource_code, e.name as resource_name,
             e.provider_organ_id, o.name as provider_name, i.share_type, left(e.class_code, 1) = '1' as is_base
      from catalog.item i join catalog.entry e using (resource_id) join identity.organ o on o.organ_id = e.provider_organ_id
      where i.name = q.name and e.resource_id is distinct from ${exceptId}::uuid and ${mayRead(reach)}
      order by left(e.class_code, 1) = '1' desc, length(o.path), e.first_published_on, e.resource_id limit 5) h`.execute(
    db,
  )
  return rows
}

export interface Overlap {
  readonly resource_id: string
  readonly code: string
  readonly name: string
  readonly provider_organ_id: string
  readonly provider_name: string
  readonly shared_count: number
  readonly item_count: number
}

/** Entries that hold at least 60 % of the items asked for, and at least three. */
export const listOverlapRows = async (db: Db, { names, exceptId, reach }: Asked): Promise<Overlap[]> => {
  const { rows } = await sql<Overlap>`
    select e.resource_id, e.code, e.name, e.provider_organ_id, o.name as provider_name, s.shared_count, e.item_count
    from (
      select i.resource_id, count(distinct i.name)::integer as shared_count from catalog.item i
      where i.name = any(${names}::text[]) group by i.resource_id
      having count(distinct i.name) >= greatest(3, ceil(0.6 * cardinality(${names}::text[])))) s
    join catalog.entry e using (resource_id) join identity.organ o on o.organ_id = e.provider_organ_id
    where e.resource_id is distinct from ${exceptId}::uuid and ${mayRead(reach)}
    order by s.shared_count desc, e.item_count, length(o.path), e.code limit 10`.execute(db)
  return rows
}
