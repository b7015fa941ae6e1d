import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import type { Report, WantedFeed } from '@sanjiang/contract/exchange.door'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { openFeed } from '#test/exchange-feed.ts'
import { poll } from '#test/exchange-log.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import type { DoorServer } from './index.ts'

let world: World
let door: DoorServer
let police: Voice
let source: TestAgent
let feed: WantedFeed
let run: string

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  source = await enlistAtDoor(door.address, police)
  ;({ feed, run } = await openFeed(world, source, police))
})
after(async () => {
  await door?.close()
  await world?.close()
})

type Said = Report['feeds'][number]

const saying = (more: Partial<Said>): Promise<unknown> => {
  const said = { feed_id: feed.feed_id, run_id: run, spooled_seq: 0, rows: 0, estimated_rows: null, lag_seconds: null }
  return poll(source, { feeds: [{ ...said, trouble: null, ...more }] })
}
const readFeed = () => police.call(exchange.getFeed, { params: { id: feed.feed_id } })
const AT = '2026-11-25T10:00:00.000Z'
const ADDED = { kind: 'added', item: null, column: 'bz', was: '', now: 'text' } as const
const GONE = { kind: 'dropped', item: 'name', column: 'xm', was: 'xm', now: '' } as const

test('what an agent says of a run and its trouble stands where its department looks, and goes with the trouble (T8.1)', async () => {
  const trouble = { code: 'source_down', party: 'provider', message: '库连接不上', at: AT } as const
  await saying({ trouble, estimated_rows: 1200 })
  const seen = await readFeed()
  assert.equal(seen.trouble?.message, '库连接不上')
  assert.equal(seen.last_run?.estimated_rows, 1200)
  await saying({ estimated_rows: 1200 })
  assert.equal((await readFeed()).trouble, null)
})

test('a column more is told once and stops nothing; one that is bound and gone holds the feed (T8.1)', async () => {
  await saying({ drifts: [ADDED] })
  await saying({ drifts: [ADDED] })
  const list = async () =>
    (await police.call(exchange.listDrifts, { params: { id: feed.feed_id }, query: {} })).rows.map(({ kind }) => kind)
  assert.deepEqual(await list(), ['added'])
  assert.equal((await readFeed()).state, 'active')
  const trouble = { code: 'drift', party: 'provider', message: '字段 xm 不见了', at: AT } as const
  await saying({ version: feed.version - 1, drifts: [GONE, ADDED], trouble })
  assert.deepEqual(await list(), ['added'], 'found under a version that has been decided on')
  assert.equal((await readFeed()).state, 'active')
  await saying({ version: feed.version, drifts: [GONE, ADDED], trouble })
  assert.deepEqual((await list()).sort(), ['added', 'dropped'])
  const held = await readFeed()
  assert.deepEqual([held.state, held.hold_reason], ['held', 'drift'])
  assert.equal((await poll(source)).feeds[0]!.is_reading, false)
})

test('an agent speaks of its own feeds only (T8.1)', async () => {
  const other = await enlistAtDoor(door.address, await world.signIn('commerce', 'provider'))
  const trouble = { code: 'drift', party: 'provider', message: '别人的话', at: AT } as const
  const said = {
    feed_id: feed.feed_id,
    run_id: run,
    spooled_seq: 0,
    rows: 0,
    estimated_rows: 7,
    lag_seconds: null,
    trouble,
  }
  await poll(other, { feeds: [said] })
  const seen = await readFeed()
  assert.notEqual(seen.trouble?.message, '别人的话')
  assert.equal(seen.last_run?.estimated_rows, 1200)
})
