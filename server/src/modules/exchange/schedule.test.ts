import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Trouble } from '@sanjiang/contract/exchange'
import { newId } from '#kernel/id.ts'
import { attach, enlist } from '#test/exchange-ground.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish } from '#test/sharing-ground.ts'
import { clockTrouble, type FeedWatch, nextBeat } from './schedule.rules.ts'
import { lookAtClock } from './schedule.service.ts'

const NOW = '2026-11-25T10:00:00.000Z'
const ago = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1000).toISOString()
const watched = (more: Partial<FeedWatch> = {}): FeedWatch => ({
  agent_seen_at: ago(10),
  run: null,
  last_chunk_at: null,
  attached_at: ago(86_400),
  trouble: null,
  ...more,
})
const running = (seconds: number) => ({ state: 'running', ordered_at: ago(seconds), started_at: ago(seconds) })
const codeOf = (feed: FeedWatch) => clockTrouble(feed, NOW)?.code

test('a feed says whose silence it waits for, and since when (T8.1)', () => {
  assert.equal(clockTrouble(watched(), NOW), undefined)
  assert.equal(codeOf(watched({ agent_seen_at: ago(181) })), 'agent_away')
  assert.equal(codeOf(watched({ agent_seen_at: null })), 'agent_away')
  const waiting = { state: 'waiting', ordered_at: ago(601), started_at: null }
  assert.equal(codeOf(watched({ run: waiting })), 'run_late')
  assert.equal(codeOf(watched({ run: running(1801) })), 'run_stale')
  assert.equal(codeOf(watched({ run: running(1801), last_chunk_at: ago(60) })), undefined)
})

test('what has passed is taken back, and what the agent said itself is not touched (T8.1)', () => {
  const trouble: Trouble = { code: 'agent_away', party: 'provider', message: '', at: ago(500) }
  assert.equal(clockTrouble(watched({ trouble }), NOW), null)
  assert.equal(clockTrouble(watched({ trouble, agent_seen_at: ago(700) }), NOW), undefined)
  const own = { ...trouble, code: 'source_down' }
  assert.equal(clockTrouble(watched({ trouble: own, agent_seen_at: ago(700) }), NOW), undefined)
})

test('passes keep their beat, and those missed are not caught up with (T8.1)', () => {
  assert.equal(nextBeat(ago(10), 3600, NOW), ago(10 - 3600))
  assert.equal(nextBeat(ago(7300), 3600, NOW), ago(100 - 3600))
})

let world: World
let police: Voice
let people: PublishedResource

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  police = await world.signIn('police', 'provider')
  people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', mask_rule: 'none' },
      { name: '姓名', name_en: 'name' },
    ],
  })
})
after(() => world?.close())

const runsOf = (feedId: string) =>
  world.sql<{ kind: string; state: string; after: string | null }>(
    'select kind, state, after from exchange.run where feed_id = $1 order by run_id',
    [feedId],
  )

test('an increment is ordered when it is due, behind the last pass that ended, and one at a time (T8.1)', async () => {
  const agent_id = await enlist(world, police)
  const bindings = [
    { item: 'citizen_id', column: 'gmsfhm' },
    { item: 'name', column: 'xm' },
  ]
  const more = { interval_seconds: 60, bindings }
  const { feed_id } = await attach(world, police, { resource: people, agent_id, more })
  await world.sql(`update exchange.feed set mode = 'cursor', cursor_item = 'name' where feed_id = $1`, [feed_id])
  const due = `update exchange.feed set union_items = '["citizen_id"]', next_run_at = now() - interval '1 second' where feed_id = $1`
  await world.sql(due, [feed_id])
  const look = async () => lookAtClock(await world.ctx())
  await look()
  assert.deepEqual(await runsOf(feed_id), [])
  await world.sql(
    `insert into exchange.run (run_id, feed_id, feed_version, kind, state, items, position, end_position, last_seq, ordered_at)
     values ($1, $2, 1, 'snapshot', 'finished', '[]', '2017-01-01', '2017-02-02', 3, now())`,
    [newId(), feed_id],
  )
  await Promise.all([look(), look()])
  assert.deepEqual((await runsOf(feed_id)).slice(1), [{ kind: 'increment', state: 'waiting', after: '2017-01-01' }])
  await world.sql(due, [feed_id])
  await look()
  assert.equal((await runsOf(feed_id)).length, 2)
  await world.sql(
    `update exchange.run set state = 'finished', end_position = '2017-03-03', last_seq = 9 where kind = 'increment'`,
  )
  await look()
  assert.deepEqual((await runsOf(feed_id)).at(-1), { kind: 'increment', state: 'waiting', after: '2017-03-03' })
})

test('a held feed is not read on by the clock (T8.1)', async () => {
  const [{ feed_id }] = (await world.sql<{ feed_id: string }>('select feed_id from exchange.feed')) as [
    { feed_id: string },
  ]
  const before = await runsOf(feed_id)
  await world.sql(`update exchange.run set state = 'finished'`)
  await world.sql(`update exchange.feed set state = 'held', next_run_at = now() - interval '1 hour'`)
  await lookAtClock(await world.ctx())
  assert.equal((await runsOf(feed_id)).length, before.length)
  await world.sql(`update exchange.feed set state = 'active'`)
})

test('a feed whose agent has gone says so, and no longer when it is back; a question runs out (T8.1)', async () => {
  const trouble = async () =>
    (await world.sql<{ code: string | null }>(`select trouble ->> 'code' as code from exchange.feed`))[0]!.code
  await world.sql(`update exchange.agent set last_seen_at = now() - interval '1 hour'`)
  await world.sql(
    `insert into exchange.question (question_id, agent_id, kind, connection, body, asked_at, expires_at)
     select $1, agent_id, 'browse', 'gongan', '{}', now(), now() - interval '1 second' from exchange.agent limit 1`,
    [newId()],
  )
  await lookAtClock(await world.ctx())
  assert.equal(await trouble(), 'agent_away')
  const [question] = await world.sql<{ code: string }>(`select trouble ->> 'code' as code from exchange.question`)
  assert.equal(question!.code, 'agent_away')
  await world.sql('update exchange.agent set last_seen_at = now()')
  await lookAtClock(await world.ctx())
  assert.equal(await trouble(), null)
})
