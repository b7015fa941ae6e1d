import assert from 'node:assert/strict'
import type { RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Called } from '#test/gateway-client.ts'
import { GatewayGround, PERSON, saying } from '#test/gateway-ground.ts'
import { type SceneOrder, setScene } from '#test/gateway-scene.ts'

const ground = await GatewayGround.open()
after(() => ground.close())

const refusal = ({ status, problem }: Called) => ({ status, code: problem?.code, party: problem?.party })

/** The call fails as `code`, blamed on the provider; the receipt says so and the data stays. */
const assertFails = async (order: SceneOrder, code: string, status: number): Promise<void> => {
  const { caller, resource } = await setScene(ground, order)
  const called = await caller.call({ resource })
  assert.deepEqual(refusal(called), { status, code, party: 'provider' })
  assert.ok(!called.text.includes(PERSON.name))
  const [receipt] = await ground.receipts(resource)
  assert.deepEqual([receipt!.outcome, receipt!.code, receipt!.response_digest], ['failed', code, null])
}

const sending =
  (type: string, body: string | Buffer, status = 200): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': type }).end(body)
const OK = { pointer: '/code', values: [0, '0000'] }

test('an error inside a 200 is the provider’s failure, by the rule it registered (T8.1)', async () => {
  await assertFails({ answer: saying({ code: 500, rows: [PERSON] }), service: { ok_rule: OK } }, 'provider_failed', 502)
  await assertFails({ answer: saying({ rows: [PERSON] }), service: { ok_rule: OK } }, 'provider_failed', 502)
  const { caller, resource } = await setScene(ground, {
    answer: saying({ code: '0000', rows: [PERSON] }),
    service: { ok_rule: OK },
  })
  assert.equal((await caller.call({ resource })).status, 200)
})

test('what is not JSON, not UTF-8, empty or of another shape is refused as malformed (T8.1)', async () => {
  const person = JSON.stringify({ rows: [PERSON] })
  for (const answer of [
    sending('text/html', `<html>${PERSON.name}</html>`),
    sending('application/json', person.slice(0, -2)),
    sending('application/json', ''),
    sending('application/json', Buffer.from([0x22, 0xc0, 0x80, 0x22])),
    sending('application/json; charset=utf-16', person),
    saying({ data: [PERSON] }),
    saying({ rows: 'none' }),
    saying({ rows: [PERSON, '行'] }),
    saying([PERSON]),
  ])
    await assertFails({ answer }, 'provider_malformed', 502)
})

test('an older system that says it speaks GB 18030 is understood (T8.1)', async () => {
  // 扎西 in GB 18030
  const body = Buffer.concat([
    Buffer.from('{"rows":[{"name":"'),
    Buffer.from([0xd4, 0xfa, 0xce, 0xf7]),
    Buffer.from('"}]}'),
  ])
  const { caller, resource } = await setScene(ground, {
    answer: sending('application/json;charset=GBK', body),
    grant: { items: ['name'] },
  })
  assert.deepEqual((await caller.call({ resource })).answer!.rows, [{ name: '扎西' }])
})

test('a provider that knows no such record answers with none (T8.1)', async () => {
  for (const answer of [sending('text/html', '<h1>404</h1>', 404), saying({ rows: [] }), saying({ rows: null })]) {
    const { caller, resource } = await setScene(ground, { answer })
    assert.deepEqual((await caller.call({ resource })).answer, { resource_code: resource.code, count: 0, rows: [] })
  }
})

test('refusals, errors and redirects of the provider are its own; a redirect is not followed (T8.1)', async () => {
  const away = await ground.provider(saying({ rows: [PERSON] }))
  const redirect: RequestListener = (_, response) => response.writeHead(302, { location: away.origin }).end()
  for (const answer of [saying({}, 500), saying({}, 400), saying({}, 401), redirect])
    await assertFails({ answer }, 'provider_failed', 502)
  assert.equal(away.requests.length, 0)
})

test('an answer over the registered size is cut off (T8.1)', async () => {
  const rows = Array.from({ length: 100 }, () => PERSON)
  await assertFails({ answer: saying({ rows }), service: { max_bytes: 2048 } }, 'provider_too_large', 502)
})

