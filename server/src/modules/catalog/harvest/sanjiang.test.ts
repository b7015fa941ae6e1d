import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { makeEgress } from '#kernel/egress.ts'
import { newId } from '#kernel/id.ts'
import { SourceHttp } from './http.ts'
import { SanjiangReader } from './sanjiang.reader.ts'

const row = (content: unknown) => ({
  ...{ seq: 1, resource_id: newId(), is_gone: false, code: '363027/000001', version: 1, published_on: '2017-12-01' },
  ...{ provider_name: '青海省工商行政管理局', provider_code: null, content },
})

let rows: unknown[] = []
const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ total: rows.length, rows, next: null }))
})
before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
after(() => {
  server.close()
  server.closeAllConnections()
})

test('an entry whose items are no items is told at its place, and the page goes on with the next one (T2.2)', async () => {
  rows = [
    row({ name: '企业登记信息', items: [null] }),
    row({ name: '商标信息', items: ['x'] }),
    row({ name: '年报信息' }),
  ]
  const http = new SourceHttp(makeEgress(['127.0.0.0/8']), { signal: new AbortController().signal })
  const { privateKey } = generateKeyPairSync('ed25519')
  const identity = { key_id: '0123456789abcdef', public_key: '', private: privateKey }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { items } = await new SanjiangReader(http, url, { identity, etag: null }).read({ after: '', no: 1 })
  assert.deepEqual(
    items.map(({ kind }) => kind),
    ['failed', 'failed', 'record'],
  )
  assert.match(JSON.stringify(items[0]), /rows\/0\/content\/items\/0/)
  await http.close()
})
