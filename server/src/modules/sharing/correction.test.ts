import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import type { CorrectionDraft } from '@sanjiang/contract/sharing'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish } from '#test/sharing-ground.ts'
import { markClocks } from './mark.service.ts'

let world: World
let civil: Voice
let police: Voice
let commerce: Voice
let auditor: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  commerce = await world.signIn('commerce', 'consumer', 'provider')
  auditor = await world.signIn('audit', 'auditor')
  people = await publish(world)
  await ask(civil, people, { names: ['name', 'sex'] })
})
after(() => world?.close())

// A number of the kind domain §5.1 gives for tests: right in form and check digit, nobody's.
const CITIZEN = '11010519491231002X'
let count = 0
const draft = (more: Partial<CorrectionDraft> = {}): CorrectionDraft => {
  count += 1
  return {
    resource_id: people.resource_id,
    item_id: people.item.name!,
    record_key_kind: 'other',
    record_key: `HK-2017-${count}`,
    wrong_value: '卓马',
    suggested_value: '卓玛',
    evidence: '当事人持户口簿原件，姓名为卓玛',
    ...more,
  }
}
const raise = (more: Partial<CorrectionDraft> = {}) => civil.call(sharing.raiseCorrection, { body: draft(more) })
const answer = (id: string, voice = police) =>
  voice.call(sharing.answerCorrection, { params: { id }, body: { result: 'true_fixed', text: '经核实已更正' } })

test('a doubtful value goes back to its provider under a clock while business continues (T5.2, R12)', async () => {
  const correction = await raise()
  assert.deepEqual(
    [correction.state, correction.business_continued, correction.clock.due_on, correction.clock.left_days],
    ['raised', true, '2017-12-18', 5],
  )
  const answered = await answer(correction.correction_id)
  assert.deepEqual(
    [answered.state, answered.result, answered.clock.on_time, answered.can],
    ['answered', 'true_fixed', true, []],
  )
  const again = await police.refused(sharing.answerCorrection, {
    params: { id: correction.correction_id },
    body: { result: 'not_true', text: '经核实并无错误' },
  })
  assert.equal(again.code, 'wrong_state')
})

test('an unanswered correction is marked yellow and red; the answer still counts (T5.2)', async () => {
  const { correction_id } = await raise()
  await world.setToday('2018-01-08')
  await markClocks(await world.ctx())
  const late = await civil.call(sharing.getCorrection, { params: { id: correction_id } })
  assert.deepEqual(
    late.marks.map(({ mark, crossed_on }) => [mark, crossed_on]),
    [
      ['yellow', '2017-12-15'],
      ['red', '2017-12-19'],
    ],
  )
  assert.equal((await answer(correction_id)).clock.on_time, false)
  await world.setToday('2017-12-11')
})

test('only who was granted an item can find it wrong (T5.2)', async () => {
  const never = await civil.refused(sharing.raiseCorrection, { body: draft({ item_id: people.item.address! }) })
  assert.equal(never.code, 'no_grant')
  const stranger = await commerce.refused(sharing.raiseCorrection, { body: draft() })
  assert.equal(stranger.code, 'no_grant')
})

test('the same record is verified once at a time, recognised without being kept in clear (T5.2, T16.2)', async () => {
  const key = { record_key_kind: 'citizen_id', record_key: CITIZEN } as const
  const { correction_id } = await raise(key)
  const twice = await civil.refused(sharing.raiseCorrection, { body: draft(key) })
  assert.deepEqual([twice.code, twice.fields![0]!.field], ['conflict', 'record_key'])
  const [row] = await world.sql<Record<string, unknown>>('select * from sharing.correction where correction_id = $1', [
    correction_id,
  ])
  assert.ok(!JSON.stringify(row).includes(CITIZEN))
  const events = await world.sql('select before, after from kernel.event where subject_id = $1', [correction_id])
  assert.ok(!JSON.stringify(events).includes(CITIZEN))
  await answer(correction_id)
  await raise(key)
})

test('the two sides see the record’s key; an auditor sees it masked (T16.2)', async () => {
  const other = await publish(world, { name: '居住证信息' })
  await ask(civil, other, { names: ['name'] })
  const key = { record_key_kind: 'citizen_id', record_key: CITIZEN } as const
  const { correction_id } = await raise({ ...key, resource_id: other.resource_id, item_id: other.item.name! })
  const params = { id: correction_id }
  assert.equal((await civil.call(sharing.getCorrection, { params })).record_key, CITIZEN)
  assert.equal((await police.call(sharing.getCorrection, { params })).record_key, CITIZEN)
  const seen = await auditor.call(sharing.getCorrection, { params })
  assert.deepEqual([seen.record_key, seen.wrong_value, seen.record_key_masked], [null, '****', '110105********002X'])
})

test('a key with a wrong check digit is refused before it sends the provider looking for someone else (T5.2)', async () => {
  const body = draft({ record_key_kind: 'citizen_id', record_key: '110105194912310021' })
  const problem = await civil.refused(sharing.raiseCorrection, { body })
  assert.deepEqual([problem.status, problem.fields![0]!.field], [422, 'record_key'])
})

test('a third department finds no trace of a correction, and who raised one does not verify it (T16.1, T5.2)', async () => {
  const { correction_id } = await raise()
  const params = { id: correction_id }
  assert.equal((await commerce.refused(sharing.getCorrection, { params })).status, 404)
  const body = { result: 'not_true' as const, text: '经核实并无错误' }
  assert.equal((await commerce.refused(sharing.answerCorrection, { params, body })).status, 404)
  assert.deepEqual((await commerce.call(sharing.listCorrections, { query: {} })).rows, [])
  assert.equal((await civil.refused(sharing.answerCorrection, { params, body })).status, 403)
})
