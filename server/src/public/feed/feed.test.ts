import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import pg from 'pg'
import { switchEdition } from '#modules/opendata/edition/carry.service.ts'
import { layFiles } from '#test/portal-files.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { codingOf } from '../compress.ts'
import { Snapshot } from '../shelf/shelf.ts'
import { sitemapOf, sitemapPart } from './sitemap.routes.ts'

let ground: PublicGround

before(async () => {
  ground = await openPublicAlone()
  const columns = [
    columnOf('code', '代码', { role: 'key', length: 12 }),
    columnOf('amount', '金额', { data_type: 'Y', role: 'measure', unit: '万元' }),
    columnOf('at', '时刻', { data_type: 'T' }),
  ]
  const id = await layDataset(ground, {
    slug: 'f-1',
    content: { title: '奇<怪>&"名称' },
    columns,
    rows: [['a', 1, '2017-01-01 08:00:00']],
  })
  await layFiles(ground, id, ['csv', 'json'])
  await layDataset(ground, { slug: 'f-9' })
  await ground.sql(
    `update site.dataset set state = 'withdrawn', withdrawn_on = '2018-01-01', withdrawn_reason = '有误', content = '{}' where slug = 'f-9'`,
  )
})
after(() => ground?.close())

const get = (url: string, headers: Record<string, string> = {}) => ground.app.inject({ method: 'GET', url, headers })

