import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { OPS } from './row.rules.ts'
import { FNS } from './row-aggregate.rules.ts'

let inside: TestDatabase
let ground: PublicGround

const COLUMNS = [
  columnOf('city', '城市'),
  columnOf('amount', '金额', { data_type: 'N' }),
  columnOf('people', '人数', { data_type: 'I' }),
  columnOf('on_day', '日期', { data_type: 'D' }),
  columnOf('at_time', '时间', { data_type: 'T' }),
  columnOf('is_open', '在营', { data_type: 'L' }),
  columnOf('lon', '经度', { data_type: 'F', role: 'lon' }),
  columnOf('lat', '纬度', { data_type: 'F', role: 'lat' }),
]
const NAMES = [...COLUMNS.map(({ name }) => name), '_id', 'geom', 'nope', '__proto__', 'constructor', '']

before(async () => {
  inside = await cloneDatabase()
  ground = await openPublic(inside.url)
  const row = ['西宁市', 1.5, 3, '2017-01-01', '2017-01-01 08:00:00', true, 101, 36]
  await layDataset(ground, { slug: 'f-1', columns: COLUMNS, rows: [row, row.map(() => null)] })
  const shape = columnOf('geom', '图形', { data_type: 'G', role: 'shape' })
  const odd = ['{"type":"Point","coordinates":[1,2]}', '[]', '1', '{"a":[1e400,1]}', null]
  await layDataset(ground, {
    slug: 'f-2',
    columns: [columnOf('city', '城市'), shape],
    rows: odd.map((one) => ['x', one]),
  })
  await layDataset(ground, {
    slug: 'f-3',
    columns: [columnOf('city', '城市')],
    rows: [],
    content: { open_type: 'conditional' },
  })
  await layDataset(ground, { slug: 'f-4' })
})
after(async () => {
  await ground?.close()
  await inside?.drop()
})

const HOSTILE = [
  '',
  '0',
  '1',
  '-1',
  '1e400',
  '9'.repeat(130),
  '9223372036854775808',
  'NaN',
  'infinity',
  'true',
  'null',
  '2017-01-01',
  '2017-02-30',
  '0001-01-01',
  '9999-12-31T23:59:59-13:00',
  '101,36,102,37',
  '1,2,3',
  ',',
  ',,',
  "'",
  '"',
  '\\',
  '%',
  '\0',
  '\ud800',
  '😀',
  '../..',
  '-city',
  '-',
  '[',
  '{',
  '{}',
  '[[]]',
  '{"city":{"gt":[]}}',
  '{"city":[]}',
  '["city"]',
  'city desc',
  '__',
  'a__b',
  '*',
  'count',
  'x'.repeat(3000),
  'http://www.opengis.net/def/crs/EPSG/0/4490',
]
const PARAMETERS = [
  'select',
  'sort',
  'q',
  'bbox',
  'limit',
  'offset',
  'after',
  'edition',
  'distinct',
  'include_total',
  'group',
  'measure',
  'key',
  'where',
  'datetime',
  'crs',
  'bbox-crs',
  'f',
  'filters',
  'fields',
  'resource_id',
  'id',
  'records_format',
]

const name = fc.constantFrom(...NAMES)
const parameter = fc.oneof(
  fc.constantFrom(...PARAMETERS),
  fc.tuple(name, fc.constantFrom(...OPS, 'like')).map(([column, op]) => `${column}__${op}`),
  name,
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const value = fc.oneof(
  fc.constantFrom(...HOSTILE),
  name,
  fc.tuple(name, fc.constantFrom(...FNS, 'year', 'month')).map((parts) => parts.join('__')),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())
const query = fc
  .array(fc.tuple(parameter, value), { maxLength: 4 })
  .map((pairs) => pairs.map(([left, right]) => `${encoded(left)}=${encoded(right)}`).join('&'))

const slug = fc.oneof(
  { arbitrary: fc.constantFrom('f-1', 'f-2', 'f-3', 'f-4'), weight: 8 },
  { arbitrary: fc.constantFrom('none', '%ff', '%00', '..', 'x'.repeat(300), '%2e%2e', "'"), weight: 1 },
)
const END = ['rows', 'rows.csv', 'rows.jsonl', 'aggregate', 'aggregate.csv', 'columns', 'openapi.json', 'rows/x', '']
const path = fc.oneof(
  {
    arbitrary: fc.tuple(slug, fc.constantFrom(...END)).map(([one, end]) => `/api/v1/datasets/${one}/${end}`),
    weight: 6,
  },
  {
    arbitrary: fc
      .tuple(slug, fc.constantFrom('', '/items', '/items/1', '/items/%ff', '/items/99999999999999999999'))
      .map(([one, end]) => `/ogc/collections/${one}${end}`),
    weight: 3,
  },
  {
    arbitrary: fc.constantFrom('/ogc', '/ogc/api', '/ogc/conformance', '/ogc/collections', '/api/v1', '/api/v2/x'),
    weight: 1,
  },
)
const method = fc.oneof(
  { arbitrary: fc.constantFrom('GET' as const, 'POST' as const), weight: 6 },
  {
    arbitrary: fc.constantFrom(
      'HEAD' as const,
      'PUT' as const,
      'DELETE' as const,
      'PATCH' as const,
      'OPTIONS' as const,
    ),
    weight: 1,
  },
)
const condition = fc.record(
  {
    column: name,
    op: fc.constantFrom(...OPS),
    value: fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.double(), fc.boolean(), fc.constant(null)),
  },
  { requiredKeys: [] },
)
const member = fc.oneof(
  value,
  fc.array(value, { maxLength: 3 }),
  fc.integer(),
  fc.double(),
  fc.constant(null),
  fc.array(condition, { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 2 }),
)
const json = fc
  .oneof(fc.dictionary(parameter, member, { maxKeys: 4 }), fc.jsonValue({ maxDepth: 2 }))
  .map((one) => JSON.stringify(one))
