import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { exchange, sharing } from '@sanjiang/contract'
import { DOOR } from '@sanjiang/contract/exchange.door'
import { namedParts } from '@sanjiang/seal'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { answering, feedDraft } from '#test/exchange-ground.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { ask, type PublishedResource, publish } from '#test/sharing-ground.ts'
import { type FetchLink, fetchFile } from '../../../../../agent/src/blob.fetch.ts'
import { sendFile } from '../../../../../agent/src/blob.send.ts'
import { type Ask, Refused, type Reply } from '../../../../../agent/src/link.ts'
import { openLocal } from '../../../../../agent/src/random-file.ts'
import type { DoorServer } from '../door/server.ts'
import { Blobs } from './blob.service.ts'

const MIB = 1_048_576
let world: World
let door: DoorServer
let police: Voice
let civil: Voice
let commerce: Voice
let maps: PublishedResource
let sender: TestAgent
let reader: TestAgent
let stranger: TestAgent
let feedId: string
let subscriptionId: string
let grantId: string
const dir = await mkdtemp(join(tmpdir(), 'sanjiang-blob-'))

const signal = new AbortController().signal
const ITEMS = ['path', 'size', 'modified', 'content']

/** The agent's own line, spoken by hand; `onAsk` may cut it. */
const linkOf = (agent: TestAgent, onAsk: (said: Ask) => void = () => undefined): FetchLink =>
  streaming({
    async ask(said: Ask): Promise<Reply> {
      onAsk(said)
      const query = new URLSearchParams(
        Object.entries(said.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
      )
      const { status, body, bytes } = await agent.say(`${said.path}${said.query ? `?${query}` : ''}`, {
        method: said.method,
        ...(said.bytes ? { bytes: Buffer.concat(said.bytes) } : said.json === undefined ? {} : { json: said.json }),
      })
      if (status >= 400) throw new Refused(status, body)
      return { status, bytes }
    },
  })

/** What is asked is also streamed, in pieces of odd lengths. */
function streaming(link: Pick<FetchLink, 'ask'>): FetchLink {
  return {
    ...link,
    async stream(said) {
      const { bytes } = await link.ask(said)
      return (async function* () {
        for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001)
      })()
    },
  }
}

const fileOf = async (name: string, bytes: Uint8Array): Promise<string> => {
  const path = join(dir, name)
  await writeFile(path, bytes)
  return path
}

const send = (path: string, name: string, link: Pick<FetchLink, 'ask'> = linkOf(sender)) =>
  sendFile(
    { link, feedId, signal },
    () => openLocal(path, 'read'),
    (recipe) => ({
      items: ITEMS,
      line: `${name}\t1\t2017-12-11 08:00:00\t${recipe}`,
    }),
  )

const fetchTo = async (recipe: string, to: string, { link = linkOf(reader), old = null as string | null } = {}) => {
  const part = await openLocal(join(dir, to), 'write')
  const others = old === null ? [] : [await openLocal(old, 'read')]
  try {
    return await fetchFile({ link, subscriptionId, signal }, recipe, { part, old: others })
  } finally {
    for (const file of [part, ...others]) await file.close()
  }
}

const refused = (code: string) => (error: unknown) => error instanceof Refused && error.code === code

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  commerce = await world.signIn('commerce', 'provider', 'consumer')
  const item = (name: string, name_en: string) =>
    ({ name, name_en, share_type: 'unconditional', mask_rule: 'none' }) as const
  maps = await publish(world, {
    items: [item('路径', 'path'), item('大小', 'size'), item('修改时间', 'modified'), item('内容', 'content')],
  })
  sender = await enlistAtDoor(door.address, police)
  reader = await enlistAtDoor(door.address, civil)
  stranger = await enlistAtDoor(door.address, commerce)
  const described = {
    name: 'files:scans/**',
    kind: 'folder',
    comment: '',
    estimated_rows: null,
    columns: ITEMS.map((name) => ({ name, source_type: 'text', nullable: false, key_no: null, comment: '' })),
    change_stream: { able: true, reason: '' },
  }
  const stop = answering(world, { describe: described })
  const bindings = ITEMS.map((name) => ({ item: name, column: name }))
  const draft = feedDraft(maps, sender.agentId, { bindings, key: ['path'], relation: described.name })
  ;({ feed_id: feedId } = await police.call(exchange.attachFeed, { body: draft }).finally(stop))
  const request = await ask(civil, maps, {
    names: ITEMS,
    more: {
      access_mode: 'file',
      quota: { count: null, period: 'day' },
      row_conditions: [{ item: 'path', op: 'prefix', values: ['open/'] }],
    },
  })
  grantId = request.grant_ids[0] ?? ''
  const place = { agent_id: reader.agentId, connection: 'minzheng', target: 'scans', may_create: true }
  const body = { grant_id: grantId, target_kind: 'file' as const, file_format: 'files' as const, ...place }
  ;({ subscription_id: subscriptionId } = await civil.call(exchange.subscribe, { body }))
})
after(async () => {
  await door?.close()
  await world?.close()
  await rm(dir, { recursive: true, force: true })
})

