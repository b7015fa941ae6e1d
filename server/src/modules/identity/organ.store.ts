import { sql } from 'kysely'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import type { IdentityOrgan, IdentityOrganAlias, IdentityOrganName, IdentityOrganSuccession } from '#kernel/tables.ts'

onConstraint({
  organ_pkey: { code: 'conflict', detail: '机构代码已被使用', field: 'organ_id' },
  organ_credit_code_key: { code: 'conflict', detail: '统一社会信用代码已被另一机构使用', field: 'credit_code' },
  organ_name_current_key: { code: 'conflict', detail: '另一机构正在使用这个名称', field: 'name' },
  organ_name_period_check: { code: 'invalid', detail: '须晚于现用名称的启用日期', field: 'on' },
  organ_name_pkey: { code: 'conflict', detail: '同一日已有更名', field: 'on' },
})

const COLUMNS = [
  'o.organ_id',
  'o.parent_id',
  'o.division_code',
  'o.kind',
  'o.credit_code',
  'o.seq_code',
  'o.founded_on',
  'o.dissolved_on',
] as const

// Under the name it bore that day; `organ.name` is only the name of the current business date.
const organsOn = (db: Db, day: string) =>
  db
    .selectFrom('identity.organ as o')
    .leftJoin('identity.organ_name as n', (join) =>
      join
        .onRef('n.organ_id', '=', 'o.organ_id')
        .on('n.valid_from', '<=', day)
        .on((eb) => eb.or([eb('n.valid_to', 'is', null), eb('n.valid_to', '>', day)])),
    )
    .select([...COLUMNS, 'o.path'])
    .select(sql<string>`coalesce(n.name, o.name)`.as('name'))
    .select(sql<string>`coalesce(n.short_name, o.short_name)`.as('short_name'))

export type OrganRow = Awaited<ReturnType<ReturnType<typeof organsOn>['executeTakeFirstOrThrow']>>

export interface OrganFilter {
  /** Only organs that stand on this day. */
  readonly on: string
  readonly text?: string
  readonly parentId?: string
  readonly divisionCode?: string
  readonly after?: string
  readonly limit: number
}

// One order on every cluster: by bytes, so that a parent comes right before what is below it.
const byPath = sql<string>`o.path collate "C"`

const bearsText = (text: string) => sql<boolean>`(
  strpos(o.name, ${text}) > 0 or strpos(o.short_name, ${text}) > 0 or o.organ_id = ${text}
  or exists (select from identity.organ_alias a where a.organ_id = o.organ_id and strpos(a.alias, ${text}) > 0)
  or exists (select from identity.organ_name w where w.organ_id = o.organ_id and strpos(w.name, ${text}) > 0))`

/** Found by full, short, former and popular names (发改委, 工商局). */
export const listOrganRows = (db: Db, { on, text, parentId, divisionCode, after, limit }: OrganFilter) =>
  organsOn(db, on)
    .where('o.founded_on', '<=', on)
    .where((eb) => eb.or([eb('o.dissolved_on', 'is', null), eb('o.dissolved_on', '>', on)]))
    .$if(Boolean(text), (query) => query.where(bearsText(text!)))
    .$if(parentId !== undefined, (query) => query.where('o.parent_id', '=', parentId!))
    .$if(divisionCode !== undefined, (query) =>
      query.where(sql<boolean>`starts_with(o.division_code, ${divisionCode})`),
    )
    .$if(after !== undefined, (query) => query.where(byPath, '>', String(parseCursor(after!, 1)[0])))
    .orderBy(byPath)
    .limit(limit + 1)
    .execute()

export const findOrgan = (db: Db, organId: string, day: string) =>
  organsOn(db, day).where('o.organ_id', '=', organId).executeTakeFirst()

export const listNames = (db: Db, organId: string) =>
  db
    .selectFrom('identity.organ_name')
    .select(['name', 'short_name', 'valid_from', 'valid_to'])
    .where('organ_id', '=', organId)
    .orderBy('valid_from')
    .execute()

