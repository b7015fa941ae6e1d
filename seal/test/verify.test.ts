import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { nodeHasher, nodeSignatureCheck } from '../node/index.ts'
import {
  checkpointHash,
  cosignCheckpoint,
  type FindingKind,
  hex,
  parseTrust,
  pureHasher,
  pureSignatureCheck,
  type Report,
  type Trust,
  type TrustKey,
  updatedTrust,
  type VerifyDeps,
  verifyBundle,
} from '../src/index.ts'
import { later, namedKey, newSigner, SampleNode, sampleBody } from './sample-node.ts'

const DEPS: VerifyDeps = { hasherFor: nodeHasher, checkSignature: nodeSignatureCheck }

const verify = (bytes: Uint8Array, trust: Trust, deps: Partial<VerifyDeps> = {}): Promise<Report> =>
  verifyBundle([bytes], trust, { ...DEPS, ...deps })

const kindsOf = ({ findings }: Report): FindingKind[] => findings.map(({ kind }) => kind)

const START = '2026-03-02T01:00:00.000Z'

/** A small ledger: two logs, one of them closed, three checkpoints. */
const smallNode = async (alg: 'sha256' | 'sm3' = 'sha256'): Promise<SampleNode> => {
  const node = new SampleNode({ alg })
  await node.live({ count: 4, every: 2 })
  node.close('gw-a')
  node.append('gw-b', later(START, 5_000), sampleBody(9))
  await node.seal(later(START, 6_000))
  return node
}

let node: SampleNode
let bytes: Uint8Array
let trust: Trust
before(async () => {
  node = await smallNode()
  bytes = await node.bytes()
  trust = node.trust()
})

test('a sound bundle is green under either hash, in the browser as on the server, cut anywhere (C3)', async () => {
  for (const alg of ['sha256', 'sm3'] as const) {
    const own = await smallNode(alg)
    const whole = await own.bytes()
    const onServer = await verify(whole, own.trust())
    assert.deepEqual([onServer.ok, onServer.findings], [true, []])
    const inBrowser = await verify(whole, own.trust(), { hasherFor: pureHasher, checkSignature: pureSignatureCheck })
    assert.deepEqual(inBrowser, onServer)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 12 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length]
        const chunks = at.slice(1).map((end, i) => whole.subarray(at[i], end))
        assert.deepEqual(await verifyBundle(chunks, own.trust(), DEPS), onServer)
      }),
      { numRuns: 20 },
    )
  }
})

/** Start of the end line: what follows it only describes the file. */
const endLine = (): number => Buffer.from(bytes).lastIndexOf('\n{"end"') + 1

const assertFound = async (bent: Uint8Array, at: number): Promise<void> => {
  const report = await verify(bent, trust)
  if (!report.ok) return
  assert.ok(at >= endLine(), `byte ${at} changed unseen`)
  // Harmless: what the bundle proves is what it proved, and its production is still signed or said not to be.
  const sound = await verify(bytes, trust)
  assert.deepEqual(
    { ...report, findings: [], counts: { ...report.counts, bytes: 0 } },
    { ...sound, counts: { ...sound.counts, bytes: 0 } },
  )
}

test('any one byte changed, added or taken out is found, or changes nothing that is proved (C3)', async () => {
  const change = fc.record({
    at: fc.nat(bytes.length - 1),
    byte: fc.integer({ min: 0, max: 255 }),
    how: fc.constantFrom('set', 'add', 'cut'),
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ at, byte, how }) => {
      const [head, tail] = [bytes.subarray(0, at), bytes.subarray(how === 'add' ? at : at + 1)]
      const bent = new Uint8Array(Buffer.concat(how === 'cut' ? [head, tail] : [head, Buffer.from([byte]), tail]))
      if (Buffer.compare(bent, bytes) !== 0) await assertFound(bent, at)
    }),
    { numRuns: 500 },
  )
  for (let at = endLine(); at < bytes.length; at++) {
    for (const bit of [1, 32]) await assertFound(bytes.with(at, (bytes[at] as number) ^ bit), at)
  }
})

test('a file cut off anywhere is found (C3)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 2), async (length) => {
      assert.equal((await verify(bytes.subarray(0, length), trust)).ok, false)
    }),
    { numRuns: 80 },
  )
  assert.equal((await verify(bytes.subarray(0, bytes.length - 1), trust)).ok, true)
})

