import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import type { SubscriptionDetail } from '@sanjiang/contract/exchange'
import { type Assignment, DOOR, doorText, type WantedFeed } from '@sanjiang/contract/exchange.door'
import { chunksRoot, hex } from '@sanjiang/seal'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { attach, grantTable, subscribeTo } from '#test/exchange-ground.ts'
import { fetchFrames, HASHER, linesOf, type Made, makeChunks, poll, put, supply } from '#test/exchange-log.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { publish } from '#test/sharing-ground.ts'
import type { DoorServer } from './index.ts'

const LINES = ['63010319900101001X\t扎西卓玛', '632801198512120037\t马玉兰', '632221197803080029\t韩文军']

let world: World
let door: DoorServer
let otherDoor: DoorServer
let police: Voice
let civil: Voice
let source: TestAgent
let target: TestAgent
let feed: WantedFeed
let run: string
let subscription: SubscriptionDetail
let snapshot: Made[]

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  otherDoor = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  const people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'name' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
    ],
  })
  source = await enlistAtDoor(door.address, police, '公安节点')
  target = await enlistAtDoor(door.address, civil, '民政节点')
  await attach(world, police, { resource: people, agent_id: source.agentId })
  assert.equal((await poll(source)).feeds[0]!.is_reading, false, 'nobody needs it yet')
  const grant_id = await grantTable({ consumer: civil }, people, ['citizen_id', 'name'])
  subscription = await subscribeTo(civil, { grant_id, agent_id: target.agentId })
})
after(async () => {
  await otherDoor?.close()
  await door?.close()
  await world?.close()
})

const putAt = async (made: readonly Made[]) => (await put(source, made)).body

test('an agent is told to read what grants need and no more, and whoever loads it under which columns (T8.1, C1)', async () => {
  const { feeds } = await poll(source)
  feed = feeds[0]!
  assert.deepEqual(
    feed.bindings.map(({ item }) => item),
    ['citizen_id', 'name'],
  )
  assert.equal(feed.is_reading, true)
  assert.deepEqual(
    feed.runs.map(({ kind }) => kind),
    ['snapshot'],
  )
  run = feed.runs[0]!.run_id
  assert.equal(feed.items.find(({ item }) => item === 'citizen_id')!.check, 'citizen_id')
  const { loads, feeds: none } = await poll(target)
  assert.deepEqual(none, [])
  assert.deepEqual(
    loads[0]!.columns.map(({ name, data_type, length }) => [name, data_type, length === null]),
    [
      ['citizen_id', 'C', false],
      ['name', 'C', true],
    ],
  )
  assert.deepEqual(loads[0]!.key, ['citizen_id'])
  assert.equal(loads[0]!.base_run_id, run)
})

test('chunks are taken in order at any door; said again they are acknowledged, another content or a gap is refused (C4)', async () => {
  const at = (chunks: Parameters<typeof makeChunks>[2]['chunks'], from = 0) =>
    makeChunks(feed, source.chunkEpoch, { from, chunks })
  snapshot = await at([
    { kind: 'begin', run_id: run, position: '0000000000000100' },
    { kind: 'rows', run_id: run, lines: LINES, position: '0000000000000100' },
    { kind: 'end', run_id: run, rows: 3, position: '0000000000000100' },
  ])
  assert.equal((await put(source, snapshot.slice(1))).body.code, 'out_of_order')
  assert.equal((await putAt(snapshot.slice(0, 2))).head, 2)
  source.door = otherDoor.address
  const again = await putAt(snapshot)
  source.door = door.address
  assert.equal(again.head, 3)
  assert.equal(again.digest, snapshot[2]!.digest.toString('hex'))
  assert.equal((await putAt(snapshot.slice(0, 1))).head, 3)
  const other = await at([{ kind: 'rows', run_id: run, lines: ['x\ty'], position: '0' }], 1)
  const refused = await put(source, other)
  assert.equal(refused.status, 409)
  assert.equal(refused.body.code, 'out_of_order')
  const [row] = await world.sql<{ n: string }>('select count(*) as n from exchange.chunk where feed_id = $1', [
    feed.feed_id,
  ])
  assert.equal(Number(row!.n), 3)
})

