import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CallFault, exchange, inbox } from '@sanjiang/contract'
import { type Assignment, DOOR, type Rejected, type WantedFeed } from '@sanjiang/contract/exchange.door'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { attach, grantTable, subscribeTo } from '#test/exchange-ground.ts'
import { makeChunks, poll, put } from '#test/exchange-log.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { publish } from '#test/sharing-ground.ts'
import type { DoorServer } from './index.ts'

let world: World
let door: DoorServer
let police: Voice
let civil: Voice
let commerce: Voice
let source: TestAgent
let target: TestAgent
let feedId: string

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  commerce = await world.signIn('commerce', 'provider')
  const people = await publish(world)
  source = await enlistAtDoor(door.address, police, '公安节点')
  target = await enlistAtDoor(door.address, civil, '民政节点')
  feedId = (
    await attach(world, police, {
      resource: people,
      agent_id: source.agentId,
      more: { reject_threshold: 20 },
    })
  ).feed_id
  const grant_id = await grantTable({ consumer: civil }, people, ['name', 'sex'])
  await subscribeTo(civil, { grant_id, agent_id: target.agentId })
})
after(async () => {
  await door?.close()
  await world?.close()
})

const refused = (code: string) => (error: unknown) => error instanceof CallFault && error.problem.code === code
const wanted = async (): Promise<WantedFeed> => (await poll(source)).feeds[0]!
const getFeed = () => police.call(exchange.getFeed, { params: { id: feedId } })
const act = (name: 'release' | 'hold' | 'resume') =>
  police.call(exchange.actOnFeed, { params: { id: feedId }, body: { act: name, reason: '已经看过' } })
const todosOf = async (voice: Voice): Promise<string[]> => {
  await world.drain()
  const { rows } = await voice.call(inbox.listTodos, { query: {} })
  return rows.filter(({ subject_id }) => subject_id === feedId).map(({ kind }) => kind)
}

const bad = (no: number): Rejected['rows'][number] => ({
  row_key: `6301**********${no}`,
  sealed_key: `sealed-${no}`,
  item: 'citizen_id',
  rule: 'citizen_id',
  reason: '身份号码不合 GB 11643（位数、日期或校验位）',
})
const tell = (run_id: string, rows: Rejected['rows'], agent = source) =>
  agent.say<{ new_rows: number }>(DOOR.rejects(feedId), { json: { run_id, rows } })

const putRun = async (feed: WantedFeed, run_id: string, lines: string[]) => {
  const position = '0000000000000100'
  const made = await makeChunks(feed, source.chunkEpoch, {
    from: feed.head,
    chunks: [
      { kind: 'begin', run_id, position },
      ...(lines.length > 0 ? [{ kind: 'rows' as const, run_id, lines, position }] : []),
      { kind: 'end', run_id, rows: lines.length, position },
    ],
  })
  const { status, body } = await put(source, made)
  assert.equal(status, 200, JSON.stringify(body))
}

const feedSays = (more: Partial<Assignment['feeds'][number]> & Record<string, unknown>) =>
  poll(source, {
    feeds: [
      {
        feed_id: feedId,
        run_id: null,
        spooled_seq: 0,
        rows: 0,
        estimated_rows: null,
        lag_seconds: null,
        trouble: null,
        ...more,
      },
    ],
  })

const LINES = ['63010319900101001X\t扎西卓玛\t2', '632801198512120037\t马玉兰\t2']

test('bad rows are told once however often they arrive, and only by the agent that reads the feed (T8.1)', async () => {
  const { runs } = await wanted()
  const run_id = runs[0]!.run_id
  assert.equal((await tell(run_id, [bad(1), bad(2)])).body.new_rows, 2)
  assert.equal((await tell(run_id, [bad(2), bad(3)])).body.new_rows, 1)
  assert.equal((await tell(run_id, [bad(4)], target)).status, 404)
  const { rows } = await police.call(exchange.listRejects, { params: { id: feedId }, query: {} })
  assert.equal(rows.length, 3)
  await assert.rejects(commerce.call(exchange.listRejects, { params: { id: feedId }, query: {} }), refused('not_found'))
})