test('feeds tell what is new, what changed and what was withdrawn, of everything and of one dataset (T4.2, Atom)', async () => {
  const all = await get('/feed.atom')
  assert.match(String(all.headers['content-type']), /^application\/atom\+xml/)
  assert.match(all.body, /<title>奇&lt;怪&gt;&amp;&quot;名称<\/title>/)
  assert.match(all.body, /2018-01-01 撤回：有误/)
  assert.equal((await get('/feed.atom', { 'if-none-match': String(all.headers.etag) })).statusCode, 304)
  const one = await get('/datasets/f-1/feed.atom')
  assert.match(one.body, /<id>http:\/\/data\.test\/datasets\/f-1#edition-1<\/id>/)
  assert.match((await get('/datasets/f-9/feed.atom')).body, /已撤回/)
  assert.equal((await get('/datasets/nothing/feed.atom')).json().code, 'not_found')
})

test('what takes long to carry is dated by its end: who follows by date misses nothing (T4.2)', async () => {
  const site = new pg.Client({ connectionString: ground.publishUrl })
  await site.connect()
  try {
    await site.query('begin')
    await site.query('create table data.d_f_1_2 (like data.d_f_1_1)')
    const { rows } = await site.query(
      `select dataset_id, columns, row_count, digest from site.edition where is_current`,
    )
    const next = { edition_no: 2, table_name: 'd_f_1_2', data_on: '2018-01-01', note: '', held_values: [] }
    await switchEdition(site, { ...rows[0], ...next })
    const dates = 'd.changed_at > now() as changed, e.carried_at > now() as carried'
    const { rows: late } = await site.query(
      `select ${dates} from site.dataset d join site.edition e using (dataset_id) where e.is_current`,
    )
    assert.deepEqual(late, [{ changed: true, carried: true }])
  } finally {
    await site.end()
  }
})

test('a page of another site may ask for a feed it has already, and is asked in no other way into a form (T4.2, C)', async () => {
  const ask = (url: string, method: string) =>
    ground.app.inject({
      method: 'OPTIONS',
      url,
      headers: { origin: 'https://app.test', 'access-control-request-method': method },
    })
  for (const url of ['/feed.atom', '/dcat/catalog.ttl', '/datasets/f-1/versions.json', '/statistics.json']) {
    const { statusCode, headers } = await ask(url, 'GET')
    assert.deepEqual([statusCode, headers['access-control-allow-origin']], [204, '*'], url)
    assert.match(String(headers['access-control-allow-headers']), /If-None-Match/)
    assert.ok(!/POST/.test(String(headers['access-control-allow-methods'])))
    assert.equal((await ground.app.inject(url)).headers['access-control-allow-origin'], '*', url)
  }
  assert.notEqual((await ask('/wishes/new', 'POST')).statusCode, 204)
  assert.equal((await ground.app.inject('/wishes/new')).headers['access-control-allow-origin'], undefined)
})

test('search engines are told every page once, in lists no longer than they may be, and how slowly to come (T4.2)', async () => {
  const { body } = await get('/sitemap.xml')
  assert.match(body, /<loc>http:\/\/data\.test\/datasets\/f-1<\/loc><lastmod>/)
  assert.ok(!body.includes('f-9'))
  const snapshot = new Snapshot({ datasets: '', today: '2018-01-01' }, [])
  assert.match(sitemapOf(snapshot, 'http://x', 2), /sitemapindex[\s\S]*<loc>http:\/\/x\/sitemaps\/5\.xml<\/loc>/)
  assert.equal(sitemapPart(snapshot, 'http://x', { no: 5, perMap: 2 })?.match(/<loc>/g)?.length, 1)
  assert.equal(sitemapPart(snapshot, 'http://x', { no: 6, perMap: 2 }), undefined)
  assert.equal((await get('/sitemaps/2.xml')).statusCode, 404)
  assert.match((await get('/robots.txt')).body, /Crawl-delay: 2[\s\S]*Sitemap: http:\/\/data\.test\/sitemap\.xml/)
})

test('the files are described as a Data Package and as CSV on the Web, column by column (T4.2, Frictionless, CSVW)', async () => {
  const { resources, licenses, version } = (await get('/datasets/f-1/datapackage.json')).json()
  assert.deepEqual([version, licenses[0].name, resources.length], ['1', 'open', 2])
  const [{ path, hash, schema }] = resources
  assert.equal(path, 'http://data.test/datasets/f-1/files/1/f-1.csv')
  assert.match(hash, /^sha256:[0-9a-f]{64}$/)
  assert.deepEqual(schema.primaryKey, ['code'])
  assert.deepEqual(schema.fields[0], { name: 'code', title: '代码', type: 'string', constraints: { maxLength: 12 } })
  const csvw = (await get('/datasets/f-1/csvw.json')).json()
  assert.deepEqual(
    [csvw.url, csvw.tableSchema.columns[1].datatype, csvw.tableSchema.primaryKey],
    [path, 'decimal', ['code']],
  )
  assert.deepEqual((await get('/datasets/f-9/datapackage.json')).json().code, 'withdrawn')
})

test('pages say what they are to search engines and where else they are told; who wants statements is sent to them (T4.2, schema.org)', async () => {
  const page = (await get('/datasets/f-1')).body
  const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(page)![1]!)
  assert.deepEqual([data['@type'], data.name, data.distribution.length], ['Dataset', '奇<怪>&"名称', 2])
  assert.match(page, /<link rel="canonical" href="http:\/\/data\.test\/datasets\/f-1"/)
  assert.match(page, /type="text\/turtle" href="http:\/\/data\.test\/datasets\/f-1\.ttl"/)
  assert.match(page, /质量：[ABCD]（\d+ 分）/)
  assert.match(page, /MQA/)
  assert.match((await get('/')).body, /SearchAction/)
  const turned = await get('/datasets/f-1', { accept: 'text/turtle' })
  assert.deepEqual([turned.statusCode, turned.headers.location], [303, '/datasets/f-1.ttl'])
})

test('texts leave packed for whoever can unpack them, and who has one is still told so (T4.2)', async () => {
  const plain = await get('/datasets/f-1')
  for (const [coding, unpack] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const packed = await get('/datasets/f-1', { 'accept-encoding': coding })
    assert.deepEqual([packed.headers['content-encoding'], unpack(packed.rawPayload).toString()], [coding, plain.body])
    assert.match(String(packed.headers.vary), /Accept, Accept-Encoding/)
    assert.equal(
      (await get('/datasets/f-1', { 'if-none-match': String(packed.headers.etag), 'accept-encoding': coding }))
        .statusCode,
      304,
    )
  }
  assert.deepEqual(['gzip, deflate, br', 'br;q=0, gzip', 'identity', '*', '', 'gzip;q=0.5, br;q=0.1'].map(codingOf), [
    'br',
    'gzip',
    null,
    'br',
    null,
    'gzip',
  ])
})
