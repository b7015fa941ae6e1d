// Everything real: the door and the worker as processes, two departments' databases, two agents, and nothing between them but lines.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange, sharing } from '@sanjiang/contract'
import { cloneDatabase, type TestDatabase } from './cluster.ts'
import { addRows, ExchangeGround, type Standing, TERMS } from './drill-exchange/ground.ts'
import { lookAfterExchange } from './drill-exchange/promises.ts'
import { COLUMNS, SOURCE } from './drill-exchange/view.ts'

const ROWS = 3_000
let ground: ExchangeGround
let databases: TestDatabase[]
let plain: Standing
let byHandle: Standing

const same = ({ url }: TestDatabase) => ({ direct: url, agents: url })

before(async () => {
  databases = [await cloneDatabase(), await cloneDatabase(), await cloneDatabase()]
  const [centre, source, target] = databases as [TestDatabase, TestDatabase, TestDatabase]
  const centrePort = Number(new URL(centre.url).port)
  ground = await ExchangeGround.open({ centre, centrePort, source: same(source), target: same(target), rows: ROWS })
  const agents = await ground.enrol()
  await ground.attach(agents.provider)
  plain = await ground.subscribe(agents.consumer, TERMS[0]!)
  byHandle = await ground.subscribe(agents.consumer, TERMS[1]!)
})
after(async () => {
  await ground?.close()
  for (const database of databases?.slice(1) ?? []) await database.drop()
})

const change = (text: string, values: unknown[] = []) => ground.provider.db.query(text, values)
const first = `(select gmsfhm from ${SOURCE} order by gmsfhm limit 1)`

test('attached and subscribed, a table arrives as each grant says: masked, without what is not granted, under handles where the key is not (T8.1)', async () => {
  await ground.equal()
  await ground.pin()
  const { rows } = await ground.consumer.db.query('select * from gongxiang.renkou limit 1')
  assert.deepEqual(Object.keys(rows[0]).sort(), ['citizen_id', 'name', 'sex'])
  assert.match(rows[0].name, /^扎\*/)
  const women = await ground.consumer.db.query('select * from gongxiang.nvxing')
  assert.ok(women.rows.length > 0 && women.rows.length < ROWS)
  assert.ok(women.rows.every((row) => row.sex === '2' && !('citizen_id' in row) && row.row_handle.length === 32))
  assert.ok(Object.keys(COLUMNS).includes('remark'), 'bound, granted to nobody, and nowhere at the consumer')
})

test('inserted, changed, moved out of a grant, given another key and deleted rows follow (T8.1)', async () => {
  await addRows(ground.provider.db, 20_000, 50)
  await change(`update ${SOURCE} set hjdz = '玉树', xm = '才仁' where gmsfhm = ${first}`)
  await change(
    `update ${SOURCE} set xb = '1' where gmsfhm in (select gmsfhm from ${SOURCE} where xb = '2' order by 1 limit 20)`,
  )
  await change(`update ${SOURCE} set gmsfhm = '63010319900101001X' where gmsfhm = ${first}`)
  await change(`delete from ${SOURCE} where gmsfhm in (select gmsfhm from ${SOURCE} order by gmsfhm desc limit 30)`)
  await ground.equal()
})

test('killed in the middle — either agent, then the door — nothing is lost and nothing doubled (C2)', async () => {
  await ground.provider.agent.copyState('backup')
  const killed = [() => ground.provider.agent.kill(), () => ground.consumer.agent.kill(), () => ground.doorRole.kill()]
  for (const [at, kill] of killed.entries()) {
    const writing = change(`update ${SOURCE} set xm = '卓玛' || $1::int`, [at])
    const next = addRows(ground.provider.db, 30_000 + at * 100, 100)
    kill()
    await Promise.all([writing, next])
  }
  await ground.doorRole.ready()
  await ground.equal()
})

test('an emptied and refilled source is followed (T8.1)', async () => {
  await change(`truncate ${SOURCE}`)
  await ground.equal()
  await addRows(ground.provider.db, 0, 500)
  await ground.equal()
})

test('a row changed by hand in the target is found and put right by a reconciliation (C5)', async () => {
  await ground.settled()
  const hand = await ground.consumer.db.query(
    `update gongxiang.renkou set sex = '9' where citizen_id = (select min(citizen_id) from gongxiang.renkou)`,
  )
  assert.equal(hand.rowCount, 1)
  await ground.consumer.db.query(
    'delete from gongxiang.renkou where citizen_id = (select max(citizen_id) from gongxiang.renkou)',
  )
  const params = { id: plain.subscription_id }
  // The platform's own may be under way and mend it first; then one asked for afterwards finds nothing.
  const mended = async () =>
    (await ground.civil.call(exchange.listReconciliations, { params, query: {} })).rows.find(
      ({ state }) => state === 'repaired',
    )
  await ground.until('a reconciliation that put it right', async () => {
    if (await mended()) return true
    await ground.civil.call(exchange.reconcile, { params, body: {} })
    return false
  })
  const done = (await mended())!
  assert.deepEqual([done.missing, done.changed, done.repaired], [1, 1, 2])
  await ground.equal()
})

test('a revoked grant stops its transfer and no other (C2)', async () => {
  await ground.settled()
  await ground.police.call(sharing.revokeGrant, { params: { id: byHandle.grant_id }, body: { reason: '用途已变' } })
  await addRows(ground.provider.db, 40_000, 40)
  await ground.equal([plain])
  await ground.until('the transfer stopped', async () => (await ground.subscription(byHandle)).state === 'stopped')
  const added = await ground.consumer.db.query(`select from gongxiang.nvxing where address ~ '4[0-9]{4}号'`)
  assert.equal(added.rowCount, 0)
})

test('every chunk is there once, supplied, delivered and accepted in the ledger, and the verifier is green (C3)', async () => {
  await ground.settled()
  assert.deepEqual(await lookAfterExchange((text, values) => ground.world.sql(text, values)), [])
  const { code, report } = await ground.verify()
  assert.deepEqual(
    report.findings.filter(({ severity }) => severity === 'fault'),
    [],
  )
  assert.equal(code, 0)
})

test('no process ended but by our hand (C2)', () => {
  const { provider, consumer, doorRole, worker } = ground
  assert.deepEqual([...provider.agent.faults, ...consumer.agent.faults, ...doorRole.faults, ...worker.faults], [])
})

test("a copy of an agent's state restored from a backup is refused, and the original goes on (T8.1)", async () => {
  const { code, text } = await ground.provider.agent.runCopy('backup')
  assert.equal(code, 3, text)
  ground.provider.agent.start()
  await addRows(ground.provider.db, 50_000, 10)
  await ground.equal([plain])
})
