import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import type { DemandDetail, DemandDraft } from '@sanjiang/contract/sharing'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish, registerClient } from '#test/sharing-ground.ts'

let world: World
let civil: Voice
let police: Voice
let commerce: Voice
let egov: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  commerce = await world.signIn('commerce', 'consumer')
  egov = await world.signIn('egov', 'catalog_admin')
  people = await publish(world)
})
after(() => world?.close())

const wish = (name: string, more: Partial<DemandDraft> = {}): DemandDraft => ({
  name,
  items: [],
  purpose_code: 'data_verification',
  purpose_ref: '000114001000 最低生活保障对象认定',
  wanted_on: '2018-03-01',
  ...more,
})
const file = (name: string, more: Partial<DemandDraft> = {}): Promise<DemandDetail> =>
  civil.call(sharing.fileDemand, { body: wish(name, more) })
const read = (id: string, voice = civil): Promise<DemandDetail> => voice.call(sharing.getDemand, { params: { id } })
const pick = (id: string, resource_id: string) =>
  civil.call(sharing.pickCandidate, { params: { id }, body: { resource_id } })

test('a demand finds its candidates at once, each with the reason it was found for (T1.2)', async () => {
  const demand = await file('户籍人口', { items: ['姓名', '公民身份号码'] })
  const [first] = demand.candidates
  assert.equal(first!.resource_id, people.resource_id)
  assert.deepEqual(first!.reasons.map(({ kind }) => kind).sort(), ['items', 'words'])
  assert.deepEqual([demand.stage, demand.turn, demand.matched_on], ['matched', 'demander', '2017-12-11'])
})

test('a demand that nothing answers waits for the sharing authority; an entry published later is found without being asked for (T1.2)', async () => {
  const demand = await file('残疾人两项补贴发放', { items: ['残疾证号', '补贴金额'] })
  assert.deepEqual([demand.stage, demand.turn, demand.candidates.length], ['filed', 'authority', 0])
  const entry = await publish(world, {
    organ: 'social_security',
    name: '残疾人补贴信息',
    items: [{ name: '残疾证号', name_en: 'card_no' }],
  })
  await world.drain()
  const found = await read(demand.demand_id)
  assert.deepEqual(
    [found.stage, found.candidates.map(({ resource_id }) => resource_id)],
    ['matched', [entry.resource_id]],
  )
})

test('one pick makes a request filled in from the demand, of the items it names and no more (T1.2, T5.2)', async () => {
  const demand = await file('户籍人口核验', {
    items: ['姓名', '公民身份号码', '案件线索'],
    description: '核验低保申请人户籍',
  })
  const { request_id } = await pick(demand.demand_id, people.resource_id)
  const request = await civil.call(sharing.getRequest, { params: { id: request_id } })
  assert.deepEqual(
    request.items.map(({ name }) => name),
    ['姓名', '公民身份号码'],
  )
  assert.deepEqual(
    [request.state, request.purpose_ref, request.purpose_code],
    ['draft', demand.purpose_ref, 'data_verification'],
  )
  assert.ok(request.scenario.includes(demand.demand_no))
  assert.equal((await read(demand.demand_id)).stage, 'picked')
})

