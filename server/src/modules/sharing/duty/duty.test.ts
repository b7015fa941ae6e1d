import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog, inbox, sharing } from '@sanjiang/contract'
import type { DemandDetail } from '@sanjiang/contract/sharing'
import { ORGANS, openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish } from '#test/sharing-ground.ts'
import { markDuties } from './duty.mark.ts'

let world: World
let civil: Voice
let police: Voice
let compiler: Voice
let commerce: Voice
let egov: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  compiler = await world.signIn('police', 'cataloger')
  commerce = await world.signIn('commerce', 'provider', 'consumer')
  egov = await world.signIn('egov', 'catalog_admin')
  people = await publish(world)
})
after(() => world?.close())

let count = 0
const file = (): Promise<DemandDetail> =>
  civil.call(sharing.fileDemand, {
    body: {
      name: `废旧渡船丈量卷宗${'甲乙丙丁戊己庚辛壬癸'[count++]}`,
      items: ['船名', '丈量日期'],
      purpose_code: 'work_reference',
      purpose_ref: '三定方案 第二条',
      wanted_on: '2018-03-01',
    },
  })
const assign = async (demand_id: string, organ_id: string = ORGANS.police) =>
  egov.call(sharing.assignDuty, { params: { id: demand_id }, body: { organ_id, note: '请编制并发布' } })
const GROUND = {
  reason_code: 'not_our_duty' as const,
  text: '船舶丈量不属本部门的职责范围',
  basis_title: '青海省公安厅三定规定',
  basis_clause: '第二条',
}
const read = (id: string) => civil.call(sharing.getDemand, { params: { id } })
const seen = (voice: Voice) => voice.call(inbox.listTodos, { query: {} })

test('a demand without supplier is made an organ’s duty; it takes it on, compiles, and the entry is the candidate (T1.2, G2)', async () => {
  const { demand_id } = await file()
  const duty = await assign(demand_id)
  assert.deepEqual([duty.state, duty.clock.rule_code, duty.clock.due_on], ['assigned', 'duty_answer', '2017-12-18'])
  assert.deepEqual([(await read(demand_id)).stage, (await read(demand_id)).turn], ['assigned', 'duty_organ'])
  await world.drain()
  assert.deepEqual(
    (await seen(police)).rows.map(({ kind }) => kind),
    ['duty_answer'],
  )
  const params = { id: duty.duty_id }
  const accepted = await police.call(sharing.acceptDuty, { params, body: {} })
  assert.deepEqual([accepted.state, accepted.clock.rule_code], ['accepted', 'duty_compile'])
  assert.equal((await police.refused(sharing.compileDuty, { params })).status, 403)
  const { resource_id } = await compiler.call(sharing.compileDuty, { params })
  const entry = await compiler.call(catalog.getResource, { params: { id: resource_id }, query: { copy: 'working' } })
  assert.deepEqual(
    entry.content.items.map(({ name }) => name),
    ['船名', '丈量日期'],
  )
  assert.equal((await compiler.refused(sharing.compileDuty, { params })).code, 'wrong_state')
  await world.drain()
  assert.equal((await seen(police)).rows.length, 0)
})

test('an organ that has published it already names the entry, and the demand is matched by that (T1.2)', async () => {
  const { demand_id } = await file()
  const { duty_id } = await assign(demand_id)
  const done = await police.call(sharing.acceptDuty, {
    params: { id: duty_id },
    body: { resource_id: people.resource_id },
  })
  assert.deepEqual([done.is_fulfilled, done.clock.on_time], [true, true])
  await civil.call(sharing.matchDemand, { params: { id: demand_id } })
  const demand = await read(demand_id)
  assert.deepEqual([demand.stage, demand.candidates[0]!.reasons.at(-1)!.kind], ['matched', 'duty'])
})

