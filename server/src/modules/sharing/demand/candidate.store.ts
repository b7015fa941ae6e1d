import { type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'

export interface ItemMatch {
  readonly resource_id: string
  /** Items asked for that the resource has under that very name or data element. */
  readonly same: string[]
  /** Items of the resource that carry the data element of an item asked for, under another name. */
  readonly akin: string[]
}

/** Resources that departments at `organPath` may find and that hold items asked for. Best first. */
export const listItemMatches = async (
  db: Db,
  { items, organPath, limit }: { items: readonly string[]; organPath: string; limit: number },
): Promise<ItemMatch[]> => {
  const { rows } = await sql<ItemMatch>`
    with wanted as (select unnest(${items}::text[]) as word),
    element as (
      select distinct i.data_element from catalog.published_item i
      where i.name = any(${items}::text[]) and i.data_element <> ''),
    hit as (
      select i.resource_id, w.word as same, null as akin from catalog.published_item i join wanted w on w.word = i.name
      union all
      select i.resource_id, w.word, null from catalog.published_item i join wanted w on w.word = i.data_element
      union all
      select i.resource_id, null, i.name from catalog.published_item i join element e using (data_element)
      where i.name <> all(${items}::text[]) and i.data_element <> all(${items}::text[]))
    select h.resource_id, array_remove(array_agg(distinct h.same), null) as same, array_remove(array_agg(distinct h.akin), null) as akin
    from hit h join catalog.published_resource r using (resource_id)
    where starts_with(${organPath}, r.audience_path)
    group by h.resource_id order by count(distinct h.same) desc, count(distinct h.akin) desc, h.resource_id limit ${limit}`.execute(
    db,
  )
  return rows
}

export interface Face {
  readonly resource_id: string
  readonly name: string
  readonly provider_organ_id: string
  readonly provider_name: string
  readonly provider_path: string
}

export const listFaces = (db: Db, resourceIds: readonly string[], organPath: string): Promise<Face[]> =>
  db
    .selectFrom('catalog.published_resource')
    .select(['resource_id', 'name', 'provider_organ_id', 'provider_name', 'provider_path'])
    .where('resource_id', 'in', resourceIds)
    .where(sql<SqlBool>`starts_with(${organPath}, audience_path)`)
    .execute() as Promise<Face[]>

/** Entries that organs made responsible compiled for this demand. */
export const listCompiled = async (db: Db, demandId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('sharing.duty')
    .select('resource_id')
    .where('demand_id', '=', demandId)
    .where('resource_id', 'is not', null)
    .execute()
  return rows.map(({ resource_id }) => resource_id!)
}

export interface Scored {
  readonly resource_id: string
  readonly score: number
  readonly reasons: readonly { kind: string; text: string }[]
}

/**
 * Puts the newly found candidates beside the known ones: what is no longer found goes, what was dismissed stays dismissed, and
 * the day of the first finding is kept. Returns how many were not known before.
 */
export const replaceCandidates = async (
  tx: Tx,
  { demandId, found, today }: { demandId: string; found: readonly Scored[]; today: string },
): Promise<number> => {
  await sql`delete from sharing.demand_candidate where demand_id = ${demandId}::uuid and dismissed_on is null
    and resource_id <> all(${found.map(({ resource_id }) => resource_id)}::uuid[])`.execute(tx)
  const { rows } = await sql<{ is_new: boolean }>`
    insert into sharing.demand_candidate (demand_id, resource_id, score, reasons, found_on)
    select ${demandId}::uuid, f.resource_id, f.score, f.reasons, ${today}::date
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as f (resource_id uuid, score numeric, reasons jsonb)
    on conflict on constraint demand_candidate_pkey do update set score = excluded.score, reasons = excluded.reasons
    returning xmax = 0 as is_new`.execute(tx)
  return rows.filter(({ is_new }) => is_new).length
}

export const listCandidates = (db: Db, demandId: string, organPath: string) =>
  db
    .selectFrom('sharing.demand_candidate as c')
    .innerJoin('catalog.published_resource as r', 'r.resource_id', 'c.resource_id')
    .select([
      'c.resource_id',
      'c.score',
      'c.reasons',
      'c.found_on',
      'c.dismissed_on',
      'c.dismiss_text',
      'r.code',
      'r.name',
      'r.provider_organ_id',
      'r.provider_name',
      'r.share_type',
      'r.share_basis',
      sql<boolean>`cardinality(r.attached_methods) > 0`.as('is_attached'),
    ])
    .where('c.demand_id', '=', demandId)
    .where(sql<SqlBool>`starts_with(${organPath}, r.audience_path)`)
    .orderBy(sql`c.dismissed_on is not null`)
    .orderBy('c.score', 'desc')
    .orderBy('r.code')
    .execute()

export const dismiss = async (
  tx: Tx,
  row: { demandId: string; resourceId: string; today: string; text: string; name: string },
): Promise<boolean> => {
  const done = await tx
    .updateTable('sharing.demand_candidate')
    .set({ dismissed_on: row.today, dismiss_text: row.text, dismissed_by_name: row.name })
    .where('demand_id', '=', row.demandId)
    .where('resource_id', '=', row.resourceId)
    .where('dismissed_on', 'is', null)
    .returning('resource_id')
    .executeTakeFirst()
  return done !== undefined
}

/** Demands that still look for a supplier. */
export const listSeeking = (db: Db) =>
  db
    .selectFrom('sharing.demand as d')
    .innerJoin('sharing.demand_progress as p', 'p.demand_id', 'd.demand_id')
    .select(['d.demand_id', 'd.name', 'd.items'])
    .where('p.stage', 'in', ['filed', 'assigned', 'matched', 'picked', 'requested'])
    .orderBy('d.demand_id')
    .execute()

export const listItemNames = async (db: Db, resourceId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('catalog.published_item')
    .select(['name', 'data_element'])
    .where('resource_id', '=', resourceId)
    .execute()
  return rows.flatMap(({ name, data_element }) => [name, data_element]).filter((one): one is string => Boolean(one))
}

/** Demands for which an entry is a candidate now, or is being compiled. */
export const listHolding = async (db: Db, resourceId: string): Promise<Set<string>> => {
  const { rows } = await sql<{ demand_id: string }>`
    select demand_id from sharing.demand_candidate where resource_id = ${resourceId}::uuid
    union select demand_id from sharing.duty where resource_id = ${resourceId}::uuid`.execute(db)
  return new Set(rows.map(({ demand_id }) => demand_id))
}
