import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { type FastifyInstance, fastify } from 'fastify'
import type pg from 'pg'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { layDataset } from '#test/public-dataset.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { type GuardedDataset, hashKey, keepPrivate, mayRead } from './access.ts'
import { SiteFault } from './site.ts'

const KEY = 'abcdefghijklmnopqrstuvwxyz234567'
let inside: TestDatabase
let ground: PublicGround
let pool: pg.Pool
let app: FastifyInstance
let dataset: GuardedDataset

before(async () => {
  inside = await cloneDatabase()
  ground = await openPublic(inside.url)
  const dataset_id = await layDataset(ground, { slug: '363027-000901', content: { open_type: 'conditional' } })
  dataset = { dataset_id, slug: '363027-000901', open_type: 'conditional' }
  pool = openPool(ground.siteUrl, { max: 2 })
  app = fastify()
  keepPrivate(app, { pool, log: makeLog('public', 'silent') })
  app.setErrorHandler((error, _, reply) =>
    error instanceof SiteFault ? reply.code(error.status).send({ code: error.code }) : reply.code(500).send(error),
  )
  app.get('/rows', async (request, reply) => {
    await mayRead({ pool }, request, dataset)
    return reply.headers({ 'cache-control': 'public, max-age=60', etag: '"1"' }).send(Readable.from(['一二', '三']))
  })
})
after(async () => {
  await app?.close()
  await pool?.end()
  await ground?.close()
  await inside?.drop()
})

const grant = async (key: string, more: { ends?: number; requests?: number; dataset_id?: string } = {}) => {
  const access_id = randomUUID()
  await ground.sql(
    `insert into site.access (access_id, dataset_id, key_hash, ends_on, daily_requests, daily_bytes)
     values ($1, $2, $3, site.today() + $4::integer, $5, 1000000)`,
    [access_id, more.dataset_id ?? dataset.dataset_id, hashKey(key), more.ends ?? 0, more.requests ?? 100],
  )
  return access_id
}
const read = (key?: string) =>
  app.inject({ url: '/rows', headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
const codeOf = async (key?: string) => JSON.parse((await read(key)).body).code as string

test('conditional rows are answered to their key alone, kept by no cache, and what they weighed is counted (T4.2)', async () => {
  const access_id = await grant(KEY)
  assert.equal(await codeOf(), 'key_required')
  assert.equal(await codeOf('a'.repeat(32)), 'key_unknown')
  assert.equal(await codeOf(`${KEY}'--`), 'key_unknown')
  const answer = await read(KEY)
  assert.deepEqual([answer.statusCode, answer.body], [200, '一二三'])
  const { headers } = answer
  assert.deepEqual(
    [headers['cache-control'], headers['referrer-policy'], headers.etag],
    ['private, no-store', 'no-referrer', undefined],
  )
  const uses = await ground.sql<{ what: string; bytes: number }>(
    'select what, bytes::integer as bytes from intake.use where access_id = $1',
    [access_id],
  )
  assert.deepEqual(uses, [{ what: '/rows', bytes: 9 }])
})

test('a key in an address opens nothing, good or not, so that none is left in histories and logs (T4.2)', async () => {
  const [good] = [await grant('f'.repeat(32))]
  for (const query of [`key=${'f'.repeat(32)}`, 'key=x', 'key=a&key=b', 'key=']) {
    const answer = await app.inject({ url: `/rows?${query}` })
    assert.deepEqual([answer.statusCode, answer.json().code], [401, 'key_in_address'], query)
  }
  assert.deepEqual(await ground.sql('select from intake.use where access_id = $1', [good]), [])
})

test('a key of another dataset opens nothing, one that has run out or was revoked no longer, and the day’s quota is kept (T4.2)', async () => {
  await grant('b'.repeat(32), { dataset_id: randomUUID() })
  assert.equal(await codeOf('b'.repeat(32)), 'key_unknown')
  await grant('c'.repeat(32), { ends: -1 })
  assert.equal(await codeOf('c'.repeat(32)), 'access_expired')
  await ground.sql('update site.access set revoked_at = now() where key_hash = $1', [hashKey('c'.repeat(32))])
  assert.equal(await codeOf('c'.repeat(32)), 'access_expired')
  const revoked = await grant('d'.repeat(32))
  assert.equal((await read('d'.repeat(32))).statusCode, 200)
  await ground.sql('update site.access set revoked_at = now() where access_id = $1', [revoked])
  assert.equal(await codeOf('d'.repeat(32)), 'access_revoked')
  await grant('e'.repeat(32), { requests: 2 })
  const answers = await Promise.all([1, 2, 3, 4].map(() => read('e'.repeat(32))))
  assert.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [200, 200, 429, 429])
})

test('the public login may not look at uses, nor hand itself a key (T4.2)', async () => {
  await assert.rejects(pool.query('select from intake.use'), /permission denied/)
  await assert.rejects(pool.query('delete from intake.use_day'), /permission denied/)
  await assert.rejects(pool.query('update site.access set revoked_at = null'), /permission denied/)
})
