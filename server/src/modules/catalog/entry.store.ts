import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { type EntryProvider, type Publication, toEntryRow, toItemRows } from './entry.rules.ts'

/** Providers by id. An organ is read as it is: `identity.*` is open to every module. */
export const listProviders = async (db: Db, organIds: readonly string[]): Promise<Map<string, EntryProvider>> => {
  const rows = await db
    .selectFrom('identity.organ')
    .select(['organ_id', 'path', 'division_code'])
    .where('organ_id', 'in', [...organIds, ''])
    .execute()
  return new Map(rows.map((row) => [row.organ_id, row]))
}

type Columns = Readonly<Record<string, string>>

const ENTRY: Columns = {
  resource_id: 'uuid',
  version: 'integer',
  code: 'text',
  published_on: 'date',
  provider_organ_id: 'text',
  division_code: 'text',
  class_code: 'text',
  name: 'text',
  name_en: 'text',
  summary: 'text',
  source_system_name: 'text',
  format_category: 'text',
  format_type: 'text',
  share_type: 'text',
  share_condition: 'text',
  share_basis: 'jsonb',
  share_method_category: 'text',
  share_method_type: 'text',
  open_type: 'text',
  open_condition: 'text',
  update_cycle: 'text',
  keywords: 'text',
  extension_words: 'text',
  audience_path: 'text',
  item_count: 'integer',
  origin: 'text',
}

const ITEM: Columns = {
  item_id: 'uuid',
  resource_id: 'uuid',
  seq: 'integer',
  name: 'text',
  name_en: 'text',
  data_type: 'text',
  length: 'numeric',
  is_key: 'boolean',
  is_required: 'boolean',
  share_type: 'text',
  share_condition: 'text',
  withheld_basis: 'jsonb',
  open_type: 'text',
  sensitivity: 'text',
  mask_rule: 'text',
  data_element: 'text',
}

const namesOf = (columns: Columns): RawBuilder<unknown> => sql.raw(Object.keys(columns).join(', '))
const replaceOf = (columns: Columns): RawBuilder<unknown> =>
  sql.raw(
    Object.keys(columns)
      .slice(1)
      .map((column) => `${column} = excluded.${column}`)
      .join(', '),
  )

/** Rows as one array per column: a third of the time of a JSON record set, measured on 26,000 items. */
export const unnest = (columns: Columns, rows: readonly object[]): RawBuilder<unknown> =>
  sql.join(
    Object.entries(columns).map(([name, type]) => {
      const values = rows.map((row) => (row as Record<string, unknown>)[name] ?? null)
      return sql`${values}::${sql.raw(type)}[]`
    }),
  )

/**
 * Puts publications into the catalogue others read, one or thousands with the same three statements. Items that a version
 * dropped go, the others keep their identity.
 */
export const writeEntries = async (tx: Tx, publications: readonly Publication[]): Promise<void> => {
  const { keywords: _, ...plain } = ENTRY
  await sql`
    insert into catalog.entry (${namesOf(plain)}, keywords, first_published_on)
    select ${namesOf(plain)}, string_to_array(keywords, E'\\n'), coalesce((
        select min(v.published_on) from catalog.resource_version v where v.resource_id = e.resource_id), published_on)
    from unnest(${unnest(ENTRY, publications.map(toEntryRow))}) as e (${namesOf(ENTRY)})
    on conflict (resource_id) do update set ${replaceOf(plain)}, keywords = excluded.keywords`.execute(tx)
  const items = publications.flatMap(toItemRows)
  await sql`
    delete from catalog.item
    where resource_id = any(${publications.map(({ resource_id }) => resource_id)}::uuid[])
      and item_id <> all(${items.map(({ item_id }) => item_id)}::uuid[])`.execute(tx)
  await sql`
    insert into catalog.item (${namesOf(ITEM)})
    select * from unnest(${unnest(ITEM, items)})
    on conflict (item_id) do update set ${replaceOf(ITEM)}`.execute(tx)
  await stampChange(
    tx,
    publications.map(({ resource_id }) => resource_id),
  )
}

/**
 * Numbers what has just changed, for nodes that harvest us: the policy's row stays locked to the end of the transaction, so the
 * numbers grow in the order of commits and a reader who has seen one has seen all before it.
 */
const stampChange = async (tx: Tx, resourceIds: readonly string[]): Promise<void> => {
  await sql`
    with p as (update kernel.policy set version = version + 1 returning version)
    insert into catalog.entry_change (resource_id, seq, was_open)
    select r.id, p.version, e.audience_path is not distinct from '/' from p, unnest(${resourceIds}::uuid[]) as r (id)
    left join catalog.entry e on e.resource_id = r.id
    on conflict (resource_id) do update set seq = excluded.seq, was_open = entry_change.was_open or excluded.was_open`.execute(
    tx,
  )
}

export const removeEntry = async (tx: Tx, resourceId: string): Promise<void> => {
  await tx.deleteFrom('catalog.item').where('resource_id', '=', resourceId).execute()
  await tx.deleteFrom('catalog.entry').where('resource_id', '=', resourceId).execute()
  await stampChange(tx, [resourceId])
}

/** How a resource can be had: one way more, or one fewer. */
export const setAttachedMethod = (
  tx: Tx,
  resourceId: string,
  { method, isAttached }: { readonly method: 'api' | 'table' | 'file'; readonly isAttached: boolean },
) =>
  tx
    .updateTable('catalog.entry')
    .set({
      attached_methods: isAttached
        ? sql`array_append(array_remove(attached_methods, ${method}), ${method})`
        : sql`array_remove(attached_methods, ${method})`,
    })
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
