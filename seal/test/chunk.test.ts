import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import {
  compressBody,
  decompressBody,
  nodeChunkDigest,
  nodeHasher,
  openAtRest,
  openFrame,
  sealAtRest,
} from '../node/index.ts'
import {
  bodyOf,
  type ChunkHeader,
  chunkDigest,
  FrameDecoder,
  frameParts,
  headerBytes,
  parseHeader,
  SealError,
  utf8,
} from '../src/index.ts'

const header: ChunkHeader = {
  v: 1,
  feed_id: '0199f3c2-0000-7000-8000-000000000001',
  seq: 7,
  run_id: '0199f3c2-0000-7000-8000-000000000002',
  epoch: 3,
  kind: 'rows',
  feed_version: 2,
  items: ['citizen_id', 'name'],
  rows: 2,
  bytes: 13,
  position: '00000000016B3748',
  tx_end: true,
  at: '2026-11-25T08:00:00.000Z',
}
const body = bodyOf(['1\t王', '22\t李'])

const frameOf = async (one: ChunkHeader, bytes: Uint8Array): Promise<Buffer> =>
  Buffer.concat(frameParts(headerBytes(one), await compressBody(bytes), nodeChunkDigest(headerBytes(one), bytes)))

test('a chunk header has one spelling, and says nothing that is not in the design (T8.1)', () => {
  const bytes = headerBytes(header)
  assert.deepEqual(parseHeader(bytes), header)
  assert.equal(body.length, 13)
  const text = Buffer.from(bytes).toString()
  assert.throws(() => parseHeader(utf8(JSON.stringify(header))), { code: 'not_canonical' })
  assert.throws(() => parseHeader(utf8(text.replace('{', '{ '))), { code: 'not_canonical' })
  assert.throws(() => parseHeader(utf8(`${text.slice(0, -1)},"x":1}`)), SealError)
  assert.throws(() => parseHeader(Buffer.concat([bytes, Buffer.of(0xff)])), SealError)
})

test('what cannot be is refused with the field that says it (T8.1)', () => {
  const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ v: 2 }, 'v'],
    [{ more: 1 }, 'more'],
    [{ feed_id: 'x' }, 'feed_id'],
    [{ seq: -1 }, 'seq'],
    [{ seq: 1.5 }, 'seq'],
    [{ epoch: 0 }, 'epoch'],
    [{ kind: 'row' }, 'kind'],
    [{ kind: '__proto__' }, 'kind'],
    [{ items: [] }, 'items'],
    [{ items: ['a', 'a'] }, 'items'],
    [{ items: ['a b'] }, 'items'],
    [{ rows: 14 }, 'rows'],
    [{ rows: 0 }, 'rows'],
    [{ bytes: 33 * 1024 * 1024 }, 'bytes'],
    [{ kind: 'begin' }, 'bytes'],
    [{ kind: 'begin', bytes: 0, rows: 1 }, 'rows'],
    [{ position: 'a\0' }, 'position'],
    [{ position: 'x'.repeat(1025) }, 'position'],
    [{ tx_end: 1 }, 'tx_end'],
    [{ at: '2026-11-25' }, 'at'],
    [{ after: 6 }, 'subscription_id'],
    [{ subscription_id: header.feed_id }, 'after'],
    [{ subscription_id: header.feed_id, after: 7 }, 'after'],
  ]
  for (const [change, field] of wrong)
    assert.throws(() => headerBytes({ ...header, ...change } as ChunkHeader), { name: 'SealError', field })
  assert.ok(headerBytes({ ...header, kind: 'end', rows: 2_000_000, bytes: 0 }).length > 0)
})

test('the digest is over header, line end and body, however it is computed (T8.1)', () => {
  const head = headerBytes(header)
  const expected = nodeHasher('sha256').hash(Buffer.concat([head, Buffer.from('\n'), body]))
  assert.deepEqual(Buffer.from(chunkDigest(nodeHasher('sha256'), head, body)), expected)
  assert.deepEqual(nodeChunkDigest(head, body), expected)
})

