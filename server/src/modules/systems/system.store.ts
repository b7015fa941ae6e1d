import type { System, SystemQuery } from '@sanjiang/contract/systems'
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'
import type { SystemsSystem } from '#kernel/tables.ts'

onConstraint({
  system_organ_id_name_key: { code: 'conflict', detail: '本机构已登记同名系统', field: 'name' },
})

/** Every read of systems starts here, so that none can forget the scope. */
const visible = (db: Db, scope: Scope) =>
  db
    .selectFrom('systems.system as s')
    .innerJoin('identity.organ as o', 'o.organ_id', 's.organ_id')
    .where(within(scope, sql.ref('o.path')))

/** Check constraints hold the coded columns to the contract's lists, hence the narrowing. */
const rows = (db: Db, scope: Scope) =>
  visible(db, scope)
    .selectAll('s')
    .select(['o.name as organ_name', 'o.path as organ_path'])
    .$narrowType<Pick<System, 'usage_scope' | 'usage_frequency'>>()

export type SystemRow = Awaited<ReturnType<ReturnType<typeof rows>['executeTakeFirstOrThrow']>>

export const findSystem = (db: Db, scope: Scope, systemId: string): Promise<SystemRow | undefined> =>
  rows(db, scope).where('s.system_id', '=', systemId).executeTakeFirst()

export const lockSystem = (tx: Tx, scope: Scope, systemId: string): Promise<SystemRow | undefined> =>
  rows(tx, scope).where('s.system_id', '=', systemId).forUpdate('s').executeTakeFirst()

/** Each word asked for is in the name or in what the system does; no wildcard means anything but itself. */
const hasWords = (q = ''): Expression<SqlBool> => {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const tests = words.map((word) => sql`strpos(lower(s.name || ' ' || s.function_desc), ${word}) > 0`)
  return tests.length > 0 ? sql<SqlBool>`(${sql.join(tests, sql` and `)})` : sql<SqlBool>`true`
}

type Filter = Pick<SystemQuery, 'q' | 'organ_id' | 'usage_scope' | 'is_on_cloud'>

const matches = ({ q, organ_id, usage_scope, is_on_cloud }: Filter): Expression<SqlBool> =>
  sql<SqlBool>`(${hasWords(q)}
    and ${organ_id === undefined ? sql`true` : sql`s.organ_id = ${organ_id}`}
    and ${usage_scope === undefined ? sql`true` : sql`s.usage_scope = ${usage_scope}`}
    and ${is_on_cloud === undefined ? sql`true` : sql`s.is_on_cloud = ${is_on_cloud}`})`

interface ListOptions extends Filter {
  readonly after?: string
  readonly limit: number
}

/** Newest first: ids are made in the order of registration. One row more than asked, to know whether there are more. */
export const listSystemRows = (db: Db, scope: Scope, options: ListOptions): Promise<SystemRow[]> => {
  const from = options.after === undefined ? undefined : String(parseCursor(options.after, 1)[0])
  return rows(db, scope)
    .where(matches(options))
    .$if(from !== undefined, (query) => query.where('s.system_id', '<', from!))
    .orderBy('s.system_id', 'desc')
    .limit(options.limit + 1)
    .execute()
}

export const countSystems = async (db: Db, scope: Scope, filter: Filter): Promise<number> => {
  const { count } = await visible(db, scope)
    .where(matches(filter))
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

export const insertSystem = (tx: Tx, row: SystemsSystem) => tx.insertInto('systems.system').values(row).execute()

/** For imports that may be repeated: a system the organ has already registered is left as it is. */
export const insertNewSystem = async (tx: Tx, row: SystemsSystem): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('systems.system')
    .values(row)
    .onConflict((conflict) => conflict.constraint('system_organ_id_name_key').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

export const updateSystem = (tx: Tx, systemId: string, change: Partial<SystemsSystem>) =>
  tx.updateTable('systems.system').set(change).where('system_id', '=', systemId).execute()
