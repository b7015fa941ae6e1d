import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { gateway as contract } from '@sanjiang/contract'
import type { ServiceDraft } from '@sanjiang/contract/gateway'
import { GatewayClient } from '#test/gateway-client.ts'
import { GatewayGround, PERSON, saying, type TestResource } from '#test/gateway-ground.ts'
import { openWorld } from '#test/harness.ts'
import { freePort } from '#test/ports.ts'
import { countNewCalls } from './index.ts'

const port = await freePort()
const world = await openWorld({ gatewayOrigin: `http://127.0.0.1:${port}` })
const ground = await GatewayGround.open(world.url)
after(async () => {
  await ground.close()
  await world.close()
})

const provider = await world.signIn('police', 'provider')
const stranger = await world.signIn('commerce', 'provider')
const cataloger = await world.signIn('police', 'cataloger')
const consumer = await world.signIn('civil_affairs', 'consumer')

const draftFor = (resource: TestResource, more: Partial<ServiceDraft> = {}): ServiceDraft => ({
  resource_id: resource.resource_id,
  body_kind: 'json',
  method: 'GET',
  url: 'http://10.1.2.3:8000/people/{id}',
  parameters: [{ name: 'id', in: 'path', item: 'citizen_id', required: true, subject: 'citizen_id' }],
  rows_pointer: '/data',
  fields: resource.items.map(({ name_en }) => ({ item: name_en, pointer: `/${name_en}` })),
  ...more,
})

test('a provider attaches a service to its own published resource; nobody else can (T8.1)', async () => {
  const resource = await ground.resource()
  const body = draftFor(resource)
  assert.equal((await cataloger.refused(contract.attachService, { body })).code, 'forbidden')
  assert.equal((await stranger.refused(contract.attachService, { body })).code, 'not_found')
  const service = await provider.call(contract.attachService, { body })
  assert.match(service.sid, /^s_[0-9A-Z]+_\d{4}$/)
  assert.deepEqual([service.version, service.state, service.can], [1, 'attached', ['change', 'detach']])
  assert.equal((await provider.refused(contract.attachService, { body })).code, 'conflict')
  const listed = await provider.call(contract.listServices, { query: { resource_id: resource.resource_id } })
  assert.deepEqual(listed.rows, [service])
  assert.deepEqual((await stranger.call(contract.listServices, { query: {} })).rows, [])
})

test('consumers see how to call a service, never where it is (T8.1)', async () => {
  const resource = await ground.resource()
  const input = { params: { id: resource.resource_id } }
  assert.equal(await consumer.call(contract.getServiceFace, input), null)
  await provider.call(contract.attachService, { body: draftFor(resource) })
  const face = await consumer.call(contract.getServiceFace, input)
  assert.equal(face!.address, `/gateway/v1/${resource.code.replace('/', '-')}`)
  assert.deepEqual(face!.parameters, [{ name: 'id', in: 'path', required: true, item: 'citizen_id' }])
  assert.ok(!JSON.stringify(face).includes('10.1.2.3'))
})

test('a mapping that does not fit the resource is refused field by field (T8.1)', async () => {
  const resource = await ground.resource()
  const faults = async (more: Partial<ServiceDraft>) => {
    const { code, fields } = await provider.refused(contract.attachService, { body: draftFor(resource, more) })
    assert.equal(code, 'invalid')
    return fields!.map(({ field, rule }) => `${field} ${rule}`)
  }
  const id = draftFor(resource).parameters[0]!
  assert.deepEqual(await faults({ fields: [{ item: 'unheard', pointer: '/x' }] }), ['fields.0.item unknown_item'])
  assert.deepEqual(await faults({ fields: [] }), ['fields empty'])
  assert.deepEqual(await faults({ parameters: [] }), ['url path_parameter'])
  assert.deepEqual(await faults({ parameters: [id, { ...id, in: 'query' }] }), ['parameters.1.name duplicate'])
  assert.deepEqual(await faults({ parameters: [{ ...id, required: false }] }), ['parameters.0.required path_required'])
  assert.deepEqual(await faults({ parameters: [id, { name: 'x', in: 'body', required: false }] }), [
    'parameters.1.in body_of_get',
  ])
  assert.deepEqual(await faults({ body_kind: 'passthrough' }), ['fields passthrough'])
  assert.deepEqual(await faults({ url: 'http://{id}:80/' }), ['url host'])
  assert.deepEqual(await faults({ url: 'http://user:word@10.1.2.3/{id}' }), ['url credentials'])
})

