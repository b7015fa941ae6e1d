// The twelve tamperings of a ledger, done by whoever owns the database — or on the exported file, where that is the attack —
// to a ledger that real writers filled, exported over HTTP and verified by the command an auditor would run.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  type Checkpoint,
  canonical,
  checkpointHash,
  type Finding,
  type FindingKind,
  type Head,
  headsRoot,
  hex,
  NO_CHECKPOINT,
  readCheckpoint,
  rootOf,
  signCheckpoint,
} from '@sanjiang/seal'
import { nodeEd25519Signer, nodeHasher } from '@sanjiang/seal/node'
import { type LogWriter, makeCheckpointer, type NodeKeys, openLog, openNodeKeys } from '#modules/ledger/index.ts'
import { type Forger, openForger, type Row, renumbered, rewritten } from './forger.ts'
import { openWorld, type Voice, type World } from './harness.ts'
import { draftCall } from './ledger-ground.ts'

const CLI = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))
const hasher = nodeHasher('sha256')
/** Checkpoints signed, and entries each adds to the log that is tampered with. */
const [ROUNDS, EACH] = [6, 10]
const VICTIM = 27

let world: World
let keys: NodeKeys
let auditor: Voice
let origin: string
let forger: Forger
let logId: string
let trustFile: string

const sanjiang = (...args: string[]): Promise<{ code: number; stdout: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
    execFile(process.execPath, [CLI, ...args], { env, maxBuffer: 64 << 20 }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    )
  })

const openWriter = (role: string): Promise<LogWriter> => {
  const { db, log } = world.house
  return openLog({ db, nodeId: keys.node_id, role, log })
}

const tick = (): Promise<number | null> => makeCheckpointer(world.house, keys).tick()

before(async () => {
  world = await openWorld()
  keys = openNodeKeys(world.house.site)
  auditor = await world.signIn('audit', 'auditor')
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  origin = `http://127.0.0.1:${(world.app.server.address() as AddressInfo).port}`
  const [one, other] = [await openWriter('gateway'), await openWriter('gateway')]
  for (let round = 0; round < ROUNDS; round += 1) {
    const calls = Array.from({ length: EACH }, (_, n) => one.append(draftCall(round * EACH + n)))
    await Promise.all([...calls, other.append(draftCall(round)), other.append(draftCall(100 + round))])
    await tick()
  }
  logId = one.logId()
  await Promise.all([one.close(), other.close()])
  await world.sql(`update ledger.log set closed_at = null, closed_by = null`)
  trustFile = join(world.dataDir, 'trust.json')
  assert.equal((await sanjiang('trust', origin, '--out', trustFile)).code, 0)
  forger = await openForger(world.sql)
  await copyFile(seenFile(), `${seenFile()}.kept`)
})
after(() => world.close())
afterEach(async () => {
  await forger.undo()
  await copyFile(`${seenFile()}.kept`, seenFile())
})

const seenFile = (): string => join(world.dataDir, 'keys', 'demo-checkpoint.seen.json')

const exported = async (): Promise<string> => {
  const answer = await fetch(`${origin}/api/v1/ledger/export`, { headers: { cookie: auditor.cookie } })
  assert.equal(answer.status, 200)
  const file = join(world.dataDir, 'bundle.ndjson')
  await writeFile(file, Buffer.from(await answer.arrayBuffer()))
  return file
}

const judge = async (file: string, ...more: string[]): Promise<{ code: number; faults: Finding[] }> => {
  const { code, stdout } = await sanjiang('verify', file, '--trust', trustFile, '--json', ...more)
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  return { code, faults: findings.filter(({ severity }) => severity === 'fault') }
}

/** Found, as one of these kinds, at this number or within the few that one checkpoint added. */
const assertFoundAt = async (seq: number, kinds: readonly FindingKind[], file?: string): Promise<void> => {
  const { code, faults } = await judge(file ?? (await exported()))
  assert.equal(code, 1)
  const named = faults.find(({ kind, where }) => {
    const last = where.to_seq ?? where.seq ?? -1
    const holds = where.log_id === logId && where.seq! <= seq && seq <= last
    return kinds.includes(kind) && holds && last - where.seq! < EACH
  })
  assert.ok(named, JSON.stringify(faults, null, 1))
}

