import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange, identity, sharing } from '@sanjiang/contract'
import { doorText } from '@sanjiang/contract/exchange.door'
import { PULL } from '@sanjiang/contract/exchange.pull'
import { nodeSignatureCheck, rawPublicKey } from '@sanjiang/seal/node'
import type { Fault } from '#kernel/fault.ts'
import { processLog } from '#modules/ledger/index.ts'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { grantTable, subscribeTo } from '#test/exchange-ground.ts'
import { fetchFrames, linesOf } from '#test/exchange-log.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import { openPuller, openPushFeed, type Puller, type PushFeed, subscribePush } from '#test/push-ground.ts'
import { findReader } from './delivery/delivery.store.ts'
import { openDelivery } from './delivery/open.ts'
import { pullChunk } from './delivery/pulled.ts'
import type { DoorServer } from './index.ts'

const URL = 'http://127.0.0.1:9/news'
const ROWS = ['63010319900101001X\t扎西卓玛\t2', '632801198512120037\t马玉兰\t2', '632221197803080029\t韩文军\t1']
const VISIBLE = [
  { citizen_id: '63010319900101001X', name: '扎**玛', sex: '2' },
  { citizen_id: '632801198512120037', name: '马*兰', sex: '2' },
  { citizen_id: '632221197803080029', name: '韩*军', sex: '1' },
]

let world: World
let door: DoorServer
let civil: Voice
let police: Voice
let source: TestAgent
let puller: Puller
let feed: PushFeed

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  source = await enlistAtDoor(door.address, police)
  feed = await openPushFeed(world, source, police)
  puller = await openPuller(world, door.address)
  // One snapshot stands in the log for all that follow.
  await subscribePush(civil, feed.people, { client_id: puller.clientId, url: URL })
  const run_id = await feed.run('snapshot')
  await feed.put([
    { kind: 'begin', run_id },
    { kind: 'rows', run_id, lines: ROWS },
    { kind: 'end', run_id },
  ])
})
after(async () => {
  await door?.close()
  await world?.close()
})

const subscribed = (more: Partial<Parameters<typeof subscribePush>[2]> = {}) =>
  subscribePush(civil, feed.people, { client_id: puller.clientId, url: URL, ...more })
const entries = async (kind: string, subscriptionId: string) =>
  (await world.sql<{ body: string }>('select body from ledger.entry where kind = $1 order by seq', [kind]))
    .map(({ body }) => JSON.parse(body).body)
    .filter((one) => one.subscription_id === subscriptionId)
const detail = (id: string) => civil.call(exchange.getSubscription, { params: { id } })

test('what an application pulls is what its grant shows, sealed before the first byte and signed for by it (T8.1, C3)', async () => {
  const { subscription_id: id } = await subscribed()
  const first = await puller.next(id)
  assert.deepEqual((await puller.next(id)).header, first.header, 'asked again, given again')
  const chunks = await puller.all(id)
  assert.deepEqual(
    chunks.map(({ header }) => [header.kind, header.rows]),
    [
      ['begin', 0],
      ['rows', 3],
      ['end', 3],
    ],
  )
  assert.deepEqual(chunks[1]!.rows, VISIBLE)
  for (const { digest, headers } of chunks)
    assert.equal(headers.get('content-digest'), `sha-256=:${digest.toString('base64')}:`)
  const delivered = await entries('chunk_delivered', id)
  assert.deepEqual(
    [...new Set(delivered.map(({ digest }) => digest))],
    chunks.map(({ digest }) => digest.toString('hex')),
  )
  assert.ok(delivered.every((one) => one.client_id === puller.clientId && one.key_id === puller.keyId))
  const accepted = await entries('chunk_accepted', id)
  assert.deepEqual(
    accepted.map(({ from, to }) => [from, to]),
    chunks.map(({ header }) => [header.seq, header.seq]),
  )
  for (const { from, to, root, signature } of accepted)
    assert.ok(
      nodeSignatureCheck({
        alg: 'ed25519',
        public_key: rawPublicKey(puller.key),
        message: Buffer.from(doorText.accepted({ subscription_id: id, from, to, root })),
        signature: Buffer.from(signature, 'base64'),
      }),
    )
  const shown = await detail(id)
  assert.deepEqual([shown.rows_total, shown.behind_chunks], [3, 0])
  assert.equal(shown.notices?.client_id, puller.clientId)
})

