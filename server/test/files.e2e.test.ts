// Two departments' own agents bring files from one's folder to the other's, through the real door and store.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { exchange, sharing } from '@sanjiang/contract'
import { FilesGround, filesBelow, localPlace, type Standing } from './files-ground.ts'
import type { PublishedResource } from './sharing-ground.ts'

const MIB = 1_048_576
let ground: FilesGround
let scans: PublishedResource
let standing: Standing
const dir = await mkdtemp(join(tmpdir(), 'sanjiang-files-e2e-'))
const [out, into] = [join(dir, 'out'), join(dir, 'in')]
const source = join(out, 'scans')
const target = join(into, 'dangan')
/** What the provider's folder holds, for its readers. */
const files = new Map<string, Buffer>()

/** Written beside and renamed, as a careful program does. */
const put = async (path: string, bytes: Buffer): Promise<void> => {
  const full = join(source, path)
  await mkdir(dirname(full), { recursive: true })
  await writeFile(`${full}.tmp`, bytes)
  await rename(`${full}.tmp`, full)
  files.set(path, bytes)
}

const withPrefix = (all: ReadonlyMap<string, Buffer>) =>
  new Map([...all].map(([path, bytes]) => [`scans/${path}`, bytes] as const))

before(async () => {
  await mkdir(source, { recursive: true })
  await mkdir(into, { recursive: true })
  await put('1951/户籍册.tif', randomBytes(3 * MIB + 77))
  await put('1951/封面.jpg', randomBytes(5_000))
  await put('空.txt', Buffer.alloc(0))
  ground = await FilesGround.open({ source: localPlace(out), target: localPlace(into) })
  scans = await ground.publish()
  await ground.attach(scans)
})
after(async () => {
  await ground?.close()
  await rm(dir, { recursive: true, force: true })
})

test('files arrive byte for byte, with their times and a signed receipt (T8.1)', async () => {
  standing = await ground.subscribe(scans, 'dangan')
  await ground.holds(target, withPrefix(files))
  const [there, here] = [await stat(join(source, '1951/户籍册.tif')), await stat(join(target, 'scans/1951/户籍册.tif'))]
  assert.equal(Math.floor(there.mtimeMs / 1000), Math.floor(here.mtimeMs / 1000))
  await ground.until('签收', async () => (await ground.subscription(standing)).behind_chunks === 0)
  const { rows_total } = await ground.subscription(standing)
  assert.equal(rows_total, files.size)
})

const bytesAsked = async (name: 'sent' | 'fetched', act: () => Promise<void>): Promise<number> => {
  const before = name === 'sent' ? await ground.stored() : ground.fetchedBytes
  await act()
  return (name === 'sent' ? await ground.stored() : ground.fetchedBytes) - before
}

test('of a changed file only the changed parts travel, a copy not at all, and what is removed goes (T8.1)', async () => {
  const changed = Buffer.from(files.get('1951/户籍册.tif')!)
  changed.fill(9, MIB + 5, MIB + 50)
  const fetched = await bytesAsked('fetched', async () => {
    const sent = await bytesAsked('sent', async () => {
      await put('1951/户籍册.tif', changed)
      await put('1952/副本.tif', changed)
      await rm(join(source, '1951/封面.jpg'))
      files.delete('1951/封面.jpg')
      await ground.holds(target, withPrefix(files))
    })
    assert.equal(sent, MIB)
  })
  assert.ok(fetched >= MIB && fetched < 2 * MIB, `${fetched}`)
})

test('killed in the middle, either agent goes on and nothing that is there travels again (C2)', async () => {
  const big = randomBytes(24 * MIB)
  const before = await ground.stored()
  const fetchedBefore = ground.fetchedBytes
  await put('大图.tif', big)
  await ground.until('一部分已到平台', async () => (await ground.stored()) > before)
  await ground.source.end()
  ground.source.start()
  await ground.until('一部分已到使用方', async () => ground.fetchedBytes > fetchedBefore)
  await ground.target.end()
  ground.target.start()
  await ground.holds(target, withPrefix(files))
  assert.equal((await ground.stored()) - before, big.length)
  // At most what was on the line when it was cut comes twice: three requests.
  assert.ok(ground.fetchedBytes - fetchedBefore < big.length + 25 * MIB)
})

