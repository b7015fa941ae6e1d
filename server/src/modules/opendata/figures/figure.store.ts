import type { FigureCode } from '@sanjiang/contract/opendata'
import { sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { within } from '#kernel/scope.ts'
import type { OpendataFigure } from '#kernel/tables.ts'
import { DEFINITIONS, type FigureRow } from './figure.data.ts'

onConstraint({
  figure_resource_id_key: { code: 'conflict', detail: '这个资源已承载另一组统计', field: 'resource_id' },
})

export const listBound = (db: Db, scope: Scope) =>
  db
    .selectFrom('opendata.figure as f')
    .innerJoin('identity.organ as o', 'o.organ_id', 'f.organ_id')
    .leftJoin('catalog.published_resource as r', 'r.resource_id', 'f.resource_id')
    .selectAll('f')
    .select('r.name as resource_name')
    .where(within(scope, sql.ref('o.path')))
    .execute()

export const lockFigure = (tx: Tx, figure: FigureCode) =>
  tx.selectFrom('opendata.figure').selectAll().where('figure', '=', figure).forUpdate().executeTakeFirst()

export const putFigure = (tx: Tx, row: OpendataFigure) =>
  tx
    .insertInto('opendata.figure')
    .values(row)
    .onConflict((on) => on.column('figure').doUpdateSet(row))
    .execute()

export const markFigure = (db: Db, figure: FigureCode, change: Partial<OpendataFigure>) =>
  db.updateTable('opendata.figure').set(change).where('figure', '=', figure).execute()

export const computeFigure = async (db: Db, figure: FigureCode): Promise<readonly FigureRow[]> =>
  (await DEFINITIONS[figure].query.execute(db)).rows