test('the catalogue says how a resource can be had, from the attachment on and until it is undone (T8.1)', async () => {
  const resource = await ground.resource()
  const methods = async () => {
    const sql = 'select attached_methods from catalog.entry where resource_id = $1'
    return (await world.sql<{ attached_methods: string[] }>(sql, [resource.resource_id]))[0]?.attached_methods
  }
  const { service_id } = await provider.call(contract.attachService, { body: draftFor(resource) })
  assert.deepEqual(await methods(), ['api'])
  const input = { params: { id: service_id }, body: { reason: '系统下线' } }
  assert.deepEqual((await stranger.refused(contract.detachService, input)).code, 'not_found')
  await provider.call(contract.detachService, input)
  assert.deepEqual(await methods(), [])
})

test('a change is a new version that the gateway follows; after detaching the resource cannot be called (T8.1)', async () => {
  const [old, fresh] = [await ground.provider(saying({ data: [PERSON] })), await ground.provider(saying({ data: [] }))]
  const resource = await ground.resource()
  const draft = draftFor(resource, { url: `${old.origin}/people/{id}` })
  const { service_id } = await provider.call(contract.attachService, { body: draft })
  const client = await ground.client()
  await ground.grant({ resource, client })
  const gateway = await ground.gateway()
  const caller = new GatewayClient(gateway.address, client)
  await caller.signIn()
  const count = async () => (await caller.call({ resource, query: '?id=1' })).answer?.count
  assert.equal(await count(), 1)
  const params = { id: service_id }
  const body = { ...draft, url: `${fresh.origin}/people/{id}` }
  assert.equal((await stranger.refused(contract.changeService, { params, body })).code, 'not_found')
  assert.equal((await provider.call(contract.changeService, { params, body })).version, 2)
  while ((await count()) !== 0);
  const other = await ground.resource()
  const moved = { ...body, resource_id: other.resource_id }
  assert.equal((await provider.refused(contract.changeService, { params, body: moved })).code, 'invalid')
  const reason = '系统下线'
  assert.equal((await stranger.refused(contract.detachService, { params, body: { reason } })).code, 'not_found')
  assert.equal((await provider.call(contract.detachService, { params, body: { reason } })).state, 'detached')
  assert.equal((await caller.call({ resource, query: '?id=1' })).problem!.code, 'not_found')
  assert.equal((await provider.refused(contract.detachService, { params, body: { reason } })).code, 'wrong_state')
})

test('calls are counted from the ledger, each once however often the counting runs (T8.1, C2)', async () => {
  const upstream = await ground.provider(saying({ data: [PERSON] }))
  const resource = await ground.resource()
  await provider.call(contract.attachService, { body: draftFor(resource, { url: `${upstream.origin}/people/{id}` }) })
  const client = await ground.client()
  await ground.grant({ resource, client, quota: { count: 3, period: 'total' } })
  const gateway = await ground.gateway()
  const caller = new GatewayClient(gateway.address, client)
  await caller.signIn()
  for (let n = 0; n < 5; n += 1) {
    await caller.call({ resource, query: '?id=1' })
    await Promise.all([countNewCalls(await world.ctx()), countNewCalls(await world.ctx())])
  }
  const face = await consumer.call(contract.getServiceFace, { params: { id: resource.resource_id } })
  assert.deepEqual(face!.last_30_days, { answered: 3, refused: 2, failed: 0 })
})

