import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { after, before, test } from 'node:test'
import { until } from '#test/platform.ts'
import { layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround
before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, { slug: 'u-1' })
  await ground.app.listen({ port: 0, host: '127.0.0.1' })
})
after(() => ground?.close())

/** What comes back for bytes no client library would send. */
const say = async (text: string) => {
  const socket = connect((ground.app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(text)
  let answer = ''
  socket.setEncoding('utf8').on('data', (piece: string) => {
    answer += piece
  })
  await once(socket, 'close')
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body }
}
const ask = (target: string, method = 'GET') => say(`${method} ${target} HTTP/1.1\r\nhost: x\r\n\r\n`)

test('an address with Chinese characters as they are typed is refused in words, to people on a page, to programs with the right address (T4.2)', async () => {
  const data = await ask('/api/3/action/package_search?q=养老&rows=5%25')
  assert.equal(data.status, 400)
  assert.match(data.head, /problem\+json/)
  const { code, detail } = JSON.parse(data.body)
  assert.equal(code, 'malformed')
  assert.ok(detail.endsWith('/api/3/action/package_search?q=%E5%85%BB%E8%80%81&rows=5%25'), detail)
  const page = await ask('/search?q=养老')
  assert.equal(page.status, 400)
  assert.match(page.head, /content-security-policy: default-src 'none'/)
  assert.match(page.body, /<html[\s\S]*请求无法解析/)
  assert.equal((await ask('/search?q=养老', 'HEAD')).body, '')
})

test('whatever bytes come, the answer is one of ours, says nothing again that could be markup, and the next is served (T4.2)', async () => {
  for (const text of [
    'GET /<script>é HTTP/1.1\r\n\r\n',
    'GET /api/"><b>é HTTP/1.1\r\nhost: x\r\n\r\n',
    'nonsense\r\n\r\n',
    '\x16\x03\x01\x02\r\n\r\n',
    `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
    'GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
  ]) {
    const { status, body } = await say(text)
    assert.ok(status >= 400 && status < 500, `${status} ${text.slice(0, 40)}`)
    assert.doesNotMatch(body, /<script|"><b/)
  }
  assert.equal((await fetch(`http://127.0.0.1:${(ground.app.server.address() as AddressInfo).port}/`)).status, 200)
})

test('who is refused and does not hang up holds no connection (T4.2)', async () => {
  const { server } = ground.app
  const open = () => new Promise<number>((done) => server.getConnections((_, count) => done(count)))
  const others = await open()
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.write('nonsense\r\n\r\n')
  await once(socket.resume(), 'end')
  await until('it is cut', async () => (await open()) <= others)
  socket.destroy()
})

test('a content type without a body is no body, and what is no JSON is told so (T4.2)', async () => {
  const send = (method: 'DELETE' | 'POST', url: string, payload = '') =>
    ground.app.inject({ method, url, headers: { 'content-type': 'application/json' }, payload })
  assert.equal((await send('DELETE', '/api/v1/datasets/u-1/rows')).json().code, 'method_not_allowed')
  assert.equal((await send('DELETE', '/datasets/u-1')).statusCode, 404)
  const garbage = await send('POST', '/api/3/action/package_search', '{"rows":')
  assert.ok(garbage.statusCode === 400 || garbage.statusCode === 409, garbage.body)
  assert.ok(/JSON/.test(garbage.body), garbage.body)
})
