// A table that is read whole each time: no log, no change column. And what its pages say of rows, lag and what waits.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import type { FeedDetail, SubscriptionDetail } from '@sanjiang/contract/exchange'
import { Pair } from './exchange-pair.ts'
import { publish } from './sharing-ground.ts'

const LIMIT = { timeout: 240_000 }

let pair: Pair
let feed: FeedDetail
let plain: SubscriptionDetail
let byHandle: SubscriptionDetail

before(async () => {
  pair = await Pair.open({
    read: 'read czrk.ry = *',
    source: `create schema czrk; create table czrk.ry (bh varchar(20) primary key, xm varchar(50), xb char(1));
      insert into czrk.ry select 'r' || n, '张' || n, case when n % 2 = 0 then '1' else '2' end from generate_series(1, 200) n`,
  })
  const people = await publish(pair.world, {
    items: [
      { name: '编号', name_en: 'no', share_type: 'unconditional', length: 20 },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', length: 50 },
      { name: '性别', name_en: 'sex', share_type: 'unconditional', length: 1 },
    ],
  })
  feed = await pair.attach(people, {
    relation: 'czrk.ry',
    bindings: Object.entries({ no: 'bh', name: 'xm', sex: 'xb' }).map(([item, column]) => ({ item, column })),
    key: ['no'],
    mode: 'snapshot',
    interval_seconds: 86_400,
  })
  plain = await pair.subscribe(people, { names: ['no', 'name'], target: 'gongxiang.whole' })
  const row_conditions = [{ item: 'sex', op: 'eq' as const, values: ['2'] }]
  byHandle = await pair.subscribe(people, { names: ['name'], target: 'gongxiang.half', more: { row_conditions } })
})
after(() => pair?.close())

const view = ({ subscription_id }: SubscriptionDetail) =>
  pair.civil.call(exchange.getSubscription, { params: { id: subscription_id } })
const last = async (one: SubscriptionDetail) => (await view(one)).last_reconciliation
const counts = async (): Promise<(number | undefined)[]> => [
  (await pair.at('gongxiang.whole'))?.length,
  (await pair.at('gongxiang.half'))?.length,
]
const reconcile = async (one: SubscriptionDetail) => {
  const before = (await last(one))?.reconciliation_id
  // The platform's own may be under way.
  await pair.civil.call(exchange.reconcile, { params: { id: one.subscription_id }, body: {} }).catch(() => undefined)
  await pair.until('a reconciliation', async () => {
    const now = await last(one)
    return now !== null && now.reconciliation_id !== before && now.state !== 'running'
  })
  return (await last(one))!
}

test(
  'a table read whole is loaded and proven equal after its first reading, with the key and by handles (T8.1, C5)',
  LIMIT,
  async () => {
    await pair.until('both tables', async () => JSON.stringify(await counts()) === '[200,100]')
    await pair.until('both proven', async () =>
      Boolean((await last(plain))?.proven_at && (await last(byHandle))?.proven_at),
    )
    assert.deepEqual([(await last(plain))?.state, (await last(plain))?.target_rows], ['equal', 200])
    assert.deepEqual([(await last(byHandle))?.state, (await last(byHandle))?.target_rows], ['equal', 100])
  },
)

test(
  'the next reading brings new, changed and removed rows, and the count of the target is that of the source (T8.1)',
  LIMIT,
  async () => {
    await pair.source.db.query(`delete from czrk.ry where bh in ('r1', 'r2', 'r3')`)
    await pair.source.db.query(`update czrk.ry set xm = '改名' where bh = 'r4'`)
    await pair.source.db.query(`insert into czrk.ry values ('r999', '新来', '2')`)
    await pair.passNow(feed)
    await pair.until('both tables', async () => JSON.stringify(await counts()) === '[198,99]')
    assert.equal((await pair.at('gongxiang.whole'))?.find(({ no }) => no === 'r4')?.name, '改名')
    const proven = await reconcile(plain)
    assert.deepEqual([proven.state, proven.source_rows, proven.target_rows], ['equal', 198, 198])
    // Lines accepted are not rows of the target: two readings were accepted, one table stands there.
    assert.ok((await view(plain)).rows_total > 198)
  },
)

test(
  'rows changed between two readings, or by hand at the target, are found and put right by a reconciliation (C5)',
  LIMIT,
  async () => {
    await pair.source.db.query(`update czrk.ry set xm = '其间' where bh = 'r10'`)
    await pair.target.db.query(`update gongxiang.whole set name = '手改' where no = 'r20'`)
    await pair.target.db.query(`delete from gongxiang.whole where no = 'r30'`)
    await pair.target.db.query(`insert into gongxiang.whole (no, name) values ('x', '多出')`)
    const done = await reconcile(plain)
    assert.deepEqual([done.state, done.missing, done.changed, done.surplus], ['repaired', 1, 2, 1])
    const rows = await pair.at('gongxiang.whole')
    assert.deepEqual(
      ['r10', 'r20', 'r30', 'x'].map((no) => rows?.find((row) => row.no === no)?.name),
      ['其间', '张20', '张30', undefined],
    )
  },
)

test('a reading after a repair is loaded like any other (T8.1)', LIMIT, async () => {
  await pair.source.db.query(`update czrk.ry set xm = '再改' where bh = 'r11'`)
  await pair.passNow(feed)
  await pair.until('the next reading', async () =>
    Boolean((await pair.at('gongxiang.whole'))?.some(({ no, name }) => no === 'r11' && name === '再改')),
  )
  assert.deepEqual(await counts(), [198, 99])
})

test('caught up, nothing waits anywhere on the route, and the door’s figures say so (T8.1)', LIMIT, async () => {
  await pair.until('caught up', async () => (await view(plain)).behind_chunks === 0)
  const { route, lag_seconds } = await view(plain)
  assert.equal(lag_seconds, 0)
  assert.deepEqual(
    route.filter(({ place }) => place.endsWith('agent')).map(({ state, waiting_bytes }) => [state, waiting_bytes]),
    [
      ['well', 0],
      ['well', 0],
    ],
  )
  const agent = await pair.police.call(exchange.getAgent, { params: { id: pair.source.agentId } })
  assert.equal(agent.backlog_bytes, 0)
  const figures = await (await fetch(`${pair.door.address}/metrics`)).text()
  assert.match(
    figures,
    new RegExp(`sanjiang_exchange_lag_seconds\\{subscription_id="${plain.subscription_id}".*\\} 0\\n`),
  )
})

test('while a target stands still, its lag is the age of the oldest row it lacks (T8.1)', LIMIT, async () => {
  await pair.civil.call(exchange.actOnSubscription, {
    params: { id: plain.subscription_id },
    body: { act: 'pause', reason: '维护' },
  })
  await pair.target.end('SIGTERM')
  await pair.passNow(feed)
  await pair.until('something behind', async () => (await view(plain)).behind_rows > 0)
  const first = (await view(plain)).lag_seconds ?? 0
  await new Promise((done) => setTimeout(done, 20))
  assert.ok(((await view(plain)).lag_seconds ?? 0) > first)
})
