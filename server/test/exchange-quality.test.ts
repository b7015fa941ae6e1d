// Rules of the catalogue at a department's border, through the product: real agents, real databases, the pages' own endpoints.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange, inbox } from '@sanjiang/contract'
import type { FeedDetail } from '@sanjiang/contract/exchange'
import { makeCitizenId } from '#seeds/check-digits.ts'
import { Pair } from './exchange-pair.ts'
import { type PublishedResource, publish } from './sharing-ground.ts'

const LIMIT = { timeout: 240_000 }
const TODAY = '2017-12-11'

let pair: Pair
let people: PublishedResource
let feed: FeedDetail

const id = (n: number): string => makeCitizenId(`63010319900101${String(n).padStart(3, '0')}`)
const COMPANY = '91630100MA7520013J'

const ITEMS = [
  { name: '公民身份号码', name_en: 'citizen_no', data_element: 'GB 11643', length: 18 },
  { name: '姓名', name_en: 'name', is_required: true, length: 5 },
  { name: '性别', name_en: 'sex', data_element: 'GB/T 2261.1 性别代码', length: 1 },
  { name: '年龄', name_en: 'age', data_type: 'I' as const, length: 3, data_element: '值域 0~150' },
  { name: '人员类别', name_en: 'kind', length: 2, data_element: '代码 01、02' },
  { name: '工作单位代码', name_en: 'employer', length: 18, data_element: 'GB 32100' },
  { name: '手机号码', name_en: 'phone', length: 11 },
  { name: '更新时间', name_en: 'written_at', data_type: 'T' as const, length: 26 },
].map((item) => ({ ...item, share_type: 'unconditional' as const }))
const COLUMNS = ['sfzh', 'xm', 'xb', 'nl', 'lb', 'dw', 'sj', 'gxsj']

const put = (...values: unknown[]) =>
  pair.source.db.query('insert into czrk.ry values ($1, $2, $3, $4, $5, $6, $7, $8)', values)
const good = (n: number, more: Partial<Record<number, unknown>> = {}): unknown[] =>
  [id(n), `张${n}`, '1', 30, '01', COMPANY, `1390000${1000 + n}`, '2017-12-10 08:00:00'].map((value, at) =>
    at in more ? more[at] : value,
  )

before(async () => {
  pair = await Pair.open({
    today: TODAY,
    read: 'read czrk.ry = *',
    source:
      'create schema czrk; create table czrk.ry (sfzh varchar(30) not null, xm text, xb text, nl int, lb text, dw text, sj text, gxsj timestamp)',
  })
  people = await publish(pair.world, { items: ITEMS })
  for (let n = 1; n <= 20; n++) await put(...good(n))
})
after(() => pair?.close())

const attach = (more: object) =>
  pair.attach(people, {
    relation: 'czrk.ry',
    bindings: ITEMS.map(({ name_en }, at) => ({ item: name_en, column: COLUMNS[at]! })),
    key: ['citizen_no'],
    mode: 'cursor',
    cursor_item: 'written_at',
    reject_threshold: 50,
    unique_items: ['phone'],
    ...more,
  })

const todosOf = async (): Promise<string[]> => {
  await pair.world.drain()
  const { rows } = await pair.police.call(inbox.listTodos, { query: {} })
  return rows.filter(({ subject_id }) => subject_id === feed.feed_id).map(({ kind }) => kind)
}
const noticesOf = async (): Promise<string[]> => {
  await pair.world.drain()
  const { rows } = await pair.police.call(inbox.listNotices, { query: {} })
  return rows.filter(({ subject_id }) => subject_id === feed.feed_id).map(({ kind }) => kind)
}

test(
  'bad rows stay at home, each with its item and rule; the rest arrives, and the provider has a task (T8.1)',
  LIMIT,
  async () => {
    await put(...good(21, { 0: '630103199001010010' }))
    await put(...good(22, { 1: ' ' }))
    await put(...good(23, { 1: '买买提·艾合买提' }))
    await put(...good(24, { 2: '5' }))
    await put(...good(25, { 3: 151 }))
    await put(...good(26, { 4: '03' }))
    await put(...good(27, { 5: COMPANY.replace(/.$/, COMPANY.endsWith('0') ? '1' : '0') }))
    await put(...good(28, { 0: id(1), 6: '13911110028' }))
    await put(...good(29, { 6: '13900001001' }))
    feed = await attach({})
    await pair.subscribe(people, {
      names: ['citizen_no', 'name', 'sex', 'age', 'kind', 'employer', 'phone'],
      target: 'gongxiang.ry',
    })
    await pair.until('the snapshot', async () => (await pair.at('gongxiang.ry'))?.length === 20)
    await pair.until('the rejects', async () => (await pair.rejects(feed)).length === 9)
    const found = (await pair.rejects(feed)).map(({ item, rule }) => `${item} ${rule}`).toSorted()
    assert.deepEqual(found, [
      'age range',
      'citizen_no citizen_id',
      'citizen_no unique',
      'employer credit_code',
      'kind codes',
      'name length',
      'name required',
      'phone unique',
      'sex codes',
    ])
    assert.deepEqual(await todosOf(), ['reject_mend'])
  },
)