test('a condition on the path gives just those files, and another feed with the same file stores it once (T8.1, C1)', async () => {
  const before = await ground.stored()
  await mkdir(join(out, 'other'), { recursive: true })
  await writeFile(join(out, 'other/再一份.tif'), files.get('大图.tif')!)
  const others = await ground.publish('再一份')
  await ground.attach(others, 'files:other/*')
  await ground.subscribe(others, 'zaiyifen')
  await ground.holds(join(into, 'zaiyifen'), new Map([['other/再一份.tif', files.get('大图.tif')!]]))
  assert.equal(await ground.stored(), before)
  const maps = await ground.publish('一九五二')
  await ground.attach(maps)
  await ground.subscribe(maps, 'yijiuwuer', [{ item: 'path', op: 'prefix', values: ['scans/1952/'] }])
  await ground.holds(join(into, 'yijiuwuer'), new Map([['scans/1952/副本.tif', files.get('1952/副本.tif')!]]))
})

test('names that lead astray or that systems confuse are told and kept out; what others put there is not overwritten (T8.1)', async () => {
  await writeFile(join(source, 'con.txt'), 'a')
  await writeFile(join(source, 'bad\tname'), 'b')
  await writeFile(join(source, '空.TXT'), 'c')
  await writeFile(join(dir, 'secret'), 'd')
  await symlink(join(dir, 'secret'), join(source, 'link.txt'))
  const own = Buffer.from('本部门自己的文件')
  await writeFile(join(target, 'scans/自有.txt'), own)
  await put('自有.txt', Buffer.from('提供方的文件'))
  await put('其后.txt', Buffer.from('其后'))
  const expected = withPrefix(files)
  // Which of two names that differ in their capitals is kept follows from their order.
  expected.delete('scans/空.txt')
  expected.set('scans/空.TXT', Buffer.from('c'))
  expected.set('scans/自有.txt', own)
  await ground.holds(target, expected)
  await ground.until('问题数据', async () => {
    const rows = await ground.world.sql<{ reason: string }>('select reason from exchange.reject')
    return rows.length >= 3
  })
  const reasons = (await ground.world.sql<{ reason: string }>('select reason from exchange.reject')).map(
    ({ reason }) => reason,
  )
  assert.ok(
    reasons.some((one) => /在部分系统上不可用/.test(one)),
    reasons.join(),
  )
  assert.ok(
    reasons.some((one) => /不允许的字符/.test(one)),
    reasons.join(),
  )
  assert.ok(
    reasons.some((one) => /大小写/.test(one)),
    reasons.join(),
  )
})

test('a file changed or lost by hand at the consumer is found and brought again by a reconciliation (C5)', async () => {
  await ground.until('都已签收', async () => (await ground.subscription(standing)).behind_chunks === 0)
  await writeFile(join(target, 'scans/其后.txt'), '改过的')
  await rm(join(target, 'scans/1952/副本.tif'))
  const expected = withPrefix(files)
  expected.delete('scans/空.txt')
  expected.set('scans/空.TXT', Buffer.from('c'))
  // Out of the way now: what was refused for it comes too.
  await rm(join(target, 'scans/自有.txt'))
  const params = { id: standing.subscription_id }
  await ground.until('对账修复', async () => {
    const { rows } = await ground.civil.call(exchange.listReconciliations, { params, query: {} })
    if (rows.some(({ state, repaired }) => state === 'repaired' && (repaired ?? 0) >= 3)) return true
    if (!rows.some(({ state }) => state === 'running'))
      await ground.civil.call(exchange.reconcile, { params, body: {} }).catch(() => undefined)
    return false
  })
  await ground.holds(target, expected)
})

test('once the grant is revoked the next request is refused, in the middle of a file (C2)', async () => {
  const before = ground.fetchedBytes
  ground.holdAfter(MIB)
  await writeFile(join(source, '机密.tif'), randomBytes(64 * MIB))
  await ground.until('一部分已到使用方', async () => ground.fetchedBytes > before + MIB)
  await ground.police.call(sharing.revokeGrant, { params: { id: standing.grant_id }, body: { reason: '用途已变' } })
  const atRevoke = ground.fetchedBytes
  ground.holdAfter(Number.POSITIVE_INFINITY)
  let last = -1
  await ground.until('线上安静', async () => {
    const isQuiet = ground.fetchedBytes - last < MIB
    last = ground.fetchedBytes
    await pause(1_000)
    return isQuiet
  })
  // What three requests had already been allowed.
  assert.ok(ground.fetchedBytes - atRevoke <= 25 * MIB, `${ground.fetchedBytes - atRevoke}`)
  assert.equal((await filesBelow(target)).has('scans/机密.tif'), false)
})

test('when everybody has a file and its time is over, its bytes at the centre go (T8.1)', async () => {
  const { world } = ground
  await world.sql("update exchange.subscription set state = 'ended'")
  await world.sql("update exchange.file set closed_at = closed_at - interval '40 days'")
  await world.sql("update exchange.file_part set at = at - interval '40 days'")
  await ground.sweep()
  assert.equal(await ground.stored(), 0)
})
