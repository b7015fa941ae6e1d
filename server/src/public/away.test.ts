import assert from 'node:assert/strict'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { loadRenderer } from '#roles/public.ts'
import { buildSite } from './site.app.ts'

const all = new AsyncDisposableStack()
after(() => all.disposeAsync())

const siteAt = async (port: number) => {
  const url = `postgres://site:none@127.0.0.1:${port}/site`
  const pool = all.adopt(openPool(url, { name: 'away', max: 1, statementMs: 300 }), (one) => one.end())
  const site = buildSite({
    pool,
    renderer: await loadRenderer(),
    log: makeLog('public', 'silent'),
    demo: false,
    origin: 'http://data.test',
    trustProxy: [],
  })
  all.defer(() => site.close())
  return site
}

// Nobody listens there.
const app = await siteAt(1)

test('while its database is away every page says so in words, when to come again and what can be done meanwhile (T4.2)', async () => {
  for (const url of ['/', '/search?q=学校', '/datasets/x', '/datasets/x/questions', '/wishes', '/statistics']) {
    const page = await app.inject({ url, headers: { accept: 'text/html' } })
    assert.deepEqual([page.statusCode, page.headers['retry-after']], [503, '30'], url)
    assert.match(page.body, /<h1>暂时查不了数据<\/h1>.*请等 <strong>30 秒<\/strong>.*href="\/accessibility"/s)
    assert.equal(page.headers['cache-control'], 'no-store')
  }
})

test('interfaces say the same as data, and what needs no database goes on (T4.2)', async () => {
  const rows = await app.inject('/api/v1/datasets/x/rows')
  assert.deepEqual([rows.statusCode, rows.json().code, rows.headers['retry-after']], [503, 'unavailable', '30'])
  for (const url of ['/accessibility', '/privacy', '/legal', '/preferences', '/healthz'])
    assert.equal((await app.inject(url)).statusCode, 200, url)
})

test('a database that takes a connection and says nothing, or has none left, keeps nobody waiting for ever (T4.2)', async () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => void sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  all.defer(() => {
    silent.close()
    for (const socket of sockets) socket.destroy()
  })
  const site = await siteAt((silent.address() as AddressInfo).port)
  const answers = await Promise.all(
    ['/organs', '/api/v1/datasets/x/rows', '/statistics'].map((url) => site.inject(url)),
  )
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [503, 503, 503],
  )
})
