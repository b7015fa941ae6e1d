import { sql } from 'kysely'
import type { Scope } from '#kernel/ctx.ts'
import type { Db, Tx } from '#kernel/db.ts'
import { onConstraint } from '#kernel/fault.ts'
import { parseCursor } from '#kernel/page.ts'
import { within } from '#kernel/scope.ts'

onConstraint({
  client_organ_id_name_key: { code: 'conflict', detail: '本机构已有同名应用系统', field: 'name' },
  client_key_pkey: { code: 'conflict', detail: '这把公钥已登记过；吊销过的也不能再用', field: 'public_key' },
})

interface KeyRow {
  readonly key_id: string
  readonly alg: 'ed25519'
  readonly public_key: string
  readonly status: 'active' | 'revoked'
  readonly added_at: string
  readonly revoked_at: string | null
}

// `to_jsonb` would write instants in the session's zone; the wire knows one spelling: UTC with milliseconds.
const UTC = sql.lit('YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')

const clients = (db: Db) =>
  db
    .selectFrom('identity.client as c')
    .innerJoin('identity.organ as o', 'o.organ_id', 'c.organ_id')
    .leftJoin('identity.client_secret as x', 'x.client_id', 'c.client_id')
    .select(['c.client_id', 'c.organ_id', 'o.name as organ_name', 'o.path', 'c.name', 'c.system_id', 'c.status'])
    .select(['c.allowed_addresses', 'x.rid'])
    .select(
      sql<KeyRow[]>`coalesce((select jsonb_agg(jsonb_build_object('key_id', k.key_id, 'alg', k.alg,
        'public_key', k.public_key, 'status', k.status,
        'added_at', to_char(k.added_at at time zone 'UTC', ${UTC}),
        'revoked_at', to_char(k.revoked_at at time zone 'UTC', ${UTC})) order by k.added_at, k.key_id)
        from identity.client_key k where k.client_id = c.client_id), '[]')`.as('keys'),
    )

export type ClientRow = Awaited<ReturnType<ReturnType<typeof clients>['executeTakeFirstOrThrow']>>

export const findClient = (db: Db, scope: Scope, clientId: string) =>
  clients(db)
    .where('c.client_id', '=', clientId)
    .where(within(scope, sql.ref('o.path')))
    .executeTakeFirst()

export const listClientRows = (
  db: Db,
  { scope, after, limit }: { scope: Scope; after?: string; limit: number },
): Promise<ClientRow[]> =>
  clients(db)
    .where(within(scope, sql.ref('o.path')))
    .$if(after !== undefined, (query) => query.where('c.client_id', '>', String(parseCursor(after!, 1)[0])))
    .orderBy('c.client_id')
    .limit(limit + 1)
    .execute()

/** Locks a client in reach; its keys and secret change only under this lock. */
export const lockClient = (tx: Tx, scope: Scope, clientId: string) =>
  tx
    .selectFrom('identity.client as c')
    .innerJoin('identity.organ as o', 'o.organ_id', 'c.organ_id')
    .selectAll('c')
    .where('c.client_id', '=', clientId)
    .where(within(scope, sql.ref('o.path')))
    .forUpdate('c')
    .executeTakeFirst()

export interface NewClient {
  readonly client_id: string
  readonly organ_id: string
  readonly name: string
  readonly system_id: string | null
  readonly allowed_addresses: string[]
  readonly registered_at: string
}

export const insertClient = (tx: Tx, client: NewClient) =>
  tx
    .insertInto('identity.client')
    .values({ ...client, status: 'active' })
    .execute()

export const updateClient = (
  tx: Tx,
  clientId: string,
  change: { status?: 'active' | 'suspended'; allowed_addresses?: string[] },
) => tx.updateTable('identity.client').set(change).where('client_id', '=', clientId).execute()

export const insertKey = (tx: Tx, key: { key_id: string; client_id: string; public_key: string; added_at: string }) =>
  tx
    .insertInto('identity.client_key')
    .values({ ...key, alg: 'ed25519', status: 'active', revoked_at: null })
    .execute()

export const countActiveKeys = async (tx: Tx, clientId: string): Promise<number> => {
  const { count } = await tx
    .selectFrom('identity.client_key')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('client_id', '=', clientId)
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow()
  return Number(count)
}

export const revokeKey = (tx: Tx, key: { client_id: string; key_id: string; revoked_at: string }) =>
  tx
    .updateTable('identity.client_key')
    .set({ status: 'revoked', revoked_at: key.revoked_at })
    .where('client_id', '=', key.client_id)
    .where('key_id', '=', key.key_id)
    .where('status', '=', 'active')
    .executeTakeFirst()

export const replaceSecret = (
  tx: Tx,
  secret: { client_id: string; rid: string; sealed_secret: string; issued_at: string },
) =>
  tx
    .insertInto('identity.client_secret')
    .values(secret)
    .onConflict((oc) =>
      oc.column('client_id').doUpdateSet({ sealed_secret: secret.sealed_secret, issued_at: secret.issued_at }),
    )
    .returning('rid')
    .executeTakeFirstOrThrow()
