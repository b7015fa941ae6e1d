import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sharing } from '@sanjiang/contract'
import fc from 'fast-check'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish } from '#test/sharing-ground.ts'
import { DELIVERED, effectOf, type Fact } from './delivery.rules.ts'
import { deliverFact } from './delivery.service.ts'

let world: World
let civil: Voice
let police: Voice
let egov: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  civil = await world.signIn('civil_affairs', 'consumer')
  police = await world.signIn('police', 'provider')
  egov = await world.signIn('egov', 'catalog_admin')
  people = await publish(world)
})
after(() => world?.close())

const said = (id: string) => ({ params: { id }, body: { text: '该信息项为办理低保所必需' } })

/** A request that went up the whole ladder and waits for its second answer; its facts in order. */
const longStory = async (): Promise<string[]> => {
  const { request_id: id } = await ask(civil, people, { names: ['address'] })
  const refused = { item_id: people.item.address!, outcome: 'refused' as const }
  const why = { reason_code: 'other' as const, reason_text: '需要进一步说明使用该信息项的依据' }
  await police.call(sharing.decideRequest, { params: { id }, body: { items: [refused], ...why } })
  await civil.call(sharing.sendMessage, said(id))
  await civil.call(sharing.disputeRequest, said(id))
  await civil.call(sharing.escalateRequest, said(id))
  const body = {
    outcome: 'reconsider' as const,
    reason_code: 'basis_sufficient' as const,
    text: '依据充分，请提供方重新答复',
  }
  await egov.call(sharing.coordinateRequest, { params: { id }, body })
  const rows = await world.sql<{ event_id: string }>(
    'select event_id from kernel.event where subject_id = $1 and type = any($2) order by occurred_at, event_id',
    [id, DELIVERED],
  )
  return rows.map(({ event_id }) => event_id)
}

const tellAgain = async (events: readonly string[]): Promise<void> => {
  const ctx = await world.ctx()
  for (const event_id of events) await deliverFact(ctx, { event_id })
}
const forget = () => world.sql('truncate inbox.subject, inbox.todo, inbox.notice, inbox.notice_read')
const stateOf = async () => ({
  open: await world.sql(
    'select kind, permission, organ_id, clock_started_on from inbox.todo where closed_on is null order by kind',
  ),
  notices: await world.sql('select event_id, kind, permission from inbox.notice order by event_id, permission'),
})

test('facts delivered twice, late and in any order leave the same to-dos and notices (architecture §5)', async () => {
  const events = await longStory()
  assert.equal(events.length, 7)
  await forget()
  await tellAgain(events)
  const expected = await stateOf()
  assert.deepEqual(
    expected.open.map((one) => (one as { kind: string }).kind),
    ['request_decide'],
  )
  const disorder = fc
    .tuple(fc.shuffledSubarray(events, { minLength: events.length }), fc.shuffledSubarray(events))
    .map(([all, again]) => [...all, ...again])
  await fc.assert(
    fc.asyncProperty(disorder, async (order) => {
      await forget()
      await tellAgain(order)
      assert.deepEqual(await stateOf(), expected)
    }),
    { numRuns: 40 },
  )
})

test('one fact delivered by two workers at once counts once (architecture §5)', async () => {
  const events = await longStory()
  await forget()
  await Promise.all([tellAgain(events), tellAgain(events), tellAgain([...events].reverse())])
  const { open, notices } = await stateOf()
  const [{ count }] = (await world.sql('select count(distinct (event_id, permission)) as count from inbox.notice')) as [
    { count: string },
  ]
  assert.deepEqual([open.length, notices.length], [1, Number(count)])
})

test('a job about a fact that does not exist, or that means nothing here, changes nothing (architecture §5)', async () => {
  await forget()
  const ctx = await world.ctx()
  await deliverFact(ctx, {})
  await deliverFact(ctx, { event_id: '0199a0c0-0000-7000-8000-000000000001' })
  const { open, notices } = await stateOf()
  assert.deepEqual([open, notices], [[], []])
})

const fact = (type: string, after: object, more: Partial<Fact> = {}): Fact => ({
  event_id: '0199a0c0-0000-7000-8000-000000000001',
  type,
  subject_kind: 'sharing.request',
  subject_id: 'x',
  organ_id: null,
  occurred_on: '2017-12-11',
  occurred_at: '2017-12-11T00:00:00.000Z',
  before: {},
  after: { title: '标题', provider_organ_id: 'P', consumer_organ_id: 'C', revision: 3, ...after },
  ...more,
})

test('what one organ writes is told to the others, not to itself (T5.2)', () => {
  const to = (organ_id: string) =>
    effectOf(fact('sharing.request.messaged', { text: '你好' }, { organ_id })).notices!.map((one) => one.organ_id)
  assert.deepEqual([to('C'), to('P'), to('E')], [['P'], ['C'], ['P', 'C']])
})

test('a draft that is thrown away is nobody else’s news (T16.1)', () => {
  const effect = effectOf(fact('sharing.request.withdrawn', {}, { before: { state: 'draft' } }))
  assert.deepEqual([effect.turn!.todos, effect.notices], [[], []])
})

test('every type delivered is a fact of the past about one subject, and means something (architecture §5)', () => {
  for (const type of DELIVERED) {
    assert.match(type, /^(sharing|catalog|exchange|opendata)\.\w+\.\w+(ed|awn|eld|ept|ound|ent|aid)$/)
    const effect = effectOf(fact(type, { state: 'submitted', cause: 'provider', outcome: 'granted' }))
    assert.ok(effect.turn || effect.notices!.length > 0, type)
  }
})