test('a file travels whole through the centre; what it shares with others travels once (T8.1)', async () => {
  const bytes = randomBytes(5 * MIB + 1234)
  const path = await fileOf('a.tif', bytes)
  const first = await send(path, 'open/a.tif')
  assert.equal(first.sent_bytes, bytes.length)
  assert.equal((await send(path, 'open/copy-of-a.tif')).sent_bytes, 0)
  bytes.fill(7, 2 * MIB + 5, 2 * MIB + 10)
  const second = await send(await fileOf('b.tif', bytes), 'open/b.tif')
  assert.equal(second.sent_bytes, MIB)

  const fetched = await fetchTo(first.recipe, 'got-a')
  assert.equal(fetched.fetched_bytes, bytes.length)
  assert.deepEqual(await readFile(join(dir, 'got-a')), await readFile(path))
  const changed = await fetchTo(second.recipe, 'got-b', { old: join(dir, 'got-a') })
  assert.equal(changed.fetched_bytes, MIB)
  assert.deepEqual(await readFile(join(dir, 'got-b')), bytes)
})

test('an empty file and one of exactly one part are files like others (T8.1)', async () => {
  for (const size of [0, MIB]) {
    const bytes = randomBytes(size)
    const { recipe } = await send(await fileOf(`size-${size}`, bytes), `open/size-${size}`)
    await fetchTo(recipe, `got-${size}`)
    assert.deepEqual(await readFile(join(dir, `got-${size}`)), bytes)
  }
})

test('cut off after any request, sending and fetching go on and move only what was lacking (T8.1)', async () => {
  const bytes = randomBytes(20 * MIB)
  const path = await fileOf('long.tif', bytes)
  const cutting = (agent: TestAgent, after: number): FetchLink => {
    let left = after
    return linkOf(agent, () => {
      if (left-- <= 0) throw new Error('cut')
    })
  }
  let sent = 0
  let recipe = ''
  for (let cut = 0; recipe === ''; cut += 1) {
    const link = linkOf(sender, ({ method, bytes: body }) => {
      if (method === 'PUT') sent += (body ?? []).reduce((sum, one) => sum + one.length, 0)
    })
    const cutter = cutting(sender, cut)
    // Everything is said twice: once to the line that is cut, once to the one that counts.
    const both = {
      async ask(said: Ask) {
        await cutter.ask(said)
        return link.ask(said)
      },
    }
    recipe = await send(path, 'open/long.tif', both).then(
      (done) => done.recipe,
      (error: Error) => {
        assert.equal(error.message, 'cut')
        return ''
      },
    )
  }
  assert.ok(sent < 2 * bytes.length)
  let whole = false
  let fetched = 0
  for (let cut = 1; !whole; cut += 1) {
    const link = cutting(reader, cut)
    whole = await fetchTo(recipe, 'got-long', { link }).then(
      (done) => {
        fetched = done.fetched_bytes
        return true
      },
      () => false,
    )
  }
  assert.ok(fetched < bytes.length)
  assert.deepEqual(await readFile(join(dir, 'got-long')), bytes)
})

test('a part damaged on the way, or on the centre’s disk, is never taken for the file (T8.1)', async () => {
  const bytes = randomBytes(2 * MIB)
  const { recipe } = await send(await fileOf('d.tif', bytes), 'open/d.tif')
  const honest = linkOf(reader)
  const liar = streaming({
    async ask(said) {
      const reply = await honest.ask(said)
      if (said.query) reply.bytes[5000] = (reply.bytes[5000] as number) ^ 1
      return reply
    },
  })
  await assert.rejects(fetchTo(recipe, 'got-d', { link: liar }), /与摘要不符/)
  await fetchTo(recipe, 'got-d')
  assert.deepEqual(await readFile(join(dir, 'got-d')), bytes)
  const packs = join(world.dataDir, 'blobs', 'packs')
  for (const name of await readdir(packs)) {
    const stored = await readFile(join(packs, name))
    assert.equal(stored.includes(bytes.subarray(100, 164)), false, 'stored in the clear')
  }
})

