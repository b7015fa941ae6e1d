import assert from 'node:assert/strict'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, beforeEach, test } from 'node:test'
import {
  checkpointHash,
  headsRoot,
  NO_CHECKPOINT,
  pureSignatureCheck,
  readCheckpoint,
  rootOf,
  type SignedCheckpoint,
  verifyCheckpoint,
} from '@sanjiang/seal'
import { nodeKey } from '#kernel/keys.ts'
import { draftCall, type Ground, openGround } from '#test/ledger-ground.ts'
import { listCheckpointRange } from './checkpoint.store.ts'
import { type LogWriter, makeCheckpointer, openNodeKeys, startCheckpointing } from './index.ts'
import { listLeaves } from './log.store.ts'
import { HASHER } from './node-hasher.ts'
import { GrowingTree } from './tree.rules.ts'

let ground: Ground
beforeEach(async () => {
  ground = await openGround()
})
afterEach(() => ground.close())
after(() => undefined)

const append = async (log: LogWriter, count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, (_, n) => log.append(draftCall(n))))
}

const signedAll = async (): Promise<SignedCheckpoint[]> => {
  const rows = await listCheckpointRange(ground.house.db, [1, 1_000_000])
  return rows.map(({ body, signatures }) => ({
    checkpoint: readCheckpoint(JSON.parse(body)),
    signatures: signatures as unknown as SignedCheckpoint['signatures'],
  }))
}

const trusted = (keys = ground.keys) => keys.signers.map(({ named }) => ({ ...named, role: 'node' as const }))

test('each checkpoint signs the heads that changed and names the one before it (C3)', async () => {
  const checkpointer = makeCheckpointer(ground.house, ground.keys)
  assert.equal(await checkpointer.tick(), null)
  const [first, second] = [await ground.open(), await ground.open()]
  await append(first, 300)
  assert.equal(await checkpointer.tick(), 1)
  assert.equal(await checkpointer.tick(), null)
  await append(second, 5)
  assert.equal(await checkpointer.tick(), 2)
  const signed = await signedAll()
  assert.deepEqual(
    signed.map(({ checkpoint }) => checkpoint.heads.map(({ log_id, size }) => [log_id, size])),
    [[[first.logId(), 300]], [[second.logId(), 5]]],
  )
  const [one, two] = signed.map(({ checkpoint }) => checkpoint)
  assert.equal(one!.prev, NO_CHECKPOINT)
  assert.equal(two!.prev, checkpointHash(HASHER, one!))
  assert.equal(two!.heads_root, headsRoot(HASHER, [...one!.heads, ...two!.heads]))
  const leaves = await listLeaves(ground.house.db, first.logId(), [0, 300])
  assert.equal(one!.heads[0]!.root, Buffer.from(rootOf(HASHER, leaves)).toString('hex'))
  for (const each of signed) {
    const [judged] = await verifyCheckpoint(each, trusted(), pureSignatureCheck)
    assert.equal(judged!.state, 'valid')
  }
})

test('a worker that takes over goes on where the chain stands, and only one at a time signs (C3)', async () => {
  const log = await ground.open()
  const workers = [1, 2, 3].map(() => makeCheckpointer(ground.house, ground.keys))
  const signedNos: number[] = []
  for (let round = 0; round < 8; round += 1) {
    await append(log, 100)
    const made = await Promise.all(workers.map((worker) => worker.tick()))
    signedNos.push(...made.filter((no) => no !== null))
  }
  const chain = (await signedAll()).map(({ checkpoint }) => checkpoint)
  assert.deepEqual(
    signedNos,
    chain.map(({ no }) => no),
  )
  assert.equal(chain.at(-1)!.heads[0]!.size, 800)
  chain.forEach((checkpoint, index) => {
    assert.equal(checkpoint.no, index + 1)
    assert.equal(checkpoint.prev, index === 0 ? NO_CHECKPOINT : checkpointHash(HASHER, chain[index - 1]!))
  })
})

test('a closed log is signed as closed once and then rests; an empty one is never mentioned (C3)', async () => {
  const checkpointer = makeCheckpointer(ground.house, ground.keys)
  const [log, empty, other] = [await ground.open(), await ground.open(), await ground.open()]
  await append(log, 3)
  await log.close()
  await empty.close()
  assert.equal(await checkpointer.tick(), 1)
  assert.equal(await checkpointer.tick(), null)
  await append(other, 1)
  assert.equal(await checkpointer.tick(), 2)
  const [one, two] = (await signedAll()).map(({ checkpoint }) => checkpoint)
  assert.deepEqual(
    one!.heads.map(({ log_id, closed }) => [log_id, closed]),
    [[log.logId(), true]],
  )
  assert.equal(two!.heads_root, headsRoot(HASHER, two!.heads))
})

test('the log of a writer that has fallen silent is closed by the next checkpoint (C3)', async () => {
  const log = await ground.open()
  await append(log, 4)
  await ground.tamper(`update ledger.log set beat_at = now() - interval '1 hour'`)
  assert.equal(await makeCheckpointer(ground.house, ground.keys).tick(), 1)
  const [{ checkpoint }] = (await signedAll()) as [SignedCheckpoint]
  assert.deepEqual(
    checkpoint.heads.map(({ size, closed }) => [size, closed]),
    [[4, true]],
  )
  const receipt = await log.append(draftCall(5))
  assert.notEqual(receipt.log_id, checkpoint.heads[0]!.log_id)
})

