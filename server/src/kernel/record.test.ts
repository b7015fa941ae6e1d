import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { type Ctx, makeCtx, PLATFORM } from './ctx.ts'
import { inTx } from './db.ts'
import { type OpenHouse, openHouse } from './house.ts'
import type { Task, TaskData } from './jobs.ts'
import { record } from './record.ts'

let database: TestDatabase
let house: OpenHouse
let ctx: Ctx
const delivered: TaskData[] = []
let failures = 0

const listen: Task = {
  name: 'x.listener.hear',
  on: ['x.thing.happened'],
  handle: async (_, data) => {
    if (failures > 0) {
      failures -= 1
      throw new Error('not now')
    }
    delivered.push(data)
  },
}

before(async () => {
  database = await cloneDatabase()
  const site = { demo: true, dataDir: '/nonexistent', gatewayOrigin: '', exchangeUrl: '' }
  const modules = [{ name: 'x', routes: [], tasks: [listen] }]
  house = await openHouse({ role: 'test', databaseUrl: database.url, site, logLevel: 'silent', modules })
  ctx = await makeCtx(house, PLATFORM, 'trace-1')
})
after(async () => {
  await house.close()
  await database.drop()
})

const happen = (subject_id: string) =>
  inTx(ctx, (tx) => record(tx, ctx, { type: 'x.thing.happened', subject_kind: 'x.thing', subject_id, after: { a: 1 } }))

const events = (subject: string) =>
  house.db.selectFrom('kernel.event').selectAll().where('subject_id', '=', subject).execute()

test('a fact and the work it calls for commit together (style law 12, 13)', async () => {
  const event_id = await happen('one')
  assert.equal((await events('one')).length, 1)
  assert.equal(await house.jobs.drain(house), 1)
  assert.equal(delivered.at(-1)?.event_id, event_id)
  assert.deepEqual(delivered.at(-1)?.after, { a: 1 })
})

test('when the transaction fails there is neither a fact nor work (style law 12)', async () => {
  const failing = inTx(ctx, async (tx) => {
    await record(tx, ctx, { type: 'x.thing.happened', subject_kind: 'x.thing', subject_id: 'two' })
    throw new Error('changed my mind')
  })
  await assert.rejects(failing, /changed my mind/)
  assert.equal((await events('two')).length, 0)
  assert.equal(await house.jobs.drain(house), 0)
})

test('a fact nobody listens to is kept all the same (architecture §1)', async () => {
  await inTx(ctx, (tx) => record(tx, ctx, { type: 'x.thing.ignored', subject_kind: 'x.thing', subject_id: 'three' }))
  const [fact] = await events('three')
  assert.equal(fact?.actor_name, '平台')
  assert.equal(fact?.trace, 'trace-1')
  assert.equal(await house.jobs.drain(house), 0)
})

test('work that fails is tried again alone; its neighbours are done (architecture §5)', async () => {
  delivered.length = 0
  failures = 1
  await happen('four')
  await happen('five')
  await happen('six')
  await house.jobs.work(house)
  while (delivered.length < 3) await pause(50)
  assert.deepEqual(delivered.map(({ subject_id }) => subject_id).sort(), ['five', 'four', 'six'])
})

test('a transaction inside a transaction is refused rather than silently separate (style §7.6)', async () => {
  const nested = inTx(ctx, async (_, inner) => inTx(inner, async () => 'never'))
  await assert.rejects(nested)
})
