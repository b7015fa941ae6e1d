import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Called, GatewayClient } from '#test/gateway-client.ts'
import { DUTY, GatewayGround, PERSON, saying } from '#test/gateway-ground.ts'
import { setScene } from '#test/gateway-scene.ts'

const ground = await GatewayGround.open()
after(() => ground.close())

const refusal = ({ status, problem }: Called) => ({ status, code: problem?.code, party: problem?.party })
const rowsOf = ({ answer }: Called) => answer?.rows
const fields = (pointerOf: (item: string) => string, subject?: string) =>
  Object.keys(PERSON).map((item) => ({ item, pointer: pointerOf(item), subject: item === subject ? subject : null }))

test('a call shows the granted items only, masked as granted, and leaves a receipt that the ledger holds (T8.1, C1, C2)', async () => {
  const { caller, resource } = await setScene(ground, {
    answer: saying({ rows: [{ ...PERSON, secret: '不在目录' }] }),
    service: { fields: fields((item) => `/${item}`, 'citizen_id') },
    grant: { items: ['name', 'citizen_id'], mask: { name: 'name', citizen_id: 'citizen_id' } },
  })
  const { status, answer, headers } = await caller.call({ resource, case_no: 'QH-2017-1', officer: '才让' })
  assert.equal(status, 200)
  assert.deepEqual(answer, {
    resource_code: resource.code,
    count: 1,
    rows: [{ name: '扎**玛', citizen_id: '630103********001X' }],
  })
  const [log_id, seq] = headers.get('sanjiang-receipt')!.split('/')
  const [entry] = await ground.sql<{ leaf: string; body: string }>(
    `select encode(leaf, 'hex') as leaf, body from ledger.entry where log_id = $1 and seq = $2`,
    [log_id, seq],
  )
  assert.equal(entry!.leaf, headers.get('sanjiang-leaf'))
  const { case_no, officer, purpose_ref, assurance, rows, subjects } = JSON.parse(entry!.body).body
  assert.deepEqual(
    { case_no, officer, purpose_ref, assurance, rows },
    { case_no: 'QH-2017-1', officer: '才让', purpose_ref: DUTY, assurance: 'high', rows: 1 },
  )
  assert.equal(subjects.length, 1)
  assert.ok(!entry!.body.includes(PERSON.citizen_id))
})

test('a row condition the provider can select by is put into the request, and a call that contradicts it is refused (T8.1, C1)', async () => {
  const { caller, resource, provider } = await setScene(ground, {
    service: {
      parameters: [{ name: 'division', in: 'query', provider_name: 'qh', item: 'division', required: false }],
    },
    grant: { row_conditions: [{ item: 'division', op: 'eq', values: ['630102'] }] },
  })
  assert.equal((await caller.call({ resource })).status, 200)
  assert.equal(provider.requests[0]!.url, '/people?qh=630102')
  const against = await caller.call({ resource, query: '?division=630103' })
  assert.deepEqual(refusal(against), { status: 422, code: 'invalid', party: 'caller' })
  assert.equal(provider.requests.length, 1)
})

test('rows outside the granted conditions never leave, whether or not their item is granted (T8.1, C1)', async () => {
  const rows = ['630102', '630103', '632801', null].map((division, n) => ({ ...PERSON, name: `人${n}`, division }))
  const { caller, resource } = await setScene(ground, {
    answer: saying({ rows }),
    grant: { items: ['name'], row_conditions: [{ item: 'division', op: 'prefix', values: ['6301'] }] },
  })
  assert.deepEqual(rowsOf(await caller.call({ resource })), [{ name: '人0' }, { name: '人1' }])
})

test('a condition on an item the provider does not answer with hides everything (C1)', async () => {
  const { caller, resource } = await setScene(ground, {
    service: { fields: [{ item: 'name', pointer: '/name' }] },
    grant: { items: ['name'], row_conditions: [{ item: 'division', op: 'eq', values: ['630102'] }] },
  })
  assert.deepEqual(rowsOf(await caller.call({ resource })), [])
})

test('parameters fill the path encoded, so that no value can climb out of it (T8.1)', async () => {
  const { caller, resource, provider } = await setScene(ground)
  await ground.sql(`update gateway.service set url = $1, parameters = $2, version = 2 where resource_id = $3`, [
    `${provider.origin}/people/{id}/card`,
    JSON.stringify([{ name: 'id', in: 'path', required: true }]),
    resource.resource_id,
  ])
  await ground.bump()
  await caller.call({ resource, query: '?id=a' })
  const wanted = await caller.call({ resource, query: `?id=${encodeURIComponent('../../admin?x=1#')}` })
  assert.equal(wanted.status, 200)
  assert.equal(provider.requests.at(-1)!.url, '/people/..%2F..%2Fadmin%3Fx%3D1%23/card')
  for (const query of ['?id=..', '?id=', '?other=1', '?id=1&id=2', '?id=%00', ''])
    assert.deepEqual(refusal(await caller.call({ resource, query })), { status: 422, code: 'invalid', party: 'caller' })
})

