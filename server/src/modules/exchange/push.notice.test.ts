import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { exchange, sharing } from '@sanjiang/contract'
import { type Announcement, PULL, WEBHOOK } from '@sanjiang/contract/exchange.pull'
import { enlistAtDoor, openTestDoor, type TestAgent } from '#test/exchange-door.ts'
import { openWorld, type Voice, type World } from '#test/harness.ts'
import {
  announce,
  isFrom,
  openPuller,
  openPushFeed,
  openReceiver,
  type Puller,
  type PushFeed,
  type PushSubscription,
  type Receiver,
  subscribePush,
} from '#test/push-ground.ts'
import { type DoorServer, Messenger, startClerk, startMessenger } from './index.ts'

const CHILD = fileURLToPath(new URL('../../../test/messenger-child.ts', import.meta.url))
const LOCAL = ['127.0.0.0/8']
const NAME = '扎西卓玛'
const ROW = `63010319900101001X\t${NAME}\t2`

let world: World
let door: DoorServer
let civil: Voice
let police: Voice
let source: TestAgent
let puller: Puller
let feed: PushFeed
let messenger: Messenger
const open: Receiver[] = []

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  police = await world.signIn('police', 'provider')
  civil = await world.signIn('civil_affairs', 'consumer')
  source = await enlistAtDoor(door.address, police)
  feed = await openPushFeed(world, source, police)
  puller = await openPuller(world, door.address)
  messenger = new Messenger(world.house, LOCAL)
  // Somebody who reads the feed from the first day, so that one snapshot serves all.
  const { subscription_id } = await subscribePush(civil, feed.people, {
    client_id: puller.clientId,
    url: 'http://127.0.0.1:9/',
  })
  const run_id = await feed.run('snapshot')
  await feed.put([
    { kind: 'begin', run_id },
    { kind: 'rows', run_id, lines: [ROW] },
    { kind: 'end', run_id },
  ])
  await civil.call(exchange.actOnSubscription, {
    params: { id: subscription_id },
    body: { act: 'end', reason: '铺垫' },
  })
})
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close()
  await messenger.settled()
  await world.sql(`update exchange.subscription set state = 'ended'`)
})
after(async () => {
  await messenger?.close()
  await door?.close()
  await world?.close()
})

const receive = async (): Promise<Receiver> => {
  const receiver = await openReceiver()
  open.push(receiver)
  return receiver
}
const subscribed = (url: string) => subscribePush(civil, feed.people, { client_id: puller.clientId, url })
const act = (id: string, name: 'pause' | 'resume' | 'rewind' | 'retry_notices', seq?: number) =>
  civil.call(exchange.actOnSubscription, { params: { id }, body: { act: name, seq, reason: '核对' } })
const detail = (id: string) => civil.call(exchange.getSubscription, { params: { id } })
const notices = async (id: string) => (await civil.call(exchange.listNotices, { params: { id }, query: {} })).rows
const beat = async (): Promise<void> => {
  await announce(world)
  await messenger.beat()
  await messenger.settled()
}
/** What waits is due now. */
const hurry = () => world.sql(`update exchange.notice set next_try_at = now() where state = 'waiting'`)
let position = 100
const change = async (name = NAME): Promise<void> => {
  const run_id = await feed.run('changes')
  position += 1
  const lines = [`+\t63010319900101001X\t${name}\t2`]
  await feed.put([{ kind: 'changes', run_id, lines, position: position.toString(16).padStart(16, '0') }])
}

test('news is announced once, signed as Standard Webhooks has it, and never holds a row (T8.1, C1)', async () => {
  const receiver = await receive()
  const { subscription_id, webhook_secret } = await subscribed(receiver.url)
  await beat()
  await beat()
  assert.equal(receiver.heard.length, 1, 'told once')
  const [message] = receiver.heard
  assert.ok(isFrom(message!, webhook_secret!))
  assert.ok(!isFrom({ ...message!, body: `${message!.body} ` }, webhook_secret!))
  const said = JSON.parse(message!.body) as Announcement
  assert.deepEqual(Object.keys(said.data).sort(), ['generation', 'head', 'pull', 'resource_code', 'subscription_id'])
  assert.equal(said.data.pull, `${world.house.site.exchangeUrl}${PULL.next(subscription_id)}`)
  assert.ok(!message!.body.includes(NAME) && !message!.body.includes('63010319'))
  const [notice] = await notices(subscription_id)
  assert.deepEqual([notice!.notice_id, notice!.state, notice!.answered_status], [message!.id, 'sent', 204])
  const shown = JSON.stringify(await detail(subscription_id))
  assert.ok(!shown.includes(webhook_secret!), 'the secret is shown at creation and never again')
})