const assertFoundAtCheckpoint = async (no: number, kind: FindingKind, file?: string): Promise<void> => {
  const { code, faults } = await judge(file ?? (await exported()))
  assert.equal(code, 1)
  const named = faults.some((one) => one.kind === kind && one.where.checkpoint_no === no)
  assert.ok(named, JSON.stringify(faults, null, 1))
}

const tamper = async (change: (rows: Row[]) => Row[]): Promise<void> =>
  forger.replace(logId, change(await forger.rows(logId)))

const replaceAt = (rows: readonly Row[], seq: number, by: (row: Row) => Row): Row[] =>
  rows.map((row) => (row.seq === seq ? by(row) : row))

test('control: the untouched ledger passes, again after every undoing (C3)', async () => {
  const { code, faults } = await judge(await exported())
  assert.deepEqual([code, faults], [0, []])
  await tamper((rows) => rows.filter(({ seq }) => seq < 5))
  await forger.undo()
  assert.equal((await judge(await exported())).code, 0)
})

test('the ledger of a demonstration says so in every checkpoint, in the file and to whoever verifies it (C3)', async () => {
  const [first, ...lines] = (await readFile(await exported(), 'utf8')).split('\n')
  assert.equal(JSON.parse(first!).manifest.demo, true)
  const checkpoints = lines
    .filter((line) => line.startsWith('{"checkpoint"'))
    .map((line) => JSON.parse(line).checkpoint)
  assert.ok(checkpoints.length > 0 && checkpoints.every(({ demo, node_id }) => demo && node_id.startsWith('demo-')))
  assert.equal(JSON.parse(await readFile(trustFile, 'utf8')).demo, true)
  const { stdout } = await sanjiang('verify', join(world.dataDir, 'bundle.ndjson'), '--trust', trustFile)
  assert.match(stdout, /演示 DEMO/)
})

test('1 edit: one word in the database, with or without its hash, or in the file (C3)', async () => {
  await world.sql(`update ledger.entry set body = replace(body, '卓玛', '央金') where log_id = $1 and seq = $2`, [
    logId,
    VICTIM,
  ])
  await assertFoundAt(VICTIM, ['edit'])
  await forger.undo()
  await tamper((rows) => replaceAt(rows, VICTIM, (row) => rewritten(row, () => ({ kind: 'admin' }))))
  await assertFoundAt(VICTIM, ['edit'])
  await forger.undo()
  const file = await exported()
  const lines = (await readFile(file, 'utf8')).split('\n')
  const at = lines.findIndex((line) => line.includes(`"log_id":"${logId}","seq":${VICTIM},`))
  lines[at] = lines[at]!.replace('卓玛', '央金')
  await writeFile(file, lines.join('\n'))
  const { faults } = await judge(file)
  assert.ok(faults.some(({ kind, where }) => kind === 'edit' && where.seq === VICTIM && where.line === at + 1))
})

test('2 removal: a row taken out, and one taken out with those after it moved up (C3)', async () => {
  await tamper((rows) => rows.filter(({ seq }) => seq !== VICTIM))
  await assertFoundAt(VICTIM, ['removal'])
  await forger.undo()
  await tamper((rows) =>
    rows.flatMap((row) => (row.seq === VICTIM ? [] : [row.seq < VICTIM ? row : renumbered(row, row.seq - 1)])),
  )
  // Its own hashes now agree, so only the range of the checkpoint that signed otherwise can be named.
  await assertFoundAt(VICTIM, ['edit', 'removal', 'renumbering'])
})

test('3 insertion: a row put between, with those after it moved down, and one more under a taken number (C3)', async () => {
  const forged = (row: Row): Row => rewritten(row, () => ({ kind: 'admin' }))
  await tamper((rows) => [
    ...rows.slice(0, VICTIM),
    forged(rows[VICTIM]!),
    ...rows.slice(VICTIM).map((row) => renumbered(row, row.seq + 1)),
  ])
  await assertFoundAt(VICTIM, ['edit', 'insertion'])
  await forger.undo()
  await world.sql(`select ledger.ensure_month((select max(month) from ledger.entry) + 40)`)
  await tamper((rows) => {
    const next = new Date(Date.parse(rows[0]!.month) + 40 * 86_400_000).toISOString()
    return [...rows, { ...forged(rows[VICTIM]!), month: `${next.slice(0, 7)}-01`, at: next }]
  })
  await assertFoundAt(VICTIM, ['insertion', 'edit'])
})

