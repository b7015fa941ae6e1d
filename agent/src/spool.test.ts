import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { FeedSpool } from './spool.feed.ts'
import type { Entry } from './spool.record.ts'
import { Spool } from './spool.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-spool-'))
after(() => rm(dir, { recursive: true, force: true }))
let made = 0
const folder = async (): Promise<string> => {
  const path = join(dir, String(made++))
  await mkdir(path)
  return path
}
const entryOf = (seq: number, bytes = 200): Entry => ({
  seq,
  digest: randomBytes(32),
  frame: randomBytes(bytes),
  note: { at: seq },
})
const fill = async (spool: FeedSpool, count: number, bytes?: number): Promise<Entry[]> => {
  const entries = Array.from({ length: count }, (_, i) => entryOf(spool.next + i, bytes))
  for (const entry of entries) await spool.append(entry)
  await spool.settled()
  return entries
}
const never = new AbortController().signal

test('whatever byte a crash cut the spool at, whole chunks before it are kept and the log goes on behind them (T8.1)', async () => {
  const origin = await folder()
  const spool = await FeedSpool.open(origin)
  const entries = await fill(spool, 4)
  await spool.close()
  const name = '0000000000000000.seg'
  const length = (await readFile(join(origin, name))).length
  for (let cut = 0; cut <= length; cut += 37) {
    const copy = await folder()
    await copyFile(join(origin, name), join(copy, name))
    await truncate(join(copy, name), cut)
    const again = await FeedSpool.open(copy)
    const kept = Math.floor((cut * 4) / length)
    assert.equal(again.next, kept)
    assert.deepEqual(again.lastNote, kept === 0 ? null : { at: kept - 1 })
    const more = await fill(again, 1)
    assert.deepEqual(
      (await again.read(0, 1e9)).map(({ frame }) => frame),
      [...entries.slice(0, kept), ...more].map(({ frame }) => frame),
    )
    await again.close()
  }
})

test('a damaged byte is not sent on: what stands before it is, what stands behind is read again at the source (T8.1)', async () => {
  const path = await folder()
  const spool = await FeedSpool.open(path)
  await fill(spool, 4)
  await spool.close()
  const file = join(path, '0000000000000000.seg')
  const bytes = await readFile(file)
  const at = Math.floor(bytes.length * 0.6)
  bytes[at] = (bytes[at] as number) ^ 1
  await writeFile(file, bytes)
  const again = await FeedSpool.open(path)
  assert.equal(again.next, 2)
  await again.close()
})

test('what the centre has is let go, but the place to go on from is not (T8.1)', async () => {
  const path = await folder()
  const spool = await FeedSpool.open(path)
  await fill(spool, 40, 2 ** 20)
  assert.ok(spool.bytes > 40 * 2 ** 20)
  let seq = 0
  while (seq < 40) {
    const entries = await spool.read(seq, 4 * 2 ** 20)
    assert.equal(entries[0]?.seq, seq)
    seq += entries.length
    await spool.sent(seq)
  }
  assert.equal(spool.backlogBytes, 0)
  await fill(spool, 1)
  await spool.sent(40)
  assert.ok(spool.bytes < 2 ** 20)
  assert.ok(spool.backlogBytes > 0)
  await spool.close()
  const again = await FeedSpool.open(path)
  assert.deepEqual([again.first, again.next, again.lastNote], [40, 41, { at: 40 }])
  await again.close()
})

test('a full spool makes the reader wait and goes on when the centre has taken some (T8.1)', async () => {
  const spool = new Spool(await folder(), { maxBytes: 3 * 2 ** 20, keepFreeBytes: 0 })
  const feed = await spool.feed('f')
  await fill(feed, 3, 2 ** 20)
  const told: (string | null)[] = []
  const waiting = spool.room(2 ** 20, never, (shortage) => void told.push(shortage))
  await new Promise((done) => setTimeout(done, 50))
  assert.equal(told[0], 'spool_full')
  await feed.read(0, 1e9)
  await feed.sent(3)
  await waiting
  assert.equal(told.at(-1), null)
  await spool.close()
})

test('a disk without room makes the reader wait with the reason told (T8.1)', async () => {
  const spool = new Spool(await folder(), { maxBytes: 2 ** 30, keepFreeBytes: Number.MAX_SAFE_INTEGER })
  await spool.feed('f')
  const stop = new AbortController()
  const told: (string | null)[] = []
  await assert.rejects(
    spool.room(1, stop.signal, (shortage) => {
      told.push(shortage)
      stop.abort()
    }),
  )
  assert.deepEqual(told, ['disk_low'])
  await spool.close()
})

const WRITER = `
import { FeedSpool } from ${JSON.stringify(new URL('./spool.feed.ts', import.meta.url).href)}
const spool = await FeedSpool.open(process.argv[1])
for (;;) {
  const frame = Buffer.alloc(50_000, String(spool.next))
  await spool.append({ seq: spool.next, digest: Buffer.alloc(32), frame, note: { at: spool.next } })
  if (spool.next % 3 === 0) await spool.settled().then(() => process.stdout.write(spool.next + '\\n'))
}`

test('after kill -9 everything said to be settled is there, in order and once (T8.1)', async () => {
  const path = await folder()
  let said = 0
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let lines = 0
    for await (const text of child.stdout) {
      said = Number(String(text).trim().split('\n').at(-1))
      lines += String(text).split('\n').length - 1
      if (lines > 3 + round * 7) child.kill('SIGKILL')
    }
    const spool = await FeedSpool.open(path)
    assert.ok(spool.next >= said)
    const entries = await spool.read(0, 1e9)
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      Array.from({ length: spool.next }, (_, i) => i),
    )
    assert.ok(entries.every(({ seq, frame }) => frame.toString('latin1', 0, 1) === String(seq)[0]))
    await spool.close()
  }
})
