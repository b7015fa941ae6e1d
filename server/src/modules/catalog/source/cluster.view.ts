import type { Cluster, ClusterItem } from '@sanjiang/contract/catalog'
import { type SqlBool, sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'

interface Wanted {
  readonly q?: string
  readonly organPath?: string
  readonly lead?: 'none' | 'proposed' | 'contested' | 'agreed'
  readonly minConfidence?: number
  readonly after?: string
  readonly limit: number
}

const LEAD = sql<Cluster['lead']>`(
  select json_build_object('lead_id', l.lead_id, 'state', l.state, 'item_id', l.item_id, 'resource_id', l.resource_id,
    'resource_code', r.code, 'resource_name', r.name, 'organ_id', l.organ_id, 'organ_name', o.name)
  from catalog.lead l join catalog.resource r using (resource_id) join identity.organ o on o.organ_id = l.organ_id
  where l.key = c.key and l.state in ('proposed', 'contested', 'agreed'))`

const clusters = (db: Db) =>
  db
    .selectFrom('catalog.cluster as c')
    .select(['c.cluster_id', 'c.key', 'c.name', 'c.departments', 'c.entries', 'c.confidence'])
    .select(['c.by_element', 'c.by_name', 'c.by_synonym', LEAD.as('lead')])

const leadIs = (lead: NonNullable<Wanted['lead']>) =>
  lead === 'none'
    ? sql<SqlBool>`not exists (select from catalog.lead l where l.key = c.key and l.state in ('proposed', 'contested', 'agreed'))`
    : sql<SqlBool>`exists (select from catalog.lead l where l.key = c.key and l.state = ${lead})`

/** Clusters by the number of departments that hold them. */
export const listClusterRows = (db: Db, wanted: Wanted) => {
  const { q = '', organPath, lead, minConfidence, after, limit } = wanted
  const from = after === undefined ? undefined : parseCursor(after, 2)
  const like = `%${q.trim().replaceAll(/[\\%_]/g, '\\$&')}%`
  return clusters(db)
    .$if(q.trim() !== '', (query) => query.where('c.name', 'ilike', like))
    .$if(lead !== undefined, (query) => query.where(leadIs(lead!)))
    .$if(minConfidence !== undefined, (query) => query.where('c.confidence', '>=', minConfidence!))
    .$if(organPath !== undefined, (query) =>
      query.where(
        sql<SqlBool>`exists (select from catalog.cluster_item i join identity.organ o using (organ_id)
          where i.key = c.key and starts_with(o.path, ${organPath}))`,
      ),
    )
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(-c.departments, c.cluster_id) > (${-Number(from![0])}::integer, ${from![1]}::uuid)`),
    )
    .orderBy('c.departments', 'desc')
    .orderBy('c.cluster_id')
    .limit(limit + 1)
    .execute()
}

export const findCluster = (db: Db, clusterId: string) =>
  clusters(db).where('c.cluster_id', '=', clusterId).executeTakeFirst()

/** Base registers first, then the higher government, what is attached, the better quality: whoever stands first is the natural lead. */
const NATURAL = sql`left(e.class_code, 1) = '1' desc, length(o.path), cardinality(e.attached_methods) > 0 desc,
  q.score desc nulls last, e.first_published_on, i.item_id`

export const listClusterItems = async (db: Db, key: string, limit: number): Promise<ClusterItem[]> => {
  const { rows } = await sql<ClusterItem>`
    select i.item_id, i.name, i.name_en, i.data_type, i.length, i.data_element, i.is_key, i.share_type, c.match,
      c.has_same_english, c.has_same_type, e.resource_id, e.code as resource_code, e.name as resource_name,
      o.organ_id, o.name as organ_name, e.update_cycle, q.level as quality_level, e.attached_methods,
      coalesce(g.value, 0) as grants, l.lead_id is not null as is_lead, s.item_id is not null as is_referring
    from catalog.cluster_item c join catalog.item i using (item_id)
    join catalog.entry e on e.resource_id = c.resource_id
    join identity.organ o on o.organ_id = c.organ_id
    left join catalog.quality q on q.resource_id = c.resource_id
    left join catalog.entry_fact g on g.resource_id = c.resource_id and g.kind = 'granted'
    left join catalog.lead l on l.item_id = i.item_id and l.state = 'agreed'
    left join catalog.item_source s on s.item_id = i.item_id
    where c.key = ${key} and e.audience_path = '/'
    order by l.lead_id is not null desc, ${NATURAL} limit ${limit + 1}`.execute(db)
  return rows
}
