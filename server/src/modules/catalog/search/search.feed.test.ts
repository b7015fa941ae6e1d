import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog, makeCall } from '@sanjiang/contract'
import pg from 'pg'
import { inTx } from '#kernel/db.ts'
import { type OpenHouse, openHouse } from '#kernel/house.ts'
import { authenticate } from '#modules/identity/index.ts'
import { buildApi } from '#roles/api.app.ts'
import { MODULES } from '#roles/modules.ts'
import { type CatalogWorld, draftOf, openCatalog, publish } from '#test/catalog-world.ts'
import { fetchOver, ORGANS } from '#test/harness.ts'
import { foldQualities, importPublished, setAttachedMethod } from '../index.ts'
import { openSearchFeed } from './search.feed.ts'

let world: CatalogWorld
let house: OpenHouse
let close: () => Promise<void>
let asked: (query: { q: string; share_type?: string[] }) => Promise<[catalog.SearchResult, catalog.SearchResult]>

before(async () => {
  world = await openCatalog()
  const site = world.house.site
  house = await openHouse({ role: 'api', databaseUrl: world.url, site, logLevel: 'silent', modules: MODULES })
  const app = await buildApi({ house, authenticate: authenticate(house), refused: () => undefined })
  const other = makeCall({ fetch: fetchOver(app), headers: () => ({ cookie: world.consumer.cookie }) })
  asked = (query) => Promise.all([world.consumer.call(catalog.search, { query }), other(catalog.search, { query })])
  close = async () => {
    await app.close()
    await house.close()
  }
})
after(async () => {
  await close()
  await world.close()
})

const totals = async (q: string): Promise<number[]> =>
  (await asked({ q })).map(({ rows }) => rows.filter(({ name }) => name.includes(q)).length)
const nothing = (q: string) => `${q}：内容说明从略。`
const imported = async (...names: string[]): Promise<string[]> => {
  const rows = names.map((name) => ({
    key: name,
    draft: { ...draftOf(name, { summary: nothing('本条') }), provider_organ_id: ORGANS.commerce },
    published_on: '2017-03-01',
  }))
  const { published, refused } = await importPublished(await world.ctx(), rows)
  assert.deepEqual(refused, [])
  return published.map(({ resource_id }) => resource_id)
}

test('what is published is found at once by every process, and what is withdrawn is found by none (T2.2)', async () => {
  assert.deepEqual(await totals('雪豹监测'), [0, 0])
  const { resource_id } = await publish(world, draftOf('雪豹监测点位信息'))
  assert.deepEqual(await totals('雪豹监测'), [1, 1])
  await world.admin.call(catalog.withdrawResource, { params: { id: resource_id }, body: { reason: '并入林业目录' } })
  assert.deepEqual(await totals('雪豹监测'), [0, 0])
})

test('a new name of an organ, an alias, a class’s title, synonyms, a service and a narrower audience reach every process at once (T2.2)', async () => {
  const [id] = await imported('盐湖提锂产能信息')
  assert.equal((await asked({ q: '盐湖提锂' }))[1].total, 1)
  const found = async (q: string) =>
    (await asked({ q })).map(({ rows }) => rows.some(({ resource_id }) => resource_id === id))
  await world.sql(`insert into identity.organ_alias values ($1, '市管局')`, [ORGANS.commerce])
  assert.deepEqual(await found('市管局'), [true, true])
  await world.sql(`update identity.organ set name = '青海省市场监督管理局' where organ_id = $1`, [ORGANS.commerce])
  assert.deepEqual(await found('市场监督'), [true, true])
  const titles = (results: catalog.SearchResult[], facet: string) =>
    results.map(({ facets }) => facets.find((one) => one.facet === facet)!.values[0]?.title)
  assert.deepEqual(titles(await asked({ q: '盐湖提锂' }), 'provider'), ['青海省市场监督管理局', '青海省市场监督管理局'])
  await world.sql(`update catalog.class_node set title = '改了名的部门类' where code = '363'`)
  assert.deepEqual(titles(await asked({ q: '盐湖提锂' }), 'class'), ['改了名的部门类', '改了名的部门类'])
  await world.admin.call(catalog.replaceSynonyms, { body: { groups: [{ words: ['碳酸锂', '提锂'] }] } })
  assert.deepEqual(await found('碳酸锂产能'), [true, true])
  await inTx(await world.ctx(), (tx) => setAttachedMethod(tx, id!, { method: 'api', isAttached: true }))
  assert.deepEqual(titles(await asked({ q: '盐湖提锂' }), 'attached'), ['接口', '接口'])
  await world.sql('update catalog.entry set audience_path = $2 where resource_id = $1', [
    id,
    `/${ORGANS.root}/${ORGANS.commerce}/`,
  ])
  assert.deepEqual(await found('盐湖提锂'), [false, false])
})