test('4 swap: two entries change places, as rows or as what they say (C3)', async () => {
  const swapped = (rows: Row[], put: (row: Row, seq: number) => Row): Row[] =>
    rows.map((row) => {
      if (row.seq === VICTIM) return put(rows[VICTIM + 1]!, VICTIM)
      return row.seq === VICTIM + 1 ? put(rows[VICTIM]!, VICTIM + 1) : row
    })
  await tamper((rows) => swapped(rows, (row, seq) => ({ ...row, seq })))
  await assertFoundAt(VICTIM, ['swap'])
  await forger.undo()
  await tamper((rows) => swapped(rows, (row, seq) => ({ ...renumbered(row, seq), leaf: rows[seq]!.leaf })))
  await assertFoundAt(VICTIM, ['swap'])
})

test('5 renumbering: entries given other numbers (C3)', async () => {
  await tamper((rows) =>
    rows.map((row) => (row.seq < VICTIM ? row : { ...renumbered(row, row.seq + 1), leaf: row.leaf, seq: row.seq })),
  )
  const { code, faults } = await judge(await exported())
  assert.equal(code, 1)
  assert.ok(
    faults.some(({ kind, where }) => kind === 'renumbering' && where.seq === VICTIM + 1 && where.log_id === logId),
  )
})

test('6 truncation: the end of a log cut off, and the end of the file (C3)', async () => {
  const total = ROUNDS * EACH
  await tamper((rows) => rows.slice(0, total - 3))
  await assertFoundAt(total - 2, ['truncation'])
  await forger.undo()
  const file = await exported()
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.slice(0, Math.floor(text.length * 0.6)))
  const { code, faults } = await judge(file)
  assert.equal(code, 1)
  assert.ok(faults.some(({ kind, where }) => kind === 'truncation' && where.line! > 1))
})

/** The database as it was after checkpoint `no`. */
const restoreTo = async (no: number): Promise<void> => {
  await world.sql('delete from ledger.checkpoint where no > $1', [no])
  await world.sql('delete from ledger.head where no > $1', [no])
  await world.sql(
    `delete from ledger.entry e where seq >= coalesce((select max(size) from ledger.head h where h.log_id = e.log_id), 0)`,
  )
  await world.sql(
    `update ledger.log l set settled_no = null, size = coalesce((select max(size) from ledger.head h where h.log_id = l.log_id), 0)`,
  )
}

test('7 fork: the node is made to sign a second history over the first (C3)', async () => {
  await restoreTo(ROUNDS - 2)
  await assert.rejects(tick(), { name: 'ChainBroken' })
  // Whoever also holds the machine removes the node's own memory of what it has signed.
  await rm(seenFile())
  const writer = await openWriter('gateway')
  for (let no = ROUNDS - 1; no <= ROUNDS + 1; no += 1) {
    await writer.append(draftCall(no))
    assert.equal(await tick(), no)
  }
  await assertFoundAtCheckpoint(ROUNDS, 'fork')
  await writer.close()
})

test('8 roll-back: the database put back to an earlier day, all of it in order (C3)', async () => {
  await restoreTo(ROUNDS - 2)
  await assertFoundAtCheckpoint(ROUNDS - 2, 'rollback')
})

interface Stored {
  readonly no: number
  readonly body: string
  readonly signatures: unknown
}

const storeCheckpoint = (checkpoint: Checkpoint, signatures: unknown): Promise<unknown> =>
  world.sql('update ledger.checkpoint set body = $2, hash = $3, signatures = $4 where no = $1', [
    checkpoint.no,
    canonical(checkpoint),
    checkpointHash(hasher, checkpoint),
    JSON.stringify(signatures),
  ])

/** Rewrites the chain so that it agrees with the entries as they now are; `sign` makes what stands under it. */
const rewriteChain = async (sign: (checkpoint: Checkpoint, old: unknown) => Promise<unknown>): Promise<void> => {
  const leaves = (await forger.rows(logId)).map(({ leaf }) => leaf)
  const open = new Map<string, Head>()
  let prev = NO_CHECKPOINT
  for (const { body, signatures } of await world.sql<Stored>(
    'select no, body, signatures from ledger.checkpoint order by no',
  )) {
    const before = readCheckpoint(JSON.parse(body))
    const heads = before.heads.map((head) =>
      head.log_id === logId ? { ...head, root: hex(rootOf(hasher, leaves.slice(0, head.size))) } : head,
    )
    for (const head of heads) open.set(head.log_id, head)
    const checkpoint = { ...before, prev, heads, heads_root: headsRoot(hasher, [...open.values()]) }
    prev = checkpointHash(hasher, checkpoint)
    await storeCheckpoint(checkpoint, await sign(checkpoint, signatures))
  }
}

