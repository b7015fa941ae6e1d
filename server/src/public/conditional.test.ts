// Who has an answer already, or a part of it: one table of requests over pages, interfaces and files.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeLog } from '#kernel/log.ts'
import { buildFiles } from '#modules/opendata/index.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { Sightings } from './sightings.ts'

let ground: PublicGround
before(async () => {
  ground = await openPublicAlone()
  const columns = [
    columnOf('code', '编码', { role: 'key' }),
    columnOf('lon', '经度', { data_type: 'N', role: 'lon' }),
    columnOf('lat', '纬度', { data_type: 'N', role: 'lat' }),
  ]
  const rows = Array.from({ length: 200 }, (_, n) => [`K-${n}`, 101 + n / 1000, 36.5])
  await layDataset(ground, { slug: 'c-1', columns, rows })
  const site = { demo: true, dataDir: '', gatewayOrigin: '', exchangeUrl: '', publicUrl: 'http://data.test' }
  await buildFiles({ log: makeLog('test', 'silent'), site: { ...site, publishDatabaseUrl: ground.publishUrl } })
})
after(() => ground?.close())

type Headers = Record<string, string>
const ask = (url: string, headers: Headers = {}, method: 'GET' | 'HEAD' | 'POST' = 'GET') =>
  ground.app.inject({ method, url, headers })

const PAGES = ['/', '/datasets/c-1', '/search?q=c-1']
const FILES = ['/datasets/c-1/latest.csv', '/datasets/c-1/files/1/c-1.csv', '/datasets/c-1/latest.parquet']
const DATED = [
  ...['/datasets/c-1.ttl', '/dcat/catalog.jsonld', '/sitemap.xml', '/feed.atom'],
  ...['/datasets/c-1/datapackage.json', '/api/3/action/package_show?id=c-1'],
]
const TAGGED = ['/api/v1/datasets/c-1/rows', '/ogc/collections/c-1/items']
const ALL = [...PAGES, ...FILES, ...DATED, ...TAGGED]
const PAST = 'Sun, 01 Jan 2017 00:00:00 GMT'
const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT'

