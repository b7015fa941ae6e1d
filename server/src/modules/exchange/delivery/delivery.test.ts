import assert from 'node:assert/strict'
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { after, before, test } from 'node:test'
import { exchange, sharing } from '@sanjiang/contract'
import type { FeedDetail, SubscriptionDetail } from '@sanjiang/contract/exchange'
import { doorText } from '@sanjiang/contract/exchange.door'
import { type ChunkKind, chunksRoot, type Frame, FrameDecoder, hex } from '@sanjiang/seal'
import { nodeHasher, openFrame } from '@sanjiang/seal/node'
import { Fault } from '#kernel/fault.ts'
import { type LogWriter, openLog } from '#modules/ledger/index.ts'
import { baseRunOf, putChunk } from '#test/exchange-chunks.ts'
import { attach, enlist, grantTable, subscribeTo } from '#test/exchange-ground.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { type PublishedResource, publish } from '#test/sharing-ground.ts'
import { type Delivery, openDelivery, type Speaker } from './open.ts'

let world: World
let police: Voice
let civil: Voice
let people: PublishedResource
let feed: FeedDetail
let civilAgent: string
let ledger: LogWriter
let delivery: Delivery

const pair = generateKeyPairSync('ed25519')
const speaker = (): Speaker => ({
  agent_id: civilAgent,
  key_id: 'k',
  verify: (text, signature) => verify(null, Buffer.from(text), pair.publicKey, Buffer.from(signature, 'base64')),
})

before(async () => {
  world = await openWorld({ today: '2017-12-11' })
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  people = await publish(world, {
    items: [
      { name: '公民身份号码', name_en: 'citizen_id', share_type: 'unconditional', mask_rule: 'none' },
      { name: '姓名', name_en: 'name', share_type: 'unconditional', mask_rule: 'name' },
      { name: '性别', name_en: 'sex', share_type: 'unconditional' },
      { name: '户籍地址', name_en: 'address', share_type: 'unconditional' },
    ],
  })
  civilAgent = await enlist(world, civil)
  feed = await attach(world, police, { resource: people, agent_id: await enlist(world, police) })
  ledger = await openLog({ db: world.house.db, nodeId: 'test', role: 'exchange', log: world.house.log })
  const { db, clock } = world.house
  delivery = await openDelivery({ db, ledger, dataDir: world.dataDir, today: () => clock.today() })
})
after(async () => {
  await ledger?.close()
  await world?.close()
})

const put = (run_id: string, chunk: { kind: ChunkKind; items: string[]; lines?: string[]; position: string }) =>
  putChunk(world, { feed_id: feed.feed_id, run_id, ...chunk })

const read = async (
  subscription: SubscriptionDetail,
  { from, run }: { from: number; run: string },
): Promise<Frame[]> => {
  const stream = await delivery.frames(civilAgent, subscription.subscription_id, { from, run })
  const decoder = new FrameDecoder()
  const frames: Frame[] = []
  if (stream) for await (const parts of stream) for (const part of parts) frames.push(...decoder.push(part))
  return frames
}

const linesOf = async (frame: Frame): Promise<string[]> => (await openFrame(frame)).toString().split('\n').slice(0, -1)

const baseOf = ({ subscription_id }: SubscriptionDetail) => baseRunOf(world, subscription_id)

const refused = (code: string) => (error: unknown) => error instanceof Fault && error.code === code

const ITEMS = ['citizen_id', 'name', 'sex']
const ROWS = ['63010319900101001X\t扎西卓玛\t2', '632801198512120037\t马玉兰\t2', '632221197803080029\t韩文军\t1']

test('what leaves is what the grant says, every chunk sealed before its first byte, and the consumer signs for it (T8.1, C3)', async () => {
  const grant_id = await grantTable({ consumer: civil }, people, ['name', 'sex', 'citizen_id'])
  const subscription = await subscribeTo(civil, { grant_id, agent_id: civilAgent, target: 'gongxiang.first' })
  const run = await baseOf(subscription)
  await put(run, { kind: 'begin', items: ITEMS, position: '0000000000000010' })
  const seq = await put(run, { kind: 'rows', items: ITEMS, lines: ROWS, position: '0000000000000010' })
  await put(run, { kind: 'end', items: ITEMS, position: '0000000000000010' })
  const frames = await read(subscription, { from: 0, run })
  assert.deepEqual(
    frames.map(({ header }) => [header.kind, header.after]),
    [
      ['begin', -1],
      ['rows', seq - 1],
      ['end', seq],
    ],
  )
  assert.deepEqual(await linesOf(frames[1]!), [
    '63010319900101001X\t扎**玛\t2',
    '632801198512120037\t马*兰\t2',
    '632221197803080029\t韩*军\t1',
  ])
  assert.equal(frames[2]!.header.rows, 3)
  const sealed = await world.sql<{ body: string }>(
    `select body from ledger.entry where kind = 'chunk_delivered' order by log_id, seq`,
  )
  assert.deepEqual(
    sealed.map(({ body }) => JSON.parse(body).body.digest),
    frames.map(({ digest }) => hex(digest)),
  )
  assert.ok(!sealed.some(({ body }) => body.includes('row_leaves')), 'nobody asked for leaves, nobody pays for them')
  assert.deepEqual(await world.sql('select from exchange.row_leaves'), [])
  const to = seq + 1
  const root = hex(
    chunksRoot(
      nodeHasher('sha256'),
      frames.map(({ digest }) => digest),
    ),
  )
  const text = doorText.accepted({ subscription_id: subscription.subscription_id, from: seq - 1, to, root })
  const body = {
    from: seq - 1,
    to,
    root,
    rows: 3,
    signature: sign(null, Buffer.from(text), pair.privateKey).toString('base64'),
  }
  await assert.rejects(
    delivery.accepted(speaker(), subscription.subscription_id, { ...body, signature: 'AAAA' }),
    refused('signature_invalid'),
  )
  for (let times = 0; times < 2; times += 1) await delivery.accepted(speaker(), subscription.subscription_id, body)
  const read2 = await civil.call(exchange.getSubscription, { params: { id: subscription.subscription_id } })
  assert.equal(read2.rows_total, 3)
  assert.equal(read2.behind_chunks, 0)
  const accepted = await world.sql(`select from ledger.entry where kind = 'chunk_accepted'`)
  assert.equal(accepted.length, 1, 'said twice, sealed once')
  const shown = await civil.call(exchange.listDeliveries, { params: { id: subscription.subscription_id }, query: {} })
  assert.ok(shown.rows.every(({ accepted_at }) => accepted_at !== null))
})

