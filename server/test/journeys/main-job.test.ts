import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { gateway, identity, inbox, ledger, sharing } from '@sanjiang/contract'
import { makeLog } from '#kernel/log.ts'
import { openGateway, type PlaneServer } from '#modules/gateway/index.ts'
import { makeCheckpointer, openNodeKeys } from '#modules/ledger/index.ts'
import { type Called, type CallOrder, GatewayClient } from '../gateway-client.ts'
import { type Provider, startProvider, type TestClientRow } from '../gateway-ground.ts'
import { openWorld, type Voice, type World } from '../harness.ts'
import { ask, type PublishedResource, publish } from '../sharing-ground.ts'

// One department's data on its way to another, with everything real but the network between machines: the staff API, two
// gateways, the provider's service, the worker's jobs, the ledger and its checkpoints. Each test goes on from the last.

const CITIZEN = '11010519491231002X'
const RECORD = { XM: '卓玛才仁', XB: '2', SFZH: CITIZEN, DZ: '青海省西宁市城中区南大街1号', XS: '线索' }
const DUTY = { code: 'data_verification', ref: '000114001000' }

let world: World
let provider: Provider
let planes: PlaneServer[]
let people: PublishedResource
let civil: Voice
let police: Voice
let auditor: Voice
let client: TestClientRow
let requestId: string
let grantId: string
let callers: GatewayClient[]
let receipt: { log_id: string; seq: number }

const openPlane = (): Promise<PlaneServer> =>
  openGateway({
    databaseUrl: world.url,
    dataDir: world.dataDir,
    demo: true,
    host: '127.0.0.1',
    port: 0,
    egressAllow: ['127.0.0.0/8'],
    log: makeLog('gateway', 'silent'),
  })

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  provider = await startProvider((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ code: 0, data: [RECORD] }))
  })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  auditor = await world.signIn('audit', 'auditor')
  people = await publish(world)
  planes = [await openPlane(), await openPlane()]
})
after(async () => {
  for (const plane of planes ?? []) await plane.close()
  await provider?.close()
  await world?.close()
})

const order = (more: Partial<CallOrder> = {}): CallOrder => ({
  resource: { resource_id: people.resource_id, code: people.code, items: [] },
  query: `?citizen_id=${CITIZEN}`,
  purpose: DUTY,
  case_no: 'DB-2017-0001',
  officer: '卓玛',
  ...more,
})
// A gateway that learns of a change only when it seals its receipt voids that call and says to try again.
const isOvertaken = ({ problem }: Called): boolean => problem?.code === 'grant_changed'
const callAll = async (more: Partial<CallOrder> = {}): Promise<Called[]> => {
  const answers = []
  for (const caller of callers) {
    const answer = await caller.call(order(more))
    answers.push(isOvertaken(answer) ? await caller.call(order(more)) : answer)
  }
  return answers
}
const kindsOf = async (voice: Voice): Promise<string[]> => {
  await world.drain()
  return (await voice.call(inbox.listTodos, { query: {} })).rows.map(({ kind }) => kind)
}

test('the provider attaches its service, item by item, and the consumer registers a system and its key (T8.1)', async () => {
  await police.call(gateway.attachService, {
    body: {
      resource_id: people.resource_id,
      body_kind: 'json',
      method: 'GET',
      url: `${provider.origin}/people`,
      parameters: [{ name: 'citizen_id', in: 'query', item: 'citizen_id', required: true, subject: 'citizen_id' }],
      rows_pointer: '/data',
      fields: [
        { item: 'name', pointer: '/XM' },
        { item: 'sex', pointer: '/XB' },
        { item: 'citizen_id', pointer: '/SFZH', subject: 'citizen_id' },
        { item: 'address', pointer: '/DZ' },
        { item: 'case_lead', pointer: '/XS' },
      ],
      ok_rule: { pointer: '/code', values: [0] },
    },
  })
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const public_key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  const { client_id } = await civil.call(identity.registerClient, { body: { name: '社会救助系统' } })
  const { keys } = await civil.call(identity.addClientKey, { params: { id: client_id }, body: { public_key } })
  client = { client_id, key_id: keys[0]!.key_id, privateKey, rid: '', secret: '' }
  callers = planes.map(({ port }) => new GatewayClient(`http://127.0.0.1:${port}`, client))
  for (const caller of callers) assert.equal((await caller.signIn()).status, 201)
  for (const { problem } of await callAll()) assert.equal(problem?.code, 'no_grant')
})

test('a request becomes the provider’s to-do; what needs no consent can be called at once (T5.2, R05)', async () => {
  const more = { client_id: client.client_id, purpose_ref: DUTY.ref }
  const request = await ask(civil, people, { names: ['name', 'citizen_id', 'address'], more })
  requestId = request.request_id
  assert.equal(request.state, 'submitted')
  assert.deepEqual(await kindsOf(police), ['request_decide'])
  for (const { answer } of await callAll()) assert.deepEqual(answer?.rows, [{ name: RECORD.XM }])
})