test('an organ refuses only with reason, words and legal ground; the authority maintains, transfers or releases (T1.2, R03, R07)', async () => {
  const { demand_id } = await file()
  const { duty_id } = await assign(demand_id)
  const params = { id: duty_id }
  const bare = { ...GROUND, text: '不归我们管，请找别人吧。', basis_title: '' }
  assert.equal((await police.refused(sharing.refuseDuty, { params, body: bare })).code, 'invalid')
  const refused = await police.call(sharing.refuseDuty, { params, body: GROUND })
  assert.deepEqual([refused.state, refused.refusals, refused.words.at(-1)!.basis_clause], ['refused', 1, '第二条'])
  assert.equal((await read(demand_id)).turn, 'authority')
  const body = { outcome: 'reassert' as const, text: '三定规定载明由贵厅负责，请于限期内编制' }
  assert.equal((await police.refused(sharing.coordinateDuty, { params, body })).status, 403)
  await world.setToday('2017-12-20')
  const again = await egov.call(sharing.coordinateDuty, { params, body })
  assert.deepEqual([again.state, again.round, again.clock.started_on], ['assigned', 2, '2017-12-20'])
  await police.call(sharing.refuseDuty, { params, body: GROUND })
  const without = { outcome: 'transfer' as const, text: '由工商部门编制更为合适' }
  assert.equal((await egov.refused(sharing.coordinateDuty, { params, body: without })).fields![0]!.field, 'organ_id')
  const other = await egov.call(sharing.coordinateDuty, { params, body: { ...without, organ_id: ORGANS.commerce } })
  assert.deepEqual([other.organ_id, other.state, other.round], [ORGANS.commerce, 'assigned', 1])
  const demand = await read(demand_id)
  assert.deepEqual([demand.refusals, demand.duties.map(({ state }) => state)], [2, ['assigned', 'released']])
  await world.setToday('2017-12-11')
})

test('of two officers who assign one demand at once, one is told that it is assigned (T1.2)', async () => {
  const { demand_id } = await file()
  const told = await Promise.allSettled([assign(demand_id), assign(demand_id, ORGANS.commerce)])
  assert.deepEqual(told.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.equal((await read(demand_id)).duties.length, 1)
})

test('only the authority assigns, never to the demander itself; an organ that is not responsible learns nothing (T1.2)', async () => {
  const { demand_id } = await file()
  const params = { id: demand_id }
  const body = { organ_id: ORGANS.police, note: '请编制并发布' }
  assert.equal((await civil.refused(sharing.assignDuty, { params, body })).status, 403)
  const own = await egov.refused(sharing.assignDuty, { params, body: { ...body, organ_id: ORGANS.civil_affairs } })
  assert.equal(own.fields![0]!.rule, 'own_demand')
  const { duty_id } = await assign(demand_id)
  assert.equal((await commerce.refused(sharing.getDuty, { params: { id: duty_id } })).status, 404)
  assert.equal((await commerce.refused(sharing.acceptDuty, { params: { id: duty_id }, body: {} })).status, 404)
  assert.equal((await civil.refused(sharing.acceptDuty, { params: { id: duty_id }, body: {} })).status, 403)
})

test('a duty left lying turns yellow, then red, each once, and is counted against its organ (T1.2, G2)', async () => {
  const { demand_id } = await file()
  const { duty_id } = await assign(demand_id, ORGANS.social_security)
  await world.setToday('2017-12-21')
  await markDuties(await world.ctx())
  assert.equal(await markDuties(await world.ctx()), 0)
  const duty = await egov.call(sharing.getDuty, { params: { id: duty_id } })
  assert.deepEqual(
    duty.marks.map(({ mark, crossed_on }) => [mark, crossed_on]),
    [
      ['yellow', '2017-12-15'],
      ['red', '2017-12-19'],
    ],
  )
  const counts = await egov.call(sharing.countDuties, {})
  const row = counts.find(({ organ_id }) => organ_id === ORGANS.social_security)!
  assert.deepEqual([row.assigned, row.overdue], [1, 1])
  await world.setToday('2017-12-11')
})
