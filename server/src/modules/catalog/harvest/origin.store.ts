import type { Db } from '#kernel/db.ts'

/** Where an entry was harvested from. */
export const findOrigin = async (db: Db, resourceId: string) =>
  ((await db
    .selectFrom('catalog.published_origin')
    .select(['source_id', 'source_name', 'record_url', 'changed_at'])
    .where('resource_id', '=', resourceId)
    .executeTakeFirst()) as
    | { source_id: string; source_name: string; record_url: string | null; changed_at: string }
    | undefined) ?? null
