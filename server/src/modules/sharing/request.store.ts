import { type Expression, type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { SharingDecision, SharingMessage, SharingRequest, SharingRequestItem } from '#kernel/tables.ts'

const rows = (db: Db) =>
  db
    .selectFrom('sharing.request as r')
    .innerJoin('identity.organ as p', 'p.organ_id', 'r.provider_organ_id')
    .innerJoin('identity.organ as c', 'c.organ_id', 'r.consumer_organ_id')
    .leftJoin('sharing.ladder_step as l', (join) =>
      join.onRef('l.request_id', '=', 'r.request_id').on('l.closed_on', 'is', null),
    )
    .selectAll('r')
    .select([
      'l.step_id as ladder_step_id',
      'l.level as ladder_level',
      'l.opened_on as ladder_opened_on',
      'p.name as provider_name',
      'p.path as provider_path',
      'c.name as consumer_name',
      'c.path as consumer_path',
    ])

export type RequestRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export type Side = 'consumer' | 'provider' | 'all'

const isConsumers = (scope: Scope): Expression<SqlBool> => within(scope, sql.ref('c.path'))
// What was never submitted concerns its author's side alone.
const isProviders = (scope: Scope): Expression<SqlBool> =>
  sql<SqlBool>`(r.submitted_on is not null and ${within(scope, sql.ref('p.path'))})`

const visible = (scope: Scope, side: Side = 'all'): Expression<SqlBool> => {
  if (side === 'consumer') return isConsumers(scope)
  if (side === 'provider') return isProviders(scope)
  return sql<SqlBool>`(${isConsumers(scope)} or ${isProviders(scope)})`
}

export const findRequest = (db: Db, scope: Scope, requestId: string): Promise<RequestRow | undefined> =>
  rows(db).where('r.request_id', '=', requestId).where(visible(scope)).executeTakeFirst()

/** Locks the request, which is also the lock of every grant that came of it: grants themselves are never updated. */
export const lockRequest = (tx: Tx, scope: Scope, requestId: string): Promise<RequestRow | undefined> =>
  rows(tx).where('r.request_id', '=', requestId).where(visible(scope)).forUpdate('r').executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly side: Side
  readonly state?: string
  readonly resourceId?: string
  readonly order: 'newest' | 'due'
  readonly after?: string
  readonly limit: number
}

export const listRequestRows = (db: Db, options: ListOptions): Promise<RequestRow[]> => {
  const { scope, side, state, resourceId, order, after, limit } = options
  const query = rows(db)
    .where(visible(scope, side))
    .$if(state !== undefined, (one) => one.where('r.state', '=', state!))
    .$if(resourceId !== undefined, (one) => one.where('r.resource_id', '=', resourceId!))
    .limit(limit + 1)
  const from = after === undefined ? undefined : parseCursor(after, 2)
  if (order === 'due')
    return query
      .where('r.state', '=', 'submitted')
      .$if(from !== undefined, (one) =>
        one.where(sql<SqlBool>`(r.clock_started_on, r.request_id) > (${from![0]}::date, ${from![1]}::uuid)`),
      )
      .orderBy('r.clock_started_on')
      .orderBy('r.request_id')
      .execute()
  return query
    .$if(from !== undefined, (one) =>
      one.where(sql<SqlBool>`(r.created_on, r.request_id) < (${from![0]}::date, ${from![1]}::uuid)`),
    )
    .orderBy('r.created_on', 'desc')
    .orderBy('r.request_id', 'desc')
    .execute()
}

export const countStates = (db: Db, scope: Scope, side: Side) =>
  db
    .selectFrom('sharing.request as r')
    .innerJoin('identity.organ as p', 'p.organ_id', 'r.provider_organ_id')
    .innerJoin('identity.organ as c', 'c.organ_id', 'r.consumer_organ_id')
    .select(['r.state', sql<number>`count(*)::integer`.as('count')])
    .where(visible(scope, side))
    .groupBy('r.state')
    .execute()

