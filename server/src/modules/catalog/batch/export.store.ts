import { type SqlBool, sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import type { Reach } from '../resource.rules.ts'
import { mayRead } from '../resource.store.ts'
import type { WrittenEntry } from '../workbook/index.ts'
import { markOf } from './match.store.ts'

type Row = WrittenEntry & { readonly resource_id: string }

/** What the working copies say, or the newest version where there is none; the order of the ids is kept. */
export const listWorkingEntries = async (db: Db, ids: readonly string[]): Promise<Row[]> => {
  const { rows } = await sql<Row>`
    select r.resource_id, r.code, coalesce(r.draft, v.content) as content, o.name as provider_name,
      o.credit_code as provider_code, r.published_on, ${markOf('coalesce(r.draft, v.content)')} as revision
    from unnest(${[...ids]}::uuid[]) with ordinality as w (resource_id, place)
    join catalog.resource r using (resource_id) join identity.organ o on o.organ_id = r.provider_organ_id
    left join catalog.resource_version v on v.resource_id = r.resource_id and v.version = r.last_version
    order by w.place`.execute(db)
  return rows
}

/** What is published and the reader may read. */
export const listPublishedEntries = async (db: Db, reach: Reach, ids: readonly string[]): Promise<Row[]> => {
  const readable = mayRead(reach) as ReturnType<typeof sql<SqlBool>>
  const { rows } = await sql<Row>`
    select e.resource_id, e.code, v.content, o.name as provider_name, o.credit_code as provider_code, e.published_on,
      ${markOf('v.content')} as revision
    from unnest(${[...ids]}::uuid[]) with ordinality as w (resource_id, place)
    join catalog.entry e using (resource_id) join identity.organ o on o.organ_id = e.provider_organ_id
    join catalog.resource r on r.resource_id = e.resource_id
    join catalog.resource_version v on v.resource_id = e.resource_id and v.version = e.version
    where ${readable} order by w.place`.execute(db)
  return rows
}
