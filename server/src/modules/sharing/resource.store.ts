import type { Db } from '#kernel/db.ts'
import type { CatalogItem } from './request.rules.ts'

/** The published resource a request is about; every department may ask for any, so no scope applies. */
export const findResource = (db: Db, resourceId: string) =>
  db
    .selectFrom('catalog.published_resource')
    .select(['resource_id', 'code', 'name', 'provider_organ_id', 'share_type', 'share_basis'])
    .where('resource_id', '=', resourceId)
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