const body = fc.oneof(
  { arbitrary: json, weight: 4 },
  {
    arbitrary: fc.constantFrom(
      '',
      '{',
      '[1',
      '\0',
      '"x"',
      'a=b&c=d',
      `{"q":"${'x'.repeat(70_000)}"}`,
      `${'['.repeat(5000)}`,
    ),
    weight: 1,
  },
)
const type = fc.oneof(
  { arbitrary: fc.constant('application/json'), weight: 5 },
  {
    arbitrary: fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'x', ''),
    weight: 1,
  },
)

const told = (
  { statusCode, headers, body: text }: { statusCode: number; headers: Record<string, unknown>; body: string },
  asked: string,
) => {
  assert.ok(statusCode < 500, `${asked} → ${statusCode} ${text}`)
  if (statusCode < 400 || text === '') return
  assert.match(
    String(headers['content-type']),
    /^application\/problem\+json/,
    `${asked} → ${statusCode} ${text.slice(0, 200)}`,
  )
  const problem = JSON.parse(text)
  assert.equal(problem.status, statusCode)
  assert.ok(problem.code && problem.detail, asked)
}

test('whatever is sent to the row and feature interfaces, the answer is an answer or a problem with its reason (T4.2)', async () => {
  const seen = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(method, path, query, body, type, async (verb, address, words, text, media) => {
      const url = words ? `${address}?${words}` : address
      const isSent = verb !== 'GET' && verb !== 'HEAD' && verb !== 'OPTIONS'
      const sent = isSent ? { payload: text, headers: { 'content-type': media } } : {}
      const answer = await ground.app.inject({ method: verb, url, ...sent })
      told(answer, `${verb} ${url} ${isSent ? text.slice(0, 300) : ''}`)
      seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1)
    }),
    { numRuns: 700 },
  )
  for (const status of [200, 400, 401, 404, 405, 422]) assert.ok(seen.has(status), `no ${status}: ${[...seen]}`)
})

test('whatever is sent to CKAN’s datastore, the answer is CKAN’s envelope or its one text (T4.2, CKAN)', async () => {
  const id = fc.constantFrom('f-1', 'f-2', 'f-3', 'f-4', 'none', '', 1, null, ['f-1'])
  const data = fc.record(
    {
      resource_id: id,
      fields: member,
      filters: fc.oneof(member, fc.dictionary(name, member, { maxKeys: 2 })),
      q: member,
      sort: member,
      limit: member,
      offset: member,
      distinct: member,
      records_format: fc.oneof(member, fc.constantFrom('objects', 'lists', 'csv', 'tsv')),
      include_total: member,
    },
    { requiredKeys: ['resource_id'] },
  )
  const action = fc.constantFrom(
    'datastore_search',
    'datastore_search',
    'datastore_search',
    'datastore_info',
    'datastore_search_sql',
  )
  let answered = 0
  await fc.assert(
    fc.asyncProperty(action, data, async (one, params) => {
      const payload = JSON.stringify(params)
      const url = `/api/3/action/${one}`
      const answer = await ground.app.inject({
        method: 'POST',
        url,
        payload,
        headers: { 'content-type': 'application/json' },
      })
      assert.ok(answer.statusCode < 500, `${url} ${payload} → ${answer.body}`)
      const { success, result, error } = answer.json()
      assert.equal(success, answer.statusCode === 200)
      assert.ok(success ? result : error.__type, answer.body)
      if (success) answered += 1
    }),
    { numRuns: 300 },
  )
  assert.ok(answered > 5)
})

test('bytes that are no address, over the wire, are told as a problem too (T4.2)', async () => {
  const address = new URL(await ground.app.listen({ port: 0, host: '127.0.0.1' }))
  const ask = (target: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: address.hostname, port: address.port, path: target, agent: false }, (answer) => {
        answer.resume()
        resolve(answer.statusCode!)
      })
      sent.on('error', reject).end()
    })
  const base = '/api/v1/datasets/f-1/rows'
  for (const target of [
    `${base}?%`,
    `${base}?%zz=%ff`,
    `${base}?a=%e4%b8`,
    `${base}?select=%00`,
    `/api/v1/datasets/%zz/rows`,
    `${base}?${'a'.repeat(14_000)}=1`,
    `${base}?${'a&'.repeat(3000)}`,
    `${base}?#x`,
    `${base}??`,
    `//api/v1/datasets/f-1/rows`,
  ]) {
    const status = await ask(target)
    assert.ok(status >= 200 && status < 500, `${target.slice(0, 80)} → ${status}`)
  }
})
