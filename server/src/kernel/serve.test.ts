import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import cookie from '@fastify/cookie'
import { endpoint } from '@sanjiang/contract'
import { type FastifyInstance, fastify } from 'fastify'
import * as t from 'typebox'
import { openWorld, type World } from '#test/harness.ts'
import type { Actor } from './ctx.ts'
import { onConstraint } from './fault.ts'
import { makeMetrics } from './metrics.ts'
import { type Mount, mountRoutes, type Refusal, serve } from './serve.ts'

const Body = t.Object(
  { count: t.Integer({ minimum: 1 }), items: t.Array(t.Object({ name: t.String() })) },
  { additionalProperties: false },
)
const Answer = t.Object({ said: t.String() })
const ask = endpoint({
  method: 'POST',
  path: '/x/ask',
  permission: 'catalog.resource.edit',
  summary: '问',
  body: Body,
  response: Answer,
})
const open = endpoint({ method: 'GET', path: '/x/open', permission: 'public', summary: '公开', response: Answer })
const remove = endpoint({ method: 'DELETE', path: '/x/remove', permission: 'public', summary: '删', response: Answer })
const burst = endpoint({ method: 'GET', path: '/x/burst', permission: 'public', summary: '出错', response: Answer })
const clash = endpoint({ method: 'GET', path: '/x/clash', permission: 'public', summary: '冲突', response: Answer })
const page = endpoint({
  method: 'GET',
  path: '/x/page/:no',
  permission: 'public',
  summary: '页',
  params: t.Object({ no: t.Integer() }),
  query: t.Object({ tags: t.Optional(t.Array(t.String())) }, { additionalProperties: false }),
  response: t.Object({ no: t.Integer(), tags: t.Array(t.String()) }),
})

const actor = (permissions: readonly 'catalog.resource.edit'[]): Actor => ({
  kind: 'person',
  person_id: '0199a0c0-0000-7000-8000-000000000001',
  name: '卓玛',
  organ: null,
  roles: [],
  scopes: new Map(permissions.map((one) => [one, 'all'])),
  session_id: null,
})

onConstraint({ x_key: { code: 'conflict', detail: '已有同名', field: 'name' } })

let world: World
let heard: Refusal[] = []
let app: FastifyInstance

const openApp = async (compiles?: Mount['compiles']): Promise<FastifyInstance> => {
  const opened = fastify({ bodyLimit: 4096 })
  await opened.register(cookie)
  mountRoutes(opened, {
    house: world.house,
    metrics: makeMetrics('test'),
    routes: [
      serve(ask, async (_, { body }) => ({ said: String(body.count), secret_note: '不应出去' })),
      serve(open, async (ctx) => ({ said: ctx.actor.name })),
      serve(remove, async () => ({ said: '删去' })),
      serve(burst, async () => {
        throw new Error('select secret from table')
      }),
      serve(clash, async () => {
        throw Object.assign(new Error('duplicate key'), { constraint: 'x_key', code: '23505' })
      }),
      serve(page, async (_, { params, query }) => ({ no: params.no, tags: query.tags ?? [] })),
    ],
    authenticate: async ({ cookies }) =>
      cookies.who
        ? { actor: actor(cookies.who === 'editor' ? ['catalog.resource.edit'] : []), csrf: 'page-token' }
        : null,
    refused: (refusal) => void heard.push(refusal),
    compiles,
  })
  return opened
}

before(async () => {
  world = await openWorld()
  app = await openApp()
})
after(async () => {
  await app.close()
  await world.close()
})

const send = (who: string | null, payload: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/x/ask',
    headers: {
      'content-type': 'application/json',
      ...(who ? { cookie: `who=${who}`, 'x-csrf-token': 'page-token' } : {}),
      ...headers,
    },
    payload,
  })

test('a stranger is refused before his garbage body is read (T16.1)', async () => {
  const answer = await send(null, '{"count":')
  assert.equal(answer.statusCode, 401)
  assert.equal(answer.json().code, 'unauthenticated')
})

test('someone without the permission is refused before the body is read, and the refusal is heard (T16.1)', async () => {
  heard = []
  const answer = await send('reader', '{"count":')
  assert.equal(answer.statusCode, 403)
  assert.deepEqual(
    heard.map(({ code, path }) => [code, path]),
    [['forbidden', '/api/v1/x/ask']],
  )
})

test('a write without the page token is refused (T16.1)', async () => {
  const answer = await send('editor', '{"count":1,"items":[]}', { 'x-csrf-token': 'another' })
  assert.deepEqual([answer.statusCode, answer.json().code], [403, 'csrf'])
})