test('an answer about more people than a receipt can name is refused rather than half recorded (C2)', async () => {
  const rows = Array.from({ length: 1001 }, (_, n) => ({ ...PERSON, citizen_id: String(n) }))
  const fields = [{ item: 'citizen_id', pointer: '/citizen_id', subject: 'citizen_id' }]
  await assertFails({ answer: saying({ rows }), service: { fields } }, 'provider_too_large', 502)
})

test('a slow provider times out, whether it is silent or trickles (T8.1)', async () => {
  const trickle: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const drip = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(drip))
  }
  await assertFails({ answer: () => undefined, service: { timeout_ms: 150 } }, 'provider_timeout', 504)
  await assertFails({ answer: trickle, service: { timeout_ms: 150 } }, 'provider_timeout', 504)
})

test('a provider that is not there, or hangs up, or does not speak HTTP is unreachable (T8.1)', async () => {
  await assertFails({ service: { url: 'http://127.0.0.1:9/people' } }, 'provider_unreachable', 502)
  await assertFails({ answer: (request) => request.socket.destroy() }, 'provider_unreachable', 502)
  const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n', () => socket.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ground.onClose(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.address() as { port: number }
  await assertFails({ service: { url: `http://127.0.0.1:${port}/` } }, 'provider_malformed', 502)
})

test('a kept-alive connection closed under a read is not the caller’s trouble: the read is repeated once (T8.1)', async () => {
  let isFirst = true
  const { caller, resource, provider } = await setScene(ground, {
    answer: (request, response) => {
      if (isFirst) request.socket.destroy()
      else saying({ rows: [PERSON] })(request, response)
      isFirst = false
    },
  })
  assert.equal((await caller.call({ resource })).status, 200)
  assert.equal(provider.requests.length, 2)
})

test('after five failures in a row the breaker opens, tries once after its pause, and closes when that goes well (T8.1)', async () => {
  let isWell = false
  const { caller, resource, provider } = await setScene(ground, {
    answer: (request, response) => saying({ rows: [] }, isWell ? 200 : 503)(request, response),
    gateway: { breaker: { failures: 5, openMs: 200 } },
  })
  const codes = async (count: number) => {
    const found: (string | undefined)[] = []
    for (let n = 0; n < count; n += 1) found.push((await caller.call({ resource })).problem?.code)
    return found
  }
  assert.deepEqual(await codes(6), [...Array(5).fill('provider_failed'), 'provider_suspended'])
  assert.equal(provider.requests.length, 5)
  await pause(220)
  assert.deepEqual(await codes(2), ['provider_failed', 'provider_suspended'])
  assert.equal(provider.requests.length, 6)
  await pause(220)
  isWell = true
  assert.deepEqual(await codes(3), [undefined, undefined, undefined])
})

test('bad requests of one caller do not open the breaker for the others (T8.1)', async () => {
  const { caller, resource } = await setScene(ground, { answer: saying({}, 400) })
  for (let n = 0; n < 8; n += 1) assert.equal((await caller.call({ resource })).problem!.code, 'provider_failed')
})

test('a provider that hangs fills its own bulkhead and nobody else’s (T8.1)', async () => {
  const waiting: ServerResponse[] = []
  const { caller, resource, client } = await setScene(ground, {
    answer: (_, response) => void waiting.push(response),
    service: { concurrency: 3, timeout_ms: 5000 },
  })
  const healthy = await ground.provider(saying({ rows: [PERSON] }))
  const other = await ground.resource()
  await ground.attach(other, { url: healthy.origin })
  await ground.grant({ resource: other, client })
  const stuck = Array.from({ length: 3 }, () => caller.call({ resource }))
  while (waiting.length < 3) await pause(5)
  assert.equal((await caller.call({ resource })).problem!.code, 'provider_suspended')
  for (let n = 0; n < 20; n += 1) assert.equal((await caller.call({ resource: other })).status, 200)
  for (const response of waiting) saying({ rows: [] })(response.req, response as never)
  assert.deepEqual(
    (await Promise.all(stuck)).map(({ status }) => status),
    [200, 200, 200],
  )
})

test('the provider learns the granted request and nothing about who signed it (T8.1)', async () => {
  const { caller, resource, provider } = await setScene(ground)
  await caller.call({ resource, case_no: 'QH-1', headers: { cookie: 'a=b', authorization: 'Bearer x' } })
  assert.deepEqual(Object.keys(provider.requests[0]!.headers).sort(), ['accept', 'connection', 'host'])
})