const openWriter = async () => {
  const client = new pg.Client({ connectionString: world.url })
  await client.connect()
  const rename = (id: string, name: string) =>
    client.query('update catalog.entry set name = $2 where resource_id = $1', [id, name])
  return { client, rename }
}

test('a level judged anew reaches every process at once, and the entry is not read a second time for it (T2.2, P2)', async () => {
  const [id] = await imported('冻土观测条目')
  const levels = async () =>
    (await asked({ q: '冻土观测' })).map(({ facets }) =>
      facets.find(({ facet }) => facet === 'quality')!.values.map(({ code, count }) => [code, count]),
    )
  assert.deepEqual(await levels(), [[['none', 1]], [['none', 1]]])
  await foldQualities(await world.ctx())
  const [[[judged]]] = (await levels()) as [[[string]]]
  assert.match(judged, /^[A-D]$/)
  const feed = openSearchFeed(world.house.db)
  const { count } = await feed.fresh()
  await world.sql(`update catalog.quality set level = 'D', score = 12 where resource_id = $1`, [id])
  assert.deepEqual(await levels(), [[['D', 1]], [['D', 1]]])
  assert.equal((await feed.fresh()).count, count)
})

test('transactions that end in another order than they began are missed by nobody, and one rolled back changes nothing (T2.2)', async () => {
  const [slow, quick, given] = await imported('慢事务条目', '快事务条目', '弃事务条目')
  const [first, second, third] = await Promise.all([openWriter(), openWriter(), openWriter()])
  await totals('慢事务')
  for (const { client } of [first, second, third]) await client.query('begin')
  await first.rename(slow!, '冬虫夏草产量')
  await second.rename(quick!, '枸杞种植面积')
  await third.rename(given!, '牦牛存栏数量')
  await second.client.query('commit')
  assert.deepEqual(await totals('枸杞种植'), [1, 1])
  assert.deepEqual(await totals('冬虫夏草'), [0, 0])
  await third.client.query('rollback')
  await first.client.query('commit')
  assert.deepEqual(await totals('冬虫夏草'), [1, 1])
  assert.deepEqual(await totals('弃事务条目'), [1, 1])
  for (const { client } of [first, second, third]) await client.end()
})

test('a long transaction beside them does not make an index read the same change again and again (T2.2)', async () => {
  const [slow, quick] = await imported('久未提交条目', '早已提交条目')
  const feed = openSearchFeed(world.house.db)
  await feed.fresh()
  const { client, rename } = await openWriter()
  await client.query('begin')
  await rename(slow!, '久未提交而改名')
  await world.sql('update catalog.entry set name = $2 where resource_id = $1', [quick, '早已提交而改名'])
  const { count } = await feed.fresh()
  for (let round = 0; round < 3; round += 1) assert.equal((await feed.fresh()).count, count)
  await client.query('commit')
  const index = await feed.fresh()
  assert.equal(index.count, count + 1)
  assert.ok(index.names.includes('久未提交而改名'))
  await client.end()
})

test('searches that wait for the same reading share it, and each sees what was committed before it asked (T2.2)', async () => {
  const [id] = await imported('并发检索条目')
  const feed = openSearchFeed(world.house.db)
  const names = Array.from({ length: 8 }, (_, round) => `并发检索第${round}版`)
  for (const name of names) {
    const early = feed.fresh()
    await world.sql('update catalog.entry set name = $2 where resource_id = $1', [id, name])
    const late = await Promise.all([feed.fresh(), feed.fresh(), feed.fresh()])
    for (const index of late) assert.equal(index.names[index.numbers.get(id!)!], name)
    await early
  }
})

test('what is committed while an index is being read is in it (T2.2)', async () => {
  const ids = await imported(...Array.from({ length: 600 }, (_, at) => `读入期间条目第${at}号`))
  const feed = openSearchFeed(world.house.db)
  const loading = feed.fresh()
  for (const id of [ids[0], ids[300], ids[599]])
    await world.sql('update catalog.entry set name = $2 where resource_id = $1', [id, `读入期间改名${id}`])
  await world.sql('delete from catalog.entry where resource_id = $1', [ids[1]])
  await loading
  const index = await feed.fresh()
  for (const id of [ids[0], ids[300], ids[599]]) assert.equal(index.names[index.numbers.get(id!)!], `读入期间改名${id}`)
  assert.equal(index.numbers.has(ids[1]!), false)
})
