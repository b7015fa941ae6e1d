import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import {
  base64,
  type Checkpoint,
  canonical,
  checkpointHash,
  entryText,
  headsRoot,
  hex,
  inclusionProof,
  leafHash,
  pureEd25519Signer,
  pureSha256,
  readerOf,
  rootOf,
  signCheckpoint,
  type Trust,
  utf8,
} from '@sanjiang/seal'
import { type Step, verifyEntry, verifyGrowth } from '../src/staff/features/ledger/verify.ts'

const LOG = '0199a0c0-0000-7000-8000-00000000000a'
const signer = pureEd25519Signer(new Uint8Array(32).fill(7))
const trust: Trust = {
  node_id: 'qinghai',
  keys: [{ key_id: signer.key_id, alg: 'ed25519', public_key: base64(signer.public_key), role: 'node' }],
}

const texts = Array.from({ length: 11 }, (_, seq) =>
  entryText({
    v: 1,
    log_id: LOG,
    seq,
    at: `2017-12-11T01:00:00.${100 + seq}Z`,
    kind: 'call',
    body: { outcome: 'answered' },
  }),
)
const leaves = texts.map((text) => leafHash(pureSha256, utf8(text)))

const checkpointAt = async (no: number, size: number, by = signer) => {
  const heads = [{ log_id: LOG, size, root: hex(rootOf(pureSha256, leaves.slice(0, size))), closed: false }]
  const said: Checkpoint = {
    v: 1,
    node_id: 'qinghai',
    demo: false,
    hash_alg: 'sha256',
    no,
    at: `2017-12-11T01:00:0${no}.000Z`,
    prev: '0'.repeat(64),
    heads,
    heads_root: headsRoot(pureSha256, heads),
  }
  const { checkpoint, signatures } = await signCheckpoint(by, said)
  return {
    no,
    at: said.at,
    hash: checkpointHash(pureSha256, checkpoint),
    body: canonical(checkpoint),
    signatures: [...signatures],
  }
}

const reading = { hasher: pureSha256, read: readerOf(pureSha256, leaves) }
const entryAt = (seq: number) => ({ log_id: LOG, seq, leaf: hex(leaves[seq]!), body: texts[seq]!, hash_alg: 'sha256' })
const proofOf = async (seq: number) => ({
  log_id: LOG,
  seq,
  leaf: hex(leaves[seq]!),
  size: 11,
  root: hex(rootOf(pureSha256, leaves)),
  path: inclusionProof(reading, seq, 11).map(hex),
  hash_alg: 'sha256',
  checkpoint: await checkpointAt(2, 11),
})
const red = (steps: readonly Step[]): string[] => steps.filter(({ ok }) => !ok).map(({ title }) => title)

let proof: Awaited<ReturnType<typeof proofOf>>
before(async () => {
  proof = await proofOf(4)
})

test('an untouched entry passes every step, with or without a checkpoint seen before (C2)', async () => {
  assert.deepEqual(red(await verifyEntry(entryAt(4), proof, { trust })), [])
  const { no, hash, at } = await checkpointAt(1, 6)
  const seen = { ...trust, last_seen: { no, hash, at } }
  assert.deepEqual(red(await verifyEntry(entryAt(4), proof, { trust: seen, seenAgain: await checkpointAt(1, 6) })), [])
})

test('each tampering turns its own step red (C2)', async () => {
  const entry = entryAt(4)
  const edited = { ...entry, body: entry.body.replace('answered', 'refused') }
  assert.deepEqual(red(await verifyEntry(edited, proof, { trust })), ['原文的杂凑', '包含证明'])
  const relabelled = { ...edited, leaf: hex(leafHash(pureSha256, utf8(edited.body))) }
  assert.deepEqual(red(await verifyEntry(relabelled, proof, { trust })), ['包含证明'])
  assert.deepEqual(red(await verifyEntry({ ...entryAt(5), seq: 4 }, proof, { trust })), ['条目自述的位置', '包含证明'])
  const stranger = pureEd25519Signer(new Uint8Array(32).fill(9))
  const forged = { ...proof, checkpoint: await checkpointAt(2, 11, stranger) }
  assert.deepEqual(red(await verifyEntry(entry, forged, { trust })), ['检查点的签名'])
  const shifted = {
    ...proof,
    checkpoint: { ...proof.checkpoint, body: proof.checkpoint.body.replace('"size":11', '"size":12') },
  }
  assert.deepEqual(red(await verifyEntry(entry, shifted, { trust })), ['检查点写明此树根', '检查点的签名'])
})

test('a state older than what this browser has seen, or another history, is noticed (C2)', async () => {
  const { no, hash, at } = await checkpointAt(3, 11)
  const ahead = { ...trust, last_seen: { no, hash, at } }
  assert.deepEqual(red(await verifyEntry(entryAt(4), proof, { trust: ahead })), ['与上次所见相承'])
  const other = { ...trust, last_seen: { no: 1, hash: 'f'.repeat(64), at } }
  assert.deepEqual(red(await verifyEntry(entryAt(4), proof, { trust: other, seenAgain: await checkpointAt(1, 6) })), [
    '与上次所见相承',
  ])
})

test('two checkpoints prove that the log only grew, and a rewritten one does not (C2)', async () => {
  const { consistencyProof } = await import('@sanjiang/seal')
  const [from, to] = [await checkpointAt(1, 6), await checkpointAt(2, 11)]
  const growth = {
    log_id: LOG,
    from_size: 6,
    from_root: '',
    to_size: 11,
    to_root: '',
    path: consistencyProof(reading, 6, 11).map(hex),
    hash_alg: 'sha256',
  }
  assert.deepEqual(red(await verifyGrowth({ log_id: LOG, from, to }, growth, trust)), [])
  const bent = { ...growth, path: [...growth.path].reverse() }
  assert.deepEqual(red(await verifyGrowth({ log_id: LOG, from, to }, bent, trust)), ['一致证明'])
})