test('every broken rule names its field, and whose fault it is (architecture §5)', async () => {
  const answer = await send('editor', '{"count":0,"items":[{"name":1}]}')
  const { code, party, fields } = answer.json()
  assert.deepEqual([answer.statusCode, code, party], [422, 'invalid', 'caller'])
  assert.equal(fields[0].field, 'count')
  const unknown = await send('editor', '{"count":1,"items":[],"sneaked":1}')
  assert.deepEqual(unknown.json().fields[0].field, 'sneaked')
  const typed = await send('editor', '{"count":"1","items":[]}')
  assert.equal(typed.statusCode, 422, 'a body is not coerced')
})

test('what the contract does not declare never leaves (style law 16)', async () => {
  const answer = await send('editor', '{"count":7,"items":[]}')
  assert.deepEqual(answer.json(), { said: '7' })
})

test('compiled at the first call, an API takes, refuses and lets out just what it does compiled at the start (style law 16)', async () => {
  const later = await openApp('at_first_call')
  const write = (payload: string) => ({
    method: 'POST' as const,
    url: '/api/v1/x/ask',
    headers: { 'content-type': 'application/json', cookie: 'who=editor', 'x-csrf-token': 'page-token' },
    payload,
  })
  const calls = [
    write('{"count":7,"items":[]}'),
    write('{"count":0,"items":[{"name":1}]}'),
    write('{"count":"1","items":[]}'),
    write('{"count":1,"items":[],"sneaked":1}'),
    write(''),
    ...['open', 'burst', 'clash', 'page/3?tags=a', 'page/3?tags=a&tags=b', 'page/three', 'page/3?nonsense=1'].map(
      (path) => ({ method: 'GET' as const, url: `/api/v1/x/${path}` }),
    ),
  ]
  const heardOf = async (one: FastifyInstance, call: (typeof calls)[number]) => {
    const { statusCode, headers, body } = await one.inject(call)
    return [statusCode, headers['content-type'], body.replace(/"trace":"[^"]*"/, '')]
  }
  for (const call of [...calls, ...calls])
    assert.deepEqual(await heardOf(later, call), await heardOf(app, call), call.url)
  await later.close()
})

test('malformed and oversized bodies are told apart (architecture §5)', async () => {
  assert.deepEqual((await send('editor', '{"count":')).json().code, 'malformed')
  const big = await send('editor', JSON.stringify({ count: 1, items: [{ name: 'x'.repeat(5000) }] }))
  assert.deepEqual([big.statusCode, big.json().code], [413, 'too_large'])
  const form = await send('editor', 'count=1', { 'content-type': 'application/x-www-form-urlencoded' })
  assert.deepEqual([form.statusCode, form.json().code], [415, 'unsupported_media_type'])
})

test('what nobody foresaw answers 500 without its text, under a trace (architecture §5)', async () => {
  const answer = await app.inject('/api/v1/x/burst')
  assert.equal(answer.statusCode, 500)
  assert.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8')
  assert.ok(!answer.body.includes('select'))
  assert.ok(answer.json().trace)
})

test('a violated constraint is told by its name, not by the database’s words (style law 11)', async () => {
  const answer = await app.inject('/api/v1/x/clash')
  assert.deepEqual([answer.statusCode, answer.json().code, answer.json().fields[0].field], [409, 'conflict', 'name'])
})

test('paths and queries arrive as their declared types; a wrong one is named (style law 15)', async () => {
  assert.deepEqual((await app.inject('/api/v1/x/page/3?tags=a&tags=b')).json(), { no: 3, tags: ['a', 'b'] })
  assert.deepEqual((await app.inject('/api/v1/x/page/3?tags=a')).json(), { no: 3, tags: ['a'] })
  assert.equal((await app.inject('/api/v1/x/page/three')).json().fields[0].field, 'no')
  assert.equal((await app.inject('/api/v1/x/page/3?nonsense=1')).statusCode, 422)
})

test('nobody becomes public by forgetting: an endpoint without a permission does not compile (style law 6)', () => {
  // @ts-expect-error permission is required
  const forgotten = () => endpoint({ method: 'GET', path: '/x', summary: '', response: Answer })
  assert.equal(typeof forgotten, 'function')
})

test('a content type without a body is no body: what needs none is done, what needs one says so (T16.1)', async () => {
  const headers = { 'content-type': 'application/json' }
  const removed = await app.inject({ method: 'DELETE', url: '/api/v1/x/remove', headers })
  assert.deepEqual([removed.statusCode, removed.json().said], [200, '删去'])
  const asked = await send('editor', '')
  assert.deepEqual([asked.statusCode, asked.json().code, asked.json().fields[0].field], [422, 'invalid', 'body'])
  const garbage = await send('editor', '{"count":')
  assert.deepEqual([garbage.json().code, garbage.json().detail], ['malformed', '请求正文不是有效的 JSON'])
  const poisoned = await send('editor', '{"__proto__":{"x":1},"count":1,"items":[]}')
  assert.equal(poisoned.statusCode, 400)
})
