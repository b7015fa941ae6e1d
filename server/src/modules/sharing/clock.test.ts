import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity, sharing } from '@sanjiang/contract'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish } from '#test/sharing-ground.ts'
import { crossingsOf } from './clock.rules.ts'
import { markClocks } from './mark.service.ts'

let world: World
let civil: Voice
let police: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-09-25' })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  people = await publish(world)
})
after(() => world?.close())

const term = { starts_on: '2017-09-25', ends_on: '2018-09-24' }
const askAddress = () => ask(civil, people, { names: ['address'], more: term })
const read = (id: string) => civil.call(sharing.getRequest, { params: { id } })
const mark = async (date: string) => {
  await world.setToday(date)
  return markClocks(await world.ctx())
}
const answer = (id: string) =>
  police.call(sharing.decideRequest, {
    params: { id },
    body: { items: [{ item_id: people.item.address!, outcome: 'granted' }] },
  })

test('ten working days from Monday 25 September 2017 end after the National Day week, on 13 October (R06)', async () => {
  await world.setToday('2017-09-25')
  const { clock, request_id } = await askAddress()
  assert.deepEqual([clock!.due_on, clock!.light], ['2017-10-13', 'green'])
  await answer(request_id)
})

test('an unanswered request turns yellow, then red, each marked once and dated by the rule (T5.2, R06)', async () => {
  await world.setToday('2017-09-25')
  const { request_id } = await askAddress()
  assert.equal(await mark('2017-10-11'), 0)
  assert.equal(await mark('2017-10-12'), 1)
  assert.equal(await mark('2017-10-13'), 0)
  assert.equal(await mark('2017-10-16'), 1)
  assert.equal(await mark('2017-10-20'), 0)
  const { marks, clock } = await read(request_id)
  assert.deepEqual(
    marks.map((one) => [one.mark, one.crossed_on]),
    [
      ['yellow', '2017-10-12'],
      ['red', '2017-10-16'],
    ],
  )
  assert.deepEqual([clock!.light, clock!.overdue_days], ['red', 5])
  await answer(request_id)
})

test('silence grants nothing, however far the business date jumps, and both marks keep their own day (T5.2, R06)', async () => {
  await world.setToday('2017-09-25')
  const { request_id } = await askAddress()
  await mark('2018-08-01')
  const late = await read(request_id)
  assert.deepEqual([late.state, late.grant_ids], ['submitted', []])
  assert.deepEqual(
    late.marks.map((one) => one.crossed_on),
    ['2017-10-12', '2017-10-16'],
  )
  const { lights } = await civil.call(sharing.countRequests, { query: { side: 'consumer' } })
  assert.equal(lights.red, 1)
  const answered = await answer(request_id)
  assert.deepEqual([answered.state, answered.decisions[0]!.on_time], ['granted', false])
})

test('a late answer, and a late withdrawal, are marked even if no task ran in between (T5.2)', async () => {
  await world.setToday('2017-09-25')
  const [decided, withdrawn] = [await askAddress(), await askAddress()]
  await world.setToday('2017-11-01')
  await answer(decided.request_id)
  await civil.call(sharing.withdrawRequest, { params: { id: withdrawn.request_id }, body: { reason: '已另行取得' } })
  for (const { request_id } of [decided, withdrawn])
    assert.deepEqual(
      (await read(request_id)).marks.map((one) => one.mark),
      ['yellow', 'red'],
    )
})

test('an answer in time leaves no mark, whenever the task runs afterwards (T5.2)', async () => {
  await world.setToday('2017-09-25')
  const { request_id } = await askAddress()
  await world.setToday('2017-10-11')
  await answer(request_id)
  assert.equal(await mark('2018-08-02'), 0)
  assert.deepEqual((await read(request_id)).marks, [])
})

test('moving the business date has the clocks marked without waiting for the next minute (T5.2)', async () => {
  await world.setToday('2017-09-25')
  const { request_id } = await askAddress()
  const admin = await world.signIn('egov', 'system_admin')
  await world.drain()
  await admin.call(identity.setClock, { body: { today: '2017-12-01' } })
  await world.setToday('2017-12-01')
  await world.drain()
  assert.deepEqual(
    (await read(request_id)).marks.map((one) => one.mark),
    ['yellow', 'red'],
  )
  await answer(request_id)
})

test('a clock that stopped in time crosses nothing; one that stopped late crossed what lay before (T5.2)', () => {
  const run = { rule_code: 'share_reply', started_on: '2017-09-25' } as const
  assert.deepEqual(crossingsOf({ ...run, stopped_on: '2017-10-11' }, '2018-01-01'), [])
  assert.deepEqual(crossingsOf({ ...run, stopped_on: '2017-10-12' }, '2018-01-01'), [
    { mark: 'yellow', on: '2017-10-12' },
  ])
  assert.equal(crossingsOf({ ...run, stopped_on: null }, '2017-10-16').length, 2)
})
