import { type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { SharingCorrection } from '#kernel/tables.ts'
import type { Side } from './request.store.ts'

onConstraint({
  correction_open_key: { code: 'conflict', detail: '对同一记录同一信息项的纠错正在校核中', field: 'record_key' },
})

const rows = (db: Db) =>
  db
    .selectFrom('sharing.correction as r')
    .innerJoin('identity.organ as p', 'p.organ_id', 'r.provider_organ_id')
    .innerJoin('identity.organ as c', 'c.organ_id', 'r.consumer_organ_id')
    .selectAll('r')
    .select([
      'p.name as provider_name',
      'p.path as provider_path',
      'c.name as consumer_name',
      'c.path as consumer_path',
    ])

export type CorrectionRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

const visible = (scope: Scope, side: Side) => {
  const isConsumers = within(scope, sql.ref('c.path'))
  const isProviders = within(scope, sql.ref('p.path'))
  if (side === 'consumer') return isConsumers
  if (side === 'provider') return isProviders
  return sql<SqlBool>`(${isConsumers} or ${isProviders})`
}

export const findCorrection = (db: Db, scope: Scope, correctionId: string): Promise<CorrectionRow | undefined> =>
  rows(db).where('r.correction_id', '=', correctionId).where(visible(scope, 'all')).executeTakeFirst()

export const lockCorrection = (tx: Tx, scope: Scope, correctionId: string): Promise<CorrectionRow | undefined> =>
  rows(tx).where('r.correction_id', '=', correctionId).where(visible(scope, 'all')).forUpdate('r').executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly side: Side
  readonly state?: string
  readonly resourceId?: string
  readonly after?: string
  readonly limit: number
}

export const listCorrectionRows = (db: Db, options: ListOptions): Promise<CorrectionRow[]> => {
  const { scope, side, state, resourceId, after, limit } = options
  const from = after === undefined ? undefined : parseCursor(after, 2)
  return rows(db)
    .where(visible(scope, side))
    .$if(state !== undefined, (query) => query.where('r.state', '=', state!))
    .$if(resourceId !== undefined, (query) => query.where('r.resource_id', '=', resourceId!))
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(r.raised_on, r.correction_id) < (${from![0]}::date, ${from![1]}::uuid)`),
    )
    .orderBy('r.raised_on', 'desc')
    .orderBy('r.correction_id', 'desc')
    .limit(limit + 1)
    .execute()
}

export const listUnmarkedCorrections = (db: Db): Promise<CorrectionRow[]> =>
  rows(db)
    .where('r.state', '=', 'raised')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('sharing.mark as m')
            .select('m.mark')
            .whereRef('m.subject_id', '=', 'r.correction_id')
            .where('m.subject_kind', '=', 'correction')
            .where('m.mark', '=', 'red'),
        ),
      ),
    )
    .orderBy('r.correction_id')
    .execute()

export const insertCorrection = (tx: Tx, row: SharingCorrection) =>
  tx.insertInto('sharing.correction').values(row).execute()

export const updateCorrection = (tx: Tx, correctionId: string, change: Partial<SharingCorrection>) =>
  tx.updateTable('sharing.correction').set(change).where('correction_id', '=', correctionId).execute()
