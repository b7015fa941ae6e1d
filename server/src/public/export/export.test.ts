import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { removeEditions, sweepData } from '#modules/opendata/edition/carry.service.ts'
import { buildFiles } from '#modules/opendata/index.ts'
import { until } from '#test/platform.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { EVERY_COLUMN, everyRow } from '#test/public-rows.ts'
import { SiteFault } from '../site.ts'
import { ExportGate } from './export.gate.ts'
import { openExport } from './export.store.ts'

let ground: PublicGround
let port: number

before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, { slug: 'e-1', columns: EVERY_COLUMN, rows: everyRow() })
  await layDataset(ground, { slug: 'e-3', columns: EVERY_COLUMN, rows: [], content: { open_type: 'conditional' } })
  const site = { demo: true, dataDir: '', gatewayOrigin: '', exchangeUrl: '', publicUrl: 'http://data.test' }
  await buildFiles({ log: makeLog('test', 'silent'), site: { ...site, publishDatabaseUrl: ground.publishUrl } })
  await layDataset(ground, { slug: 'e-2', columns: [columnOf('wide', '宽')], rows: [] })
  await ground.sql(`insert into data.d_e_2_1 select i, repeat('x', 1000) || i from generate_series(1, 60000) i`)
  await ground.app.listen({ port: 0, host: '127.0.0.1' })
  port = (ground.app.server.address() as { port: number }).port
})
after(() => ground?.close())

const get = (url: string) => ground.app.inject({ method: 'GET', url })

test('an export of all rows is byte for byte the file, as CSV and as JSON lines (T4.2)', async () => {
  for (const format of ['csv', 'jsonl']) {
    const exported = await get(`/datasets/e-1/export.${format}`)
    assert.equal(exported.statusCode, 200)
    assert.equal(exported.body, (await get(`/datasets/e-1/latest.${format}`)).body)
  }
  const marked = await get('/datasets/e-1/export.csv?bom=1')
  assert.equal(marked.rawPayload.subarray(0, 3).toString('hex'), 'efbbbf')
})

test('columns and conditions choose what is exported; a value is never part of the statement (T4.2)', async () => {
  const chosen = await get('/datasets/e-1/export.csv?select=code,amount&amount__lt=1.6&sort=-amount')
  assert.equal(chosen.body, 'code,amount\nK-1,1.50\nK-0,0.50\nK;odd,-0.01\n')
  const quoted = await get(
    `/datasets/e-1/export.jsonl?select=code&text__eq=${encodeURIComponent('逗号,引号"与\'撇号')}`,
  )
  assert.equal(quoted.body, '{"code":"K-4"}\n')
  for (const hostile of ["x'); drop table data.d_e_1_1; --", '\\', "\\' or true --", '$1'])
    assert.equal((await get(`/datasets/e-1/export.jsonl?text__eq=${encodeURIComponent(hostile)}`)).body, '')
})

test('what is no column, no condition or a page is refused by name; a conditional dataset wants its key (T4.2)', async () => {
  const refused = async (url: string) => {
    const answer = await get(url)
    const { code, field } = answer.json()
    return [answer.statusCode, code, field]
  }
  assert.deepEqual(await refused('/datasets/e-1/export.csv?select=code,nothing'), [422, 'unknown_column', 'select'])
  assert.deepEqual(await refused('/datasets/e-1/export.csv?limit=5'), [422, 'not_paged', 'limit'])
  assert.deepEqual(await refused('/datasets/e-3/export.csv'), [401, 'key_required', undefined])
  assert.deepEqual(await refused('/datasets/none/export.csv'), [404, 'not_found', undefined])
  assert.equal((await ground.app.inject({ method: 'POST', url: '/datasets/e-1/export.csv' })).statusCode, 405)
  const head = await ground.app.inject({ method: 'HEAD', url: '/datasets/e-1/export.csv' })
  assert.deepEqual([head.statusCode, head.body], [200, ''])
})

const running = async (): Promise<number> =>
  (
    await ground.sql(
      `select from pg_stat_activity where query like 'copy (%' and state = 'active' and pid <> pg_backend_pid()`,
    )
  ).length