test('only what the grant shows may be fetched, only by its own agent, and only what is whole (T8.1, C2)', async () => {
  const { recipe } = await send(await fileOf('s.tif', randomBytes(1000)), 'closed/s.tif')
  await assert.rejects(fetchTo(recipe, 'no'), refused('not_found'))
  const open = await send(await fileOf('o.tif', randomBytes(1000)), 'open/o.tif')
  await assert.rejects(fetchTo(open.recipe, 'no', { link: linkOf(stranger) }), refused('not_found'))
  await assert.rejects(fetchTo('ab'.repeat(32), 'no'), refused('not_found'))
  const put = linkOf(stranger).ask({ method: 'PUT', path: DOOR.parts(feedId), bytes: [Buffer.alloc(4)] })
  await assert.rejects(put, refused('not_found'))
  const close = linkOf(sender).ask({
    method: 'POST',
    path: DOOR.file(feedId, 'cd'.repeat(32)),
    json: { items: ITEMS, line: `open/x\t1\t2017-12-11 08:00:00\t${'cd'.repeat(32)}` },
  })
  await assert.rejects(close, refused('parts_missing'))
  const named = namedParts([randomBytes(100)], [randomBytes(32)]).map((one) => Buffer.from(one))
  const forged = linkOf(sender).ask({ method: 'PUT', path: DOOR.parts(feedId), bytes: named })
  await assert.rejects(forged, refused('malformed'))
  const cut = linkOf(sender).ask({ method: 'PUT', path: DOOR.parts(feedId), bytes: [Buffer.from([0, 0, 0, 9, 1])] })
  await assert.rejects(cut, refused('malformed'))
})

test('what every subscriber has fetched goes after its time; what is not fetched, and parts in use, stay (T8.1)', async () => {
  const blobs = new Blobs({
    db: world.house.db,
    dataDir: world.dataDir,
    today: () => world.house.clock.today(),
    now: () => new Date().toISOString(),
  })
  const shared = randomBytes(MIB)
  const kept = await send(await fileOf('k', Buffer.concat([shared, randomBytes(10)])), 'open/k')
  const gone = await send(await fileOf('g', Buffer.concat([shared, randomBytes(20)])), 'open/g')
  const json = { digests: [gone.recipe] }
  await linkOf(reader).ask({ method: 'POST', path: DOOR.fetched(subscriptionId), json })
  const later = new Date(Date.now() + 3_600_000).toISOString()
  const swept = await blobs.sweep({ fetchedBefore: later, cap: '2000-01-01T00:00:00Z', loose: later })
  assert.ok(swept.files >= 1 && swept.parts >= 2)
  await assert.rejects(fetchTo(gone.recipe, 'no'), refused('not_found'))
  await fetchTo(kept.recipe, 'got-k')
  await blobs.sweep({ fetchedBefore: later, cap: later, loose: later })
  const [{ count } = { count: -1 }] = await world.sql<{ count: number }>(
    'select count(*)::int as count from exchange.file_part',
  )
  assert.equal(count, 0)
  await blobs.stop()
})

test('once the grant is revoked the next request for a file is refused, also in the middle of it (C2)', async () => {
  const { recipe } = await send(await fileOf('r.tif', randomBytes(30 * MIB)), 'open/r.tif')
  let requests = 0
  const revoked = Promise.withResolvers<unknown>()
  const honest = linkOf(reader)
  const link = streaming({
    async ask(said) {
      const no = ++requests
      if (no > 2) await revoked.promise
      const reply = await honest.ask(said)
      if (no === 2)
        revoked.resolve(
          await police.call(sharing.revokeGrant, { params: { id: grantId }, body: { reason: '用途已变' } }),
        )
      return reply
    },
  })
  await assert.rejects(fetchTo(recipe, 'got-r', { link }), refused('grant_revoked'))
  await truncate(join(dir, 'got-r'), 0)
})
