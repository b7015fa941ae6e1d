import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { DOOR, type WantedFeed } from '@sanjiang/contract/exchange.door'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { openFeed } from '#test/exchange-feed.ts'
import { makeChunks, poll, put } from '#test/exchange-log.ts'
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

const chunks = (from: number, made: Parameters<typeof makeChunks>[2]['chunks']) =>
  makeChunks(feed, source.chunkEpoch, { from, chunks: made })
const BEGIN = { kind: 'begin', position: '1' } as const

test('what is refused before its body is through is still answered, not cut (C4)', async () => {
  const strange = { ...feed, feed_id: source.agentId }
  const lines = Array.from({ length: 60_000 }, (_, n) => `${n}\t${Math.sin(n)}`)
  const made = await makeChunks(strange, source.chunkEpoch, {
    from: 0,
    chunks: Array.from({ length: 4 }, () => ({ kind: 'rows' as const, run_id: run, lines, position: '1' })),
  })
  const bytes = Buffer.concat(made.map(({ frame }) => frame))
  const said = await source.say(DOOR.chunk(feed.feed_id, 0), { method: 'PUT', bytes })
  assert.deepEqual([said.status, said.body.code], [422, 'invalid'])
})

test('a gap is refused before a byte of it is taken, and the refusal says where the log stands (C4)', async () => {
  const { status, body } = await put(source, await chunks(7, [{ ...BEGIN, run_id: run }]))
  assert.equal(status, 409)
  assert.deepEqual(body.fields, [{ field: 'head', rule: 'out_of_order', message: '0' }])
})

test('a reader that had to start anew is counted from there, and a run whose rows do not add up says so (C4)', async () => {
  const [first, second] = [
    ['a\t1', 'b\t2'],
    ['a\t1', 'b\t2', 'c\t3'],
  ]
  const step = (kind: 'begin' | 'rows' | 'end', more: { lines?: string[]; rows?: number } = {}) => ({
    kind,
    run_id: run,
    position: '2',
    ...more,
  })
  await put(source, await chunks(0, [step('begin'), step('rows', { lines: first })]))
  await put(source, await chunks(2, [step('begin'), step('rows', { lines: second }), step('end', { rows: 4 })]))
  const [row] = await world.sql<{ rows: number; first_seq: number; code: string }>(
    `select rows::int, first_seq::int, trouble ->> 'code' as code from exchange.run where run_id = $1`,
    [run],
  )
  assert.deepEqual(row, { rows: 3, first_seq: 2, code: 'totals_differ' })
  const [next] = (await poll(source)).feeds[0]!.runs
  assert.equal(next!.kind, 'changes', 'the stream goes on all the same')
})

test('a known agent that is refused is remembered, a stranger is only counted (T16.1)', async () => {
  const [stale] = await chunks(5, [{ ...BEGIN, run_id: run }])
  const later = { ...stale!, header: { ...stale!.header, epoch: 99 } }
  const [forged] = await makeChunks(feed, 99, { from: 5, chunks: [{ ...BEGIN, run_id: run }] })
  assert.equal((await put(source, [{ ...later, frame: forged!.frame }])).body.code, 'agent_fenced')
  const answer = await fetch(door.address + DOOR.head(feed.feed_id), {
    headers: { authorization: `Bearer ${'x'.repeat(43)}` },
  })
  assert.equal(answer.status, 401)
  const refusals = async () =>
    world.sql<{ actor_id: string }>(`select actor_id from ledger.entry where kind = 'access' and outcome = 'refused'`)
  for (const end = Date.now() + 5000; (await refusals()).length === 0 && Date.now() < end; )
    await new Promise((done) => setTimeout(done, 50))
  assert.deepEqual(
    (await refusals()).map(({ actor_id }) => actor_id),
    [source.agentId],
  )
  const figures = (await (await fetch(`${door.address}/metrics`)).text()).split('\n')
  const isCounted = (...parts: string[]): boolean => figures.some((line) => parts.every((part) => line.includes(part)))
  assert.ok(isCounted('sanjiang_refusals_total', 'code="session_unknown"'))
  assert.ok(
    isCounted('sanjiang_http_request_seconds_count', 'endpoint="/agent/v1/feeds/:id/chunks/:seq"', 'status="409"'),
  )
})

test('enrolment and fencing are in the access log (T16.1)', async () => {
  await world.drain()
  const topics = await world.sql<{ topic: string }>(
    `select distinct topic from ledger.entry where topic like 'exchange.agent.%'`,
  )
  assert.deepEqual(topics.map(({ topic }) => topic).sort(), ['exchange.agent.enrolled', 'exchange.agent.invited'])
})

test('what is no HTTP is answered in words and cut (T16.1)', async () => {
  const { port } = new URL(door.address)
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => void socket.write('NONSENSE\r\n\r\n'))
    let text = ''
    socket.on('data', (piece) => {
      text += piece
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
  assert.match(said, /^HTTP\/1\.1 400 [\s\S]+"code":"malformed"/)
})
