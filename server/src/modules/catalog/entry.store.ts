import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { type EntryProvider, type Publication, toEntryRow, toItemRows } from './entry.rules.ts'

/** Providers with all their names, by id. An organ is read as it is: `identity.*` is open to every module. */
export const listProviders = async (db: Db, organIds: readonly string[]): Promise<Map<string, EntryProvider>> => {
  const { rows } = await sql<EntryProvider>`
    select o.organ_id, o.path, o.division_code, array_remove(array_agg(distinct w.word), null) as names
    from identity.organ o
    left join lateral (
      select o.name as word union select o.short_name
      union select n.name from identity.organ_name n where n.organ_id = o.organ_id
      union select a.alias from identity.organ_alias a where a.organ_id = o.organ_id) w on true
    where o.organ_id = any(${organIds})
    group by o.organ_id`.execute(db)
  return new Map(rows.map((row) => [row.organ_id, row]))
}

const ENTRY_TYPES = `resource_id uuid, version integer, code text, provider_organ_id text, division_code text, class_code text,
  name text, name_en text, summary text, source_system_name text, format_category text, format_type text, share_type text,
  share_condition text, share_basis jsonb, share_method_category text, share_method_type text, open_type text,
  open_condition text, update_cycle text, keywords text[], audience_path text, item_count integer, published_on date,
  terms text, sounds text`
const ENTRY_COLUMNS = ENTRY_TYPES.split(',').map((one) => one.trim().split(' ')[0]!)
const ITEM_TYPES = `item_id uuid, resource_id uuid, seq integer, name text, name_en text, data_type text, length numeric,
  is_key boolean, is_required boolean, share_type text, share_condition text, withheld_basis jsonb, open_type text,
  sensitivity text, mask_rule text, data_element text`
const ITEM_COLUMNS = ITEM_TYPES.split(',').map((one) => one.trim().split(' ')[0]!)

const assign = (columns: readonly string[]): string =>
  columns.map((column) => `${column} = excluded.${column}`).join(', ')
const columnsOf = (columns: readonly string[]): string =>
  columns.map((column) => (column === 'terms' || column === 'sounds' ? `${column}::tsvector` : column)).join(', ')

/**
 * Puts publications into the catalogue others read, one or thousands with the same three statements. Items that a version
 * dropped go, the others keep their identity.
 */
export const writeEntries = async (tx: Tx, publications: readonly Publication[]): Promise<void> => {
  const entries = JSON.stringify(publications.map(toEntryRow))
  await sql`
    insert into catalog.entry (${sql.raw(ENTRY_COLUMNS.join(', '))}, first_published_on)
    select ${sql.raw(columnsOf(ENTRY_COLUMNS))}, coalesce((
        select min(v.published_on) from catalog.resource_version v where v.resource_id = e.resource_id), published_on)
    from jsonb_to_recordset(${entries}::jsonb) as e (${sql.raw(ENTRY_TYPES)})
    on conflict (resource_id) do update set ${sql.raw(assign(ENTRY_COLUMNS.slice(1)))}`.execute(tx)
  const items = publications.flatMap(toItemRows)
  await sql`
    delete from catalog.item
    where resource_id = any(${publications.map(({ resource_id }) => resource_id)}::uuid[])
      and item_id <> all(${items.map(({ item_id }) => item_id)}::uuid[])`.execute(tx)
  await sql`
    insert into catalog.item (${sql.raw(ITEM_COLUMNS.join(', '))})
    select ${sql.raw(ITEM_COLUMNS.join(', '))}
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as i (${sql.raw(ITEM_TYPES)})
    on conflict (item_id) do update set ${sql.raw(assign(ITEM_COLUMNS.slice(1)))}`.execute(tx)
}

export const removeEntry = (tx: Tx, resourceId: string) =>
  tx.deleteFrom('catalog.entry').where('resource_id', '=', resourceId).execute()

export const setAttachedMethods = (tx: Tx, resourceId: string, methods: readonly string[]) =>
  tx
    .updateTable('catalog.entry')
    .set({ attached_methods: [...methods] })
    .where('resource_id', '=', resourceId)
    .execute()

/** Codes among these that no published entry has. */
export const listUnknownCodes = async (db: Db, codes: readonly string[]): Promise<string[]> => {
  if (codes.length === 0) return []
  const found = await db
    .selectFrom('catalog.entry')
    .select('code')
    .where('code', 'in', [...codes])
    .execute()
  const known = new Set(found.map(({ code }) => code))
  return codes.filter((code) => !known.has(code))
}

/** Names of related entries by code, for showing; those gone or hidden have none. */
export const listEntryNames = (db: Db, codes: readonly string[]) =>
  codes.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('catalog.entry')
        .select(['code', 'name', 'resource_id'])
        .where('code', 'in', [...codes])
        .where('audience_path', '=', '/')
        .execute()
