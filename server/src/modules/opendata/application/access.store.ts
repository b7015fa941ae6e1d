import { type Insertable, sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import type { OpendataAccess, OpendataAccessUse } from '#kernel/tables.ts'

export const insertAccess = (tx: Tx, row: Insertable<OpendataAccess>) =>
  tx.insertInto('opendata.access').values(row).execute()

/** Closes the key in force; the public side is told anew. */
export const closeAccess = (tx: Tx, applicationId: string, closedAt: string) =>
  tx
    .updateTable('opendata.access')
    .set({ closed_at: closedAt, sent_at: null })
    .where('application_id', '=', applicationId)
    .where('closed_at', 'is', null)
    .execute()

export const listUnsentAccess = (db: Db) =>
  db.selectFrom('opendata.access').selectAll().where('sent_at', 'is', null).orderBy('access_id').limit(200).execute()

/** Unless it was closed while it was carried. */
export const markAccessSent = (
  tx: Tx,
  { access_id, closed_at }: Pick<OpendataAccess, 'access_id' | 'closed_at'>,
  at: string,
) =>
  tx
    .updateTable('opendata.access')
    .set({ sent_at: at })
    .where('access_id', '=', access_id)
    .where('closed_at', closed_at === null ? 'is' : '=', closed_at)
    .execute()

/** Fetched twice it is there once. */
export const insertUses = (tx: Tx, uses: readonly OpendataAccessUse[]) =>
  tx
    .insertInto('opendata.access_use')
    .values([...uses])
    .onConflict((oc) => oc.column('use_id').doNothing())
    .execute()

export const listUsage = (db: Db, applicationId: string) =>
  db
    .selectFrom('opendata.access_use as u')
    .innerJoin('opendata.access as a', 'a.access_id', 'u.access_id')
    .where('a.application_id', '=', applicationId)
    .select(['u.used_on as on'])
    .select(({ fn }) => fn.countAll<number>().as('requests'))
    .select(sql<number>`coalesce(sum(u.bytes), 0)::bigint`.as('bytes'))
    .groupBy('u.used_on')
    .orderBy('u.used_on', 'desc')
    .limit(60)
    .execute()

/** The application each of these keys belongs to. */
export const listOwners = async (db: Db, accessIds: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const found = await db
    .selectFrom('opendata.access')
    .select(['access_id', 'application_id'])
    .where('access_id', 'in', [...accessIds])
    .execute()
  return new Map(found.map(({ access_id, application_id }) => [access_id, application_id]))
}

export const findLiveAccess = async (db: Db, applicationId: string): Promise<string | undefined> => {
  const found = await db
    .selectFrom('opendata.access')
    .select('access_id')
    .where('application_id', '=', applicationId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return found?.access_id
}
