import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import type { RequestDetail } from '@sanjiang/contract/sharing'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish } from '#test/sharing-ground.ts'

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
  commerce = await world.signIn('commerce', 'consumer', 'provider')
  egov = await world.signIn('egov', 'catalog_admin')
  people = await publish(world)
})
after(() => world?.close())

const refuse = (id: string) =>
  police.call(sharing.decideRequest, {
    params: { id },
    body: {
      items: [{ item_id: people.item.address!, outcome: 'refused' }],
      reason_code: 'excessive_scope',
      reason_text: '所申请的信息项超出履行该项职责的需要',
    },
  })
const grant = (id: string) =>
  police.call(sharing.decideRequest, {
    params: { id },
    body: { items: [{ item_id: people.item.address!, outcome: 'granted' }] },
  })
const refused = async (): Promise<RequestDetail> => {
  const { request_id } = await ask(civil, people, { names: ['address'] })
  return refuse(request_id)
}
const said = (id: string, text = '该信息项是认定低保对象所必需') => ({ params: { id }, body: { text } })

test('a refusal may be disputed, and the provider may agree to answer again under a fresh clock (T5.2, R07)', async () => {
  const { request_id } = await refused()
  assert.equal((await civil.call(sharing.disputeRequest, said(request_id))).state, 'negotiating')
  await world.setToday('2017-12-20')
  const reopened = await police.call(sharing.reconsiderRequest, said(request_id, '同意重新研究'))
  assert.deepEqual(
    [reopened.state, reopened.round, reopened.clock!.started_on, reopened.items[0]!.state],
    ['submitted', 2, '2017-12-20', 'pending'],
  )
  const granted = await grant(request_id)
  assert.deepEqual(
    granted.decisions.map(({ round, outcome }) => [round, outcome]),
    [
      [1, 'refused'],
      [2, 'granted'],
    ],
  )
  assert.deepEqual(
    granted.messages.map(({ kind }) => kind),
    ['dispute', 'reconsider'],
  )
  await world.setToday('2017-12-11')
})

test('failed negotiation goes to the sharing authority, which may have the provider answer again (T5.2, R07)', async () => {
  const { request_id } = await refused()
  await civil.call(sharing.disputeRequest, said(request_id))
  assert.equal((await civil.call(sharing.escalateRequest, said(request_id))).state, 'coordinating')
  const body = {
    outcome: 'reconsider' as const,
    text: '依据充分，请提供方重新答复',
    reason_code: 'basis_sufficient' as const,
  }
  const coordinated = await egov.call(sharing.coordinateRequest, { params: { id: request_id }, body })
  assert.deepEqual([coordinated.state, coordinated.round], ['submitted', 2])
})

test('an answer upheld by the sharing authority ends the dispute for good (T5.2, R07)', async () => {
  const { request_id } = await refused()
  await civil.call(sharing.disputeRequest, said(request_id))
  await civil.call(sharing.escalateRequest, said(request_id))
  const body = { outcome: 'uphold' as const, text: '提供方理由成立，维持原答复', reason_code: 'law_forbids' as const }
  const upheld = await egov.call(sharing.coordinateRequest, { params: { id: request_id }, body })
  assert.deepEqual([upheld.state, upheld.is_settled], ['refused', true])
  assert.equal((await civil.refused(sharing.disputeRequest, said(request_id))).code, 'wrong_state')
})

test('the consumer may let a dispute rest, and the last answer stands (T5.2)', async () => {
  const { request_id } = await refused()
  await civil.call(sharing.disputeRequest, said(request_id))
  const settled = await civil.call(sharing.settleRequest, said(request_id, '接受原答复'))
  assert.deepEqual([settled.state, settled.is_settled], ['refused', true])
})

test('no step of the ladder can be skipped or taken by another (T5.2, R07)', async () => {
  const { request_id } = await refused()
  assert.equal((await civil.refused(sharing.escalateRequest, said(request_id))).code, 'wrong_state')
  assert.equal((await police.refused(sharing.disputeRequest, said(request_id))).status, 403)
  assert.equal((await commerce.refused(sharing.disputeRequest, said(request_id))).status, 404)
  const body = { outcome: 'uphold' as const, text: '提供方理由成立，维持原答复', reason_code: 'law_forbids' as const }
  const coordinate = { params: { id: request_id }, body }
  assert.equal((await egov.refused(sharing.coordinateRequest, coordinate)).code, 'wrong_state')
  assert.equal((await police.refused(sharing.coordinateRequest, coordinate)).status, 403)
  await civil.call(sharing.disputeRequest, said(request_id))
  assert.equal((await civil.refused(sharing.reconsiderRequest, said(request_id))).status, 403)
})

test('the sharing authority does not coordinate a dispute of its own organ (T5.2)', async () => {
  const insider = await world.signIn('egov', 'consumer')
  const { request_id } = await ask(insider, people, { names: ['address'] })
  await refuse(request_id)
  await insider.call(sharing.disputeRequest, said(request_id))
  await insider.call(sharing.escalateRequest, said(request_id))
  const problem = await egov.refused(sharing.coordinateRequest, {
    params: { id: request_id },
    body: { outcome: 'reconsider', reason_code: 'basis_sufficient', text: '请提供方重新答复这一申请' },
  })
  assert.equal(problem.code, 'separation_of_duties')
})

test('both sides talk about a request without changing it; a dispute and a settlement at once leave one state (T5.2)', async () => {
  const { request_id } = await refused()
  await police.call(sharing.sendMessage, said(request_id, '可改为申请核验接口'))
  const seen = await civil.call(sharing.sendMessage, said(request_id, '收到'))
  assert.deepEqual(
    [seen.state, seen.messages.map(({ kind, organ_name }) => [kind, organ_name])],
    [
      'refused',
      [
        ['note', '青海省公安厅'],
        ['note', '青海省民政厅'],
      ],
    ],
  )
  await civil.call(sharing.disputeRequest, said(request_id))
  const settled = await Promise.allSettled([
    police.call(sharing.reconsiderRequest, said(request_id)),
    civil.call(sharing.settleRequest, said(request_id)),
  ])
  assert.deepEqual(settled.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})
