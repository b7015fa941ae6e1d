import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '#kernel/migrate.ts'
import { startPostgres } from '#kernel/postgres.ts'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** Which migrations a database has. */
const SIDES = {
  inside: { folder: new URL('../migrations/', import.meta.url), hasQueue: true },
  public: { folder: new URL('../public-migrations/', import.meta.url), hasQueue: false },
} as const
export type Side = keyof typeof SIDES

const migrationsHash = async (folder: URL): Promise<string> => {
  const hash = createHash('sha256')
  for (const name of (await readdir(folder)).sort()) hash.update(await readFile(new URL(name, folder)))
  return hash.digest('hex').slice(0, 12)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

// A lock that a killed test leaves behind is broken after 30 seconds; starting a cluster takes two.
const withLock = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  for (;;) {
    const got = await mkdir(path).then(
      () => true,
      () => false,
    )
    if (got) break
    const age = await stat(path).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    )
    if (age > 30_000) await rm(path, { recursive: true, force: true })
    await pause(50)
  }
  try {
    return await work()
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

/** Admin URL of the cluster that tests share: the test run's own, or one kept for whoever runs a single file. */
export const clusterUrl = async (): Promise<string> => {
  const given = process.env.TEST_DATABASE_URL
  if (given) return given
  const dir = join(tmpdir(), `sanjiang-test-${process.getuid?.() ?? 0}`)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const server = await withLock(join(dir, 'start.lock'), () => startPostgres({ dir, settings: ['fsync=off'] }))
  return server.url('postgres')
}

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

const withAdmin = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

// The template is named after the migrations, so changing one makes a new template and nothing has to be told.
const ensureTemplate = (admin: string, side: Side): Promise<string> =>
  withAdmin(admin, async (client) => {
    const { folder, hasQueue } = SIDES[side]
    const name = `template_${side}_${await migrationsHash(folder)}`
    await client.query(`select pg_advisory_lock(hashtext('sanjiang.template'))`)
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [name])
    if (rowCount) return name
    await client.query(`drop database if exists ${name} with (force)`)
    await client.query(`create database ${name}`)
    await migrate({ adminUrl: withDatabase(admin, name), folder, hasQueue })
    await client.query(`alter database ${name} with is_template true`)
    return name
  })

/** A fresh, migrated, empty database on this cluster: a copy of the template. */
export const cloneOn = async (admin: string, side: Side): Promise<TestDatabase> => {
  const template = await ensureTemplate(admin, side)
  const name = `${side === 'inside' ? 'test' : side}_${randomBytes(6).toString('hex')}`
  await withAdmin(admin, (client) => client.query(`create database ${name} template ${template}`))
  return {
    url: withDatabase(admin, name),
    drop: () =>
      withAdmin(admin, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  }
}

/** One for one test file, on the cluster that tests share; dropped at the end. */
export const cloneDatabase = async (): Promise<TestDatabase> => cloneOn(await clusterUrl(), 'inside')
