import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { makeEgress } from '#kernel/egress.ts'
import { SourceFailure } from './failure.ts'
import { SourceHttp } from './http.ts'
import { parseJsonText } from './text.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let url: string
let handle: Handler = (_, response) => void response.end()
const server = createServer((request, response) => handle(request, response))

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.close()
  server.closeAllConnections()
})

const LOOSE = makeEgress(['127.0.0.0/8'])
const MANNERS = {
  firstWaitMs: 1,
  longestWaitMs: 5,
  timeoutMs: 300,
  requestsPerSecond: 1000,
  tries: 3,
  maxBytes: 100_000,
}

const get = async (answer: Handler, { path = '/', egress = LOOSE, header = {} } = {}) => {
  handle = answer
  const http = new SourceHttp(egress, { manners: MANNERS, signal: new AbortController().signal, header })
  try {
    return await http.get(url + path, { accept: 'application/json' })
  } finally {
    await http.close()
  }
}

const failure = async (...args: Parameters<typeof get>): Promise<string> => {
  const answer = await get(...args).catch((error: unknown) => error)
  assert.ok(answer instanceof SourceFailure, `expected a failure, got ${JSON.stringify(answer)}`)
  return `${answer.kind} ${answer.message}`
}

describe('asking a source that behaves badly', () => {
  it('reads GBK that claims to be UTF-8, and UTF-8 that claims to be GBK (T2.2)', async () => {
    const type = (charset: string) => ({ 'content-type': `application/json; charset=${charset}` })
    const text = '{"title":"企业登记信息"}'
    const gbk = await get((_, response) => void response.writeHead(200, type('utf-8')).end(iconv.encode(text, 'gbk')))
    const utf8 = await get((_, response) => void response.writeHead(200, type('gbk')).end(text))
    assert.deepEqual([gbk.text, utf8.text], [text, text])
    assert.deepEqual([gbk.notes, utf8.notes], [['回答声明为 utf-8，实为 GB18030，已按后者读取'], []])
    assert.match(
      await failure((_, response) => void response.end(Buffer.from([0x80, 0xff, 0xff]))),
      /^bad 编码无法识别/,
    )
  })

  it('stops at the cap, on the wire and after unpacking (T2.2)', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'))
    assert.ok(bomb.length < 100_000)
    const packed: Handler = (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    assert.match(await failure(packed), /^bad 解压后的回答超过/)
    assert.match(await failure((_, response) => void response.end(Buffer.alloc(150_000, 'a'))), /^bad 回答超过/)
    const torn: Handler = (_, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}').subarray(0, 12))
    assert.match(await failure(torn), /^bad 回答解压失败/)
  })

  it('waits as long as it is told to, and gives up in the end (T2.2)', async () => {
    let count = 0
    const busy: Handler = (_, response) => {
      count += 1
      if (count < 3) response.writeHead(429, { 'retry-after': '0' }).end()
      else response.end('{}')
    }
    const got = await get(busy)
    assert.deepEqual([count, got.notes.length], [3, 2])
    assert.match(
      await failure((_, response) => void response.writeHead(503).end()),
      /^away 对方返回 HTTP 503；试了 3 次/,
    )
    assert.match(await failure(() => undefined), /^away 无法连接（UND_ERR_HEADERS_TIMEOUT）；试了 3 次/)
  })

  it('follows a redirect, not a loop, and takes no secret elsewhere (T2.2)', async () => {
    const loop: Handler = (_, response) => void response.writeHead(302, { location: '/' }).end()
    assert.match(await failure(loop), /^denied 对方的重定向绕圈/)
    const heard: (string | undefined)[] = []
    const elsewhere = createServer((request, response) => {
      heard.push(request.headers['x-key'] as string | undefined)
      response.end('{}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
    await get(
      (request, response) => {
        heard.push(request.headers['x-key'] as string | undefined)
        response.writeHead(302, { location }).end()
      },
      { header: { 'x-key': 'sekret' } },
    )
    elsewhere.close()
    elsewhere.closeAllConnections()
    assert.deepEqual(heard, ['sekret', undefined])
  })

  it('goes only where the operator allows, redirects included (architecture §5)', async () => {
    const egress = makeEgress(['10.0.0.0/8'])
    assert.match(await failure((_, response) => void response.end(), { egress }), /^denied 来源地址不在允许的网段内/)
    const inwards: Handler = (_, response) =>
      void response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
    assert.match(await failure(inwards), /^denied 来源地址不在允许的网段内/)
    assert.match(
      await failure((_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end()),
      /^denied/,
    )
  })

  it('says where JSON breaks, and that a web page is none (T2.2)', () => {
    const at = (text: string): string => {
      try {
        parseJsonText(text)
        return 'parsed'
      } catch (error) {
        return `${(error as SourceFailure).pointer} ${(error as Error).message}`
      }
    }
    assert.match(at('{"a": 1,\n "b": tru }'), /^第 2 行第 \d+ 列/)
    assert.match(at('{"a": 1'), /^第 1 行第 8 列/)
    assert.match(at('<!doctype html><p>'), /网页而不是 JSON/)
  })
})
