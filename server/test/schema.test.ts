import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { cloneDatabase } from './cluster.ts'

const database = await cloneDatabase()
const client = new pg.Client({ connectionString: database.url })
await client.connect()
after(async () => {
  await client.end()
  await database.drop()
})

const names = async (sql: string, values: unknown[] = []): Promise<string[]> =>
  (await client.query<{ name: string }>(sql, values)).rows.map(({ name }) => name)

/** Large append-only tables and the column Citus would distribute them by (architecture §2). */
const DISTRIBUTED: Record<string, string> = {
  'ledger.entry': 'log_id',
  'ledger.subject': 'subject',
  'exchange.chunk': 'feed_id',
  'exchange.chunk_body': 'feed_id',
  'exchange.delivery': 'subscription_id',
  'exchange.row_leaves': 'subscription_id',
}

test('large append-only tables are ready for distribution: the column is in every unique key, nothing points from them (architecture §2)', async () => {
  for (const [table, column] of Object.entries(DISTRIBUTED)) {
    const without = await names(
      `select i.indexrelid::regclass::text as name from pg_index i where i.indrelid = $1::regclass and i.indisunique
         and not exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attname = $2 and a.attnum = any(i.indkey))`,
      [table, column],
    )
    assert.deepEqual(without, [], `${table} has unique keys without ${column}`)
    const foreign = await names(
      `select conname as name from pg_constraint where conrelid = $1::regclass and contype = 'f'`,
      [table],
    )
    assert.deepEqual(foreign, [])
    const triggers = await names(
      'select tgname as name from pg_trigger where tgrelid = $1::regclass and not tgisinternal',
      [table],
    )
    assert.deepEqual(triggers, [])
    const kinds = await names('select relkind::text as name from pg_class where oid = $1::regclass', [table])
    assert.deepEqual(kinds, ['p'], `${table} is partitioned`)
  }
})

const OWN = `n.nspname not in ('pg_catalog', 'information_schema', 'pgboss', 'migration', 'public', 'pg_toast')`

test('every table and column says in Chinese what it is (style §7.10)', async () => {
  const silent = await names(
    `select n.nspname || '.' || c.relname || coalesce('.' || a.attname, '') as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition and ${OWN}
       and (obj_description(c.oid) is null or (a.attname is not null and coalesce(col_description(c.oid, a.attnum), '') !~ '[一-龥]'))`,
  )
  assert.deepEqual(silent, [])
})

test('constraints are named by us, so that a violation can be told in words (style §7.5)', async () => {
  // PostgreSQL's own names carry the whole table and column: entry_log_id_fkey1, request_check2 …
  const unnamed = await names(
    `select conname as name from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where ${OWN} and k.contype in ('c', 'u', 'f') and not c.relispartition and k.conname ~ '_check\\d*$|_key\\d+$|_fkey\\d+$' and k.conname ~ '\\d$'`,
  )
  assert.deepEqual(unnamed, [])
})

/** What the application may only add to. */
const APPEND_ONLY = [
  'kernel.event',
  'ledger.entry',
  'ledger.subject',
  'catalog.resource_version',
  'sharing.grant',
  'sharing.grant_client',
  'sharing.grant_revocation',
  'sharing.decision',
  'sharing.message',
  'sharing.mark',
  'exchange.row_leaves',
]

test('append-only tables grant the application insert and select, nothing more (architecture §5, C3)', async () => {
  for (const table of APPEND_ONLY)
    for (const role of ['sanjiang_app', 'sanjiang_gateway', 'sanjiang_exchange'])
      for (const right of ['update', 'delete', 'truncate']) {
        const { rows } = await client.query('select has_table_privilege($1, $2, $3) as has', [role, table, right])
        assert.equal(rows[0].has, false, `${role} may ${right} ${table}`)
      }
})

test('the agents’ door can change what agents do and seal what moved, and nothing of accounts, catalogue or grants (T16.3)', async () => {
  const writable = await names(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v') and ${OWN} and n.nspname not in ('exchange', 'ledger')
       and (has_table_privilege('sanjiang_exchange', c.oid, 'insert, update, delete, truncate')
         or has_any_column_privilege('sanjiang_exchange', c.oid, 'insert, update'))`,
  )
  assert.deepEqual(writable, ['kernel.event'])
  const rebound = await names(
    `select a.attname as name from pg_attribute a where a.attrelid = 'exchange.subscription'::regclass and a.attnum > 0
       and a.attname in ('grant_id', 'feed_id', 'agent_id', 'target', 'webhook_url')
       and has_column_privilege('sanjiang_exchange', a.attrelid, a.attnum, 'update')`,
  )
  assert.deepEqual(rebound, [])
})

test('the application owns nothing: a stolen connection cannot drop or alter (T16.3)', async () => {
  const owned = await names(
    `select c.relname as name from pg_class c where pg_get_userbyid(c.relowner) in ('sanjiang_app', 'sanjiang_gateway', 'sanjiang_exchange')`,
  )
  assert.deepEqual(owned, [])
})

test('a column that holds one of a few words says so in the database too (style §7.10)', async () => {
  const free = await names(
    `select n.nspname || '.' || c.relname || '.' || a.attname as name
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and ${OWN} and a.attnum > 0 and a.attname in ('state', 'status')
       and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey))`,
  )
  assert.deepEqual(free, [])
})
