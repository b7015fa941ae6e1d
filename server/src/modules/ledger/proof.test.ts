import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fromHex, verifyConsistency, verifyInclusion } from '@sanjiang/seal'
import fc from 'fast-check'
import { draftCall, type Ground, openGround } from '#test/ledger-ground.ts'
import { type LogWriter, makeCheckpointer, type Receipt } from './index.ts'
import { HASHER } from './node-hasher.ts'
import { proveConsistency, proveInclusion } from './proof.service.ts'

const SIZE = 1_500

let ground: Ground
let log: LogWriter
let receipts: Receipt[]
before(async () => {
  ground = await openGround()
  log = await ground.open()
  receipts = await Promise.all(Array.from({ length: SIZE }, (_, n) => log.append(draftCall(n))))
  await makeCheckpointer(ground.house, ground.keys).tick()
})
after(() => ground.close())

test('whoever holds a receipt can have it proved against a signed head (C3)', async () => {
  const ctx = await ground.ctx()
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: SIZE - 1 }), async (seq) => {
      const { leaf, size, root, path, checkpoint } = await proveInclusion(ctx, log.logId(), seq)
      assert.equal(leaf, receipts[seq]!.leaf)
      const claim = { leaf: fromHex(leaf), index: seq, size, root: fromHex(root), proof: path.map(fromHex) }
      assert.ok(verifyInclusion(HASHER, claim))
      const { heads } = JSON.parse(checkpoint.body)
      assert.deepEqual(heads, [{ log_id: log.logId(), size, root, closed: false }])
    }),
    { numRuns: 40, examples: [[0], [255], [256], [1279], [1280], [SIZE - 1]] },
  )
})

test('any earlier size of a log can be proved a prefix of any later one (C3)', async () => {
  const ctx = await ground.ctx()
  const sizes = fc.tuple(fc.integer({ min: 0, max: SIZE }), fc.integer({ min: 0, max: SIZE }))
  await fc.assert(
    fc.asyncProperty(sizes, async (pair) => {
      const [from, to] = pair.sort((a, b) => a - b) as [number, number]
      const proof = await proveConsistency(ctx, log.logId(), { from, to })
      const first = { size: from, root: fromHex(proof.from_root) }
      const second = { size: to, root: fromHex(proof.to_root) }
      assert.ok(verifyConsistency(HASHER, { first, second, proof: proof.path.map(fromHex) }))
    }),
    { numRuns: 30 },
  )
})

test('what is not signed yet, not there, or beyond the head is said apart (C3)', async () => {
  const ctx = await ground.ctx()
  const { seq } = await log.append(draftCall(SIZE))
  await assert.rejects(proveInclusion(ctx, log.logId(), seq), { code: 'wrong_state' })
  await assert.rejects(proveInclusion(ctx, log.logId(), seq + 1), { code: 'not_found' })
  await assert.rejects(proveInclusion(ctx, '0199a0c0-0000-7000-8000-00000000ffff', 0), { code: 'not_found' })
  await assert.rejects(proveConsistency(ctx, log.logId(), { from: 5, to: SIZE + 1 }), { code: 'invalid' })
  await assert.rejects(proveConsistency(ctx, log.logId(), { from: 9, to: 5 }), { code: 'invalid' })
  const unsigned = await ground.open()
  await unsigned.append(draftCall(0))
  await assert.rejects(proveInclusion(ctx, unsigned.logId(), 0), { code: 'wrong_state' })
})

test('a log with rows missing gives no proof rather than a wrong one (C3)', async () => {
  const ctx = await ground.ctx()
  await ground.tamper('delete from ledger.entry where log_id = $1 and seq = 1400', [log.logId()])
  await assert.rejects(proveInclusion(ctx, log.logId(), 1_400), { code: 'wrong_state' })
  await assert.rejects(proveInclusion(ctx, log.logId(), 1_401), { code: 'wrong_state' })
})
