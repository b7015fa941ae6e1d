import type { OpenContent, ReleaseState } from '@sanjiang/contract/opendata'
import { sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { OpendataRelease } from '#kernel/tables.ts'

onConstraint({
  release_review_key: { code: 'conflict', detail: '这个资源已有一次发布在保密审查中', field: 'resource_id' },
  release_resource_no_key: { code: 'conflict', detail: '这个资源已有一次发布在保密审查中', field: 'resource_id' },
})

const rows = (db: Db, scope: Scope) =>
  db
    .selectFrom('opendata.release as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.organ_id')
    .selectAll('r')
    .select(['o.name as organ_name', 'o.path as organ_path'])
    .where(within(scope, sql.ref('o.path')))
    .$narrowType<{ state: ReleaseState; content: OpenContent }>()

export type ReleaseRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const findRelease = (db: Db, scope: Scope, id: string): Promise<ReleaseRow | undefined> =>
  rows(db, scope).where('r.release_id', '=', id).executeTakeFirst()

export const lockRelease = (tx: Tx, scope: Scope, id: string): Promise<ReleaseRow | undefined> =>
  rows(tx, scope).where('r.release_id', '=', id).forUpdate('r').executeTakeFirst()

interface ListOptions {
  readonly state?: ReleaseState
  readonly resource_id?: string
  readonly after?: string
  readonly limit: number
}

export const listReleaseRows = (db: Db, scope: Scope, options: ListOptions): Promise<ReleaseRow[]> => {
  const { state, resource_id, after, limit } = options
  const from = after === undefined ? undefined : parseCursor(after, 2)
  return rows(db, scope)
    .$if(state !== undefined, (query) => query.where('r.state', '=', state!))
    .$if(resource_id !== undefined, (query) => query.where('r.resource_id', '=', resource_id!))
    .$if(from !== undefined, (query) =>
      query.where(sql<boolean>`(r.proposed_on, r.release_id) < (${from?.[0]}::date, ${from?.[1]}::uuid)`),
    )
    .orderBy('r.proposed_on', 'desc')
    .orderBy('r.release_id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** The published entry that is to be opened, with its class; readers of the catalogue alone may name it. */
export const findOpening = (db: Db, resourceId: string) =>
  db
    .selectFrom('catalog.published_resource as p')
    .leftJoin('catalog.published_class as n', (join) => join.on(sql<boolean>`n.code = left(p.class_code, 3)`))
    .selectAll('p')
    .select('n.title as theme_title')
    .where('p.resource_id', '=', resourceId)
    .executeTakeFirst()

export const listOpeningItems = (db: Db, resourceId: string) =>
  db
    .selectFrom('catalog.published_item')
    .select([
      'item_id',
      'name',
      'name_en',
      'data_type',
      'length',
      'is_key',
      'mask_rule',
      'share_type',
      'open_type',
      'sensitivity',
    ])
    .where('resource_id', '=', resourceId)
    .orderBy('seq')
    .execute()

export const nextReleaseNo = async (tx: Tx, resourceId: string): Promise<number> => {
  const { rows: found } = await sql<{ no: number }>`
    select coalesce(max(release_no), 0) + 1 as no from opendata.release where resource_id = ${resourceId}`.execute(tx)
  return found[0]!.no
}

export const insertRelease = (tx: Tx, row: OpendataRelease) =>
  tx
    .insertInto('opendata.release')
    .values({ ...row, content: JSON.stringify(row.content) })
    .execute()

export const updateRelease = (tx: Tx, id: string, change: Partial<OpendataRelease>) =>
  tx.updateTable('opendata.release').set(change).where('release_id', '=', id).execute()

/** What was open before gives way to what is opened now. */
export const replaceReleased = (tx: Tx, resourceId: string) =>
  tx
    .updateTable('opendata.release')
    .set({ state: 'replaced' })
    .where('resource_id', '=', resourceId)
    .where('state', '=', 'released')
    .execute()

/** Releases and withdrawals the public side has not been given yet, oldest first. */
export const listUnsent = (db: Db) =>
  rows(db, 'all')
    .where('r.sent_at', 'is', null)
    .where('r.state', 'in', ['released', 'withdrawn'])
    .orderBy('r.release_id')
    .limit(100)
    .execute()

export const markSent = (tx: Tx, { release_id, state }: ReleaseRow, sentAt: string) =>
  tx
    .updateTable('opendata.release')
    .set({ sent_at: sentAt })
    .where('release_id', '=', release_id)
    .where('state', '=', state)
    .execute()
