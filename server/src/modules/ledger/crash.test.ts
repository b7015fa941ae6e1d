import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseEntry, readCheckpoint } from '@sanjiang/seal'
import { CompiledQuery, sql } from 'kysely'
import { openDb, openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { migrate } from '#kernel/migrate.ts'
import { type Postgres, startPostgres } from '#kernel/postgres.ts'
import { draftCall, type Ground, openGround } from '#test/ledger-ground.ts'
import { findLatestCheckpoint } from './checkpoint.store.ts'
import { makeCheckpointer, openLog, type Receipt } from './index.ts'

// These tests need a disk that is really written to: a cluster of their own with fsync on, behind a door with a fixed
// address, because a restarted server listens elsewhere.
const SETTINGS = ['fsync=on', 'synchronous_commit=on', 'wal_writer_delay=10s', 'autovacuum=off']

let dir: string
let server: Postgres
let door: Server
let ground: Ground
const through = new Set<Socket>()

const openDoor = (): Promise<number> =>
  new Promise((resolve) => {
    door = createServer((near) => {
      const far = connect(server.port, '127.0.0.1')
      for (const socket of [near, far]) {
        through.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          through.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.pipe(far).pipe(near)
    })
    door.listen(0, '127.0.0.1', () => resolve((door.address() as { port: number }).port))
  })

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sanjiang-crash-'))
  server = await startPostgres({ dir, settings: SETTINGS })
  await migrate({ adminUrl: server.url('postgres') })
  const url = new URL(server.url('postgres'))
  url.port = String(await openDoor())
  ground = await openGround(url.href)
})

after(async () => {
  await ground.close()
  door.close()
  for (const socket of through) socket.destroy()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
})

const startAgain = async (): Promise<Postgres> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await startPostgres({ dir, settings: SETTINGS })
    } catch (error) {
      // Children of the killed postmaster need a moment to notice; until then they hold its shared memory.
      if (tries === 20) throw error
      await pause(100)
    }
  }
}

const killServer = async (): Promise<void> => {
  const pid = Number((await readFile(join(dir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  for (const socket of through) socket.destroy()
}

type Acknowledged = Pick<Receipt, 'log_id' | 'seq' | 'leaf'>

/** Stored without gap or double; every acknowledged receipt is there with its leaf. */
const assertKept = async (acknowledged: readonly Acknowledged[]): Promise<void> => {
  const { db } = ground.house
  for (const logId of new Set(acknowledged.map(({ log_id }) => log_id))) {
    const rows = await db
      .selectFrom('ledger.entry')
      .select(['seq', 'leaf', 'body'])
      .where('log_id', '=', logId)
      .orderBy('seq')
      .execute()
    rows.forEach(({ seq }, index) => {
      assert.equal(seq, index)
    })
    const counters = new Set(rows.map(({ body }) => parseEntry(body).body.counter))
    assert.equal(counters.size, rows.length, 'no entry twice')
    for (const { seq, leaf } of acknowledged.filter(({ log_id }) => log_id === logId))
      assert.equal(rows[seq]?.leaf.toString('hex'), leaf)
  }
}

const CHILD = fileURLToPath(new URL('../../../test/ledger-child.ts', import.meta.url))

const killInFlight = async (enough: number): Promise<Acknowledged[]> => {
  const args = [...process.execArgv.filter((arg) => !arg.startsWith('--test')), CHILD, ground.url, ground.keys.node_id]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: childEnvironment() })
  const acknowledged: Acknowledged[] = []
  for await (const line of createInterface(child.stdout)) {
    const [log_id, seq, leaf] = line.split(' ')
    if (leaf?.length === 64) acknowledged.push({ log_id: log_id!, seq: Number(seq), leaf })
    if (acknowledged.length === enough) child.kill('SIGKILL')
  }
  return acknowledged
}

// A child of a test run would otherwise report to the runner instead of to us.
const childEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, NODE_TEST_CONTEXT: undefined })

for (const enough of [1, 400, 3_000])
  test(`a gateway killed after ${enough} receipts leaves each of them, no double, no gap, and a closed log (C2)`, async () => {
    const acknowledged = await killInFlight(enough)
    assert.ok(acknowledged.length >= enough)
    await assertKept(acknowledged)
    const logId = acknowledged[0]!.log_id
    await ground.tamper(`update ledger.log set beat_at = now() - interval '1 hour' where log_id = $1`, [logId])
    await makeCheckpointer(ground.house, ground.keys).tick()
    const { body } = (await findLatestCheckpoint(ground.house.db))!
    const head = readCheckpoint(JSON.parse(body)).heads.find(({ log_id }) => log_id === logId)
    assert.equal(head?.closed, true)
    assert.ok(head.size >= acknowledged.length)
  })

test('PostgreSQL killed and started again in the middle: callers may be told no, but nobody is told a wrong yes (C2)', async () => {
  const log = await ground.open({ giveUpMs: 300, attemptMs: 2_000 })
  const acknowledged: Receipt[] = []
  let refused = 0
  let stop = false
  const callers = Array.from({ length: 16 }, async (_, caller) => {
    for (let n = 0; !stop; n += 1) {
      const answer = await log.append(draftCall(caller * 1_000_000 + n)).catch((error) => {
        assert.equal(error.code, 'ledger_unavailable')
        refused += 1
        return pause(5)
      })
      if (answer) acknowledged.push(answer)
    }
  })
  for (let round = 0; round < 2; round += 1) {
    const soFar = acknowledged.length
    while (acknowledged.length < soFar + 300) await pause(5)
    await killServer()
    await pause(700)
    server = await startAgain()
  }
  const soFar = acknowledged.length
  while (acknowledged.length < soFar + 300) await pause(5)
  stop = true
  await Promise.all(callers)
  assert.ok(refused > 0)
  assert.ok(new Set(acknowledged.map(({ log_id }) => log_id)).size > 1)
  await assertKept(acknowledged)
})

test('no receipt is given before its data was synced to disk (C2)', async () => {
  const pool = openPool(ground.url, { max: 1, name: 'sync-count' })
  const db = openDb(pool)
  const log = await openLog({ db, nodeId: ground.keys.node_id, role: 'test', log: makeLog('test', 'silent') })
  const { rows: settings } = await sql<{ setting: string }>`select current_setting('fsync') as setting`.execute(db)
  assert.equal(settings[0]!.setting, 'on')
  const countSyncs = async (): Promise<number> => {
    await sql`select pg_stat_force_next_flush()`.execute(db)
    const text = `select coalesce(sum(fsyncs), 0)::int as syncs from pg_stat_io where object = 'wal'`
    const { rows } = await db.executeQuery<{ syncs: number }>(CompiledQuery.raw(text))
    return rows[0]!.syncs
  }
  try {
    for (let n = 0; n < 20; n += 1) {
      const before = await countSyncs()
      await log.append(draftCall(n))
      assert.ok((await countSyncs()) > before, `receipt ${n} was given without a sync`)
    }
  } finally {
    await log.close()
    await db.destroy()
  }
})
