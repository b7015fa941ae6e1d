// A department's service: one record of twelve items, 2 KB of JSON.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const RECORD = {
  name: '扎西卓玛',
  citizen_id: '63010319900101001X',
  sex: '女',
  nation: '藏族',
  birth_date: '1990-01-01',
  division: '630103',
  address: '青海省西宁市城中区南大街街道',
  phone: '13900001234',
  employer: '青海省某某单位',
  household: '一'.repeat(120),
  history: '二'.repeat(280),
  remark: '三'.repeat(80),
}

const body = Buffer.from(JSON.stringify({ code: 0, data: [RECORD] }))
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': String(body.length) }
const server = createServer({ keepAliveTimeout: 60_000 }, (_, response) => response.writeHead(200, headers).end(body))
server.listen(0, '127.0.0.1', () =>
  process.send!({ port: (server.address() as AddressInfo).port, bytes: body.length, items: Object.keys(RECORD) }),
)
process.on('disconnect', () => process.exit(0))
