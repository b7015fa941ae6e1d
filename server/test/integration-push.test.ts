import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ERRORS } from '@sanjiang/contract'
import { PULL, WEBHOOK } from '@sanjiang/contract/exchange.pull'
import { type DoorServer, Messenger } from '#modules/exchange/index.ts'
import { enlistAtDoor, openTestDoor } from './exchange-door.ts'
import { openWorld, type Voice, type World } from './harness.ts'
import { freePort } from './ports.ts'
import { announce, openPuller, openPushFeed, type Puller, type PushFeed, subscribePush } from './push-ground.ts'
import { read } from './sources.ts'

const PAGE = read('docs/integration/push.md')
const SCRIPT = fileURLToPath(new URL('../../docs/integration/pull.sh', import.meta.url))

let world: World
let door: DoorServer
let civil: Voice
let feed: PushFeed
let puller: Puller
let folder: string
let child: ChildProcess | undefined

before(async () => {
  world = await openWorld()
  door = await openTestDoor(world)
  civil = await world.signIn('civil_affairs', 'consumer')
  const police = await world.signIn('police', 'provider')
  feed = await openPushFeed(world, await enlistAtDoor(door.address, police), police)
  puller = await openPuller(world, door.address)
  folder = await mkdtemp(join(tmpdir(), 'sanjiang-push-doc-'))
  await keep(puller)
  // As an integrator would: a copy of the one file, elsewhere, with nothing but Node.
  await writeFile(join(folder, 'push.mjs'), read('docs/integration/push.mjs'))
})
after(async () => {
  child?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
  await door?.close()
  await world?.close()
})

/** The key of an application in a file, as its program reads it. */
const keyFile = ({ keyId }: Puller): string => join(folder, `${keyId}.key`)
const keep = (owner: Puller): Promise<void> =>
  writeFile(keyFile(owner), owner.key.export({ format: 'pem', type: 'pkcs8' }))

/** The page's receiver, and everything it has printed so far. */
const startReceiver = async (env: Record<string, string>) => {
  const started = spawn(process.execPath, [join(folder, 'push.mjs')], { env: { PATH: process.env.PATH ?? '', ...env } })
  child = started
  let out = ''
  let err = ''
  started.stdout.on('data', (piece) => (out += piece))
  started.stderr.on('data', (piece) => (err += piece))
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      assert.equal(started.exitCode, null, err)
      await pause(20)
    }
  }
  await until(() => err.includes('listening'))
  return { rows: () => out, said: () => err, until }
}

test('the receiver of the page takes an announcement, refuses a forged one, and pulls and signs for what is new (T8.1, C3)', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const { subscription_id, webhook_secret } = await subscribePush(civil, feed.people, {
    client_id: puller.clientId,
    url,
  })
  const env = { DOOR: door.address, SUBSCRIPTION: subscription_id, KEY_FILE: keyFile(puller) }
  const receiver = await startReceiver({ ...env, SECRET: webhook_secret!, PORT: String(port) })
  const run_id = await feed.run('snapshot')
  const lines = ['63010319900101001X\t扎西卓玛\t2']
  await feed.put([
    { kind: 'begin', run_id },
    { kind: 'rows', run_id, lines },
    { kind: 'end', run_id },
  ])
  const forged = await fetch(url, {
    method: 'POST',
    headers: {
      [WEBHOOK.id]: 'x',
      [WEBHOOK.timestamp]: String(Math.floor(Date.now() / 1000)),
      [WEBHOOK.signature]: `v1,${Buffer.alloc(32).toString('base64')}`,
    },
    body: '{}',
  })
  assert.equal(forged.status, 401)
  const messenger = new Messenger(world.house, ['127.0.0.0/8'])
  await announce(world)
  await messenger.beat()
  await messenger.settled()
  await messenger.close()
  // Rows and receipts come down two pipes, in either order.
  await receiver.until(() => receiver.said().includes(' end receipt ') && receiver.rows().endsWith('\n'))
  assert.deepEqual(JSON.parse(receiver.rows()), { citizen_id: '63010319900101001X', name: '扎**玛', sex: '2' })
  const [row] = await world.sql<{ next_seq: string; head: string }>(
    'select s.next_seq, f.head from exchange.subscription s join exchange.feed f using (feed_id) where subscription_id = $1',
    [subscription_id],
  )
  assert.equal(row!.next_seq, row!.head, 'acknowledged to the end')
})

const missing = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout?.match(/^OpenSSL [3-9]/)
  ? ''
  : 'OpenSSL 3'

test('the shell example fetches a chunk with curl and openssl alone (T8.1)', {
  skip: missing !== '' && !process.env.CI ? `${missing} 不在这台机器上` : false,
}, async () => {
  // An application of its own: the script counts in whole seconds, and the receiver's last request may be of this one.
  const own = await openPuller(world, door.address)
  await keep(own)
  const { subscription_id } = await subscribePush(civil, feed.people, {
    client_id: own.clientId,
    url: 'http://127.0.0.1:9/',
  })
  const env = { DOOR: door.address, SUBSCRIPTION: subscription_id, KEY_FILE: keyFile(own) }
  const { out, err, code } = await new Promise<{ code: number; out: string; err: string }>((done) => {
    execFile('sh', [SCRIPT], { env: { PATH: process.env.PATH ?? '', ...env } }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), out: stdout, err: stderr }),
    )
  })
  assert.equal(code, 0, err)
  assert.equal(JSON.parse(out).kind, 'begin')
  assert.match(err, /sanjiang-receipt: [0-9a-f-]{36}\/\d+/i)
})

test('what the page says of addresses, limits and words is so (T8.1)', () => {
  for (const text of [
    PULL.next('ID'),
    PULL.accepted('ID'),
    `${PULL.clock_skew_seconds} seconds`,
    `within ${WEBHOOK.timeout_ms / 1000} seconds`,
    `${WEBHOOK.tries} times`,
    WEBHOOK.type,
    WEBHOOK.id,
    WEBHOOK.timestamp,
    WEBHOOK.signature,
    WEBHOOK.secret_prefix,
  ])
    assert.ok(PAGE.includes(text), text)
  const codes = [...PAGE.slice(PAGE.indexOf('## When it is refused')).matchAll(/^\| (.+?) \|/gm)]
    .flatMap((row) => [...row[1]!.matchAll(/`(\w+)`/g)])
    .map((one) => one[1]!)
  assert.ok(codes.length >= 8)
  assert.deepEqual(
    codes.filter((code) => !(code in ERRORS)),
    [],
  )
})