const DOCUMENT = {
  openapi: '3.0.3',
  servers: [{ url: 'http://10.1.2.3:8000/api' }],
  paths: {
    '/people/{citizenId}': {
      parameters: [{ name: 'citizenId', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        summary: '按身份号码查询',
        parameters: [{ name: 'token', in: 'header' }],
        responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Answer' } } } } },
      },
      delete: {},
    },
    '/people': { post: { summary: '批量' } },
  },
  components: {
    schemas: {
      Answer: {
        type: 'object',
        properties: { code: {}, data: { type: 'array', items: { $ref: '#/components/schemas/Person' } } },
      },
      Person: {
        type: 'object',
        properties: {
          xm: { type: 'string', title: '姓名' },
          citizenId: { type: 'string' },
          home: { type: 'object', properties: { address: { type: 'string' } } },
          self: { $ref: '#/components/schemas/Person' },
        },
      },
    },
  },
}

test('an OpenAPI document becomes a mapping draft: rows found, fields matched by name or title, loops ended (T8.1)', async () => {
  const resource = await ground.resource()
  const { resource_id } = resource
  const body = { resource_id, document: DOCUMENT, path: '/people/{citizenId}' }
  assert.equal((await stranger.refused(contract.importOpenApi, { body })).code, 'not_found')
  const { operations, draft, unmatched_items } = await provider.call(contract.importOpenApi, { body })
  assert.deepEqual(
    operations.map(({ method, path }) => `${method} ${path}`),
    ['GET /people/{citizenId}', 'POST /people'],
  )
  assert.deepEqual(draft, {
    resource_id,
    body_kind: 'json',
    method: 'GET',
    url: 'http://10.1.2.3:8000/api/people/{citizenId}',
    parameters: [{ name: 'citizenId', in: 'path', required: true, item: 'citizen_id' }],
    rows_pointer: '/data',
    fields: [
      { item: 'name', pointer: '/xm' },
      { item: 'citizen_id', pointer: '/citizenId' },
      { item: 'address', pointer: '/home/address' },
    ],
  })
  assert.deepEqual(unmatched_items, ['division', 'phone'])
  const empty = { resource_id, document: { paths: {} } }
  assert.equal((await provider.refused(contract.importOpenApi, { body: empty })).code, 'invalid')
})

test('the try-it console carries a signed request to our own gateway and nowhere else (T8.1)', async () => {
  const upstream = await ground.provider(saying({ data: [PERSON] }))
  const resource = await ground.resource()
  await provider.call(contract.attachService, { body: draftFor(resource, { url: `${upstream.origin}/people/{id}` }) })
  const client = await ground.client()
  await ground.grant({ resource, client, items: ['name'], mask: { name: 'name' } })
  const gateway = await ground.gateway({ port })
  const caller = new GatewayClient(gateway.address, client)
  await caller.signIn()
  const { url, method, headers } = caller.sign({ resource, query: '?id=1' })
  const path = url.slice(gateway.address.length)
  const body = { method, path, headers: { ...headers, authorization: 'Bearer x' } }
  assert.equal((await provider.refused(contract.tryCall, { body })).code, 'forbidden')
  const tried = await consumer.call(contract.tryCall, { body })
  assert.deepEqual([tried.status, JSON.parse(tried.body).rows], [200, [{ name: '扎**玛' }]])
  assert.ok(tried.headers['sanjiang-receipt'])
  const elsewhere = ['/api/v1/x', '//evil.example/gateway/v1/', 'http://evil.example/', '@evil.example/gateway/v1/']
  const climbing = ['/gateway/v1/../../metrics', '/gateway/v1/%2e%2e/%2e%2e/metrics', '/gateway/v1/\\..\\..\\metrics']
  for (const away of [...elsewhere, ...climbing])
    assert.equal((await consumer.refused(contract.tryCall, { body: { ...body, path: away } })).code, 'invalid', away)
})
