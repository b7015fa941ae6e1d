import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import { parseFourHeaders, pureSha256, signFourHeaders, textMac, utf8 } from '@sanjiang/seal'
import { type Called, GatewayClient, nowSeconds, type SignedCall, send } from '#test/gateway-client.ts'
import { GatewayGround } from '#test/gateway-ground.ts'
import { setScene } from '#test/gateway-scene.ts'
import { CounterWindow, WINDOW } from './plane/counter-window.ts'

const ground = await GatewayGround.open()
after(() => ground.close())

const codeOf = ({ problem }: Called) => problem?.code

const PARAMETERS = [
  { name: 'id', in: 'query', required: false },
  { name: 'name', in: 'body', required: false },
]
const scene = await setScene(ground, { service: { method: 'POST', parameters: PARAMETERS } })
const { caller, resource, provider } = scene

const TAMPERINGS: [string, (call: SignedCall) => SignedCall][] = [
  ['body', (call) => ({ ...call, body: '{"name":"乙"}' })],
  ['query', (call) => ({ ...call, url: call.url.replace('id=1', 'id=2') })],
  ['method', (call) => ({ ...call, method: 'GET', body: undefined })],
  ['purpose', (call) => withHeader(call, 'sanjiang-purpose', 'work_reference;x')],
  ['case number', (call) => withHeader(call, 'sanjiang-case', 'other')],
  ['officer', (call) => withHeader(call, 'sanjiang-officer', 'someone')],
  ['counter', (call) => withHeader(call, 'sanjiang-counter', '999999')],
  ['time of signing', (call) => withHeader(call, 'signature-input', later(call.headers['signature-input']!))],
  ['signature', (call) => withHeader(call, 'signature', `sj=:${'A'.repeat(43)}=:`)],
]
const withHeader = (call: SignedCall, name: string, value: string): SignedCall => ({
  ...call,
  headers: { ...call.headers, [name]: value },
})
const later = (text: string): string => text.replace(/created=(\d+)/, (_, at) => `created=${Number(at) + 1}`)

for (const [what, tamper] of TAMPERINGS)
  test(`a call whose ${what} was changed on the way reaches no provider (T8.1, C2)`, async () => {
    const before = provider.requests.length
    const signed = caller.sign({ resource, method: 'POST', query: '?id=1', body: '{"name":"甲"}' })
    assert.equal(codeOf(await send(tamper(signed))), 'signature_invalid')
    assert.equal(provider.requests.length, before)
  })

test('the same call sent as signed goes through, once (T8.1, C2)', async () => {
  const signed = caller.sign({ resource, method: 'POST', query: '?id=1', body: '{"name":"甲"}' })
  assert.equal((await send(signed)).status, 200)
  assert.deepEqual([await send(signed)].map(codeOf), ['replayed'])
})

test('calls that overtake each other are accepted once each; a counter too far behind is refused (T8.1)', async () => {
  const { caller: own, resource: other } = await setScene(ground)
  const call = async (counter: number) => codeOf(await own.call({ resource: other, counter })) ?? 'ok'
  const far = 2 * WINDOW
  const order = [5, 3, 4, 3, 5, far, far - 1, far - WINDOW + 1, far - WINDOW, 4, far - 1]
  const outcomes: string[] = []
  for (const counter of order) outcomes.push(await call(counter))
  assert.deepEqual(outcomes, [
    ...['ok', 'ok', 'ok', 'replayed', 'replayed', 'ok', 'ok', 'ok'],
    ...['replayed', 'replayed', 'replayed'],
  ])
})

test('the window of counters agrees with a set that forgets nothing within reach (T8.1)', () => {
  const window = new CounterWindow()
  const seen = new Set<number>()
  let highest = 0
  let state = 7
  for (let n = 0; n < 50_000; n += 1) {
    state = (state * 48_271) % 2_147_483_647
    const counter = Math.max(
      1,
      highest - WINDOW - 500 + (state % (WINDOW + 600)) + (state % 997 === 0 ? 3 * WINDOW : 0),
    )
    const isNew = !seen.has(counter) && counter > highest - WINDOW
    assert.equal(window.accept(counter), isNew, `${counter} at ${highest}`)
    if (isNew) seen.add(counter)
    highest = Math.max(highest, isNew ? counter : 0)
  }
})