test('announcements are one at a time: what comes meanwhile is told by the next, and what was fetched is not told (T8.1)', async () => {
  const receiver = await receive()
  const { subscription_id: id } = await subscribed(receiver.url)
  for (let n = 0; n < 5; n += 1) {
    await change()
    await announce(world)
  }
  assert.equal((await notices(id)).length, 1)
  await beat()
  await beat()
  const heads = receiver.heard.map(({ body }) => (JSON.parse(body) as Announcement).data.head)
  assert.equal(heads.length, 2)
  assert.ok(heads[1]! > heads[0]!)
  await puller.all(id)
  await beat()
  assert.equal(receiver.heard.length, 2)
  await act(id, 'rewind', heads[0]! - 1)
  await beat()
  const last = JSON.parse(receiver.heard.at(-1)!.body) as Announcement
  assert.deepEqual([receiver.heard.length, last.data.generation], [3, 2], 'rewound, it is told again')
})

test('a dead receiver is tried ten times, then put aside where officers see it, and sent again when they say so (T8.1)', async () => {
  const receiver = await receive()
  receiver.answer = (_, response) => void response.writeHead(503).end()
  const { subscription_id: id } = await subscribed(receiver.url)
  await beat()
  const [first] = await notices(id)
  assert.deepEqual([first!.state, first!.tries, first!.detail], ['waiting', 1, '对方返回 HTTP 503'])
  assert.ok(first!.next_try_at! > first!.tried_at!, 'not before a while')
  await beat()
  assert.equal(receiver.heard.length, 1)
  for (let n = 1; n < WEBHOOK.tries; n += 1) {
    await hurry()
    await beat()
  }
  const [given] = await notices(id)
  assert.deepEqual([given!.state, given!.tries], ['dead', WEBHOOK.tries])
  const shown = await detail(id)
  assert.deepEqual([shown.state, shown.trouble?.code, shown.notices?.dead], ['active', 'receiver_away', 1])
  assert.equal((await puller.next(id)).status, 200, 'it may still fetch by itself')
  await hurry()
  await beat()
  assert.equal(receiver.heard.length, WEBHOOK.tries)
  receiver.answer = (_, response) => void response.writeHead(200).end('ok')
  await act(id, 'retry_notices')
  await beat()
  assert.deepEqual(new Set(receiver.heard.map(({ id: one }) => one)).size, 1, 'under the same id all along')
  assert.equal((await notices(id))[0]!.state, 'sent')
  assert.equal((await detail(id)).trouble, null)
})

test('later news that arrives settles what was put aside before (T8.1)', async () => {
  const receiver = await receive()
  receiver.answer = (request) => request.socket.destroy()
  const { subscription_id: id } = await subscribed(receiver.url)
  await announce(world)
  await world.sql('update exchange.notice set tries = $1 where subscription_id = $2', [WEBHOOK.tries - 1, id])
  await beat()
  assert.equal((await detail(id)).trouble?.code, 'receiver_away')
  receiver.answer = (_, response) => void response.writeHead(202).end()
  await change()
  await beat()
  assert.deepEqual(
    (await notices(id)).map(({ state }) => state),
    ['sent', 'superseded'],
  )
  assert.equal((await detail(id)).trouble, null)
})

test('killed between sending and writing it down, the messenger sends the same announcement under the same id (C4)', async () => {
  const receiver = await receive()
  const { subscription_id: id, webhook_secret } = await subscribed(receiver.url)
  await announce(world)
  const child = spawn(process.execPath, [CHILD, world.url, world.dataDir], { stdio: 'inherit' })
  receiver.answer = () => void child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(receiver.heard.length, 1)
  const [left] = await notices(id)
  assert.deepEqual(
    [left!.state, left!.tries, left!.answered_status],
    ['waiting', 1, null],
    'nobody knows that it arrived',
  )
  receiver.answer = (_, response) => void response.writeHead(204).end()
  await messenger.beat()
  await messenger.settled()
  assert.equal(receiver.heard.length, 1, 'not while it may still be under way')
  await hurry()
  await beat()
  const [one, two] = receiver.heard
  assert.deepEqual([one!.id, one!.body], [two!.id, two!.body])
  assert.ok([one!, two!].every((message) => isFrom(message, webhook_secret!)))
  assert.equal((await notices(id))[0]!.state, 'sent')
})

test('the worker tells of itself what is new, and what a stopped one had begun the next one ends (C4)', async () => {
  const receiver = await receive()
  receiver.answer = () => undefined
  const { subscription_id: id } = await subscribed(receiver.url)
  const work = () => {
    const [clerk, one] = [startClerk(world.house), startMessenger(world.house, LOCAL)]
    return async () => {
      await clerk.stop()
      await one.stop()
    }
  }
  const stop = work()
  while (receiver.heard.length === 0) await pause(20)
  await stop()
  const [left] = await notices(id)
  assert.deepEqual([left!.state, left!.answered_status, left!.detail], ['waiting', null, null], 'not held against it')
  receiver.answer = (_, response) => void response.writeHead(204).end()
  await hurry()
  const end = work()
  while ((await notices(id))[0]!.state !== 'sent') await pause(20)
  await end()
  assert.equal(new Set(receiver.heard.map((message) => message.id)).size, 1)
})

