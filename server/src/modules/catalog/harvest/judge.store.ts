import { sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import type { KnownItem } from '../content.rules.ts'

export interface KnownEntry {
  readonly record_key: string
  readonly resource_id: string
  readonly state: 'present' | 'archived' | 'linked'
  readonly content_hash: string
  readonly code: string
  readonly class_code: string
  readonly last_version: number
  readonly items: readonly KnownItem[]
}

/** What earlier runs made of these records. Items only matter where something changes, but asking twice costs more. */
export const listKnownEntries = async (
  db: Db,
  sourceId: string,
  keys: readonly string[],
): Promise<Map<string, KnownEntry>> => {
  const { rows } = await sql<KnownEntry>`
    select h.record_key, h.resource_id, h.state, h.content_hash, r.code, r.class_code, r.last_version,
      coalesce(jsonb_path_query_array(v.content, '$.items[*]'), '[]') as items
    from catalog.harvested_entry h join catalog.resource r on r.resource_id = h.resource_id
    left join catalog.resource_version v on h.state <> 'linked' and v.resource_id = r.resource_id and v.version = r.last_version
    where h.source_id = ${sourceId} and h.record_key = any(${keys})
      and (h.state <> 'linked' or r.published_version is not null)`.execute(db)
  return new Map(rows.map((row) => [row.record_key, row]))
}

export const listOrgans = async (db: Db, organIds: readonly string[]) => {
  const rows = await db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name', 'credit_code'])
    .where('organ_id', 'in', [...organIds])
    .execute()
  return new Map(rows.map((row) => [row.organ_id, row]))
}

export interface Namesake {
  readonly provider_organ_id: string
  readonly name: string
  readonly resource_id: string
  /** Where it was harvested from; `null`: compiled here. */
  readonly source_id: string | null
}

export const listNamesakes = async (
  db: Db,
  organIds: readonly string[],
  keys: readonly string[],
): Promise<Namesake[]> => {
  const { rows } = await sql<Namesake>`
    select r.provider_organ_id, r.name, r.resource_id, h.source_id
    from catalog.resource r left join catalog.harvested_entry h on h.resource_id = r.resource_id and h.state <> 'linked'
    where r.provider_organ_id = any(${organIds}) and r.name_key = any(${keys}) and r.published_version is not null`.execute(
    db,
  )
  return rows
}