test('a reader that goes away ends its COPY; while it reads nothing, its second export is refused (T4.2)', async () => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('GET /datasets/e-2/export.csv HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  socket.pause()
  await until('the COPY waits for its reader', async () => (await running()) === 1)
  const second = await get('/datasets/e-2/export.csv')
  assert.deepEqual([second.statusCode, second.json().code, second.headers['retry-after']], [429, 'one_at_a_time', '30'])
  assert.equal((await get('/datasets/e-1/latest.csv')).statusCode, 200)
  socket.destroy()
  await until('the COPY ends', async () => (await running()) === 0)
  await until('another may run', async () => (await get('/datasets/e-1/export.csv')).statusCode === 200)
})

test('some run at a time, whoever asks; others are told when to come again (T4.2)', () => {
  const gate = new ExportGate(2)
  const leave = gate.enter('a')
  gate.enter('b')
  assert.throws(
    () => gate.enter('c'),
    (error) => error instanceof SiteFault && error.status === 503,
  )
  leave()
  leave()
  gate.enter('c')
})

test('a reader that takes nothing loses its connection, and so does one that takes too long (T4.2)', async () => {
  const pool = openPool(ground.siteUrl, { max: 1 })
  const text = 'copy (select wide from data.d_e_2_1) to stdout'
  for (const limits of [
    { totalMs: 60_000, stallMs: 100 },
    { totalMs: 200, stallMs: 60_000 },
  ]) {
    const ended = Promise.withResolvers<Error | undefined>()
    const stream = await openExport(pool, { text, before: '', limits, onEnd: ended.resolve })
    stream.on('error', () => undefined)
    assert.match(String(await ended.promise), /nothing|too long/)
    assert.equal((await pool.query('select 1 as one')).rows[0].one, 1)
  }
  await pool.end()
})

test('rows that are long in coming are no fault of their reader (T4.2)', async () => {
  const pool = openPool(ground.siteUrl, { max: 1 })
  const text = `copy (select n || repeat('x', 70000), case when n = 2 then pg_sleep(1)::text end from generate_series(1, 3) n) to stdout`
  const ended = Promise.withResolvers<Error | undefined>()
  const limits = { totalMs: 60_000, stallMs: 100 }
  const stream = await openExport(pool, { text, before: '', limits, onEnd: ended.resolve })
  let lines = 0
  for await (const piece of stream) lines += String(piece).split('\n').length - 1
  assert.deepEqual([lines, await ended.promise], [3, undefined])
  await pool.end()
})

test('of IPv6 a whole house has one export at a time (T4.2)', async () => {
  const from = (remoteAddress: string) =>
    ground.app.inject({ method: 'GET', url: '/datasets/e-1/export.csv', remoteAddress })
  const [one, other] = await Promise.all([from('2001:db8::1'), from('2001:db8::2')])
  assert.deepEqual([one.statusCode, other.statusCode].toSorted(), [200, 429])
})

test('a withdrawal does not wait for a reader at its export: from then on nobody reads the rows (T4.2)', async () => {
  const id = await layDataset(ground, { slug: 'e-4', columns: [columnOf('text', '文字')], rows: [['甲']] })
  const reader = new pg.Client({ connectionString: ground.siteUrl })
  const inside = new pg.Client({ connectionString: ground.publishUrl })
  await reader.connect()
  await inside.connect()
  try {
    await reader.query('begin')
    await reader.query('select from data.d_e_4_1')
    await inside.query('begin')
    await removeEditions(inside, { dataset_id: id, slug: 'e-4' })
    await inside.query('commit')
    assert.equal((await get('/datasets/e-4/export.csv')).statusCode, 404)
    const other = new pg.Client({ connectionString: ground.siteUrl })
    await other.connect()
    await assert.rejects(other.query('select from data.d_e_4_1'), { code: '42501' })
    await other.end()
    await reader.query('commit')
    assert.ok((await sweepData(inside)) >= 1)
    assert.deepEqual(await ground.sql(`select from pg_class where relname = 'd_e_4_1'`), [])
  } finally {
    await reader.end()
    await inside.end()
  }
})