test('a receiver that never answers holds nobody else back (T8.1)', async () => {
  const [slow, quick] = [await receive(), await receive()]
  slow.answer = () => undefined
  const held: PushSubscription[] = []
  for (let n = 0; n < 6; n += 1) held.push(await subscribed(slow.url))
  const { subscription_id: id } = await subscribed(quick.url)
  await announce(world)
  await messenger.beat()
  while ((await notices(id))[0]!.state !== 'sent') await pause(20)
  assert.equal(quick.heard.length, 1)
  assert.ok(slow.heard.length <= 4, 'one host gets a few at a time')
  assert.equal((await notices(held[0]!.subscription_id))[0]!.state, 'waiting')
  await slow.close()
  await messenger.settled()
})

test('a redirect is not followed (T16.3)', async () => {
  const [receiver, elsewhere] = [await receive(), await receive()]
  receiver.answer = (_, response) => void response.writeHead(307, { location: elsewhere.url }).end()
  const { subscription_id: id } = await subscribed(receiver.url)
  await beat()
  const [notice] = await notices(id)
  assert.deepEqual([notice!.state, notice!.answered_status], ['waiting', 307])
  assert.match(notice!.detail!, /重定向/)
  assert.deepEqual(elsewhere.heard, [])
})

test('an address outside the allowed networks is never reached, whatever name it has (T16.3)', async () => {
  const receiver = await receive()
  const { subscription_id: id } = await subscribed(receiver.url.replace('127.0.0.1', 'localhost'))
  const guarded = new Messenger(world.house, ['10.0.0.0/8'])
  await announce(world)
  await guarded.beat()
  await guarded.settled()
  await guarded.close()
  assert.deepEqual([receiver.heard.length, (await notices(id))[0]!.detail], [0, '通知地址不在允许的网段内'])
  for (const url of ['http://user:word@127.0.0.1/', 'http://127.0.0.1/#x', 'http://[', 'ftp://127.0.0.1/'])
    await assert.rejects(subscribed(url), (error: { problem?: { code: string; fields?: { field: string }[] } }) => {
      assert.deepEqual([error.problem?.code, error.problem?.fields?.[0]?.field], ['invalid', 'webhook_url'], url)
      return true
    })
})

test('410 ends the announcements until the department resumes; paused and stopped subscriptions are sent nothing (T8.1, C2)', async () => {
  const receiver = await receive()
  receiver.answer = (_, response) => void response.writeHead(410).end()
  const { subscription_id: id, grant_id } = await subscribed(receiver.url)
  await beat()
  assert.deepEqual([(await detail(id)).state, (await detail(id)).trouble?.code], ['faulted', 'receiver_gone'])
  await change()
  await beat()
  assert.equal(receiver.heard.length, 1)
  receiver.answer = (_, response) => void response.writeHead(204).end()
  await act(id, 'resume')
  await beat()
  assert.deepEqual([(await detail(id)).state, receiver.heard.length], ['active', 2], 'and hears what it had refused')
  await act(id, 'pause')
  await change()
  await beat()
  assert.equal(receiver.heard.length, 2)
  await act(id, 'resume')
  await announce(world)
  await act(id, 'pause')
  await messenger.beat()
  await messenger.settled()
  assert.equal(receiver.heard.length, 2, 'not even what was written down before')
  await act(id, 'resume')
  await beat()
  assert.equal(receiver.heard.length, 3)
  await change()
  await announce(world)
  await police.call(sharing.revokeGrant, { params: { id: grant_id }, body: { reason: '用途已变' } })
  await messenger.beat()
  await messenger.settled()
  assert.equal(receiver.heard.length, 3)
  await world.drain()
  await announce(world)
  assert.equal((await notices(id))[0]!.state, 'void')
})

test('a renewed secret is shown once, the one before signs along for a day, and another department cannot renew it (T16.3)', async () => {
  const receiver = await receive()
  const { subscription_id: id, webhook_secret: first } = await subscribed(receiver.url)
  assert.equal((await police.refused(exchange.renewWebhookSecret, { params: { id } })).code, 'forbidden')
  const other = await world.signIn('commerce', 'consumer')
  assert.equal((await other.refused(exchange.renewWebhookSecret, { params: { id } })).code, 'not_found')
  assert.equal((await other.refused(exchange.listNotices, { params: { id }, query: {} })).code, 'not_found')
  const { webhook_secret: second, former_until } = await civil.call(exchange.renewWebhookSecret, { params: { id } })
  await beat()
  assert.deepEqual(
    [first!, second].map((secret) => isFrom(receiver.heard[0]!, secret)),
    [true, true],
  )
  assert.equal((await detail(id)).notices?.former_secret_until, former_until)
  await world.sql(`update exchange.webhook set former_until = now() where subscription_id = $1`, [id])
  await change()
  await beat()
  assert.deepEqual(
    [first!, second].map((secret) => isFrom(receiver.heard[1]!, secret)),
    [false, true],
  )
  const kept = await world.sql('select sealed_secret, former_secret from exchange.webhook where subscription_id = $1', [
    id,
  ])
  assert.ok(![first!, second].some((secret) => JSON.stringify(kept).includes(secret)), 'sealed at rest')
})
