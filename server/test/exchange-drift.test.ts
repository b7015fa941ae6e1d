// A department changes its table: what the product does about it, from the agent that sees it to the catalogue and the consumers.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog, exchange, inbox } from '@sanjiang/contract'
import type { Drift, FeedDetail, SubscriptionDetail } from '@sanjiang/contract/exchange'
import { Pair } from './exchange-pair.ts'
import { type PublishedResource, publish } from './sharing-ground.ts'

const LIMIT = { timeout: 240_000 }

let pair: Pair
let people: PublishedResource
let feed: FeedDetail
let withAge: SubscriptionDetail
let withName: SubscriptionDetail

before(async () => {
  pair = await Pair.open({
    read: 'read czrk.ry = *',
    source: `create schema czrk; create table czrk.ry (bh varchar(20) primary key, xm varchar(50), nl int, dz varchar(100));
      insert into czrk.ry select 'r' || n, '张' || n, n, '西宁市' || n from generate_series(1, 30) n`,
  })
  people = await publish(pair.world, {
    items: [
      { name: '编号', name_en: 'no', share_type: 'unconditional', length: 20 },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', length: 50 },
      { name: '年龄', name_en: 'age', share_type: 'unconditional', data_type: 'I', length: 3 },
      { name: '地址', name_en: 'address', share_type: 'unconditional', length: 100 },
    ],
  })
  feed = await pair.attach(people, {
    relation: 'czrk.ry',
    bindings: Object.entries({ no: 'bh', name: 'xm', age: 'nl', address: 'dz' }).map(([item, column]) => ({
      item,
      column,
    })),
    key: ['no'],
  })
  withAge = await pair.subscribe(people, { names: ['no', 'age'], target: 'gongxiang.age' })
  withName = await pair.subscribe(people, { names: ['no', 'name'], target: 'gongxiang.name' })
  await pair.until('both tables', async () => {
    const [ages, names] = [await pair.at('gongxiang.age'), await pair.at('gongxiang.name')]
    return ages?.length === 30 && names?.length === 30
  })
})
after(() => pair?.close())

const change = (text: string) => pair.source.db.query(text)
const drifts = async (): Promise<Drift[]> =>
  (await pair.police.call(exchange.listDrifts, { params: { id: feed.feed_id }, query: {} })).rows
const found = async (kind: Drift['kind'], column: string): Promise<Drift> => {
  // The agent looks by itself twice a minute, and whenever it begins a run.
  await pair.police
    .call(exchange.actOnFeed, { params: { id: feed.feed_id }, body: { act: 'snapshot', reason: '核对' } })
    .catch(() => undefined)
  await pair.until(`${kind} ${column}`, async () =>
    (await drifts()).some((one) => one.kind === kind && one.column === column && !one.decision),
  )
  return (await drifts()).find((one) => one.kind === kind && one.column === column && !one.decision)!
}
const decide = ({ drift_id }: Drift, body: object) =>
  pair.police.call(exchange.decideDrift, { params: { id: drift_id }, body: { reason: '已核实', ...body } as never })
const nameOf = async (no: string) => (await pair.at('gongxiang.name'))?.find((row) => row.no === no)?.name
const held = async () => {
  const { state, hold_reason } = await pair.feed(feed)
  return state === 'held' && hold_reason === 'drift'
}
const entry = async () => {
  const cataloger = await pair.world.signIn('police', 'cataloger')
  return cataloger.call(catalog.getResource, {
    params: { id: people.resource_id },
    query: { copy: 'working' } as never,
  })
}
const noticesOf = async (subject: string): Promise<string[]> => {
  await pair.world.drain()
  const { rows } = await pair.civil.call(inbox.listNotices, { query: {} })
  return rows.filter(({ subject_id }) => subject_id === subject).map(({ kind }) => kind)
}

