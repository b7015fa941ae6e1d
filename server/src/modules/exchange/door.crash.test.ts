import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DOOR, type Head, type WantedFeed } from '@sanjiang/contract/exchange.door'
import { enlistAtDoor, type TestAgent } from '#test/exchange-door.ts'
import { openFeed } from '#test/exchange-feed.ts'
import { type Made, makeChunks, put, supply } from '#test/exchange-log.ts'
import { openWorld, type World } from '#test/harness.ts'
import { freePort } from '#test/ports.ts'

const ROLE = fileURLToPath(new URL('../../roles/exchange.ts', import.meta.url))
const CHUNKS = 120
const KILLS = 5

let world: World
let port: number
let child: ChildProcess | undefined
let source: TestAgent
let feed: WantedFeed
let run: string

/** The door as a process of its own, as the supervisor keeps it. */
const startDoor = async (): Promise<void> => {
  const env = { DATABASE_URL: world.url, DATA_DIR: world.dataDir, EXCHANGE_PORT: String(port), LOG_LEVEL: 'silent' }
  const started = fork(ROLE, [], { env: { ...process.env, ...env, NODE_TEST_CONTEXT: undefined }, execArgv: [] })
  child = started
  await new Promise<void>((resolve, reject) => {
    started.once('message', () => resolve())
    started.once('exit', (code) => reject(new Error(`door ended with ${code}`)))
  })
}

const killDoor = async (): Promise<void> => {
  const gone = new Promise((resolve) => child!.once('exit', resolve))
  child!.kill('SIGKILL')
  await gone
}

before(async () => {
  world = await openWorld()
  port = await freePort()
  await startDoor()
  const police = await world.signIn('police', 'provider')
  source = await enlistAtDoor(`http://127.0.0.1:${port}`, police)
  ;({ feed, run } = await openFeed(world, source, police))
})
after(async () => {
  if (child?.exitCode === null && child.signalCode === null) await killDoor()
  await world?.close()
})

const makeLog = async (): Promise<Made[]> => {
  const lines = (seq: number): string[] => Array.from({ length: 20 }, (_, n) => `${seq}-${n}\t名`)
  const middle = Array.from({ length: CHUNKS - 2 }, (_, n) => ({ kind: 'rows' as const, lines: lines(n + 1) }))
  const all = [{ kind: 'begin' as const }, ...middle, { kind: 'end' as const, rows: (CHUNKS - 2) * 20 }]
  const chunks = all.map((one) => ({ ...one, run_id: run, position: '1' }))
  return makeChunks(feed, source.chunkEpoch, { from: 0, chunks })
}

const say = async <T>(work: () => Promise<{ status: number; body: T }>): Promise<T> => {
  for (;;) {
    const said = await work().catch(() => null)
    if (said?.status === 200) return said.body
    if (said && said.status < 500) throw new Error(JSON.stringify(said.body))
    await pause(20)
  }
}

/** An agent as it is: from where the log stands, three chunks at a time, each batch signed for. */
const sendAll = async (log: readonly Made[], goOn: () => Promise<void>): Promise<void> => {
  for (;;) {
    const { head, supplied } = await say(() => source.say<Head>(DOOR.head(feed.feed_id), { method: 'GET' }))
    if (supplied < head) await say(() => supply(source, log.slice(supplied, head)))
    if (head >= log.length) return
    await say(() => put(source, log.slice(head, head + 3)))
    await goOn()
  }
}

test('a door killed at any moment leaves a log without a gap or a double, signed for to its end (C4)', async () => {
  const log = await makeLog()
  let isSending = true
  let kills = 0
  const killing = (async () => {
    for (; isSending && kills < KILLS; kills += 1) {
      await pause(40 + ((kills * 37) % 90))
      await killDoor()
      await startDoor()
    }
  })()
  await sendAll(log, () => pause(15))
  isSending = false
  await killing
  assert.ok(kills >= 3, `${kills} kills`)
  const stored = await world.sql<{ seq: number; digest: Buffer }>(
    'select seq::int, digest from exchange.chunk where feed_id = $1 order by seq',
    [feed.feed_id],
  )
  assert.deepEqual(
    stored.map(({ seq, digest }) => `${seq} ${digest.toString('hex')}`),
    log.map(({ header, digest }) => `${header.seq} ${digest.toString('hex')}`),
  )
  const [row] = await world.sql<{ state: string; rows: number; trouble: unknown }>(
    'select state, rows::int, trouble from exchange.run where run_id = $1',
    [run],
  )
  assert.deepEqual(row, { state: 'finished', rows: (CHUNKS - 2) * 20, trouble: null })
})

test('every chunk stands under a signed root in the ledger, however often the door died in between (C3)', async () => {
  const entries = await world.sql<{ body: string }>(`select body from ledger.entry where kind = 'chunk_supplied'`)
  const ranges = entries.map(({ body }) => JSON.parse(body).body as { from: number; to: number })
  const covered = new Set(ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => from + n)))
  assert.equal(covered.size, CHUNKS)
})
