import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import {
  Accepted,
  Answer,
  Digests,
  DOOR,
  DoorSignIn,
  Enrolment,
  FileLine,
  type Head,
  Rejected,
  Report,
  Supplied,
  type WantedFeed,
} from '@sanjiang/contract/exchange.door'
import { PULL, PullAccepted } from '@sanjiang/contract/exchange.pull'
import { canonical, frameParts } from '@sanjiang/seal'
import { newId } from '#kernel/id.ts'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { openFeed } from '#test/exchange-feed.ts'
import { type Made, makeChunks, put } from '#test/exchange-log.ts'
import { type Dice, HOSTILE, makeDice, makeValue, type Pool, remember, spoil } from '#test/fuzz-values.ts'
import { openWorld, type World } from '#test/harness.ts'
import { openPuller, type Puller, subscribePush } from '#test/push-ground.ts'
import type { DoorServer } from './index.ts'

// Repeat a run with FUZZ_SEED=…; FUZZ_SECONDS says how long it goes on.
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 10)
const AT_ONCE = 6

let world: World
let door: DoorServer
let source: TestAgent
let agents: TestAgent[]
let feed: WantedFeed
let run: string
let puller: Puller
let pushed: string
const pool: Pool = new Map()
const dice: Dice = makeDice(SEED)
const making = { dice, pool }

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  const police = await world.signIn('police', 'provider')
  source = await enlistAtDoor(door.address, police)
  const opened = await openFeed(world, source, police)
  ;({ feed, run } = opened)
  const stranger = await enlistAtDoor(door.address, await world.signIn('commerce', 'provider'))
  agents = [source, source, opened.target, stranger]
  puller = await openPuller(world, door.address)
  const { people, civil } = opened
  const url = 'http://127.0.0.1:9/'
  pushed = (await subscribePush(civil, people, { names: ['citizen_id', 'name'], client_id: puller.clientId, url }))
    .subscription_id
  const question_id = newId()
  await world.sql(
    `insert into exchange.question (question_id, agent_id, kind, connection, body, asked_at, expires_at)
     values ($1, $2, 'browse', 'gongan', '{}', now(), now() + interval '1 hour')`,
    [question_id, source.agentId],
  )
  const known = { feed_id: feed.feed_id, run_id: run, subscription_id: opened.subscriptionId, question_id }
  for (const [key, value] of Object.entries({ ...known, agent_id: source.agentId })) remember(pool, key, value)
})
after(async () => {
  await door?.close()
  await world?.close()
})

interface Shot {
  readonly method: string
  readonly path: string
  readonly body?: string | Buffer
  readonly name: string
  readonly headers?: Record<string, string>
}

const ID = (key: string): string => String(dice.chance(0.8) ? dice.pick(pool.get(key)!) : dice.pick(BAD_IDS))
const BAD_IDS = ['0199a0c0-0000-7000-8000-00000000dead', 'x', '%00', '..', '-1', '999999999999999', 'x'.repeat(300)]

const DIGEST = (): string => dice.pick(['ab'.repeat(32), '00'.repeat(32), 'x', 'AB'.repeat(32), '..'])

const SAID: readonly [name: string, schema: object, path: () => string][] = [
  ['enrol', Enrolment, () => DOOR.enrolments],
  ['sign in', DoorSignIn, () => DOOR.sessions],
  ['poll', Report, () => DOOR.assignment],
  ['supply', Supplied, () => DOOR.supplied(ID('feed_id'))],
  ['rejects', Rejected, () => DOOR.rejects(ID('feed_id'))],
  ['accept', Accepted, () => DOOR.accepted(ID('subscription_id'))],
  ['answer', Answer, () => DOOR.answer(ID('question_id'))],
  ['missing', Digests, () => DOOR.partsMissing(ID('feed_id'))],
  ['file', FileLine, () => DOOR.file(ID('feed_id'), DIGEST())],
]

const RAW = [
  '{',
  '',
  'null',
  '[]',
  '"x"',
  '{"__proto__":{"a":1}}',
  '['.repeat(50_000),
  '\u0000',
  Buffer.from([0xff, 0xfe]),
]

