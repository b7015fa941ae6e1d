import { type SqlBool, sql } from 'kysely'
import type { Db } from '#kernel/db.ts'

/** Grants of a resource that stand and are not over. */
export const listInForce = (db: Db, resourceId: string, today: string) =>
  db
    .selectFrom('sharing.published_grant')
    .select(['grant_id', 'items'])
    .where('resource_id', '=', resourceId)
    .where('status', '=', 'active')
    .where(sql<SqlBool>`ends_on >= ${today}::date`)
    .orderBy('grant_id')
    .execute()

/** Whether this change of the catalogue has been told about this grant: a job may run twice. */
export const hasWarned = async (db: Db, grantId: string, causeEventId: string): Promise<boolean> => {
  const found = await db
    .selectFrom('kernel.event')
    .select('event_id')
    .where('subject_kind', '=', 'sharing.grant')
    .where('subject_id', '=', grantId)
    .where('type', '=', 'sharing.grant.affected')
    .where(sql<SqlBool>`after->>'cause_event_id' = ${causeEventId}`)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}