/** Start days of running clocks with how many requests run from each: all that counting lights needs. */
export const countOpenStarts = (db: Db, scope: Scope, side: Side) =>
  db
    .selectFrom('sharing.request as r')
    .innerJoin('identity.organ as p', 'p.organ_id', 'r.provider_organ_id')
    .innerJoin('identity.organ as c', 'c.organ_id', 'r.consumer_organ_id')
    .select([sql<string>`r.clock_started_on`.as('started_on'), sql<number>`count(*)::integer`.as('count')])
    .where('r.state', '=', 'submitted')
    .where(visible(scope, side))
    .groupBy('r.clock_started_on')
    .execute()

/** Open requests that have not been marked red in their round: the only ones a mark may still be due for. */
export const listUnmarked = (db: Db): Promise<RequestRow[]> =>
  rows(db)
    .where('r.state', '=', 'submitted')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('sharing.mark as m')
            .select('m.mark')
            .whereRef('m.subject_id', '=', 'r.request_id')
            .whereRef('m.round', '=', 'r.round')
            .where('m.subject_kind', '=', 'request')
            .where('m.mark', '=', 'red'),
        ),
      ),
    )
    .orderBy('r.request_id')
    .execute()

export const nextRequestNo = async (tx: Tx, today: string): Promise<string> => {
  const { rows } = await sql<{ no: number }>`select nextval('sharing.request_no_seq') as no`.execute(tx)
  return `GX${today.replaceAll('-', '')}-${String(rows[0]!.no).padStart(6, '0')}`
}

export const insertRequest = (tx: Tx, row: SharingRequest) => tx.insertInto('sharing.request').values(row).execute()

export const updateRequest = (tx: Tx, requestId: string, change: Partial<SharingRequest>) =>
  tx
    .updateTable('sharing.request')
    .set({ ...change, revision: sql`revision + 1` })
    .where('request_id', '=', requestId)
    .execute()

export const listRequestItems = (db: Db, requestId: string): Promise<SharingRequestItem[]> =>
  db.selectFrom('sharing.request_item').selectAll().where('request_id', '=', requestId).orderBy('seq').execute()

export const countRequestItems = async (db: Db, requestIds: readonly string[]): Promise<Map<string, number>> => {
  if (requestIds.length === 0) return new Map()
  const counts = await db
    .selectFrom('sharing.request_item')
    .select(['request_id', sql<number>`count(*)::integer`.as('count')])
    .where('request_id', 'in', requestIds)
    .groupBy('request_id')
    .execute()
  return new Map(counts.map(({ request_id, count }) => [request_id, count]))
}

/** A draft's items are replaced as a whole; once submitted they only change state. */
export const replaceItems = async (tx: Tx, requestId: string, items: readonly SharingRequestItem[]): Promise<void> => {
  await tx.deleteFrom('sharing.request_item').where('request_id', '=', requestId).execute()
  if (items.length > 0)
    await tx
      .insertInto('sharing.request_item')
      .values([...items])
      .execute()
}

interface ItemChange {
  readonly requestId: string
  readonly itemIds: readonly string[]
  readonly change: Partial<SharingRequestItem>
}

export const updateItems = async (tx: Tx, { requestId, itemIds, change }: ItemChange): Promise<void> => {
  if (itemIds.length === 0) return
  await tx
    .updateTable('sharing.request_item')
    .set(change)
    .where('request_id', '=', requestId)
    .where('item_id', 'in', itemIds)
    .execute()
}

export const insertDecision = (tx: Tx, row: SharingDecision) => tx.insertInto('sharing.decision').values(row).execute()

export const listDecisions = (db: Db, requestId: string): Promise<SharingDecision[]> =>
  db.selectFrom('sharing.decision').selectAll().where('request_id', '=', requestId).orderBy('round').execute()

export const insertMessage = (tx: Tx, row: SharingMessage) => tx.insertInto('sharing.message').values(row).execute()

export const listMessages = (db: Db, requestId: string) =>
  db
    .selectFrom('sharing.message as m')
    .leftJoin('identity.organ as o', 'o.organ_id', 'm.organ_id')
    .selectAll('m')
    .select('o.name as organ_name')
    .where('m.request_id', '=', requestId)
    .orderBy('m.message_id')
    .execute()
