import { sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'

onConstraint({
  person_username_key: { code: 'conflict', detail: '账号已被使用', field: 'username' },
  person_role_pkey: { code: 'conflict', detail: '已有这一角色', field: 'role' },
  person_organ_id_fkey: { code: 'invalid', detail: '没有这个机构', field: 'organ_id' },
})

const persons = (db: Db) =>
  db
    .selectFrom('identity.person as p')
    .innerJoin('identity.organ as o', 'o.organ_id', 'p.organ_id')
    .select(['p.person_id', 'p.username', 'p.name', 'p.organ_id', 'o.name as organ_name', 'p.state', 'p.locked_until'])
    .select(sql<boolean>`p.totp_confirmed_at is not null`.as('has_totp'))
    .select(
      sql<
        { role: string; organ_id: string }[]
      >`coalesce((select jsonb_agg(jsonb_build_object('role', r.role, 'organ_id', r.organ_id)
        order by r.role) from identity.person_role r where r.person_id = p.person_id), '[]')`.as('roles'),
    )

export type PersonRow = Awaited<ReturnType<ReturnType<typeof persons>['executeTakeFirstOrThrow']>>

export const findPerson = (db: Db, scope: Scope, personId: string) =>
  persons(db)
    .where('p.person_id', '=', personId)
    .where(within(scope, sql.ref('o.path')))
    .executeTakeFirst()

interface ListOptions {
  readonly scope: Scope
  readonly organId?: string
  readonly text?: string
  readonly after?: string
  readonly limit: number
}

export const listPersonRows = (db: Db, { scope, organId, text, after, limit }: ListOptions) =>
  persons(db)
    .where(within(scope, sql.ref('o.path')))
    .$if(organId !== undefined, (query) => query.where('p.organ_id', '=', organId!))
    .$if(Boolean(text), (query) => query.where(sql<boolean>`strpos(p.name || ' ' || p.username, ${text}) > 0`))
    .$if(after !== undefined, (query) => query.where('p.person_id', '>', String(parseCursor(after!, 1)[0])))
    .orderBy('p.person_id')
    .limit(limit + 1)
    .execute()

export const lockPerson = (tx: Tx, personId: string) =>
  tx.selectFrom('identity.person').selectAll().where('person_id', '=', personId).forUpdate().executeTakeFirst()

export type LockedPerson = NonNullable<Awaited<ReturnType<typeof lockPerson>>>

interface NewPerson {
  readonly person_id: string
  readonly username: string
  readonly name: string
  readonly organ_id: string
  readonly must_change_password: boolean
  readonly created_at: string
}

export const insertPerson = (tx: Tx, person: NewPerson) =>
  tx
    .insertInto('identity.person')
    .values({ ...person, state: 'active' })
    .execute()

interface PersonChange {
  organ_id?: string
  state?: string
  failed_count?: number
  locked_until?: string | null
  must_change_password?: boolean
  sealed_totp?: string | null
  totp_confirmed_at?: string | null
  totp_last_step?: number
}

export const updatePerson = (tx: Tx, personId: string, change: PersonChange) =>
  tx.updateTable('identity.person').set(change).where('person_id', '=', personId).execute()

/** Hashes of a person's passwords, the one in force first. */
export const listPasswords = async (db: Db, personId: string, limit: number): Promise<string[]> => {
  const rows = await db
    .selectFrom('identity.password')
    .select('hash')
    .where('person_id', '=', personId)
    .orderBy('set_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ hash }) => hash)
}

/** An account that may sign in, with the hash of its password; read without a lock. */
export const findAccount = (db: Db, username: string) =>
  db
    .selectFrom('identity.person as p')
    .select('p.person_id')
    .select(
      sql<string>`(select w.hash from identity.password w where w.person_id = p.person_id order by w.set_at desc limit 1)`.as(
        'hash',
      ),
    )
    .where('p.username', '=', username)
    .where('p.state', '=', 'active')
    .executeTakeFirst()

export const insertPassword = (tx: Tx, password: { person_id: string; set_at: string; hash: string }) =>
  tx.insertInto('identity.password').values(password).execute()

export const listRoles = (db: Db, personId: string) =>
  db
    .selectFrom('identity.person_role as r')
    .innerJoin('identity.organ as o', 'o.organ_id', 'r.organ_id')
    .select(['r.role', 'r.organ_id', 'o.path'])
    .where('r.person_id', '=', personId)
    .execute()

export const insertRole = (tx: Tx, role: { person_id: string; role: string; organ_id: string; granted_at: string }) =>
  tx.insertInto('identity.person_role').values(role).execute()

export const removeRole = (tx: Tx, role: { person_id: string; role: string; organ_id: string }) =>
  tx
    .deleteFrom('identity.person_role')
    .where('person_id', '=', role.person_id)
    .where('role', '=', role.role)
    .where('organ_id', '=', role.organ_id)
    .executeTakeFirst()

export const removeRoles = (tx: Tx, personId: string) =>
  tx.deleteFrom('identity.person_role').where('person_id', '=', personId).returning(['role', 'organ_id']).execute()