test('rubbish of any kind is reported, never thrown (C3)', async () => {
  const lines = Buffer.from(bytes).toString().split('\n')
  const line = fc.oneof(fc.constantFrom(...lines), fc.json(), fc.string())
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (parts) => {
      const report = await verify(Buffer.from(parts.join('\n')), trust)
      if (parts.join('\n') !== lines.join('\n')) assert.equal(typeof report.ok, 'boolean')
    }),
    { numRuns: 200 },
  )
  assert.deepEqual(kindsOf(await verify(new Uint8Array(), trust)), ['malformed'])
  assert.deepEqual(kindsOf(await verify(new Uint8Array(17 << 20), trust)).at(0), 'malformed')
})

test('only the pinned node is believed: other keys, other names, other modes are not (C3)', async () => {
  const stranger = new SampleNode()
  assert.ok(kindsOf(await verify(bytes, stranger.trust())).includes('key_change'))
  assert.ok(kindsOf(await verify(bytes, { ...trust, node_id: 'other' })).includes('forged'))
  const expired = trust.keys.map((key) => ({ ...key, not_after: later(START, 1_500) }))
  const report = await verify(bytes, { ...trust, keys: expired })
  assert.deepEqual(report.findings.map(({ kind, where }) => [kind, where.checkpoint_no])[0], ['key_change', 2])
})

test('a key handed over by the old one is followed; the old one signs no more (C3)', async () => {
  const own = new SampleNode()
  await own.live({ count: 4, every: 2 })
  const [old, young] = [own.signer, newSigner()]
  own.append('gw-a', later(START, 3_000), sampleBody(1))
  await own.seal(later(START, 4_000), { next_key: namedKey(young) })
  own.signer = young
  own.append('gw-a', later(START, 5_000), sampleBody(2))
  await own.seal(later(START, 6_000))
  const report = await verify(await own.bytes(), own.trust())
  assert.deepEqual([report.ok, kindsOf(report)], [true, ['rotation']])
  const kept = updatedTrust(own.trust(), report)
  assert.deepEqual(
    kept.keys.map(({ key_id }) => key_id),
    [old.key_id, young.key_id],
  )
  own.signer = old
  own.append('gw-a', later(START, 7_000), sampleBody(3))
  await own.seal(later(START, 8_000))
  for (const pinned of [own.trust(), kept]) {
    const stolen = await verify(await own.bytes(), pinned)
    assert.ok(stolen.findings.some(({ kind, where }) => kind === 'key_change' && where.checkpoint_no === 5))
  }
})

test('a bundle of an older period stays green after the key was changed since (C3)', async () => {
  const own = await smallNode()
  const young = newSigner()
  own.signer = young
  const report = await verify(await own.bytes(), own.trust())
  assert.deepEqual([report.ok, kindsOf(report)], [true, ['unverifiable']])
})

test('an end without signature leaves the entries proved and says that the time of export is only claimed (C3)', async () => {
  const report = await verify(await node.bytes({ unsigned: true }), trust)
  assert.deepEqual([report.ok, kindsOf(report)], [true, ['unverifiable']])
})