const impatient = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'wait_seconds' in value ? { ...value, wait_seconds: 0 } : value

const saidShot = (): Shot => {
  const [name, schema, path] = dice.pick(SAID)
  if (dice.chance(0.1)) return { name, method: 'POST', path: path(), body: dice.pick(RAW) }
  const value = impatient(makeValue(making, schema))
  const sent = dice.chance(0.4) ? value : spoil(making, value)
  return { name, method: 'POST', path: path(), body: JSON.stringify(impatient(sent)) }
}

const askShot = (): Shot => {
  const from = dice.pick(['0', '1', '-1', 'x', '', '99999999999999999999', '1e3'])
  const frames = `${DOOR.frames(ID('subscription_id'))}?from=${from}&run=${ID('run_id')}`
  const fetched = `${DOOR.fetch(ID('subscription_id'), DIGEST())}?from=${from}&count=${from}`
  const path = dice.pick([
    DOOR.head(ID('feed_id')),
    frames,
    fetched,
    DOOR.fetch(ID('subscription_id'), DIGEST()),
    '/agent/v1/',
    '/agent/v1/feeds/%2e%2e/head',
    '//',
    '/%',
  ])
  return { name: 'ask', method: dice.pick(['GET', 'GET', 'GET', 'DELETE', 'PATCH', 'HEAD']), path }
}

/** An application's request, rightly signed whatever it says; some with one header that is not. */
const pullShot = (): Shot => {
  const id = dice.chance(0.8) ? pushed : ID('subscription_id')
  const isWord = dice.chance(0.4)
  const path = encodeURI(isWord ? PULL.accepted(id) : PULL.next(id))
  const value = spoil(making, makeValue(making, PullAccepted))
  const body = isWord ? (dice.chance(0.1) ? String(dice.pick(RAW)) : JSON.stringify(value)) : undefined
  const more = dice.chance(0.1) ? { counter: dice.pick([1, 2 ** 52, 7]) } : {}
  const headers = puller.headers(path, { body, ...more })
  if (dice.chance(0.2)) headers[dice.pick(Object.keys(headers))] = dice.pick(['', 'x', 'sj=::', '0', '9'.repeat(400)])
  return { name: 'pull', method: isWord ? 'POST' : 'GET', path, body, headers }
}

const spoiltFrame = ({ header, frame, digest }: Made): Buffer => {
  const bytes = Buffer.from(frame)
  const at = dice.below(bytes.length)
  if (dice.chance(0.3)) return bytes.subarray(0, at)
  if (dice.chance(0.4)) {
    bytes[at]! ^= 1 << dice.below(8)
    return bytes
  }
  if (dice.chance(0.3)) return Buffer.concat([bytes, bytes])
  const field = dice.pick(Object.keys(header))
  const changed = { ...header, [field]: dice.pick([...HOSTILE, 2 ** 40, '0199a0c0-0000-7000-8000-00000000dead']) }
  try {
    return Buffer.concat(frameParts(Buffer.from(canonical(changed)), Buffer.from('xx'), digest))
  } catch {
    return Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), bytes])
  }
}

const chunkAt = async (seq: number): Promise<Made> => {
  const lines = Array.from({ length: 1 + dice.below(5) }, (_, n) => `${seq}${n}\t名`)
  const kind = seq === 0 ? 'begin' : 'rows'
  const chunk = { kind, run_id: run, position: '1', ...(kind === 'rows' ? { lines } : {}) } as const
  const [made] = await makeChunks(feed, source.chunkEpoch, { from: seq, chunks: [chunk] })
  return made!
}

const headOf = async (): Promise<Head> => (await source.say<Head>(DOOR.head(feed.feed_id), { method: 'GET' })).body

const chunkShot = async (): Promise<Shot> => {
  if (dice.chance(0.1)) return { name: 'parts', method: 'PUT', path: DOOR.parts(ID('feed_id')), body: dice.pick(RAW) }
  const { head } = await headOf()
  const seq = Math.max(0, head + dice.pick([0, 0, 0, -1, 1]))
  const made = await chunkAt(seq)
  const body = dice.chance(0.4) ? made.frame : spoiltFrame(made)
  return { name: 'put', method: 'PUT', path: DOOR.chunk(ID('feed_id'), seq), body }
}