test('a grant that has ended, one that has not begun, another purpose and no grant at all are refused by name and sealed (T5.2, C2)', async () => {
  const cases = [
    ['grant_expired', { ends_on: '2017-12-31' }],
    ['grant_expired', { starts_on: '2098-01-01' }],
    ['purpose_mismatch', { purpose: { code: 'work_reference', ref: DUTY } }],
    ['purpose_mismatch', { purpose: { code: 'business_collaboration', ref: '另一职责' } }],
  ] as const
  for (const [code, grant] of cases) {
    const { caller, resource, provider } = await setScene(ground, { grant })
    assert.deepEqual(refusal(await caller.call({ resource })), { status: 403, code, party: 'caller' })
    assert.equal(provider.requests.length, 0)
    const [receipt] = await ground.receipts(resource)
    assert.deepEqual([receipt!.outcome, receipt!.code], ['refused', code])
  }
  const { caller } = await setScene(ground)
  const other = await ground.resource()
  assert.deepEqual(refusal(await caller.call({ resource: other })), { status: 403, code: 'no_grant', party: 'caller' })
})

test('a grant issued a moment ago is honoured at once (T8.1)', async () => {
  const { caller, resource, client } = await setScene(ground)
  const other = await ground.resource()
  const provider = await ground.provider(saying({ rows: [] }))
  assert.equal((await caller.call({ resource: other })).problem!.code, 'no_grant')
  await ground.attach(other, { url: provider.origin })
  await ground.grant({ resource: other, client })
  assert.equal((await caller.call({ resource: other })).status, 200)
  assert.equal((await caller.call({ resource })).status, 200)
})

test('a client names one of its grants where several stand; another’s grant is no choice (C1)', async () => {
  const { caller, resource, client, grantId } = await setScene(ground, { grant: { items: ['name'] } })
  await ground.grant({ resource, client, items: ['phone'] })
  assert.deepEqual(rowsOf(await caller.call({ resource, headers: { 'sanjiang-grant': grantId } })), [
    { name: PERSON.name },
  ])
  assert.deepEqual(rowsOf(await caller.call({ resource })), [{ phone: PERSON.phone }])
  const others = await ground.client()
  const foreign = await ground.grant({ resource, client: others })
  const refused = await caller.call({ resource, headers: { 'sanjiang-grant': foreign } })
  assert.equal(refused.problem!.code, 'no_grant')
})

test('a passthrough answer needs every item unmasked; then it arrives byte for byte (T8.1, C1)', async () => {
  const xml = '<?xml version="1.0" encoding="gbk"?><r><a>1</a></r>'
  const { caller, resource } = await setScene(ground, {
    answer: (_, response) => response.writeHead(200, { 'content-type': 'text/xml; charset=gbk' }).end(xml),
    service: { body_kind: 'passthrough' },
  })
  const { status, text, headers } = await caller.call({ resource })
  assert.deepEqual([status, text, headers.get('content-type')], [200, xml, 'text/xml; charset=gbk'])
  const { caller: less, resource: other } = await setScene(ground, {
    service: { body_kind: 'passthrough' },
    grant: { items: ['name'] },
  })
  assert.equal((await less.call({ resource: other })).problem!.code, 'no_grant')
})

test('a suspended client is refused on its running session, and a revoked key ends the sessions it opened (T16.1, C1)', async () => {
  const { caller, resource, client } = await setScene(ground)
  await ground.sql(`update identity.client set status = 'suspended' where client_id = $1`, [client.client_id])
  await ground.bump()
  assert.equal((await caller.call({ resource })).problem!.code, 'forbidden')
  assert.equal((await caller.signIn()).problem!.code, 'forbidden')
  await ground.sql(`update identity.client set status = 'active' where client_id = $1`, [client.client_id])
  await ground.bump()
  assert.equal((await caller.call({ resource })).status, 200)
  await ground.sql(`update identity.client_key set status = 'revoked' where client_id = $1`, [client.client_id])
  await ground.bump()
  assert.equal((await caller.call({ resource })).problem!.code, 'session_unknown')
  assert.equal((await caller.signIn()).problem!.code, 'signature_invalid')
})

test('a session of one gateway process is unknown to the other, where the client signs in again (T8.1)', async () => {
  const { caller, resource, client } = await setScene(ground)
  const other = await ground.gateway()
  const elsewhere = new GatewayClient(other.address, client)
  await elsewhere.signIn()
  const signed = caller.sign({ resource })
  const moved = await fetch(signed.url.replace(/:\d+\//, `:${other.port}/`), { headers: signed.headers })
  assert.equal(((await moved.json()) as { code: string }).code, 'session_unknown')
  assert.equal((await elsewhere.call({ resource })).status, 200)
})
