import { type SqlBool, sql } from 'kysely'
import type { Db } from '#kernel/db.ts'
import type { CatalogItem } from './request.rules.ts'

const rows = (db: Db) =>
  db
    .selectFrom('catalog.published_resource')
    .select(['resource_id', 'code', 'name', 'provider_organ_id', 'share_type', 'share_basis'])

/** A published resource, whoever may find it: for what was asked for already. */
export const findResource = (db: Db, resourceId: string) =>
  rows(db).where('resource_id', '=', resourceId).executeTakeFirst()

/** A published resource that departments at `organPath` may find; others may not learn that it exists. */
export const findResourceFor = (db: Db, resourceId: string, organPath: string) =>
  rows(db)
    .where('resource_id', '=', resourceId)
    .where(sql<SqlBool>`starts_with(${organPath}, audience_path)`)
    .executeTakeFirst()

export const listItems = (db: Db, resourceId: string): Promise<CatalogItem[]> =>
  db
    .selectFrom('catalog.published_item')
    .select(['item_id', 'seq', 'name', 'name_en', 'share_type', 'withheld_basis', 'mask_rule'])
    .where('resource_id', '=', resourceId)
    .orderBy('seq')
    .execute() as Promise<CatalogItem[]>

/** An application system by its id, whoever owns it; its owner is checked by the caller. */
export const findClient = (db: Db, clientId: string) =>
  db
    .selectFrom('identity.client')
    .select(['client_id', 'organ_id', 'name', 'status'])
    .where('client_id', '=', clientId)
    .executeTakeFirst()
