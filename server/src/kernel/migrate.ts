import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { PgBoss } from 'pg-boss'

const FOLDER = new URL('../../migrations/', import.meta.url)

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

export interface MigrateOptions {
  /** A database user who may create roles and schemas; never the application's. */
  readonly adminUrl: string
  readonly log?: (line: string) => void
  /** Where the migrations are; the public side and tests bring their own. */
  readonly folder?: URL
  /** Whether jobs are queued in this database; the public side has none. */
  readonly hasQueue?: boolean
}

const readMigrations = async (folder: URL): Promise<Migration[]> => {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

const LEDGER = `
create schema if not exists migration;
create table if not exists migration.applied (
  name text constraint applied_pkey primary key, checksum text not null, applied_at timestamptz not null default now())`

const assertUnchanged = (migrations: Migration[], applied: Map<string, string>): void => {
  const known = new Set(migrations.map(({ name }) => name))
  const ahead = [...applied.keys()].filter((name) => !known.has(name))
  if (ahead.length > 0) throw new Error(`数据库比程序新,程序不认识这些迁移: ${ahead.join(', ')}`)
  for (const { name, checksum } of migrations)
    if (applied.has(name) && applied.get(name) !== checksum)
      throw new Error(`迁移 ${name} 在执行之后被改动过;迁移只能新增,不能修改`)
}

// Each migration is one transaction that inserts its row first: a kill in the middle leaves nothing half done.
const apply = async (client: pg.Client, { name, sql, checksum }: Migration): Promise<void> => {
  await client.query('begin')
  try {
    await client.query('insert into migration.applied (name, checksum) values ($1, $2)', [name, checksum])
    await client.query(sql)
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback')
    throw new Error(`迁移 ${name} 失败: ${(cause as Error).message}`, { cause })
  }
}

// The job queue keeps its own schema and versions; the application may use it and owns nothing of it.
const migrateQueue = async (adminUrl: string, client: pg.Client): Promise<void> => {
  const boss = new PgBoss({ connectionString: adminUrl, max: 2, migrate: true, supervise: false, schedule: false })
  boss.on('error', () => undefined)
  await boss.start()
  await boss.stop({ graceful: false })
  for (const role of ['sanjiang_app', 'sanjiang_exchange'])
    await client.query(`
      grant usage on schema pgboss to ${role};
      grant select, insert, update, delete on all tables in schema pgboss to ${role};
      grant usage on all sequences in schema pgboss to ${role};
      grant execute on all functions in schema pgboss to ${role}`)
}

/** Brings a database to this program's version. Forward only; safe to run from several processes at once. */
export const migrate = async (options: MigrateOptions): Promise<{ applied: string[] }> => {
  const { adminUrl, log = () => undefined, folder = FOLDER, hasQueue = true } = options
  const migrations = await readMigrations(folder)
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'sanjiang-migrate' })
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('sanjiang.migrate'))`)
    await client.query(LEDGER)
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from migration.applied',
    )
    const before = new Map(rows.map((row) => [row.name, row.checksum]))
    assertUnchanged(migrations, before)
    const applied: string[] = []
    for (const migration of migrations.filter(({ name }) => !before.has(name))) {
      await apply(client, migration)
      applied.push(migration.name)
      log(migration.name)
    }
    if (hasQueue) await migrateQueue(adminUrl, client)
    return { applied }
  } finally {
    await client.end()
  }
}