test(
  'mended rows are read again by key and arrive; one that is still wrong comes back as a task (T8.1)',
  LIMIT,
  async () => {
    await pair.source.db.query(`update czrk.ry set xb = '2' where sfzh = $1`, [id(24)])
    const rows = await pair.rejects(feed)
    const chosen = rows.filter(({ item }) => item === 'sex' || item === 'age').map(({ reject_id }) => reject_id)
    await pair.police.call(exchange.replayRejects, { params: { id: feed.feed_id }, body: { reject_ids: chosen } })
    await pair.until('the mended row', async () => (await pair.at('gongxiang.ry'))?.length === 21)
    await pair.until('the wrong one again', async () => {
      const open = (await pair.rejects(feed)).filter(({ state, item }) => state === 'open' && item === 'age')
      return open.length === 1
    })
    const sexes = (await pair.at('gongxiang.ry'))?.filter((row) => row.citizen_no === id(24)).map(({ sex }) => sex)
    assert.deepEqual(sexes, ['2'])
  },
)

test('the change column need not be granted to order the reading, and never leaves (T8.1)', LIMIT, async () => {
  assert.ok(!(await pair.feed(feed)).union_items.includes('written_at'))
  await put(...good(40, { 7: '2017-12-11 09:00:00' }))
  await pair.passNow(feed)
  await pair.until(
    'the increment',
    async () => (await pair.at('gongxiang.ry'))?.some((row) => row.citizen_no === id(40)) ?? false,
  )
})

test(
  'an increment that moves nothing while rows were written is an error, told to the provider, and mended by reconciliation (T8.1)',
  LIMIT,
  async () => {
    await pair.until('the reconciliation of the first load', async () => {
      const rows = await pair.world.sql<{ state: string }>('select state from exchange.reconciliation')
      return rows.length > 0 && rows.every(({ state }) => state !== 'running')
    })
    await pair.source.db.query(`update czrk.ry set xm = '改名' where sfzh = $1`, [id(2)])
    await put(...good(41, { 7: null }))
    await pair.source.db.query('select pg_stat_force_next_flush()')
    await pair.passNow(feed)
    await pair.until('the failed run', async () => (await pair.runs(feed)).some(({ state }) => state === 'failed'))
    const failed = (await pair.runs(feed)).find(({ state }) => state === 'failed')!
    assert.deepEqual([failed.kind, failed.rows, failed.trouble?.code], ['increment', 0, 'no_effect'])
    assert.match(failed.trouble?.message ?? '', /另有 2 行写入/)
    assert.equal((await pair.feed(feed)).trouble?.code, 'no_effect')
    assert.ok((await noticesOf()).includes('run_failed'))
    await pair.until('both rows by reconciliation', async () => {
      const rows = (await pair.at('gongxiang.ry')) ?? []
      return (
        rows.some(({ citizen_no, name }) => citizen_no === id(2) && name === '改名') &&
        rows.some((row) => row.citizen_no === id(41))
      )
    })
  },
)

test('at rest, an increment that moves nothing is no error (T8.1)', LIMIT, async () => {
  const count = (await pair.runs(feed)).length
  await pair.passNow(feed)
  await pair.until('another pass', async () => {
    const runs = (await pair.runs(feed)).filter(({ kind }) => kind === 'increment')
    return (await pair.runs(feed)).length > count && runs[0]?.state === 'finished'
  })
  assert.equal((await pair.runs(feed)).filter(({ state }) => state === 'failed').length, 1)
})

test(
  'a source older than its update cycle says so once, and is held where its provider wants that (T8.1)',
  LIMIT,
  async () => {
    assert.equal((await pair.feed(feed)).newest_on, '2017-12-11')
    assert.equal((await pair.feed(feed)).stale_on, null)
    await pair.world.sql(`update exchange.feed set newest_on = '2017-11-30' where feed_id = $1`, [feed.feed_id])
    await pair.tick()
    await pair.tick()
    assert.equal((await pair.feed(feed)).stale_on, TODAY)
    assert.equal((await noticesOf()).filter((kind) => kind === 'feed_outdated').length, 1)
    assert.equal((await pair.feed(feed)).state, 'active')
    await put(...good(42, { 7: '2017-12-11 10:00:00' }))
    await pair.passNow(feed)
    await pair.until('news', async () => (await pair.feed(feed)).stale_on === null)
    await pair.world.sql(`update exchange.feed set newest_on = '2017-11-30', hold_stale = true where feed_id = $1`, [
      feed.feed_id,
    ])
    await pair.tick()
    const held = await pair.feed(feed)
    assert.deepEqual([held.state, held.hold_reason, held.trouble?.code], ['held', 'stale', 'stale'])
  },
)
