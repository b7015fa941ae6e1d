import type { TodoKind } from '@sanjiang/contract/inbox'
import { type SqlBool, sql } from 'kysely'
import type { Actor } from '#kernel/ctx.ts'
import type { Db } from '#kernel/db.ts'
import { addressedTo } from './recipient.store.ts'

const openRows = (db: Db, actor: Actor) =>
  db
    .selectFrom('inbox.todo as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.organ_id')
    .where('r.closed_on', 'is', null)
    .where(addressedTo(actor))

/** Start days of the running clocks, with how many to-dos of each kind run from each: all that counting needs. */
export const listOpenStarts = (db: Db, actor: Actor) =>
  openRows(db, actor)
    .select(['r.kind', 'r.clock_rule', 'r.clock_started_on', sql<number>`count(*)::integer`.as('count')])
    .groupBy(['r.kind', 'r.clock_rule', 'r.clock_started_on'])
    .execute()

/** A start day and the day it falls due: the due day is derived, so the sort order is handed to the query. */
export interface DueDay {
  readonly rule: string
  readonly started_on: string
  readonly due_on: string
}

/** Sorts behind every due day. */
export const NO_DUE_DAY = '9999-12-31'

interface ListOptions {
  readonly actor: Actor
  readonly kind?: TodoKind
  readonly dues: readonly DueDay[]
  /** Due day and id of the last row seen. */
  readonly from?: readonly [string, string]
  readonly limit: number
}

export const listTodoRows = (db: Db, { actor, kind, dues, from, limit }: ListOptions) => {
  const [rules, starts, days] = [
    dues.map((one) => one.rule),
    dues.map((one) => one.started_on),
    dues.map((one) => one.due_on),
  ]
  const due = sql<string>`coalesce(d.due_on, ${NO_DUE_DAY}::date)`
  return openRows(db, actor)
    .leftJoin(
      sql<DueDay>`unnest(${rules}::text[], ${starts}::date[], ${days}::date[])`.as<'d'>(
        sql`d(rule, started_on, due_on)`,
      ),
      (join) => join.onRef('d.rule', '=', 'r.clock_rule').onRef('d.started_on', '=', 'r.clock_started_on'),
    )
    .select(['r.todo_id', 'r.kind', 'r.title', 'r.subject_kind', 'r.subject_id', 'r.organ_id', 'o.name as organ_name'])
    .select(['r.opened_on', 'r.clock_rule', 'r.clock_started_on', due.as('due_on')])
    .$if(kind !== undefined, (query) => query.where('r.kind', '=', kind!))
    .$if(from !== undefined, (query) =>
      query.where(sql<SqlBool>`(${due}, r.todo_id) > (${from![0]}::date, ${from![1]}::uuid)`),
    )
    .orderBy(due)
    .orderBy('r.todo_id')
    .limit(limit + 1)
    .execute()
}