test('whoever has an answer is told so by tag, weakly compared, before any date; dates count where one was told (T4.2, RFC 9110)', async () => {
  for (const url of ALL) {
    const first = await ask(url)
    assert.equal(first.statusCode, 200, url)
    const tag = String(first.headers.etag).replace(/^W\//, '')
    assert.match(tag, /^"[^"]+"$/, url)
    const told = String(first.headers['last-modified'] ?? '')
    assert.equal(told !== '', !TAGGED.includes(url), `${url} ${told}`)
    const dated = told === '' ? 200 : 304
    const table: readonly (readonly [Headers, number])[] = [
      [{ 'if-none-match': tag }, 304],
      [{ 'if-none-match': `W/${tag}` }, 304],
      [{ 'if-none-match': `"x" , W/"y",${tag}` }, 304],
      [{ 'if-none-match': '*' }, 304],
      [{ 'if-none-match': '"x"' }, 200],
      [{ 'if-none-match': '"x"', 'if-modified-since': FUTURE }, 200],
      [{ 'if-none-match': tag, 'if-modified-since': PAST }, 304],
      [{ 'if-modified-since': told || FUTURE }, dated],
      [{ 'if-modified-since': FUTURE }, dated],
      [{ 'if-modified-since': PAST }, 200],
      [{ 'if-modified-since': '2100-01-01' }, 200],
      [{ 'if-modified-since': 'tomorrow' }, 200],
    ]
    for (const [turn, [headers, status]] of table.entries()) {
      const method = turn % 2 ? 'HEAD' : 'GET'
      const answer = await ask(url, headers, method)
      assert.equal(answer.statusCode, status, `${method} ${url} ${JSON.stringify(headers)}`)
      if (status !== 304) continue
      assert.equal(answer.body, '')
      assert.equal(String(answer.headers.etag).replace(/^W\//, ''), tag, url)
      for (const name of ['cache-control', 'vary', 'content-location'])
        assert.equal(answer.headers[name], first.headers[name], `${url} ${name}`)
    }
  }
})

test('HEAD says what GET would, packed and not (T4.2, RFC 9110 9.3.2)', async () => {
  const names = ['etag', 'last-modified', 'content-type', 'content-length', 'content-encoding', 'vary', 'cache-control']
  for (const url of ALL)
    for (const coding of ['gzip', 'identity']) {
      const [head, get] = [
        await ask(url, { 'accept-encoding': coding }, 'HEAD'),
        await ask(url, { 'accept-encoding': coding }),
      ]
      assert.equal(head.statusCode, get.statusCode, url)
      assert.equal(head.body, '', url)
      for (const name of names) assert.equal(head.headers[name], get.headers[name], `${url} ${coding} ${name}`)
    }
})

test('only reading is answered with what one has; a refusal carries no tag and is kept by nobody (T4.2, RFC 9110 13.1.2)', async () => {
  for (const url of ['/api/v1/datasets/c-1/rows', '/api/3/action/package_search']) {
    const answer = await ground.app.inject({ method: 'POST', url, headers: { 'if-none-match': '*' }, payload: {} })
    assert.equal(answer.statusCode, 200, url)
  }
  const refused = await ask('/api/v1/datasets/c-1/rows?select=nothing')
  assert.deepEqual(
    [refused.statusCode, refused.headers.etag, refused.headers['cache-control']],
    [422, undefined, 'no-store'],
  )
})

test('a range goes with the file it was begun of, by tag or by date; pages and answers have none (T4.2, RFC 9110 13.1.5, 14)', async () => {
  for (const url of FILES) {
    const { headers } = await ask(url)
    const [tag, told] = [String(headers.etag), String(headers['last-modified'])]
    const range = 'bytes=0-9'
    const table: readonly (readonly [Headers, number])[] = [
      [{ range }, 206],
      [{ range, 'if-range': tag }, 206],
      [{ range, 'if-range': `W/${tag}` }, 200],
      [{ range, 'if-range': '"x"' }, 200],
      [{ range, 'if-range': told }, 206],
      [{ range, 'if-range': FUTURE }, 200],
      [{ range, 'if-range': PAST }, 200],
      [{ 'if-range': '"x"' }, 200],
      [{ range, 'if-none-match': tag }, 304],
      [{ range, 'if-match': tag }, 206],
      [{ 'if-match': '*' }, 200],
      [{ 'if-match': `"x", ${tag}` }, 200],
      [{ 'if-match': `W/${tag}` }, 412],
      [{ 'if-match': '"x"' }, 412],
      [{ range, 'if-unmodified-since': told }, 206],
      [{ 'if-unmodified-since': PAST }, 412],
      [{ 'if-match': tag, 'if-unmodified-since': PAST }, 200],
      [{ 'if-unmodified-since': 'x' }, 200],
      [{ range: 'bytes=99999999-' }, 416],
      [{ range: 'lines=1-2' }, 200],
    ]
    for (const [asked, status] of table) {
      const answer = await ask(url, asked)
      assert.equal(answer.statusCode, status, `${url} ${JSON.stringify(asked)}`)
      assert.equal(answer.rawPayload.length === 10, status === 206, url)
      if (status > 400) assert.equal(answer.headers['repr-digest'], undefined, url)
    }
    assert.equal((await ask(url, { range }, 'HEAD')).statusCode, 200, url)
  }
  for (const url of [...PAGES, ...DATED, ...TAGGED])
    assert.equal((await ask(url, { range: 'bytes=0-9' })).statusCode, 200, url)
})

test('a page is dated from when it was first seen as it is; two changes in a second have no date until it is over (T4.2)', () => {
  const seen = new Sightings(2)
  const at = (page: string, tag: string, now: number) => seen.since(page, tag, now)?.slice(-12, -4)
  assert.deepEqual(
    [at('a', '1', 61_200), at('a', '1', 99_000), at('a', '2', 99_100), at('a', '3', 99_800), at('a', '3', 100_000)],
    ['00:01:01', '00:01:01', '00:01:39', undefined, '00:01:40'],
  )
  assert.deepEqual(
    [at('b', '1', 101_000), at('c', '1', 102_000), at('a', '3', 103_000)],
    ['00:01:41', '00:01:42', '00:01:43'],
  )
})