test('a revoked grant stops the transfer at the next chunk, and what was sealed for it is taken back (C2)', async () => {
  const grant_id = await grantTable({ consumer: civil }, people, ['name', 'sex', 'citizen_id'])
  const subscription = await subscribeTo(civil, { grant_id, agent_id: civilAgent, target: 'gongxiang.second' })
  const run = await baseOf(subscription)
  const from = await put(run, { kind: 'rows', items: ITEMS, lines: ROWS, position: '0000000000000010' })
  for (let i = 0; i < 20; i += 1)
    await put(run, { kind: 'rows', items: ITEMS, lines: ROWS, position: '0000000000000010' })
  const stream = await delivery.frames(civilAgent, subscription.subscription_id, { from, run })
  assert.ok(!(await stream!.next()).done)
  await police.call(sharing.revokeGrant, { params: { id: grant_id }, body: { reason: '用途已变' } })
  let left = 0
  await assert.rejects(async () => {
    for await (const _ of stream!) left += 1
  }, refused('grant_revoked'))
  assert.ok(left < 20, `only what was ready before the revocation left, ${left}`)
  const stopped = await civil.call(exchange.getSubscription, { params: { id: subscription.subscription_id } })
  assert.equal(stopped.state, 'stopped')
  assert.ok((await world.sql(`select from ledger.entry where kind = 'chunk_withheld'`)).length > 0)
  await assert.rejects(read(subscription, { from: 0, run }), refused('grant_revoked'))
})

test('changes up to the instant the base shows are passed over, later ones go out; another agent finds nothing (T8.1)', async () => {
  const grant_id = await grantTable({ consumer: civil }, people, ['sex', 'citizen_id'])
  const subscription = await subscribeTo(civil, { grant_id, agent_id: civilAgent, target: 'gongxiang.third' })
  const run = await baseOf(subscription)
  const changes = (
    await world.sql<{ run_id: string }>(
      `insert into exchange.run (run_id, feed_id, feed_version, kind, state, items, ordered_at) values (gen_random_uuid(), $1, 1, 'changes', 'running', '[]', now()) returning run_id`,
      [feed.feed_id],
    )
  )[0]!.run_id
  const seen = await put(changes, {
    kind: 'changes',
    items: ITEMS,
    lines: [`+\t${ROWS[0]}`],
    position: '0000000000000010',
  })
  const late = await put(changes, {
    kind: 'changes',
    items: ITEMS,
    lines: [`+\t${ROWS[0]}`, '-\t632801198512120037\t\\N\t\\N'],
    position: '0000000000000020',
  })
  const frames = (await read(subscription, { from: 0, run })).filter(({ header }) => header.seq >= seen)
  assert.deepEqual(
    frames.map(({ header }) => header.seq),
    [late],
  )
  assert.deepEqual(await linesOf(frames[0]!), ['+\t63010319900101001X\t2', '-\t632801198512120037\t\\N'])
  await assert.rejects(
    delivery.frames('00000000-0000-7000-8000-000000000000', subscription.subscription_id, { from: 0, run }),
    refused('not_found'),
  )
})

test('a reader is brought past however many chunks that do not concern it (T8.1)', async () => {
  const grant_id = await grantTable({ consumer: civil }, people, ['name', 'sex', 'citizen_id'])
  const subscription = await subscribeTo(civil, { grant_id, agent_id: civilAgent, target: 'gongxiang.far' })
  const run = await baseOf(subscription)
  const [other] = await world.sql<{ run_id: string }>(
    `insert into exchange.run (run_id, feed_id, feed_version, kind, state, items, ordered_at)
     values (gen_random_uuid(), $1, 1, 'snapshot', 'finished', '[]', now()) returning run_id`,
    [feed.feed_id],
  )
  const [head] = await world.sql<{ head: string }>('select head from exchange.feed where feed_id = $1', [feed.feed_id])
  const from = Number(head!.head)
  for (let count = 0; count < 600; count += 1)
    await put(other!.run_id, { kind: 'rows', items: ITEMS, position: '0000000000000010' })
  assert.deepEqual(await read(subscription, { from, run }), [])
  const seq = await put(run, { kind: 'rows', items: ITEMS, lines: ROWS, position: '0000000000000010' })
  // A reader that was given nothing asks again from where it was.
  assert.deepEqual(
    (await read(subscription, { from, run })).map(({ header }) => header.seq),
    [seq],
  )
})