test('one grant shows the same by push as by table: field for field, through one enforcement (T8.1)', async () => {
  const target = await enlistAtDoor(door.address, civil, '民政节点')
  const grant_id = await grantTable({ consumer: civil }, feed.people, ['citizen_id', 'name', 'sex'])
  const table = await subscribeTo(civil, { grant_id, agent_id: target.agentId })
  const [row] = await world.sql<{ base_run_id: string }>(
    'select base_run_id from exchange.subscription where subscription_id = $1',
    [table.subscription_id],
  )
  const frames = await fetchFrames(target, table.subscription_id, { from: 0, run: row!.base_run_id })
  const lines = await linesOf(frames.find(({ header }) => header.kind === 'rows')!)
  const pushed = (await puller.all((await subscribed()).subscription_id)).flatMap(({ rows }) => rows)
  assert.deepEqual(
    pushed.map((one) => Object.values(one).join('\t')),
    lines,
  )
})

test('a condition beyond the key gives handles instead of numbers, and a removal names only the handle (T8.1, C1)', async () => {
  const conditions = [{ item: 'sex', op: 'eq' as const, values: ['2'] }]
  const { subscription_id: id } = await subscribed({ names: ['name', 'sex'], conditions })
  const rows = (await puller.all(id)).flatMap((one) => one.rows)
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['扎**玛', '马*兰'],
  )
  assert.ok(rows.every(({ row_handle }) => /^[0-9a-f]{32}$/.test(String(row_handle))))
  const run_id = await feed.run('changes')
  const lines = [`-\t${ROWS[0]!.split('\t')[0]}\t\\N\t\\N`, `+\t632221197803080029\t韩文军\t1`]
  await feed.put([{ kind: 'changes', run_id, lines, position: '0000000000000020' }])
  const changed = (await puller.all(id)).flatMap((one) => one.rows)
  assert.deepEqual(
    changed.map(({ operation, row_handle, name }) => [operation, row_handle === rows[0]!.row_handle, name]),
    [
      ['-', true, null],
      ['-', false, null],
    ],
    'a row outside the grant is a removal under its handle, and nothing else of it is told',
  )
})

test('a request shown once is refused the second time, at whichever door (T16.3)', async () => {
  const { subscription_id: id } = await subscribed()
  const path = PULL.next(id)
  const headers = puller.headers(path)
  assert.equal((await puller.send(path, headers)).status, 200)
  const second = await openTestDoor(world)
  for (const address of [door.address, second.address]) {
    const other = Object.assign(Object.create(Object.getPrototypeOf(puller)) as Puller, puller, { door: address })
    const again = await other.send(path, headers)
    assert.deepEqual([again.status, again.problem.code], [409, 'replayed'])
  }
  await second.close()
  const far = await puller.send(path, puller.headers(path, { counter: Date.now() + 3_600_000 }))
  assert.equal(far.problem.fields?.[0]?.field, 'sanjiang-counter', 'a slip cannot lock the application out')
})

test('what is not signed by the application the grant is bound to gets nothing (T16.3, C2)', async () => {
  const { subscription_id: id } = await subscribed()
  const path = PULL.next(id)
  const codeOf = async (headers: Record<string, string>, to = path) => (await puller.send(to, headers)).problem.code
  const good = puller.headers(path)
  assert.equal(await codeOf({ ...good, signature: `sj=:${Buffer.alloc(64).toString('base64')}:` }), 'signature_invalid')
  assert.equal(await codeOf({ ...good, 'sanjiang-counter': String(puller.counter + 1) }), 'signature_invalid')
  assert.equal(await codeOf(good, `${path}?from=0`), 'signature_invalid', 'nothing may be put to what was signed')
  assert.equal(await codeOf({}), 'malformed')
  assert.equal(await codeOf(puller.headers(path, { created: 1 })), 'clock_skew')
  const sibling = await openPuller(world, door.address)
  assert.equal((await sibling.next(id)).problem.code, 'no_grant')
  const stranger = await openPuller(world, door.address, 'commerce')
  assert.equal((await stranger.next(id)).status, 404)
  const chunk = await puller.next(id)
  const answer = PULL.accepted(id)
  const body = JSON.stringify({ seq: chunk.header.seq, rows: 0, signature: 'AAAA' })
  const tampered = await puller.send(answer, puller.headers(answer, { body: '{}' }), body)
  assert.equal(tampered.problem.code, 'signature_invalid')
  const unsigned = await puller.send(answer, puller.headers(answer, { body }), body)
  assert.equal(unsigned.problem.code, 'signature_invalid', 'the word for the ledger is signed for itself')
  const never = await puller.accept(id, { ...chunk, header: { ...chunk.header, seq: 4242 } })
  assert.equal(never.problem.code, 'conflict')
  assert.deepEqual(await entries('chunk_accepted', id), [])
  assert.equal((await detail(id)).offset, chunk.header.seq)
})