test('the answer settles the to-do, tells the consumer, and widens the call to just what was granted (T5.2, C2)', async () => {
  const decided = await police.call(sharing.decideRequest, {
    params: { id: requestId },
    body: {
      items: [
        { item_id: people.item.citizen_id!, outcome: 'granted' },
        { item_id: people.item.address!, outcome: 'refused' },
      ],
      reason_code: 'excessive_scope',
      reason_text: '核对身份不需要户籍地址这一信息项',
    },
  })
  assert.equal(decided.state, 'partly_granted')
  grantId = decided.grant_ids.at(-1)!
  assert.deepEqual(await kindsOf(police), [])
  const { rows } = await civil.call(inbox.listNotices, { query: { is_unread: true } })
  assert.ok(rows.some(({ kind, subject_id }) => kind === 'request_decided' && subject_id === requestId))
  for (const { answer, text } of await callAll()) {
    assert.deepEqual(Object.keys(answer!.rows[0]!).sort(), ['citizen_id', 'name'])
    for (const hidden of [RECORD.DZ, RECORD.XS, CITIZEN]) assert.ok(!text.includes(hidden), hidden)
  }
})

test('another purpose, or another system, gets nothing (T5.2, R11)', async () => {
  const [other] = await callAll({ purpose: { code: 'work_reference', ref: DUTY.ref } })
  assert.equal(other!.problem?.code, 'purpose_mismatch')
})

test('every answer left a receipt that an auditor can find, read and see proved under a signature (C3)', async () => {
  const [called] = await callAll({ case_no: 'DB-2017-0002' })
  const [log_id, seq] = called!.headers.get('sanjiang-receipt')!.split('/') as [string, string]
  receipt = { log_id, seq: Number(seq) }
  await makeCheckpointer(world.house, openNodeKeys(world.house.site)).tick()
  const found = await auditor.call(ledger.listEntries, { query: { case_no: 'DB-2017-0002', outcome: 'answered' } })
  assert.deepEqual(
    found.rows.map(({ grant_id, consumer_name, provider_name, resource_code }) => [
      grant_id,
      consumer_name,
      provider_name,
      resource_code,
    ]),
    planes.map(() => [grantId, '青海省民政厅', '青海省公安厅', people.code]),
  )
  const entry = await auditor.call(ledger.getEntry, { params: receipt })
  assert.equal(entry.leaf, called!.headers.get('sanjiang-leaf'))
  assert.ok(!entry.body.includes(CITIZEN) && !entry.body.includes(RECORD.XM))
  const proof = await civil.call(ledger.getInclusionProof, { params: receipt })
  assert.equal(proof.leaf, entry.leaf)
  const query = { body: { citizen_id: CITIZEN, reason: '本人申请查询' } }
  const seen = await auditor.call(ledger.querySubject, query)
  assert.ok(seen.rows.some(({ case_no, officer }) => case_no === 'DB-2017-0002' && officer === '卓玛'))
  assert.equal((await civil.refused(ledger.querySubject, query)).status, 403)
})

test('the facts of the grant stand in the same ledger as the calls under it (C3)', async () => {
  await world.drain()
  const { rows } = await auditor.call(ledger.listEntries, { query: { kind: 'grant', limit: 50 } })
  const topics = rows.filter(({ grant_id }) => grant_id === grantId).map(({ topic }) => topic)
  assert.deepEqual(topics, ['sharing.grant.issued'])
})

test('what is narrowed is gone from the next answer of every gateway (C1, C2)', async () => {
  await police.call(sharing.narrowGrant, {
    params: { id: grantId },
    body: { version: 1, items: [{ item_id: people.item.name!, mask_rule: 'name' }], reason: '专项核查结束' },
  })
  for (const { answer, text } of await callAll()) {
    assert.ok(answer, text)
    assert.deepEqual(Object.keys(answer.rows[0]!), ['name'])
    assert.ok(!text.includes(RECORD.XM))
  }
})

test('once revoke has returned, no call succeeds at any gateway, and both departments know (C1, T5.2)', async () => {
  await police.call(sharing.revokeGrant, { params: { id: grantId }, body: { reason: '发现超用途使用' } })
  for (const { problem } of await callAll()) assert.equal(problem?.code, 'grant_revoked')
  await world.drain()
  const { rows } = await civil.call(inbox.listNotices, { query: { limit: 50 } })
  assert.deepEqual(
    rows.filter(({ subject_id }) => subject_id === grantId).map(({ kind, text }) => [kind, text]),
    [
      ['grant_revoked', '发现超用途使用'],
      ['grant_narrowed', '专项核查结束'],
    ],
  )
  await makeCheckpointer(world.house, openNodeKeys(world.house.site)).tick()
  const refused = await auditor.call(ledger.listEntries, { query: { outcome: 'refused', grant_id: grantId } })
  assert.ok(refused.rows.length >= 2)
})