const LEAKS =
  /\n\s+at |\.ts:\d+|node_modules|violates \w+|syntax error at|relation "|column "|invalid input syntax|kysely/i

const faultOf = async ({ method, path, body, headers }: Shot): Promise<string | null> => {
  const { token } = dice.pick(agents)
  const authorization = dice.chance(0.95) ? `Bearer ${token}` : dice.pick(['', 'Bearer x', `Basic ${token}`])
  const answer = await fetch(door.address + path, {
    method,
    headers: headers ?? { authorization },
    body: body === undefined ? undefined : Buffer.from(body),
  })
  const text = await answer.text()
  if (answer.status >= 500) return `answers ${answer.status}: ${text.slice(0, 200)}`
  const type = answer.headers.get('content-type') ?? ''
  if (answer.status >= 400 && method !== 'HEAD' && !type.startsWith('application/problem+json'))
    return `refuses as ${type}`
  return answer.status >= 400 && LEAKS.test(text) ? `leaks ${text.slice(0, 200)}` : null
}

/** What must hold of every log whatever was said at the door. */
const brokenLogs = () =>
  world.sql(
    `select f.feed_id, f.head, c.chunks, c.top from exchange.feed f
     left join lateral (select count(*)::int as chunks, max(seq)::int as top from exchange.chunk where feed_id = f.feed_id) c on true
     left join exchange.chunk l on l.feed_id = f.feed_id and l.seq = f.head - 1
     where f.head <> c.chunks or f.head <> coalesce(c.top, -1) + 1 or f.supplied > f.head
       or f.head_digest is distinct from l.digest
       or exists (select from exchange.chunk k where k.feed_id = f.feed_id and k.bytes > 0
         and not exists (select from exchange.chunk_body b where b.feed_id = k.feed_id and b.seq = k.seq))`,
  )

const countedRows = () =>
  world.sql<{ rows: number; logged: number }>(
    `select r.rows::int, (select coalesce(sum(c.rows), 0)::int from exchange.chunk c
       where c.run_id = r.run_id and c.feed_id = r.feed_id and c.seq >= r.first_seq and c.kind in ('rows', 'changes')) as logged
     from exchange.run r where r.state <> 'waiting'`,
  )

test(`whatever is said at the door, it answers in its own words and leaves whole logs behind (C4, T16.3; seed ${SEED})`, async () => {
  const faults: string[] = []
  let shots = 0
  const shoot = async (): Promise<void> => {
    for (const end = Date.now() + SECONDS * 1000; Date.now() < end; shots += 1) {
      const isAgents = dice.chance(0.85)
      const spoken = () => (dice.chance(0.35) ? chunkShot() : dice.chance(0.8) ? saidShot() : askShot())
      const shot = isAgents ? await spoken() : pullShot()
      const fault = await faultOf(shot).catch((error: Error) => `cut: ${error.message} ${String(error.cause)}`)
      if (fault) faults.push(`${shot.name} ${shot.method} ${shot.path.slice(0, 80)}: ${fault}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, shoot))
  assert.deepEqual([...new Set(faults)].slice(0, 10), [], `${shots} shots`)
  assert.ok((await headOf()).head > 2, 'good chunks were taken meanwhile')
  assert.ok((await puller.next(pushed)).status < 300, 'the application is not shut out')
  assert.deepEqual(await brokenLogs(), [])
  for (const { rows, logged } of await countedRows()) assert.equal(rows, logged)
})

test('the same chunk said by six at once stands there once (C4)', async () => {
  const { head } = await headOf()
  const made = await chunkAt(head)
  const answers = await Promise.all(Array.from({ length: 6 }, () => put(source, [made])))
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.head]),
    Array.from({ length: 6 }, () => [200, head + 1]),
  )
  assert.deepEqual(await brokenLogs(), [])
})
