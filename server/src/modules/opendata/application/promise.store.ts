import { type Insertable, type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { OpendataPromise } from '#kernel/tables.ts'

/** What was promised for a dataset on a date: its own promise, else its organ's; the latest of either. */
export const findPromise = (
  db: Db,
  { organ_id, resource_id }: { readonly organ_id: string; readonly resource_id: string },
  on: string,
): Promise<Pick<OpendataPromise, 'days' | 'source'> | undefined> =>
  db
    .selectFrom('opendata.promise')
    .select(['days', 'source'])
    .where('organ_id', '=', organ_id)
    .where('valid_from', '<=', on)
    .where(({ or, eb }) => or([eb('resource_id', 'is', null), eb('resource_id', '=', resource_id)]))
    .orderBy(sql`resource_id is null`)
    .orderBy('valid_from', 'desc')
    .orderBy('promise_id', 'desc')
    .executeTakeFirst()

export const insertPromise = (tx: Tx, row: Insertable<OpendataPromise>) =>
  tx.insertInto('opendata.promise').values(row).execute()

interface ListOptions {
  readonly after?: string
  readonly limit: number
}

export const listPromiseRows = (db: Db, scope: Scope, { after, limit }: ListOptions) => {
  const from = after === undefined ? undefined : parseCursor(after, 2)
  return db
    .selectFrom('opendata.promise as p')
    .innerJoin('identity.organ as o', 'o.organ_id', 'p.organ_id')
    .selectAll('p')
    .select('o.name as organ_name')
    .where(within(scope, sql.ref('o.path')))
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(p.valid_from, p.promise_id) < (${from?.[0]}::date, ${from?.[1]}::uuid)`),
    )
    .orderBy('p.valid_from', 'desc')
    .orderBy('p.promise_id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** The conditional datasets that are open, for the days promised on their pages. */
export const listConditional = (db: Db) =>
  db
    .selectFrom('opendata.release')
    .select(['resource_id', 'organ_id'])
    .where('state', '=', 'released')
    .where(sql<SqlBool>`content->>'open_type' = 'conditional'`)
    .execute()