test('more bad rows than the provider allows hold the feed, and that stands on its desk; what was good is kept (T8.1)', async () => {
  const feed = await wanted()
  await putRun(feed, feed.runs[0]!.run_id, LINES)
  const held = await getFeed()
  assert.deepEqual([held.state, held.hold_reason, held.trouble?.code], ['held', 'quality', 'quality'])
  assert.equal(held.head, 3)
  assert.equal((await wanted()).is_reading, false)
  assert.deepEqual((await todosOf(police)).toSorted(), ['feed_mend', 'reject_mend'])
  assert.deepEqual(await todosOf(commerce), [])
  await assert.rejects(
    commerce.call(exchange.actOnFeed, { params: { id: feedId }, body: { act: 'release', reason: '越权' } }),
    refused('not_found'),
  )
})

test('released, the feed goes on; mended rows are read again by the keys only their agent opens (T8.1)', async () => {
  await act('release')
  assert.deepEqual(await todosOf(police), ['reject_mend'])
  const { rows } = await police.call(exchange.listRejects, { params: { id: feedId }, query: {} })
  const body = { reject_ids: rows.map(({ reject_id }) => reject_id) }
  const { ordered } = await police.call(exchange.replayRejects, { params: { id: feedId }, body })
  assert.equal(ordered, 3)
  assert.deepEqual(await todosOf(police), [])
  const feed = await wanted()
  assert.equal(feed.is_reading, true)
  const repair = feed.runs.find(({ kind }) => kind === 'repair')!
  assert.deepEqual(repair.keys?.toSorted(), ['sealed-1', 'sealed-2', 'sealed-3'])
  await putRun(feed, repair.run_id, ['632221197803080029\t韩文军\t1'])
  assert.equal((await getFeed()).state, 'active')
})

test('a changed column holds the feed and names the grants it feeds; translated, everything is read again (C5)', async () => {
  const drift = { kind: 'renamed' as const, item: 'name', column: 'xm', was: 'xm', now: 'ry_xm' }
  const trouble = {
    code: 'drift',
    party: 'provider' as const,
    message: '字段 xm 似已改名为 ry_xm',
    at: new Date().toISOString(),
  }
  const before = await wanted()
  await feedSays({ trouble, drifts: [drift] } as never)
  await feedSays({ trouble, drifts: [drift] } as never)
  const { rows } = await police.call(exchange.listDrifts, { params: { id: feedId }, query: {} })
  assert.deepEqual(
    rows.map(({ kind, column, affected_grants }) => [kind, column, affected_grants.length]),
    [['renamed', 'xm', 1]],
  )
  assert.equal((await getFeed()).hold_reason, 'drift')
  assert.deepEqual(await todosOf(police), ['feed_mend'])
  const decision = { decision: 'translate' as const, column: 'ry_xm', reason: '确认改名' }
  const params = { id: rows[0]!.drift_id }
  await assert.rejects(commerce.call(exchange.decideDrift, { params, body: decision }), refused('not_found'))
  await police.call(exchange.decideDrift, { params, body: decision })
  const feed = await wanted()
  assert.equal(feed.version, before.version + 1)
  assert.equal(feed.bindings.find(({ item }) => item === 'name')!.column, 'ry_xm')
  assert.equal(feed.is_reading, true)
  assert.deepEqual(
    feed.runs.map(({ kind }) => kind),
    ['snapshot'],
  )
  assert.deepEqual(await todosOf(police), [])
})

test('a source that lost the place of its change stream is read whole again for everybody; no gap is passed over (C4)', async () => {
  const feed = await wanted()
  await putRun(feed, feed.runs[0]!.run_id, LINES)
  const [changes] = (await wanted()).runs
  assert.equal(changes!.kind, 'changes')
  const generation = (await poll(target)).loads[0]!.generation
  await feedSays({
    trouble: { code: 'stream_lost', party: 'provider', message: '复制槽已失效', at: new Date().toISOString() },
  } as never)
  const again = await wanted()
  assert.deepEqual(
    again.runs.map(({ kind }) => kind),
    ['snapshot'],
  )
  const load = (await poll(target)).loads[0]!
  assert.equal(load.base_run_id, again.runs[0]!.run_id)
  assert.equal(load.generation, generation + 1)
})

test('a whole reading that brought nothing of a table with rows is an error, not a success (T8.1)', async () => {
  const feed = await wanted()
  await feedSays({ run_id: feed.runs[0]!.run_id, estimated_rows: 120 } as never)
  await putRun(feed, feed.runs[0]!.run_id, [])
  const { trouble, last_run } = await getFeed()
  assert.equal(trouble?.code, 'no_effect')
  assert.equal(last_run?.kind, 'changes', 'and yet the stream goes on')
})
