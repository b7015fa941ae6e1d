import { type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { SharingDuty, SharingDutyWord } from '#kernel/tables.ts'

onConstraint({ duty_open_key: { code: 'conflict', detail: '这个需求已有责任部门' } })

const rows = (db: Db) =>
  db
    .selectFrom('sharing.duty as u')
    .innerJoin('sharing.demand as d', 'd.demand_id', 'u.demand_id')
    .innerJoin('identity.organ as o', 'o.organ_id', 'u.organ_id')
    .innerJoin('identity.organ as c', 'c.organ_id', 'd.organ_id')
    .leftJoin('catalog.published_resource as r', 'r.resource_id', 'u.resource_id')

const shown = (db: Db) =>
  rows(db)
    .selectAll('u')
    .select([
      'd.demand_no',
      'd.name as demand_name',
      'd.description as demand_description',
      'd.items as demand_items',
      'd.organ_id as demander_organ_id',
      'o.name as organ_name',
      'o.path as organ_path',
      'c.name as demander_name',
      'c.path as demander_path',
      'r.first_published_on as published_on',
    ])

export type DutyRow = Awaited<ReturnType<ReturnType<typeof shown>['executeTakeFirstOrThrow']>>

const visible = (scope: Scope) =>
  sql<SqlBool>`(${within(scope, sql.ref('o.path'))} or ${within(scope, sql.ref('c.path'))})`

export const lockDuty = async (tx: Tx, scope: Scope, dutyId: string): Promise<DutyRow | undefined> => {
  await tx.selectFrom('sharing.duty').select('duty_id').where('duty_id', '=', dutyId).forUpdate().execute()
  return findDuty(tx, scope, dutyId)
}

export const findDuty = (db: Db, scope: Scope, dutyId: string): Promise<DutyRow | undefined> =>
  shown(db).where('u.duty_id', '=', dutyId).where(visible(scope)).executeTakeFirst()

export const listDutiesOf = (db: Db, demandId: string): Promise<DutyRow[]> =>
  shown(db).where('u.demand_id', '=', demandId).orderBy('u.duty_id', 'desc').execute()

interface ListOptions {
  readonly scope: Scope
  readonly state?: string
  readonly organ_id?: string
  readonly after?: string
  readonly limit: number
}

export const listDutyRows = (db: Db, { scope, state, organ_id, after, limit }: ListOptions): Promise<DutyRow[]> => {
  const from = after === undefined ? undefined : parseCursor(after, 2)
  return shown(db)
    .where(visible(scope))
    .$if(state !== undefined, (one) => one.where('u.state', '=', state!))
    .$if(organ_id !== undefined, (one) => one.where('u.organ_id', '=', organ_id!))
    .$if(from !== undefined, (one) =>
      one.where(sql<SqlBool>`(u.assigned_on, u.duty_id) < (${from![0]}::date, ${from![1]}::uuid)`),
    )
    .orderBy('u.assigned_on', 'desc')
    .orderBy('u.duty_id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** Duties whose clock may still run: to be answered, or to be compiled and not published yet. */
export const listRunning = (db: Db, scope: Scope): Promise<DutyRow[]> =>
  shown(db)
    .where(visible(scope))
    .where(
      sql<SqlBool>`(u.state = 'assigned' or (u.state = 'accepted' and r.resource_id is null)) and d.withdrawn_on is null`,
    )
    .orderBy('u.duty_id')
    .execute()

export const countDutyRows = (db: Db, scope: Scope) =>
  rows(db)
    .select([
      'u.organ_id',
      'o.name',
      sql<number>`count(*) filter (where u.state = 'assigned')::integer`.as('assigned'),
      sql<number>`count(*) filter (where u.state = 'accepted' and r.resource_id is null)::integer`.as('accepted'),
      sql<number>`count(*) filter (where u.state = 'refused')::integer`.as('refused'),
      sql<number>`count(*) filter (where u.state = 'accepted' and r.resource_id is not null)::integer`.as('fulfilled'),
    ])
    .where(visible(scope))
    .groupBy(['u.organ_id', 'o.name'])
    .orderBy('u.organ_id')
    .execute()

export const insertDuty = (tx: Tx, row: SharingDuty) => tx.insertInto('sharing.duty').values(row).execute()

export const updateDuty = (tx: Tx, dutyId: string, change: Partial<SharingDuty>) =>
  tx
    .updateTable('sharing.duty')
    .set({ ...change, revision: sql`revision + 1` })
    .where('duty_id', '=', dutyId)
    .execute()

export const insertWord = (tx: Tx, row: SharingDutyWord) => tx.insertInto('sharing.duty_word').values(row).execute()

export const listWords = (db: Db, dutyIds: readonly string[]) =>
  db
    .selectFrom('sharing.duty_word as w')
    .leftJoin('identity.organ as o', 'o.organ_id', 'w.organ_id')
    .selectAll('w')
    .select('o.name as organ_name')
    .where('w.duty_id', 'in', dutyIds)
    .orderBy('w.word_id')
    .execute()