export const listSuccessions = (db: Db, organId: string) =>
  db
    .selectFrom('identity.organ_succession as s')
    .innerJoin('identity.organ as o', 'o.organ_id', 's.successor_id')
    .select(['s.successor_id', 'o.name as successor_name', 's.on_date', 's.how'])
    .where('s.organ_id', '=', organId)
    .orderBy('s.successor_id')
    .execute()

/** Changes of the tree's shape queue here: a path is made of other rows' paths, which row locks alone do not hold still. */
export const lockTree = async (tx: Tx): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('identity.organ.tree'))`.execute(tx)
}

/** Locks organs in the order of their ids, so that two changes of the same organs cannot wait for each other. */
export const lockOrgans = (tx: Tx, organIds: readonly string[]) =>
  tx
    .selectFrom('identity.organ')
    .selectAll()
    .where('organ_id', 'in', organIds)
    .orderBy('organ_id')
    .forUpdate()
    .execute()

export const listChildren = (db: Db, organId: string, day: string) =>
  db
    .selectFrom('identity.organ')
    .select(['organ_id', 'name'])
    .where('parent_id', '=', organId)
    .where((eb) => eb.or([eb('dissolved_on', 'is', null), eb('dissolved_on', '>', day)]))
    .execute()

const BATCH = 500

const inBatches = async <T>(rows: readonly T[], insert: (batch: T[]) => Promise<unknown>): Promise<void> => {
  for (let at = 0; at < rows.length; at += BATCH) await insert(rows.slice(at, at + BATCH))
}

export const insertOrgans = (tx: Tx, rows: readonly IdentityOrgan[]) =>
  inBatches(rows, (batch) => tx.insertInto('identity.organ').values(batch).execute())

export const insertNames = (tx: Tx, rows: readonly IdentityOrganName[]) =>
  inBatches(rows, (batch) => tx.insertInto('identity.organ_name').values(batch).execute())

export const insertAliases = (tx: Tx, rows: readonly IdentityOrganAlias[]) =>
  inBatches(rows, (batch) => tx.insertInto('identity.organ_alias').values(batch).execute())

export const insertSuccessions = (tx: Tx, rows: readonly IdentityOrganSuccession[]) =>
  inBatches(rows, (batch) => tx.insertInto('identity.organ_succession').values(batch).execute())

/** Ends the name in use; a name's day of ending is the first day it is no longer borne. */
export const endName = (tx: Tx, organId: string, day: string) =>
  tx
    .updateTable('identity.organ_name')
    .set({ valid_to: day })
    .where('organ_id', '=', organId)
    .where('valid_to', 'is', null)
    .execute()

export const dissolveOrgan = (tx: Tx, organId: string, day: string) =>
  tx.updateTable('identity.organ').set({ dissolved_on: day }).where('organ_id', '=', organId).execute()

/** Hands the children of one organ to another; every path below follows. */
export const moveChildren = async (
  tx: Tx,
  from: { organ_id: string; path: string },
  to: typeof from,
): Promise<void> => {
  await sql`update identity.organ set path = ${to.path}::text || substr(path, length(${from.path}::text) + 1)
            where starts_with(path, ${from.path}) and organ_id <> ${from.organ_id}`.execute(tx)
  await tx
    .updateTable('identity.organ')
    .set({ parent_id: to.organ_id })
    .where('parent_id', '=', from.organ_id)
    .execute()
}

/** Makes `organ.name` the name of the business date, for everyone who reads it there. */
export const refreshNames = async (tx: Tx, today: string): Promise<void> => {
  await sql`update identity.organ o set name = n.name, short_name = n.short_name from identity.organ_name n
            where n.organ_id = o.organ_id and n.valid_from <= ${today} and (n.valid_to is null or n.valid_to > ${today})
              and (o.name, o.short_name) is distinct from (n.name, n.short_name)`.execute(tx)
}
