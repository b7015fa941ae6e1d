import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { catalog, makeCall } from '@sanjiang/contract'
import { type CatalogWorld, openCatalog } from '#test/catalog-world.ts'
import { freePort } from '#test/ports.ts'
import { csvOf, rowOf, sendFile } from '#test/workbook-ground.ts'
import { sweepBatches } from './batch.jobs.ts'

const ROLES = new URL('../../../roles/', import.meta.url)

let world: CatalogWorld
const children = new Set<ChildProcess>()
before(async () => {
  world = await openCatalog()
})
after(async () => {
  for (const child of children) await kill(child)
  await world?.close()
})

const start = async (role: 'worker' | 'api'): Promise<{ child: ChildProcess; address: string }> => {
  const env = {
    DATABASE_URL: world.url,
    DATA_DIR: world.dataDir,
    PORT: String(await freePort()),
    DEMO: '1',
    LOG_LEVEL: 'silent',
  }
  const child = fork(fileURLToPath(new URL(`${role}.ts`, ROLES)), [], {
    env: { ...process.env, ...env, NODE_TEST_CONTEXT: undefined },
    execArgv: [],
  })
  children.add(child)
  const said = await new Promise<{ address?: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { address?: string }))
    child.once('exit', (code) => reject(new Error(`${role} ended with ${code}`)))
  })
  return { child, address: said.address ?? '' }
}

const kill = async (child: ChildProcess): Promise<void> => {
  children.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

/** Each write of this kind takes its time, so that it can be cut off in the middle. */
const slow = (table: string, when: string) =>
  world.sql(`create function catalog.slow_test() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.5); return new; end $$;
    create trigger slow_test before ${when} on catalog.${table} execute function catalog.slow_test()`)
const quick = () => world.sql('drop function catalog.slow_test() cascade')

const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await pause(30)
}
const detail = (id: string) => world.cataloger.call(catalog.getBatch, { params: { id } })

let id = ''
test('a worker killed in the middle of a check leaves a batch that the next one checks from its first row (T2.2)', async () => {
  const rows = Array.from({ length: 700 }, (_, n) => rowOf(`中断第${n}类登记`))
  const read = await sendFile(world, world.cataloger, { name: '目录.csv', file: csvOf(rows) })
  id = read.batch_id
  await slow('batch_entry', 'insert')
  await world.cataloger.call(catalog.checkBatch, { params: { id }, body: { mapping: read.mapping } })
  const first = await start('worker')
  await until(async () => (await detail(id)).read_count > 0)
  await kill(first.child)
  await quick()
  const cut = await detail(id)
  assert.equal(cut.state, 'checking')
  assert.ok(cut.read_count < 700, `${cut.read_count} rows`)
  await world.sql(`update catalog.batch set updated_at = now() - interval '3 minutes' where batch_id = $1`, [id])
  await sweepBatches(await world.ctx())
  const second = await start('worker')
  await until(async () => (await detail(id)).state === 'checked')
  await kill(second.child)
  const { new_count, read_count } = await detail(id)
  assert.deepEqual([new_count, read_count], [700, 700])
  const [{ count }] = (await world.sql<{ count: number }>(
    'select count(*)::int as count from catalog.batch_entry where batch_id = $1',
    [id],
  )) as [{ count: number }]
  assert.equal(count, 700)
})

test('a process killed in the middle of a commit has written nothing, and the commit is simply pressed again (T2.2)', async () => {
  const { child, address } = await start('api')
  const headers = () => ({ cookie: world.cataloger.cookie, 'x-csrf-token': world.cataloger.csrf })
  const call = makeCall({ origin: address, headers })
  await slow('batch', 'update')
  const committing = call(catalog.commitBatch, { params: { id }, body: {} }).then(
    () => 'committed',
    () => 'cut off',
  )
  await until(async () => {
    const busy = await world.sql(
      `select 1 from pg_stat_activity where query like '%pg_sleep%' or wait_event = 'PgSleep'`,
    )
    return busy.length > 0
  })
  await kill(child)
  assert.equal(await committing, 'cut off')
  await quick()
  assert.equal((await detail(id)).state, 'checked')
  const written = await world.sql(`select 1 from catalog.resource where name like '中断第%'`)
  assert.equal(written.length, 0)
  assert.equal((await world.cataloger.call(catalog.commitBatch, { params: { id }, body: {} })).written_count, 700)
})