test('a clock more than five minutes off is told so, at sign-in and at a call (T8.1)', async () => {
  for (const off of [-310, 310]) {
    assert.equal(codeOf(await caller.call({ resource, method: 'POST', created: nowSeconds() + off })), 'clock_skew')
    assert.equal(
      codeOf(await new GatewayClient(scene.gateway.address, scene.client).signIn({ created: nowSeconds() + off })),
      'clock_skew',
    )
  }
})

test('a sign-in is good once, for a registered key, with a nonce of this gateway (T16.1)', async () => {
  const fresh = new GatewayClient(scene.gateway.address, scene.client)
  assert.equal(codeOf(await fresh.signIn({ nonce: 'AAAA.made-up' })), 'session_unknown')
  const stranger = { ...(await ground.client()), client_id: scene.client.client_id }
  assert.equal(codeOf(await new GatewayClient(scene.gateway.address, stranger).signIn()), 'signature_invalid')
})

test('a call without an officer, or with a purpose that cannot be read, is refused by field (C2)', async () => {
  const { problem } = await caller.call({ resource, officer: '' })
  assert.deepEqual([problem!.code, problem!.fields![0]!.field], ['invalid', 'sanjiang-officer'])
  const signed = caller.sign({ resource, purpose: { code: 'Bad Code', ref: 'x' } })
  assert.equal((await send(signed)).problem!.fields![0]!.field, 'sanjiang-purpose')
})

