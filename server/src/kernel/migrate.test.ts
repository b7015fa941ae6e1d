import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { migrate } from './migrate.ts'

// On a clone of the real template the platform's own migrations are there already; a folder of our own comes after them.
let database: TestDatabase
let client: pg.Client
let dir: string
let folder: URL

const write = (name: string, sql: string) => writeFile(join(dir, name), sql)
const run = () => migrate({ adminUrl: database.url, folder })

before(async () => {
  database = await cloneDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
beforeEach(async () => {
  await client.query('delete from migration.applied')
  await client.query('drop schema if exists x cascade')
  dir = await mkdtemp(join(tmpdir(), 'sanjiang-migrate-'))
  folder = pathToFileURL(`${dir}/`)
  await write('0001_x_first.sql', 'create schema x; create table x.one (a integer);')
})
after(async () => {
  await client.end()
  await database.drop()
  await rm(dir, { recursive: true, force: true })
})

const tables = async (): Promise<string[]> =>
  (await client.query(`select table_name from information_schema.tables where table_schema = 'x' order by 1`)).rows.map(
    ({ table_name }) => table_name,
  )

test('several processes that migrate at once apply each migration once (architecture §2)', async () => {
  const outcomes = await Promise.all([run(), run(), run()])
  assert.deepEqual(
    outcomes.flatMap(({ applied }) => applied),
    ['0001_x_first.sql'],
  )
})

test('a migration that was applied cannot be changed afterwards (style §7.10)', async () => {
  await run()
  await write('0001_x_first.sql', 'create schema x; create table x.two (a integer);')
  await assert.rejects(run(), /0001_x_first\.sql 在执行之后被改动过/)
})

test('a program older than its database refuses to run on it (style §7.10)', async () => {
  await write('0002_x_later.sql', 'create table x.two (a integer);')
  await run()
  await rm(join(dir, '0002_x_later.sql'))
  await assert.rejects(run(), /数据库比程序新.*0002_x_later\.sql/)
})

test('a migration that fails in the middle leaves nothing of itself (architecture §2)', async () => {
  await write('0002_x_faulty.sql', 'create table x.two (a integer); select 1 / 0;')
  await assert.rejects(run(), /0002_x_faulty\.sql/)
  assert.deepEqual(await tables(), ['one'])
})

test('kill -9 in mid-migration leaves nothing half done, and the next start finishes it (architecture §2)', async () => {
  await write('0002_x_slow.sql', 'create table x.two (a integer); select pg_sleep(20);')
  const script = `import { migrate } from '#kernel/migrate.ts'
    await migrate({ adminUrl: ${JSON.stringify(database.url)}, folder: new URL(${JSON.stringify(folder.href)}) })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../../', import.meta.url),
    stdio: 'ignore',
  })
  const sleeping = `select count(*)::integer as count from pg_stat_activity where query like '%pg_sleep(20)%' and application_name = 'sanjiang-migrate'`
  while ((await client.query(sleeping)).rows[0].count === 0) await pause(50)
  child.kill('SIGKILL')
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sanjiang-migrate'`,
  )
  assert.deepEqual(await tables(), ['one'])
  await write('0002_x_slow.sql', 'create table x.two (a integer);')
  assert.deepEqual((await run()).applied, ['0002_x_slow.sql'])
  assert.deepEqual(await tables(), ['one', 'two'])
})