test("9 key change: history rewritten and signed throughout with the forger's own key (C3)", async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const own = nodeEd25519Signer(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string)
  await tamper((rows) => replaceAt(rows, VICTIM, (row) => rewritten(row, () => ({ kind: 'admin' }))))
  await rewriteChain(async (checkpoint) => (await signCheckpoint(own, checkpoint)).signatures)
  await assertFoundAtCheckpoint(1, 'key_change')
})

test("10 replayed bundle: last week's file handed over as today's, or as another period's (C3)", async () => {
  const old = join(world.dataDir, 'old.ndjson')
  await copyFile(await exported(), old)
  const writer = await openWriter('gateway')
  await writer.append(draftCall(1))
  await writer.close()
  await tick()
  const fresh = join(world.dataDir, 'fresh.json')
  const { stdout } = await sanjiang('trust', origin, '--out', fresh)
  assert.match(stdout, /已固定/)
  const told = await sanjiang('verify', old, '--trust', fresh, '--json')
  assert.equal(told.code, 1)
  const { findings } = JSON.parse(told.stdout) as { findings: Finding[] }
  assert.ok(findings.some(({ kind, where }) => kind === 'replay' && where.checkpoint_no === ROUNDS))
  const period = '2017-12-01T00:00:00.000Z..2018-01-01T00:00:00.000Z'
  const other = await judge(old, '--period', period)
  assert.ok(other.faults.some(({ kind, where }) => kind === 'replay' && where.line === 1))
})

test('11 forged checkpoint: rewritten to agree with rewritten entries, under the old signature (C3)', async () => {
  await tamper((rows) => replaceAt(rows, VICTIM, (row) => rewritten(row, () => ({ kind: 'admin' }))))
  await rewriteChain(async (_, signatures) => signatures)
  await assertFoundAtCheckpoint(Math.floor(VICTIM / EACH) + 1, 'forged')
  await forger.undo()
  await world.sql(`update ledger.checkpoint set body = 'not even JSON' where no = 3`)
  await assertFoundAtCheckpoint(3, 'removal')
})

test('12 back-dated entry: slipped in under the next number and signed unknowingly by the node (C3)', async () => {
  const total = ROUNDS * EACH
  await tamper((rows) => {
    const at = new Date(Date.parse(rows.at(-1)!.at) - 7 * 86_400_000).toISOString()
    return [...rows, rewritten(rows.at(-1)!, () => ({ seq: total, at }))]
  })
  await world.sql('update ledger.log set size = $2, settled_no = null where log_id = $1', [logId, total + 1])
  assert.equal(await tick(), ROUNDS + 1)
  await assertFoundAt(total, ['backdated'])
})

test("a consumer's receipt shows that an entry was taken out before it was ever signed (C3)", async () => {
  const writer = await openWriter('gateway')
  const [kept, lost] = [await writer.append(draftCall(1)), await writer.append(draftCall(2))]
  await world.sql('delete from ledger.entry where log_id = $1 and seq = 1', [lost.log_id])
  await world.sql('update ledger.log set size = 1 where log_id = $1', [lost.log_id])
  await world.sql(`update ledger.log set closed_at = now(), closed_by = 'checkpoint' where log_id = $1`, [lost.log_id])
  await tick()
  const file = await exported()
  assert.equal((await judge(file)).code, 0)
  const receipts = join(world.dataDir, 'receipts.json')
  await writeFile(receipts, JSON.stringify([kept, lost]))
  const { code, faults } = await judge(file, '--receipts', receipts)
  assert.equal(code, 1)
  assert.deepEqual(
    faults.map(({ kind, where }) => [kind, where.log_id, where.seq]),
    [['removal', lost.log_id, 1]],
  )
})

test('only who may reach every organ may have the whole ledger (C3)', async () => {
  const clerk = await world.signIn('police', 'consumer')
  for (const [cookie, status] of [
    ['', 401],
    [clerk.cookie, 403],
  ] as const) {
    const answer = await fetch(`${origin}/api/v1/ledger/export`, { headers: { cookie } })
    assert.equal(answer.status, status)
  }
})