test('frames come out of a stream whole wherever it is cut (T8.1)', async () => {
  const begin: ChunkHeader = { ...header, kind: 'begin', rows: 0, bytes: 0, seq: 6 }
  const stream = Buffer.concat([await frameOf(begin, Buffer.alloc(0)), await frameOf(header, body)])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(stream.length), { maxLength: 30 }), async (cuts) => {
      const decoder = new FrameDecoder()
      const ends = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const frames = ends.slice(1).flatMap((end, i) => decoder.push(stream.subarray(ends[i], end)))
      decoder.end()
      assert.deepEqual(
        frames.map((frame) => frame.header),
        [begin, header],
      )
      assert.deepEqual(await openFrame(frames[1] as (typeof frames)[1]), Buffer.from(body))
    }),
    { numRuns: 40 },
  )
  const slow = new FrameDecoder()
  assert.equal([...stream].flatMap((byte) => slow.push(Uint8Array.of(byte))).length, 2)
})

test('a stream that is cut, or announces too much, is refused before memory is taken for it (T8.1)', async () => {
  const whole = await frameOf(header, body)
  const cut = new FrameDecoder()
  cut.push(whole.subarray(0, -1))
  assert.throws(() => cut.end(), SealError)
  assert.throws(() => new FrameDecoder().push(Buffer.from('ffffffff', 'hex')), { code: 'out_of_range' })
  const headLength = whole.readUInt32BE(0)
  const long = Buffer.from(whole)
  long.writeUInt32BE(0x7fffffff, 4 + headLength)
  assert.throws(() => new FrameDecoder().push(long), { code: 'out_of_range' })
  long.writeUInt32BE(0, 4 + headLength)
  assert.throws(() => new FrameDecoder().push(long), SealError)
})

test('a body that grows beyond what its header says is not unpacked (T8.1)', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024), { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  await assert.rejects(decompressBody(header, bomb), SealError)
  await assert.rejects(decompressBody(header, Buffer.from('junk')), SealError)
  await assert.rejects(decompressBody({ ...header, bytes: 0 }, Buffer.of(1)), SealError)
  const frame = { header, header_bytes: headerBytes(header), digest: nodeChunkDigest(headerBytes(header), body) }
  for (const other of ['1\t王\n22\t\n', '1\t王\n22\t李\n\n', '1\t王\n22\t李.', '1\n王\n22\t李\n'])
    await assert.rejects(openFrame({ ...frame, compressed: await compressBody(Buffer.from(other)) }), SealError)
})

test('a delivered chunk says to whom and what went before; a damaged one is told by its digest (T8.1)', async () => {
  const delivered = { ...header, subscription_id: header.feed_id, after: -1 }
  assert.deepEqual(parseHeader(headerBytes(delivered)), delivered)
  const whole = await frameOf(delivered, body)
  const [frame] = new FrameDecoder().push(whole)
  assert.deepEqual(await openFrame(frame as NonNullable<typeof frame>), Buffer.from(body))
  const digest = Buffer.from(whole.subarray(-32))
  digest[0] = (digest[0] as number) ^ 1
  await assert.rejects(openFrame({ ...(frame as NonNullable<typeof frame>), digest }), { field: 'digest' })
})

test('bodies survive every level of compression (T8.1)', async () => {
  const large = Buffer.concat([randomBytes(100_000), Buffer.alloc(900_000, 'sanjiang\n')])
  for (const level of [1, 2, 3] as const) {
    const packed = await compressBody(large, level)
    assert.ok(packed.length < 130_000)
    assert.deepEqual(await decompressBody({ ...header, bytes: large.length }, packed), large)
  }
})

test('at rest a chunk opens only with its key and at its place in the log (T8.1, C4)', () => {
  const key = { key_id: '00112233aabbccdd', key: randomBytes(32) }
  const keyOf = (id: string) => (id === key.key_id ? key.key : undefined)
  const place = { feed_id: header.feed_id, seq: 7 }
  const sealed = sealAtRest(key, place, body)
  assert.deepEqual(openAtRest(keyOf, place, sealed), Buffer.from(body))
  assert.ok(!sealed.includes(Buffer.from('王')))
  assert.notDeepEqual(sealAtRest(key, place, body), sealed)
  assert.throws(() => openAtRest(keyOf, { ...place, seq: 8 }, sealed), SealError)
  assert.throws(() => openAtRest(() => randomBytes(32), place, sealed), SealError)
  assert.throws(() => openAtRest(() => undefined, place, sealed), { field: 'key_id' })
  for (const at of [0, 3, 12, 25, sealed.length - 1]) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] as number) ^ 1
    assert.throws(() => openAtRest(keyOf, place, changed), SealError)
  }
  assert.throws(() => openAtRest(keyOf, place, sealed.subarray(0, 20)), SealError)
})
