import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { makeUsage, usageKindOf } from './usage.ts'

let ground: PublicGround
let pool: pg.Pool

before(async () => {
  ground = await openPublicAlone()
  pool = new pg.Pool({ connectionString: ground.siteUrl, max: 2 })
  await ground.sql(
    `insert into site.clock (offset_days) values (date '2017-12-11' - (now() at time zone 'Asia/Shanghai')::date) on conflict do nothing`,
  )
  for (const [slug, data_on, update_cycle] of [
    ['630000-a-000001', '2017-11-30', 'monthly'],
    ['630000-b-000002', '2017-06-30', 'monthly'],
    ['630000-c-000003', '2017-06-30', 'irregular'],
  ] as const)
    await layDataset(ground, {
      slug,
      data_on,
      content: { update_cycle, organ_name: slug.includes('-a-') ? '省民政厅' : '省商务厅' },
      columns: [columnOf('name', '名称')],
      rows: [['甲'], ['乙']],
    })
})
after(async () => {
  await pool?.end()
  await ground?.close()
})

const counted = async () =>
  (
    await ground.sql<{ one: string }>(
      `select d.slug || ' ' || u.kind || ' ' || u.count as one from site.usage_day u join site.dataset d using (dataset_id) order by 1`,
    )
  ).map(({ one }) => one)

test('only what uses a dataset counts: its first page, a file, an interface of its rows (T4.2, P20)', () => {
  assert.equal(usageKindOf('/datasets/:slug'), 'view')
  assert.equal(usageKindOf('/datasets/:slug/files/:edition/:file'), 'download')
  assert.equal(usageKindOf('/datasets/:slug/latest.csv'), 'download')
  assert.equal(usageKindOf('/api/v1/datasets/:slug/rows.csv'), 'call')
  for (const route of ['/', '/search', '/datasets/:slug/fields', '/api/v1/datasets/:slug/openapi.json', ''])
    assert.equal(usageKindOf(route), undefined, route)
})

test('a batch whose acknowledgement was lost is sent again and counted once; an unknown dataset is nobody’s use (T4.2, P20)', async () => {
  let isLost = true
  const losing = new Proxy(pool, {
    get: (target, name) =>
      name === 'query'
        ? async (text: string, values: unknown[]) => {
            const answer = await target.query(text, values)
            if (!isLost) return answer
            isLost = false
            throw new Error('the connection broke after the commit')
          }
        : Reflect.get(target, name),
  })
  const usage = makeUsage(losing)
  for (let at = 0; at < 3; at++) usage.add('630000-a-000001', 'download')
  usage.add('no-such-dataset', 'view')
  await assert.rejects(usage.flush())
  usage.add('630000-a-000001', 'download')
  await usage.flush()
  await usage.flush()
  assert.deepEqual(await counted(), ['630000-a-000001 download 4'])
})

test('the public login adds counts by the one function and in no other way (T4.2, P20)', async () => {
  for (const text of [
    `insert into site.usage_day select site.today(), dataset_id, 'view', 1 from site.dataset`,
    `update site.usage_day set count = 9`,
    `delete from site.usage_day`,
    `select * from site.usage_writer`,
  ])
    await assert.rejects(pool.query(text), { code: '42501' })
})

test('crawlers, later parts of a download and what is not there are not counted (T4.2, P20)', async () => {
  const get = (url: string, headers = {}) => ground.app.inject({ method: 'GET', url, headers })
  await ground.sql('truncate site.usage_day')
  assert.equal((await get('/datasets/630000-b-000002')).statusCode, 200)
  await get('/datasets/630000-b-000002', { 'user-agent': 'Baiduspider/2.0' })
  await get('/datasets/630000-b-000002', { range: 'bytes=1000-' })
  await get('/datasets/630000-b-000002/fields')
  await get('/datasets/no-such-dataset')
  await ground.app.inject({ method: 'HEAD', url: '/datasets/630000-b-000002' })
  await ground.app.usage.flush()
  assert.deepEqual(await counted(), ['630000-b-000002 view 1'])
})

test('the figures are the same on the page, as JSON and as CSV, and lateness is counted by the day (T4.2, P20)', async () => {
  const get = (url: string) => ground.app.inject({ method: 'GET', url })
  const figures = (await get('/statistics.json')).json()
  assert.deepEqual(figures.timeliness, { on_time: 1, late: 1, uncounted: 1 })
  assert.equal(figures.as_of, '2017-12-11')
  assert.equal(figures.rows, 6)
  assert.deepEqual(figures.months.at(-1), { month: '2017-12', views: 1, downloads: 0, calls: 0 })
  assert.equal(figures.months.length, 12)
  const csv = (await get('/statistics.csv')).body
  assert.match(csv, /^measure,period,subject,value\r\n/)
  assert.match(csv, /\r\nviews,2017-12,,1\r\n/)
  assert.match(csv, /\r\norgan_datasets,2017-12-11,省商务厅,2\r\n/)
  const page = (await get('/statistics')).body
  assert.match(page, /按时更新<\/dt><dd>50\.0%/)
})

test('size and contrast are kept in a cookie of two words, and the way back leads nowhere else (T4.2)', async () => {
  const set = (query: string) => ground.app.inject({ method: 'GET', url: `/preferences?set=1&${query}` })
  const kept = await set('size=large&contrast=high&back=/datasets/630000-a-000001')
  assert.equal(kept.statusCode, 303)
  assert.equal(kept.headers.location, '/datasets/630000-a-000001')
  const [cookie] = String(kept.headers['set-cookie']).split(';')
  assert.equal(cookie, 'look=large.contrast')
  const page = await ground.app.inject({ method: 'GET', url: '/', headers: { cookie: cookie! } })
  assert.match(page.body, /<html lang="zh-CN" class="large contrast">/)
  for (const back of ['//evil.test', 'https://evil.test', '/\\evil.test', '%2F%2Fevil.test', '/x%0d%0aset-cookie:a=b'])
    assert.equal((await set(`back=${back}`)).headers.location, '/', back)
  assert.match(String((await set('size=normal')).headers['set-cookie']), /^look=; .*Max-Age=0/)
})

test('whatever is asked of pages of organs, licences and previews is answered without a fault (T4.2)', async () => {
  const asked = [
    '/organs/%00',
    '/organs/没有',
    '/licences/__proto__',
    '/datasets/630000-a-000001/preview?sort=%22;drop&from=-1',
    '/datasets/630000-a-000001/preview?as=map&measure=__proto__',
    '/datasets/630000-a-000001/preview?sort=name&order=desc&from=99999999',
    '/datasets/630000-a-000001/preview?sort=a&sort=b',
    '/preferences?size=1',
    '/developers',
    '/organs/省民政厅',
    '/licences/open',
  ]
  for (const url of asked) {
    const { statusCode } = await ground.app.inject({
      method: 'GET',
      url: encodeURI(decodeURI(url.replaceAll('%00', ''))),
    })
    assert.ok(statusCode < 500, `${url} ${statusCode}`)
  }
})
