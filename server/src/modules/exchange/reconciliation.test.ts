import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { CallFault, exchange } from '@sanjiang/contract'
import type { SubscriptionDetail } from '@sanjiang/contract/exchange'
import { attach, enlist, grantTable, subscribeTo } from '#test/exchange-ground.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish } from '#test/sharing-ground.ts'
import { stepReconciliations } from './reconciliation.service.ts'

let world: World
let police: Voice
let civil: Voice
let commerce: Voice
let people: PublishedResource
let subscription: SubscriptionDetail

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  commerce = await world.signIn('commerce', 'consumer')
  people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
    ],
  })
  await attach(world, police, { resource: people, agent_id: await enlist(world, police) })
  const grant_id = await grantTable({ consumer: civil }, people, ['citizen_id', 'name'])
  subscription = await subscribeTo(civil, { grant_id, agent_id: await enlist(world, civil) })
})
after(() => world?.close())
beforeEach(() => world.sql('delete from exchange.question'))

const step = async (): Promise<void> => {
  const real = await world.ctx()
  // Sleeping between looks is not what is tested.
  waits += 10_000
  await stepReconciliations({ ...real, instant: new Date(Date.now() + waits).toISOString() })
}
let waits = 0

/** Answers what is asked now of one side, by kind. */
const answer = async (of: 'feed' | 'load', value: unknown): Promise<void> => {
  const rows = await world.sql(
    `update exchange.question set answer = $2::jsonb, answered_at = now() where body->>'of' = $1 and answered_at is null returning question_id`,
    [of, JSON.stringify(value)],
  )
  assert.ok(rows.length > 0, `${of} was not asked`)
}

const range = (from: string | null, to: string | null, rows: number, hash: string) => ({
  from,
  to,
  rows,
  hash: hash.repeat(64),
})
const id = () => ({ id: subscription.subscription_id })
const latest = async () => (await civil.call(exchange.listReconciliations, { params: id(), query: {} })).rows[0]!

const look = async (source: unknown[], target: unknown[]): Promise<void> => {
  await step()
  await answer('feed', { ranges: source, position: null })
  await step()
  await answer('load', { ranges: target, position: null })
  await step()
}

test('both sides hashed alike are equal, proven at that time; another department may not ask (C5)', async () => {
  await assert.rejects(
    commerce.call(exchange.reconcile, { params: id(), body: {} }),
    (error) => error instanceof CallFault && error.problem.code === 'not_found',
  )
  await civil.call(exchange.reconcile, { params: id(), body: {} })
  await assert.rejects(
    civil.call(exchange.reconcile, { params: id(), body: {} }),
    (error) => error instanceof CallFault && error.problem.code === 'conflict',
  )
  const both = [range(null, 'b', 4096, 'a'), range('b', null, 7, 'c')]
  await look(both, both)
  const done = await latest()
  assert.equal(done.state, 'equal')
  assert.equal(done.source_rows, 4103)
  assert.ok(done.proven_at)
})

test('a difference that is gone at the next look was only under way (C5)', async () => {
  await civil.call(exchange.reconcile, { params: id(), body: {} })
  const there = range('b', null, 7, 'c')
  await look([range(null, 'b', 3, 'a'), there], [range(null, 'b', 2, 'd'), there])
  assert.equal((await latest()).state, 'running')
  await look([range(null, 'b', 3, 'a')], [range(null, 'b', 3, 'a')])
  assert.equal((await latest()).state, 'equal')
})

test('rows that stay different are named, ordered again for this consumer alone, and shown equal afterwards (C5)', async () => {
  await civil.call(exchange.reconcile, { params: id(), body: {} })
  const [here, there] = [[range(null, null, 3, 'a')], [range(null, null, 3, 'd')]]
  for (let looks = 0; looks < 3; looks += 1) await look(here, there)
  const row = (key: string, hash: string) => ({ key, hash: hash.repeat(64) })
  await answer('feed', { rows: [row('63010319900101001X', '1'), row('632801198512120037', '2')], position: null })
  await answer('load', { rows: [row('632801198512120037', '3'), row('632701200002290014', '4')], position: null })
  await step()
  const named = await latest()
  assert.deepEqual([named.missing, named.surplus, named.changed], [1, 1, 1])
  assert.ok(
    named.examples.every(({ row_key }) => row_key.includes('*')),
    'keys are masked',
  )
  const [run] = await world.sql<{ run_id: string; subscription_id: string; keys: string[] }>(
    `select run_id, subscription_id, keys from exchange.run where kind = 'repair' and state = 'waiting'`,
  )
  assert.equal(run!.subscription_id, subscription.subscription_id)
  assert.equal(run!.keys.length, 3)
  await world.sql(`update exchange.run set state = 'finished', last_seq = -1 where run_id = $1`, [run!.run_id])
  await step()
  await look(here, here)
  const mended = await latest()
  assert.equal(mended.state, 'repaired')
  assert.equal(mended.repaired, 3)
  const [forgotten] = await world.sql<{ keys: unknown }>('select keys from exchange.run where run_id = $1', [
    run!.run_id,
  ])
  assert.equal(forgotten!.keys, null, 'numbers of persons are not kept')
})

test('an agent that never answers fails the reconciliation and is named (C5)', async () => {
  await civil.call(exchange.reconcile, { params: id(), body: {} })
  await step()
  await world.sql(`update exchange.question set expires_at = now() - interval '1 minute'`)
  await step()
  const failed = await latest()
  assert.equal(failed.state, 'failed')
  assert.equal(failed.trouble?.party, 'provider')
})