test(
  'a renamed column holds its feed and names who is touched; translated, what was filled in meanwhile arrives (T8.1, C5)',
  LIMIT,
  async () => {
    await change('alter table czrk.ry rename column xm to ry_xm')
    const drift = await found('renamed', 'xm')
    await pair.until('the hold', held)
    assert.deepEqual(
      drift.affected_grants.map(({ grant_id }) => grant_id),
      [withName.grant_id],
    )
    await change(`update czrk.ry set ry_xm = '补录' where bh in ('r1', 'r2')`)
    await change(`insert into czrk.ry values ('r31', '新增', 31, '')`)
    await decide(drift, { decision: 'translate', column: 'ry_xm' })
    await pair.until(
      'what was filled in',
      async () => (await nameOf('r2')) === '补录' && (await nameOf('r31')) === '新增',
    )
    assert.equal((await pair.at('gongxiang.name'))?.length, 31)
    assert.equal((await drifts()).find(({ drift_id }) => drift_id === drift.drift_id)!.is_revised, false)
  },
)

test('an added column holds nothing; accepted, it is an item of the entry’s working copy (C5)', LIMIT, async () => {
  await change('alter table czrk.ry add column lxdh varchar(20)')
  const drift = await found('added', 'lxdh')
  assert.equal((await pair.feed(feed)).state, 'active')
  assert.equal((await decide(drift, { decision: 'approve' })).is_revised, true)
  const { state, content } = await entry()
  assert.equal(state, 'draft')
  const item = content.items.find(({ name_en }) => name_en === 'lxdh')
  assert.deepEqual([item?.data_type, item?.length], ['C', 20])
})

test(
  'held first and decided later, a column of another type goes on as text where it can be read, and the entry says so (C5)',
  LIMIT,
  async () => {
    await change(`alter table czrk.ry alter column nl type varchar(8)`)
    const drift = await found('retyped', 'nl')
    await decide(drift, { decision: 'hold' })
    assert.ok(await held())
    await change(`update czrk.ry set nl = '不详' where bh = 'r3'`)
    await change(`update czrk.ry set nl = '99' where bh = 'r4'`)
    assert.equal((await decide(drift, { decision: 'approve' })).is_revised, true)
    await pair.until(
      'the new reading',
      async () => (await pair.at('gongxiang.age'))?.find(({ no }) => no === 'r4')?.age === '99',
    )
    const rejects = (await pair.rejects(feed)).filter(({ state }) => state === 'open')
    assert.deepEqual(
      rejects.map(({ item, rule }) => [item, rule]),
      [['age', 'format']],
    )
    assert.equal((await entry()).content.items.find(({ name_en }) => name_en === 'age')?.data_type, 'C')
  },
)

test(
  'a dropped column accepted stops the transfers that need it, tells their consumers, and leaves the others as they are (T8.1, C5)',
  LIMIT,
  async () => {
    await change('alter table czrk.ry drop column nl')
    const drift = await found('dropped', 'nl')
    assert.equal((await decide(drift, { decision: 'approve' })).is_revised, true)
    const stopped = await pair.civil.call(exchange.getSubscription, { params: { id: withAge.subscription_id } })
    assert.deepEqual(
      [stopped.state, stopped.trouble?.code, stopped.trouble?.party],
      ['faulted', 'item_gone', 'provider'],
    )
    assert.ok((await noticesOf(withAge.subscription_id)).includes('grant_affected'))
    assert.ok(!(await entry()).content.items.some(({ name_en }) => name_en === 'age'))
    await change(`update czrk.ry set ry_xm = '之后' where bh = 'r5'`)
    await pair.until('the others go on', async () => (await nameOf('r5')) === '之后')
    assert.ok(((await pair.at('gongxiang.age')) ?? []).length > 0, 'what was delivered stays, and nothing is emptied')
    const resume = pair.civil.call(exchange.actOnSubscription, {
      params: { id: withAge.subscription_id },
      body: { act: 'resume', reason: '再试' },
    })
    await assert.rejects(resume, /不再提供|conflict/)
    const snapshots = (await pair.runs(feed)).filter(
      ({ kind, state }) => kind === 'snapshot' && state !== 'cancelled',
    ).length
    for (let n = 0; n < 20; n++) await pair.tick()
    assert.equal(
      (await pair.runs(feed)).filter(({ kind, state }) => kind === 'snapshot' && state !== 'cancelled').length,
      snapshots,
    )
  },
)