/** Bytes as they are, for what no well-behaved client sends. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(scene.gateway.port, '127.0.0.1', () => socket.end(text))
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', () => undefined)
  })

const rawCall = (call: SignedCall, more: string[] = [], target?: string): string => {
  const { pathname, search } = new URL(call.url)
  const lines = Object.entries(call.headers).map(([name, value]) => `${name}: ${value}`)
  return [
    `${call.method} ${target ?? pathname + search} HTTP/1.1`,
    'host: x',
    'connection: close',
    ...lines,
    ...more,
    '',
    '',
  ].join('\r\n')
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])

test('requests that two readers could read in two ways are refused before anything is decided (T8.1)', async () => {
  const before = provider.requests.length
  const sign = () => caller.sign({ resource })
  for (const name of [
    'sanjiang-purpose',
    'sanjiang-counter',
    'sanjiang-case',
    'signature',
    'signature-input',
    'content-digest',
  ]) {
    const call = sign()
    const status = statusOf(await raw(rawCall(call, [`${name}: ${call.headers[name] || 'x'}`])))
    assert.ok(status === 400 || status === 401, `doubled ${name}: ${status}`)
  }
  const { pathname } = new URL(sign().url)
  const targets = [
    `${pathname}/../${pathname.slice(12)}`,
    pathname.replace('v1/', 'v1/%2e%2e/v1/'),
    pathname.replace('v1/', 'v1//'),
    `${pathname}?id=%zz`,
    `${pathname}?id=%`,
    `${pathname}#x`,
    `http://elsewhere${pathname}`,
    `${pathname}%00`,
    '/gateway/v1/..%2f..%2fetc%2fpasswd',
  ]
  for (const target of targets) {
    const status = statusOf(await raw(rawCall(sign(), [], target)))
    assert.ok([400, 401, 404].includes(status), `${target}: ${status}`)
  }
  const both = [
    rawCall(sign(), ['content-length: 3', 'transfer-encoding: chunked']),
    rawCall(sign(), ['content-length: 3', 'content-length: 4']),
  ]
  for (const text of [...both, rawCall(sign(), ['x: a\u0000b']), 'GET / HTTP/1.1\nhost: x\n\n', 'NONSENSE\r\n\r\n'])
    assert.ok([400, undefined, Number.NaN].includes(statusOf(await raw(text))), text.slice(0, 60))
  assert.equal(statusOf(await raw(rawCall(sign(), [`x: ${'a'.repeat(20_000)}`]))), 413)
  assert.equal(provider.requests.length, before)
})

test('a request body over a megabyte is refused, announced or not, and a sign-in over four kilobytes (T8.1)', async () => {
  const big = JSON.stringify({ name: 'x'.repeat(1_100_000) })
  assert.equal(codeOf(await caller.call({ resource, method: 'POST', body: big })), 'too_large')
  const { url, method, headers } = caller.sign({ resource, method: 'POST', body: big })
  const stream = new Blob([big]).stream()
  const outcome = await fetch(url, { method, headers, body: stream, duplex: 'half' } as RequestInit).then(
    (answer) => answer.status,
    () => 'cut',
  )
  assert.ok(outcome === 413 || outcome === 'cut', String(outcome))
  const signIn = await fetch(`${scene.gateway.address}/gateway/v1/sessions`, { method: 'POST', body: 'x'.repeat(5000) })
  assert.equal(signIn.status, 413)
})

test('the four headers of the national platform sign as its published vector says (T8.1, domain §6.3a)', () => {
  const mac = textMac(pureSha256, utf8('0123456789abcdef0123456789abcdef'))
  const claim = { sid: 's_11630000000001_0001', rid: '11111111-2222-3333-4444-555555555555', rtime: '1506297600000' }
  const sign = signFourHeaders(mac, claim)
  assert.equal(sign, 'I747GeINfrvnjn3Ba1fLxCmLeezOp8qrHBzjNtqDo3k=')
  const headers = Object.fromEntries(
    Object.entries({ ...claim, sign }).map(([name, value]) => [`gjgxjhpt_${name}`, value]),
  )
  assert.deepEqual(parseFourHeaders(headers, 'gjgxjhpt_'), { ...claim, sign })
})

test('the four-header scheme is accepted from a listed address under a grant that allows it, and its receipt says low (T8.1, C2)', async () => {
  const four = await setScene(ground, { addresses: ['127.0.0.0/8'], grant: { allows_low_assurance: true } })
  assert.equal((await four.caller.callFour(four.resource, four.sid)).status, 200)
  const [receipt] = await ground.receipts(four.resource)
  assert.deepEqual([receipt!.assurance, receipt!.officer, receipt!.key_id], ['low', null, null])
  assert.equal(
    codeOf(await four.caller.callFour(four.resource, four.sid, { rtime: Date.now() - 310_000 })),
    'clock_skew',
  )
  assert.equal(codeOf(await four.caller.callFour(four.resource, 's_63000000000001_9999')), 'not_found')
  assert.equal(
    codeOf(await four.caller.callFour(four.resource, four.sid, { prefix: 'gjgxjhpt_' })),
    'signature_invalid',
  )
})

test('the four-header scheme is refused from an unlisted address and under a grant that wants more (T8.1)', async () => {
  const away = await setScene(ground, { addresses: ['10.1.2.3'], grant: { allows_low_assurance: true } })
  assert.equal(codeOf(await away.caller.callFour(away.resource, away.sid)), 'address_not_allowed')
  const none = await setScene(ground, { grant: { allows_low_assurance: true } })
  assert.equal(codeOf(await none.caller.callFour(none.resource, none.sid)), 'address_not_allowed')
  const strict = await setScene(ground, { addresses: ['127.0.0.1'] })
  assert.equal(codeOf(await strict.caller.callFour(strict.resource, strict.sid)), 'assurance_too_low')
  const wrong = new GatewayClient(strict.gateway.address, { ...strict.client, secret: 'guessed' })
  assert.equal(codeOf(await wrong.callFour(strict.resource, strict.sid)), 'signature_invalid')
})

test('only a named proxy may say where a caller is (T8.1)', async () => {
  const order = { addresses: ['10.1.2.3'], grant: { allows_low_assurance: true } }
  const open = await setScene(ground, order)
  const spoofed = { 'x-forwarded-for': '10.1.2.3' }
  assert.equal(codeOf(await open.caller.call({ resource: open.resource, headers: spoofed })), 'address_not_allowed')
  const behind = await setScene(ground, { ...order, gateway: { trustedProxies: ['127.0.0.1/32'] } })
  assert.equal((await behind.caller.call({ resource: behind.resource, headers: spoofed })).status, 200)
  const chained = { 'x-forwarded-for': '10.1.2.3, 10.9.9.9' }
  assert.equal(codeOf(await behind.caller.call({ resource: behind.resource, headers: chained })), 'address_not_allowed')
})