test('what is stored is sealed; a chunk changed on its way, of another feed, of a later epoch or of nobody’s run is refused (T16.3, C4)', async () => {
  const bodies = await world.sql<{ body: Buffer }>('select body from exchange.chunk_body where feed_id = $1', [
    feed.feed_id,
  ])
  assert.equal(bodies.length, 1)
  assert.equal(bodies[0]!.body.includes(Buffer.from('马玉兰')), false)
  const one = { kind: 'rows', run_id: run, lines: LINES, position: '1' } as const
  const [good] = await makeChunks(feed, source.chunkEpoch, { from: 3, chunks: [one] })
  const damaged = Buffer.from(good!.frame)
  damaged[damaged.length - 1]! ^= 1
  assert.equal((await put(source, [{ ...good!, frame: damaged }])).body.code, 'digest_mismatch')
  const cut = good!.frame.subarray(0, good!.frame.length - 5)
  assert.equal((await put(source, [{ ...good!, frame: cut }])).body.code, 'malformed')
  const [later] = await makeChunks(feed, source.chunkEpoch + 5, { from: 3, chunks: [one] })
  assert.equal((await put(source, [later!])).body.code, 'agent_fenced')
  const [stray] = await makeChunks(feed, source.chunkEpoch, {
    from: 3,
    chunks: [{ ...one, run_id: subscription.subscription_id }],
  })
  assert.equal((await put(source, [stray!])).body.code, 'invalid')
  assert.equal((await put(target, [good!])).body.code, 'not_found', 'another department’s agent writes no such log')
  const seen = await source.say(DOOR.head(feed.feed_id), { method: 'GET' })
  assert.equal(seen.body.head, 3)
})

test('the agent signs for what it supplied; a forged root or signature seals nothing, said twice it is sealed once (C3)', async () => {
  assert.equal((await supply(source, snapshot, '00'.repeat(32))).body.code, 'digest_mismatch')
  const root = hex(
    chunksRoot(
      HASHER,
      snapshot.map(({ digest }) => digest),
    ),
  )
  const forged = target.sign(doorText.supplied({ feed_id: feed.feed_id, from: 0, to: 2, root }))
  const refused = await source.say(DOOR.supplied(feed.feed_id), { json: { from: 0, to: 2, root, signature: forged } })
  assert.equal(refused.body.code, 'signature_invalid')
  assert.equal((await supply(source, snapshot.slice(1))).body.code, 'out_of_order')
  assert.equal((await supply(source, snapshot)).body.supplied, 3)
  assert.equal((await supply(source, snapshot)).body.supplied, 3)
  const entries = await world.sql<{ body: string }>(`select body from ledger.entry where kind = 'chunk_supplied'`)
  assert.equal(entries.length, 1)
  assert.equal(JSON.parse(entries[0]!.body).body?.root ?? JSON.parse(entries[0]!.body).root, root)
})

test('the consumer’s agent is sent its grant’s view and signs for it; the change stream follows the snapshot (T8.1, C1, C4)', async () => {
  const id = subscription.subscription_id
  const frames = await fetchFrames(target, id, { from: 0, run })
  assert.deepEqual(
    frames.map(({ header }) => [header.kind, header.after]),
    [
      ['begin', -1],
      ['rows', 0],
      ['end', 1],
    ],
  )
  assert.deepEqual((await linesOf(frames[1]!))[0], '63010319900101001X\t扎**玛')
  const root = hex(
    chunksRoot(
      HASHER,
      frames.map(({ digest }) => digest),
    ),
  )
  const said = { subscription_id: id, from: 0, to: 2, root }
  const json = { from: 0, to: 2, root, rows: 3, signature: target.sign(doorText.accepted(said)) }
  assert.equal((await target.say(DOOR.accepted(id), { json })).status, 200)
  const detail = await civil.call(exchange.getSubscription, { params: { id } })
  assert.equal(detail.offset, 3)
  assert.equal(detail.rows_total, 3)
  const [next] = (await poll(source)).feeds
  assert.deepEqual(
    next!.runs.map(({ kind, after: from }) => [kind, from]),
    [['changes', '0000000000000100']],
  )
  assert.equal((await source.say(`${DOOR.frames(id)}?from=0&run=${run}`, { method: 'GET' })).body.code, 'not_found')
})

test('a poll that waits is answered as soon as there is news, at whichever door it was made (T8.1)', async () => {
  const held = await poll(target)
  target.door = otherDoor.address
  const waiting: Promise<Assignment> = poll(target, { have: held.version, wait_seconds: 20 })
  const [changes] = (await poll(source)).feeds[0]!.runs
  await put(
    source,
    await makeChunks(feed, source.chunkEpoch, {
      from: 3,
      chunks: [
        {
          kind: 'changes',
          run_id: changes!.run_id,
          lines: ['+\t632801198512120037\t马玉兰兰'],
          position: '0000000000000200',
        },
      ],
    }),
  )
  const news = await waiting
  target.door = door.address
  assert.equal(news.loads[0]!.head, 4)
  assert.notEqual(news.version, held.version)
  const frames = await fetchFrames(target, subscription.subscription_id, { from: 3, run })
  assert.deepEqual(await linesOf(frames[0]!), ['+\t632801198512120037\t马**兰'])
})