test('a database rolled back behind what this node has signed is not signed over: history must not fork (C3)', async () => {
  const checkpointer = makeCheckpointer(ground.house, ground.keys)
  const log = await ground.open()
  for (let round = 0; round < 3; round += 1) {
    await append(log, 2)
    await checkpointer.tick()
  }
  await ground.tamper('delete from ledger.checkpoint where no = 3; delete from ledger.head where no = 3')
  await append(log, 1)
  await assert.rejects(checkpointer.tick(), { name: 'ChainBroken' })
  await assert.rejects(makeCheckpointer(ground.house, ground.keys).tick(), { name: 'ChainBroken' })
})

test('history rewritten together with its tree is not signed on by the node that takes over (C3)', async () => {
  const log = await ground.open()
  await append(log, 7)
  await makeCheckpointer(ground.house, ground.keys).tick()
  const leaves = await listLeaves(ground.house.db, log.logId(), [0, 7])
  leaves[3] = Buffer.alloc(32, 7)
  const tree = new GrowingTree(HASHER)
  for (const leaf of leaves) tree.append(leaf)
  await ground.tamper('update ledger.entry set leaf = $1 where seq = 3', [leaves[3]])
  await append(log, 1)
  const frontier = Buffer.from(tree.state().nodes.join(''), 'hex')
  await ground.tamper('update ledger.head set root = $1, frontier = $2', [Buffer.from(tree.root()), frontier])
  await assert.rejects(makeCheckpointer(ground.house, ground.keys).tick(), { name: 'ChainBroken' })
  await ground.tamper('update ledger.head set frontier = $1', [frontier.subarray(32)])
  await assert.rejects(makeCheckpointer(ground.house, ground.keys).tick(), { name: 'ChainBroken' })
})

test('keys and the memory of what was signed are readable by their owner alone (C3)', async () => {
  const log = await ground.open()
  await append(log, 1)
  await makeCheckpointer(ground.house, ground.keys).tick()
  const folder = join(ground.dataDir, 'keys')
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  const files = readdirSync(folder)
  for (const name of ['checkpoint-1.key', 'subject-1.key', 'node.key', 'checkpoint.seen.json'])
    assert.ok(files.includes(name), name)
  for (const name of files) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
})

test('checkpoints are strictly later than one another, whatever the clock does (C3)', async () => {
  const checkpointer = makeCheckpointer(ground.house, ground.keys)
  const log = await ground.open()
  for (let round = 0; round < 5; round += 1) {
    await append(log, 1)
    await checkpointer.tick()
  }
  const instants = (await signedAll()).map(({ checkpoint }) => checkpoint.at)
  assert.deepEqual(instants, [...new Set(instants)].sort())
})

test("a database that holds another node's chain is not signed (C3)", async () => {
  const log = await ground.open()
  await append(log, 1)
  await makeCheckpointer(ground.house, ground.keys).tick()
  const demo = openNodeKeys({ demo: true, dataDir: ground.dataDir })
  assert.match(demo.node_id, /^demo-/)
  assert.notEqual(demo.signers[0]!.key_id, ground.keys.signers[0]!.key_id)
  await append(log, 1)
  await assert.rejects(makeCheckpointer(ground.house, demo).tick(), { name: 'ChainBroken' })
})

test('a new signing key is endorsed by the old one and signs from the next checkpoint on (C3)', async () => {
  const log = await ground.open()
  await append(log, 1)
  await makeCheckpointer(ground.house, ground.keys).tick()
  nodeKey(ground.dataDir, 'checkpoint-2')
  const keys = openNodeKeys({ demo: false, dataDir: ground.dataDir })
  const checkpointer = makeCheckpointer(ground.house, keys)
  for (let round = 0; round < 2; round += 1) {
    await append(log, 1)
    await checkpointer.tick()
  }
  const [old, young] = keys.signers.map(({ key_id }) => key_id)
  const signed = await signedAll()
  assert.deepEqual(
    signed.map(({ signatures, checkpoint }) => [signatures[0]!.key_id, checkpoint.next_key?.key_id]),
    [
      [old, undefined],
      [old, young],
      [young, undefined],
    ],
  )
})

test('rows taken out before they were signed stop the signature at the hole instead of hiding it (C3)', async () => {
  const log = await ground.open()
  await append(log, 10)
  await ground.tamper('delete from ledger.entry where seq = 6')
  const checkpointer = makeCheckpointer(ground.house, ground.keys)
  assert.equal(await checkpointer.tick(), 1)
  const [{ checkpoint }] = (await signedAll()) as [SignedCheckpoint]
  assert.equal(checkpoint.heads[0]!.size, 6)
})

test('the worker loop signs what is left when it stops (C3)', async () => {
  const log = await ground.open()
  const loop = startCheckpointing(ground.house, ground.keys, 3_600_000)
  await append(log, 7)
  await log.close()
  await loop.stop()
  const last = (await signedAll()).at(-1)!.checkpoint
  assert.deepEqual(
    last.heads.map(({ size, closed }) => [size, closed]),
    [[7, true]],
  )
})
