import type { ResourceContent } from '@sanjiang/contract/catalog'
import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import type { CatalogResourceVersion } from '#kernel/tables.ts'
import type { KnownItem } from './content.rules.ts'

const COLUMNS = [
  'version',
  'name',
  'item_count',
  'published_on',
  'published_at',
  'compiled_by_name',
  'reviewed_by_name',
  'published_by_name',
  'standard_id',
  'standard_version',
] as const

/** Versions newest first. Whoever may read the entry may read its published past. */
export const listVersionRows = (db: Db, resourceId: string) =>
  db
    .selectFrom('catalog.resource_version')
    .select(COLUMNS)
    .where('resource_id', '=', resourceId)
    .orderBy('version', 'desc')
    .execute()

export const findVersion = (db: Db, resourceId: string, version: number) =>
  db
    .selectFrom('catalog.resource_version')
    .select([...COLUMNS, 'content'])
    .where('resource_id', '=', resourceId)
    .where('version', '=', version)
    .executeTakeFirst()

export const getContent = async (db: Db, resourceId: string, version: number): Promise<ResourceContent> => {
  const { content } = await db
    .selectFrom('catalog.resource_version')
    .select('content')
    .where('resource_id', '=', resourceId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  return content as ResourceContent
}

type Insert = Omit<CatalogResourceVersion, 'content'> & { readonly content: ResourceContent }

export const insertVersion = (tx: Tx, { content, ...row }: Insert) =>
  tx
    .insertInto('catalog.resource_version')
    .values({ ...row, content: JSON.stringify(content) })
    .execute()

/** Every item the entry ever published, newest name first: their identities stay theirs. */
export const listKnownItems = async (db: Db, resourceId: string): Promise<KnownItem[]> => {
  const { rows } = await sql<KnownItem>`
    select distinct on (i.item ->> 'item_id') i.item ->> 'item_id' as item_id, i.item ->> 'name' as name,
           i.item ->> 'name_en' as name_en
    from catalog.resource_version v cross join lateral jsonb_array_elements(v.content -> 'items') as i (item)
    where v.resource_id = ${resourceId}
    order by i.item ->> 'item_id', v.version desc`.execute(db)
  return rows
}

export const listEvents = (db: Db, resourceId: string) =>
  db
    .selectFrom('kernel.event')
    .select(['event_id', 'type', 'actor_name', 'occurred_on', 'occurred_at', 'after'])
    .where('subject_kind', '=', 'catalog.resource')
    .where('subject_id', '=', resourceId)
    .orderBy('event_id', 'desc')
    .limit(500)
    .execute()
