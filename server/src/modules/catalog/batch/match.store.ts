import type { ResourceContent } from '@sanjiang/contract/catalog'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import type { KnownItem } from '../content.rules.ts'

export interface NamedOrgan {
  readonly organ_id: string
  readonly name: string
  readonly path: string
  readonly credit_code: string | null
  readonly dissolved_on: string | null
}

/** Organs by what a sheet may call them: credit code, full name, short name, alias or own code. */
export const listNamedOrgans = async (db: Db, words: readonly string[]): Promise<(NamedOrgan & { word: string })[]> => {
  if (words.length === 0) return []
  const { rows } = await sql<NamedOrgan & { word: string }>`
    select w.word, o.organ_id, o.name, o.path, o.credit_code, o.dissolved_on
    from unnest(${[...words]}::text[]) as w (word)
    join lateral (
      select organ_id from identity.organ where organ_id = w.word or credit_code = w.word or name = w.word or short_name = w.word
      union select organ_id from identity.organ_alias where alias = w.word
      union select organ_id from identity.organ_name where name = w.word) f on true
    join identity.organ o using (organ_id)
    order by w.word, (o.name = w.word) desc, o.dissolved_on is not null, o.organ_id`.execute(db)
  return rows
}

/** An entry that is there already, with what its working copy says; its newest version where it has none. */
export interface Present {
  readonly resource_id: string
  readonly code: string | null
  readonly provider_organ_id: string
  readonly provider_name: string
  readonly provider_path: string
  readonly name: string
  readonly name_key: string
  readonly state: string
  readonly revision: number
  readonly last_version: number
  readonly published_version: number | null
  readonly content: ResourceContent
  /** As an export of it now would be marked. */
  readonly mark: string
}

type Said = 'coalesce(r.draft, v.content)' | 'v.content'

/** The number of an entry's revision, and a digest of what it says there: review and publication alone change no word of it. */
export const markOf = (said: Said): RawBuilder<string> =>
  sql`'R' || r.revision || '-' || left(md5((${sql.raw(said)})::text), 10)`

const listPresent = async (db: Db, where: RawBuilder<SqlBool>): Promise<Present[]> => {
  const { rows } = await sql<Present>`
    select r.resource_id, r.code, r.provider_organ_id, o.name as provider_name, o.path as provider_path, r.name, r.name_key,
      r.state, r.revision, r.last_version, r.published_version, coalesce(r.draft, v.content) as content,
      ${markOf('coalesce(r.draft, v.content)')} as mark
    from catalog.resource r join identity.organ o on o.organ_id = r.provider_organ_id
    left join catalog.resource_version v on v.resource_id = r.resource_id and v.version = r.last_version
    where ${where}`.execute(db)
  return rows
}

export const listByCode = (db: Db, codes: readonly string[]): Promise<Present[]> =>
  codes.length === 0 ? Promise.resolve([]) : listPresent(db, sql<SqlBool>`r.code = any(${[...codes]}::text[])`)

export const listByName = (
  db: Db,
  names: readonly { readonly organ_id: string; readonly key: string }[],
): Promise<Present[]> =>
  names.length === 0
    ? Promise.resolve([])
    : listPresent(
        db,
        sql<SqlBool>`r.state <> 'withdrawn' and (r.provider_organ_id, r.name_key) in (
          select * from unnest(${names.map((one) => one.organ_id)}::text[], ${names.map((one) => one.key)}::text[]))`,
      )

export const listByIds = (db: Db, ids: readonly string[]): Promise<Present[]> =>
  listPresent(db, sql<SqlBool>`r.resource_id = any(${[...ids]}::uuid[])`)

/** Entries that say just what an earlier import of the same export wrote: who goes on with his own file has missed nothing. */
export const listOwnEarlier = async (
  db: Db,
  marked: readonly { readonly resource_id: string; readonly mark: string; readonly revision: string }[],
): Promise<Set<string>> => {
  if (marked.length === 0) return new Set()
  const { rows } = await sql<{ resource_id: string }>`
    select e.resource_id
    from unnest(${marked.map((one) => one.resource_id)}::uuid[], ${marked.map((one) => one.revision)}::text[],
      ${marked.map((one) => one.mark)}::text[]) as w (resource_id, revision, mark)
    join catalog.batch_entry e on e.resource_id = w.resource_id and e.exported_as = w.revision
      and e.written_revision is not null and left(md5(e.content::text), 10) = split_part(w.mark, '-', 2)`.execute(db)
  return new Set(rows.map(({ resource_id }) => resource_id))
}

/** Every item these entries ever published, by entry. */
export const listItemsOf = async (db: Db, ids: readonly string[]): Promise<Map<string, KnownItem[]>> => {
  const { rows } = await sql<KnownItem & { resource_id: string }>`
    select distinct on (v.resource_id, i.item ->> 'item_id') v.resource_id, i.item ->> 'item_id' as item_id,
      i.item ->> 'name' as name, i.item ->> 'name_en' as name_en
    from catalog.resource_version v cross join lateral jsonb_array_elements(v.content -> 'items') as i (item)
    where v.resource_id = any(${[...ids]}::uuid[])
    order by v.resource_id, i.item ->> 'item_id', v.version desc`.execute(db)
  return Map.groupBy(rows, (row) => row.resource_id)
}

/** The classification, for sheets that name classes by their titles. */
export const listClassTitles = (db: Db) =>
  db.selectFrom('catalog.class_node').select(['code', 'title', 'is_leaf']).where('is_active', '=', true).execute()