test('a part of the ledger starts from a proved state; what lies between it and the last visit is told (C3)', async () => {
  const own = new SampleNode()
  await own.live()
  const part = await own.bytes({ from_no: 3 })
  assert.deepEqual(kindsOf(await verify(part, own.trust())), [])
  const first = own.checkpoints[0]?.signed.checkpoint
  assert.ok(first)
  const last_seen = { no: 1, hash: checkpointHash(own.hasher, first), at: first.at }
  const report = await verify(part, own.trust({ last_seen }))
  assert.deepEqual([report.ok, kindsOf(report)], [true, ['gap']])
  const bent = Buffer.from(
    Buffer.from(part)
      .toString()
      .replace(/"frontier":\["[0-9a-f]{2}/, '"frontier":["ff'),
  )
  assert.ok(kindsOf(await verify(bent, own.trust())).includes('forged'))
})

test('a period must be covered at both ends (C3)', async () => {
  const own = new SampleNode()
  const end = await own.live()
  const from = own.checkpoints[2]?.signed.checkpoint.at as string
  const covered = await own.bytes({ from_no: 3, period: { from, to: end } })
  assert.deepEqual(kindsOf(await verify(covered, own.trust())), [])
  const early = await own.bytes({ from_no: 3, period: { from: START, to: end } })
  assert.deepEqual(kindsOf(await verify(early, own.trust())), ['removal'])
  const open = await own.bytes({ from_no: 3, period: { from, to: later(end, 1_000) } })
  assert.deepEqual(kindsOf(await verify(open, own.trust())), ['unverifiable'])
})

const isFork = ({ findings }: Report, no: number): boolean =>
  findings.some(({ kind, where }) => kind === 'fork' && where.checkpoint_no === no)

test('two histories under one number are a fork, whoever saw the other one (C3)', async () => {
  const own = await smallNode()
  const seen = { no: 2, hash: 'ab'.repeat(32), at: START }
  assert.ok(isFork(await verify(await own.bytes(), own.trust({ last_seen: seen })), 2))
  assert.ok(isFork(await verify(await own.bytes(), own.trust({ also_seen: [seen] })), 2))
})

test('checkpoints of one instant or of an earlier one are back-dated (C3)', async () => {
  for (const at of [later(START, 2_000), later(START, 500)]) {
    const own = new SampleNode()
    await own.live({ count: 4, every: 2 })
    own.append('gw-a', later(START, 1_900), sampleBody(1))
    await own.seal(at)
    const report = await verify(await own.bytes(), own.trust())
    assert.ok(report.findings.some(({ kind, where }) => kind === 'backdated' && where.checkpoint_no === 3))
  }
})

test('witnesses are counted when they are required, and a wrong one is a forgery (C3)', async () => {
  const own = await smallNode()
  const witness = newSigner()
  const keys: TrustKey[] = [...own.trust().keys, { ...namedKey(witness), role: 'witness' }]
  const required = own.trust({ keys, require_witness: 1 })
  assert.ok(kindsOf(await verify(await own.bytes(), required)).includes('unwitnessed'))
  const row = own.checkpoints[1]
  assert.ok(row)
  row.signed = await cosignCheckpoint(witness, row.signed)
  const report = await verify(await own.bytes(), required)
  assert.deepEqual([report.ok, report.witnessed_no], [true, 2])
  const [first, second] = row.signed.signatures
  assert.ok(first && second)
  row.signed = { ...row.signed, signatures: [first, { ...second, sig: first.sig }] }
  assert.ok(kindsOf(await verify(await own.bytes(), required)).includes('forged'))
})

test('receipts are met where the bundle reaches, and only counted where it does not (C3)', async () => {
  const own = new SampleNode()
  await own.live()
  const receipt = (log_id: string, seq: number) => ({ log_id, seq, leaf: hex(own.row(log_id, seq).leaf) })
  const receipts = [receipt('gw-a', 3), receipt('gw-b', 39), { log_id: 'gw-z', seq: 0, leaf: 'ab'.repeat(32) }]
  const whole = await verify(await own.bytes(), own.trust({ receipts }))
  assert.deepEqual([whole.ok, whole.receipts], [true, { met: 2, outside: 1 }])
  const part = await verify(await own.bytes({ from_no: 3 }), own.trust({ receipts }))
  assert.deepEqual([part.ok, part.receipts], [true, { met: 1, outside: 2 }])
  own.close('gw-a')
  await own.seal('2026-03-02T01:10:00.000Z')
  const beyond = await verify(
    await own.bytes(),
    own.trust({ receipts: [{ log_id: 'gw-a', seq: 40, leaf: 'ab'.repeat(32) }] }),
  )
  assert.deepEqual(
    beyond.findings.map(({ kind, where }) => [kind, where.log_id, where.seq]),
    [['removal', 'gw-a', 40]],
  )
})

test('a trust file is read whole or refused with its field (C3)', () => {
  const text = (more: object): string => JSON.stringify({ ...trust, ...more })
  assert.deepEqual(parseTrust(text({})), trust)
  const [key] = trust.keys
  assert.ok(key)
  const wrong: readonly (readonly [object, string])[] = [
    [{ node_id: '' }, 'node_id'],
    [{ keys: [] }, 'keys'],
    [{ keys: [{ ...key, role: 'witness' }] }, 'keys'],
    [{ keys: [{ ...key, key_id: '0'.repeat(16) }] }, 'keys.0.key_id'],
    [{ keys: [{ ...key, public_key: 'AAAA' }] }, 'keys.0.public_key'],
    [{ last_seen: { no: 0, hash: 'ab'.repeat(32), at: START } }, 'no'],
    [{ also_seen: [{ no: 1, hash: 'ab', at: START }] }, 'also_seen.0.hash'],
    [{ receipts: [{ log_id: 'a', seq: 0.5, leaf: 'ab'.repeat(32) }] }, 'receipts.0.seq'],
  ]
  for (const [more, field] of wrong) assert.throws(() => parseTrust(text(more)), { code: 'malformed', field })
  assert.throws(() => parseTrust('{'), { code: 'malformed' })
})
