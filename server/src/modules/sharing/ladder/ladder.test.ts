import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inbox, sharing } from '@sanjiang/contract'
import type { RequestDetail } from '@sanjiang/contract/sharing'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish } from '#test/sharing-ground.ts'
import { markLadder } from './ladder.mark.ts'

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

const said = (id: string, text = '该信息项是认定低保对象所必需') => ({ params: { id }, body: { text } })
const disputed = async (): Promise<RequestDetail> => {
  await world.setToday('2017-12-11')
  const { request_id } = await ask(civil, people, { names: ['address'] })
  await police.call(sharing.decideRequest, {
    params: { id: request_id },
    body: {
      items: [{ item_id: people.item.address!, outcome: 'refused' }],
      reason_code: 'excessive_scope',
      reason_text: '所申请的信息项超出履行该项职责的需要',
    },
  })
  return civil.call(sharing.disputeRequest, said(request_id))
}
const read = (id: string) => civil.call(sharing.getRequest, { params: { id } })
const rungs = ({ ladder }: RequestDetail) => ladder.map(({ level, cause, outcome }) => [level, cause, outcome])
const MEETING = {
  kind: 'meeting' as const,
  held_on: '2017-12-12',
  participants: '民政厅、公安厅',
  text: '未能达成一致',
}

test('each rung has a clock of its own and keeps its meetings; the leading group decides by its record only (T5.2, R07)', async () => {
  const { request_id, ladder, ladder_level } = await disputed()
  const params = { id: request_id }
  assert.deepEqual(
    [ladder_level, ladder[0]!.clock.rule_code, ladder[0]!.clock.due_on],
    ['negotiation', 'negotiate', '2017-12-25'],
  )
  await world.setToday('2017-12-12')
  await police.call(sharing.recordMeeting, { params, body: MEETING })
  await civil.call(sharing.escalateRequest, said(request_id))
  const raised = await egov.call(sharing.raiseRequest, said(request_id, '双方各执一词，提请领导小组'))
  assert.deepEqual([raised.state, raised.ladder_level, raised.can.includes('raise')], ['coordinating', 'group', false])
  const body = {
    outcome: 'reconsider' as const,
    reason_code: 'scope_to_narrow' as const,
    text: '缩小到县级地址后予以共享',
  }
  assert.equal((await egov.refused(sharing.coordinateRequest, { params, body })).code, 'wrong_state')
  const opinion = { ...MEETING, kind: 'opinion' as const, document_no: '青政数〔2017〕9号', text: '缩小范围后共享' }
  await egov.call(sharing.recordMeeting, { params, body: opinion })
  const done = await egov.call(sharing.coordinateRequest, { params, body })
  assert.deepEqual(rungs(done), [
    ['negotiation', 'asked', 'raised'],
    ['office', 'asked', 'raised'],
    ['group', 'asked', 'reconsider'],
  ])
  assert.deepEqual(
    [done.state, done.round, done.ladder_level, done.ladder[2]!.reason_code],
    ['submitted', 2, null, 'scope_to_narrow'],
  )
  assert.deepEqual(
    done.ladder.map(({ meetings }) => meetings.length),
    [1, 0, 1],
  )
})

test('what is overdue moves up a rung by itself, marked red and told to all; the highest is only marked; nothing is granted (T5.2, R06, R07)', async () => {
  const { request_id } = await disputed()
  await world.setToday('2017-12-26')
  await markLadder(await world.ctx())
  assert.equal(await markLadder(await world.ctx()), 0)
  const office = await read(request_id)
  assert.deepEqual(
    [office.state, office.ladder_level, office.ladder[1]!.opened_on],
    ['coordinating', 'office', '2017-12-26'],
  )
  assert.deepEqual(
    office.ladder[0]!.marks.map(({ mark, crossed_on }) => [mark, crossed_on]),
    [
      ['yellow', '2017-12-22'],
      ['red', '2017-12-26'],
    ],
  )
  await world.drain()
  const { rows } = await egov.call(inbox.listTodos, { query: {} })
  const todo = rows.find(({ subject_id }) => subject_id === request_id)!
  assert.deepEqual(
    [todo.kind, todo.clock!.rule_code, todo.clock!.started_on],
    ['request_coordinate', 'coordinate_office', '2017-12-26'],
  )
  await world.setToday('2018-01-25')
  await markLadder(await world.ctx())
  await world.setToday('2018-06-01')
  await markLadder(await world.ctx())
  await markLadder(await world.ctx())
  const top = await read(request_id)
  assert.deepEqual(rungs(top), [
    ['negotiation', 'asked', 'overdue'],
    ['office', 'overdue', 'overdue'],
    ['group', 'overdue', null],
  ])
  assert.deepEqual([top.state, top.ladder_clock!.light, top.grant_ids], ['coordinating', 'red', []])
  assert.deepEqual(
    top.ladder[2]!.marks.map(({ mark }) => mark),
    ['yellow', 'red'],
  )
  await civil.call(sharing.settleRequest, said(request_id, '不再坚持'))
  await world.setToday('2017-12-11')
})

test('only who stands on the rung writes its record; others are refused or see nothing; no day may be made up (T5.2)', async () => {
  const { request_id } = await disputed()
  const call = { params: { id: request_id }, body: { ...MEETING, held_on: '2017-12-11' } }
  assert.equal((await egov.refused(sharing.recordMeeting, call)).status, 403)
  assert.equal((await commerce.refused(sharing.recordMeeting, call)).status, 404)
  assert.equal((await civil.refused(sharing.recordMeeting, { ...call, body: MEETING })).fields![0]!.rule, 'future')
  const old = { ...call, body: { ...MEETING, held_on: '2017-01-03' } }
  assert.equal((await civil.refused(sharing.recordMeeting, old)).fields![0]!.rule, 'before_request')
  await civil.call(sharing.settleRequest, said(request_id, '接受原答复'))
  assert.equal((await civil.refused(sharing.recordMeeting, call)).code, 'wrong_state')
  assert.equal((await egov.refused(sharing.raiseRequest, said(request_id))).code, 'wrong_state')
})