test('an application from elsewhere, suspended or with its key revoked pulls nothing from then on (C2)', async () => {
  const own = await openPuller(world, door.address)
  const { subscription_id: id } = await subscribed({ client_id: own.clientId })
  const guard = await world.signIn('egov', 'security_admin')
  const params = { id: own.clientId }
  assert.equal((await own.next(id)).status, 200)
  await civil.call(identity.setClientAddresses, { params, body: { allowed_addresses: ['10.1.0.0/16'] } })
  assert.equal((await own.next(id)).problem.code, 'address_not_allowed')
  await civil.call(identity.setClientAddresses, { params, body: { allowed_addresses: ['127.0.0.1'] } })
  await guard.call(identity.suspendClient, { params, body: { reason: '疑似失窃' } })
  assert.equal((await own.next(id)).problem.code, 'forbidden')
  await guard.call(identity.resumeClient, { params })
  await civil.call(identity.revokeClientKey, { params: { ...params, key_id: own.keyId } })
  assert.equal((await own.next(id)).problem.code, 'signature_invalid')
})

test('a revoked grant gives nothing from the very commit on; what was decided before it is taken back (C2)', async () => {
  const { subscription_id: id, grant_id } = await subscribed()
  assert.equal((await puller.next(id)).status, 200)
  const { db, clock } = world.house
  const ledger = await processLog(world.house, 'test')
  const { parts } = await openDelivery({ db, ledger, dataDir: world.dataDir, today: () => clock.today() })
  const reader = (await findReader(db, id))!
  const knock = { by: { client_id: puller.clientId }, organ_id: '', key_id: puller.keyId, verify: () => true }
  const withheld = await pullChunk(parts, reader, { ...knock, policy: 0, stands: () => Promise.resolve(false) }).catch(
    (error: Fault) => error.code,
  )
  assert.equal(withheld, 'no_grant', 'a key revoked between its look-up and the receipt takes nothing away')
  assert.equal((await entries('chunk_withheld', id)).length, 1)
  await police.call(sharing.revokeGrant, { params: { id: grant_id }, body: { reason: '用途已变' } })
  const refused = await puller.next(id)
  assert.deepEqual([refused.status, refused.problem.code], [403, 'grant_revoked'])
  assert.equal((await detail(id)).state, 'stopped')
})

test('paused nothing leaves; rewound or begun anew, the application gets it again and older words count no more (T8.1)', async () => {
  const { subscription_id: id } = await subscribed()
  const act = (name: 'pause' | 'resume' | 'rewind' | 'resnapshot', seq?: number) =>
    civil.call(exchange.actOnSubscription, { params: { id }, body: { act: name, seq, reason: '核对' } })
  const [begin, rows] = await puller.all(id)
  await act('pause')
  assert.equal((await puller.next(id)).problem.code, 'wrong_state')
  await act('resume')
  assert.equal((await puller.next(id)).status, 204)
  await act('rewind', rows!.header.seq)
  assert.equal((await puller.accept(id, rows!)).problem.code, 'conflict', 'not delivered since')
  const before = (await detail(id)).rows_total
  const again = await puller.next(id)
  assert.deepEqual([again.header.seq, again.rows], [rows!.header.seq, VISIBLE])
  assert.equal((await puller.accept(id, again)).status, 200)
  assert.equal((await puller.accept(id, again)).status, 200, 'said twice, counted once')
  assert.equal((await detail(id)).rows_total, before + 3)
  await act('resnapshot')
  const anew = await puller.next(id)
  assert.ok(anew.status === 204 || anew.header.kind === 'begin', `${anew.status}`)
  assert.equal(begin!.header.kind, 'begin')
})
