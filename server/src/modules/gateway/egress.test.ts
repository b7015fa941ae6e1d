import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { GatewayGround, PERSON, saying } from '#test/gateway-ground.ts'
import { setScene } from '#test/gateway-scene.ts'

const ground = await GatewayGround.open()
after(() => ground.close())

/** What a call to a service at `url` ends with, under these allowed networks. */
const codeAt = async (url: string, egressAllow: readonly string[]) => {
  const { caller, resource } = await setScene(ground, { service: { url, timeout_ms: 1000 }, gateway: { egressAllow } })
  const { problem, status } = await caller.call({ resource })
  return { status, detail: problem?.detail }
}

const DOOR = { status: 502, detail: '提供方地址不在允许的网段内' }

test('the gateway reaches allowed networks only; link-local, this host and multicast never (T8.1, T16.3)', async () => {
  const everything = ['0.0.0.0/0', '::/0']
  for (const url of [
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://0.0.0.0:80/',
    'http://[::]/',
    'http://224.0.0.1/',
    'http://0xa9fea9fe/',
    'http://2852039166/',
  ])
    assert.deepEqual(await codeAt(url, everything), DOOR, url)
})

test('an address outside the allowed networks is refused in every spelling, also as IPv6 (T16.3)', async () => {
  const { port } = new URL((await ground.provider(saying({ rows: [PERSON] }))).origin)
  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '[::1]', '2130706433', '0x7f.1', '127.1', 'localhost'])
    assert.deepEqual(await codeAt(`http://${host}:${port}/people`, ['10.0.0.0/8']), DOOR, host)
})

test('a name is judged by the address it resolves to when connecting (T16.3)', async () => {
  const { port } = new URL((await ground.provider(saying({ rows: [PERSON] }))).origin)
  assert.deepEqual(await codeAt(`http://localhost:${port}/people`, ['10.0.0.0/8']), DOOR)
  assert.equal((await codeAt(`http://localhost:${port}/people`, ['127.0.0.0/8'])).status, 200)
})