test('the chain is read off the records: request, answer, connection, use and effect, each on its day (T1.2)', async () => {
  const { demand_id } = await file('户籍地址核对', { items: ['户籍地址'] })
  const { request_id } = await pick(demand_id, people.resource_id)
  const { revision, ...request } = await civil.call(sharing.getRequest, { params: { id: request_id } })
  const { resource_id, scenario, purpose_code, purpose_ref, starts_on, ends_on } = request
  const item_ids = request.items.map(({ item_id }) => item_id)
  const draft = {
    resource_id,
    scenario,
    purpose_code,
    purpose_ref,
    starts_on,
    ends_on,
    item_ids,
    is_security_committed: true,
  }
  await civil.call(sharing.saveRequest, { params: { id: request_id }, body: { revision, draft } })
  await civil.call(sharing.submitRequest, { params: { id: request_id } })
  assert.deepEqual([(await read(demand_id)).stage, (await read(demand_id)).turn], ['requested', 'provider'])
  await world.setToday('2017-12-13')
  const items = item_ids.map((item_id) => ({ item_id, outcome: 'granted' as const }))
  const { grant_ids } = await police.call(sharing.decideRequest, { params: { id: request_id }, body: { items } })
  assert.equal((await read(demand_id)).stage, 'granted')
  await world.setToday('2017-12-14')
  const client_id = await registerClient(world, 'civil_affairs')
  await civil.call(sharing.bindClient, { params: { id: grant_ids[0]! }, body: { client_id } })
  await world.drain()
  const connected = await read(demand_id)
  assert.deepEqual(
    [connected.stage, connected.granted_on, connected.connected_on],
    ['connected', '2017-12-13', '2017-12-14'],
  )
  const body = {
    kind: 'checks_made' as const,
    figure: 120,
    text: '核验低保申请人 120 人次',
    from_on: '2017-12-14',
    until_on: '2017-12-18',
  }
  assert.equal((await civil.refused(sharing.stateEffect, { params: { id: demand_id }, body })).code, 'wrong_state')
  await world.sql(
    `update sharing.grant_use set first_used_on = '2017-12-15', last_used_on = '2017-12-18' where grant_id = $1`,
    [grant_ids[0]],
  )
  await world.setToday('2017-12-18')
  const used = await read(demand_id)
  assert.deepEqual([used.stage, used.used_on, used.effect_clock!.started_on], ['used', '2017-12-15', '2017-12-15'])
  const late = { ...body, until_on: '2017-12-14' }
  assert.equal(
    (await civil.refused(sharing.stateEffect, { params: { id: demand_id }, body: late })).fields![0]!.rule,
    'before_use',
  )
  const done = await civil.call(sharing.stateEffect, { params: { id: demand_id }, body })
  assert.deepEqual(
    [done.stage, done.effects[0]!.figure, done.turn, done.effect_clock!.on_time],
    ['effect', 120, 'nobody', true],
  )
  await world.setToday('2017-12-11')
})

test('the same demand told twice is refused while it is open, however it is spelt; taken back, it may be told again (T1.2)', async () => {
  const { demand_id } = await file('企业社保缴费')
  const again = await civil.refused(sharing.fileDemand, { body: wish('企业 社保缴费。') })
  assert.deepEqual([again.code, again.fields![0]!.field], ['conflict', 'name'])
  await civil.call(sharing.withdrawDemand, { params: { id: demand_id }, body: { code: 'not_needed' } })
  await file('企业社保缴费')
  const twice = await Promise.allSettled([file('医保参保状态'), file('医保参保状态')])
  assert.deepEqual(twice.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('another department neither sees a demand nor acts on it; the supplier it names sees it and may not pick (T1.2)', async () => {
  const { demand_id } = await file('常住人口登记', { supplier_organ_id: police.organ_id })
  const params = { id: demand_id }
  assert.equal((await commerce.refused(sharing.getDemand, { params })).status, 404)
  assert.equal((await commerce.refused(sharing.withdrawDemand, { params, body: { code: 'repeated' } })).status, 404)
  assert.equal((await read(demand_id, police)).can.length, 0)
  assert.equal((await police.refused(sharing.withdrawDemand, { params, body: { code: 'repeated' } })).status, 403)
  const asked = await police.call(sharing.listDemands, { query: { side: 'supplier' } })
  assert.ok(asked.rows.some((row) => row.demand_id === demand_id))
  assert.equal((await commerce.call(sharing.listDemands, { query: {} })).rows.length, 0)
  assert.ok((await read(demand_id, egov)).can.includes('assign'))
})

test('a candidate that does not serve is set aside with a word, and stays so when matched again (T1.2)', async () => {
  const { demand_id, candidates } = await file('户籍人口信息')
  const body = { resource_id: candidates[0]!.resource_id, text: '缺少迁移记录' }
  const set = await civil.call(sharing.dismissCandidate, { params: { id: demand_id }, body })
  assert.deepEqual([set.stage, set.candidates.at(-1)!.dismiss_text], ['filed', '缺少迁移记录'])
  const again = await civil.call(sharing.matchDemand, { params: { id: demand_id } })
  assert.equal(again.stage, 'filed')
  assert.equal((await civil.refused(sharing.dismissCandidate, { params: { id: demand_id }, body })).code, 'not_found')
})

test('facets count what the list shows, for each reader his own (T1.2)', async () => {
  const { stages } = await civil.call(sharing.countDemands, { query: {} })
  const { rows } = await civil.call(sharing.listDemands, { query: { limit: 200 } })
  for (const { code, count } of stages) assert.equal(rows.filter(({ stage }) => stage === code).length, count, code)
  const { rows: seen } = await civil.call(sharing.listDemands, { query: { order: 'wanted', limit: 2 } })
  assert.equal(seen.length, 2)
  assert.deepEqual((await commerce.call(sharing.countDemands, { query: {} })).organs, [])
})
