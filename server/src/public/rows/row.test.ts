import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { openPool } from '#kernel/db.ts'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'

import { openRowsOf } from './row.access.ts'
import { findRows } from './row.service.ts'
import { findRowDataset, readRows } from './row.store.ts'
import { readRowQuery } from './row-ask.rules.ts'
import { examplesOf } from './row-openapi.rules.ts'

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { name: string; in: string; description: string; schema: object }[]
}

let inside: TestDatabase
let ground: PublicGround

const COLUMNS = [
  columnOf('city', '城市', { role: 'category' }),
  columnOf('amount', '金额', { data_type: 'N', role: 'measure', unit: '万元' }),
  columnOf('people', '人数', { data_type: 'I' }),
  columnOf('opened_on', '开业日期', { data_type: 'D' }),
  columnOf('seen_at', '登记时间', { data_type: 'T' }),
  columnOf('is_open', '在营', { data_type: 'L' }),
]
const ROWS = [
  ['西宁市', '12.50', 3, '2016-05-01', '2017-01-01 08:00:00', true],
  ['海东市', '12345678901234567.89', null, '2016-06-01', null, false],
  ['西宁市', '0.1', '9007199254740993', '2017-01-31', '2017-01-02 00:00:00', null],
  ['海西蒙古族,藏族自治州', null, 7, null, null, true],
]

before(async () => {
  inside = await cloneDatabase()
  ground = await openPublic(inside.url)
  await layDataset(ground, { slug: 'shops', columns: COLUMNS, rows: ROWS })
  await layDataset(ground, { slug: 'held', columns: COLUMNS, rows: ROWS, content: { open_type: 'conditional' } })
  await layDataset(ground, { slug: 'bare' })
  const many = Array.from({ length: 25 }, (_, index) => [`第${index + 1}行`])
  await layDataset(ground, { slug: 'many', columns: [columnOf('name', '名称')], rows: many })
})
after(async () => {
  await ground?.close()
  await inside?.drop()
})

const get = (url: string, headers: Record<string, string> = {}) =>
  ground.app.inject({ method: 'GET', url: `/api/v1/datasets/${url}`, headers })
const post = (url: string, payload: object) =>
  ground.app.inject({ method: 'POST', url: `/api/v1/datasets/${url}`, payload })
const rowsOf = async (url: string) => (await get(url)).json().rows as Record<string, unknown>[]
const refusal = async (url: string) => {
  const answer = await get(url)
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
  const { status, code, field, detail } = answer.json()
  assert.equal(status, answer.statusCode)
  return { status, code, field, detail }
}

test('rows come as they are: digits that a reader would round as text, times with their zone, the suppressed as nothing (T4.2)', async () => {
  const answer = await get('shops/rows')
  assert.equal(answer.statusCode, 200)
  const page = answer.json()
  assert.deepEqual([page.total, page.total_is_exact, page.count, page.next, page.edition_no], [4, true, 4, null, 1])
  assert.match(page.note, /隐去/)
  assert.deepEqual(page.rows[0], {
    city: '西宁市',
    amount: 12.5,
    people: 3,
    opened_on: '2016-05-01',
    seen_at: '2017-01-01T08:00:00+08:00',
    is_open: true,
  })
  assert.ok(answer.body.includes('"amount":12.50'))
  assert.equal(page.rows[1].amount, '12345678901234567.89')
  assert.equal(page.rows[2].people, '9007199254740993')
  assert.equal(page.rows[3].amount, null)
})

test('a reader chooses columns, filters, sorts and searches with words of an address (T4.2)', async () => {
  const city = encodeURIComponent('西宁市')
  assert.deepEqual(await rowsOf(`shops/rows?select=amount,_id&city__eq=${city}&sort=-amount`), [
    { amount: 12.5, _id: 1 },
    { amount: 0.1, _id: 3 },
  ])
  const ids = async (asked: string) => (await rowsOf(`shops/rows?select=_id&${asked}`)).map(({ _id }) => _id)
  assert.deepEqual(await ids('opened_on__between=2016-05-02,2017-01-31'), [2, 3])
  assert.deepEqual(await ids('seen_at__lt=2017-01-01T01:00:00Z'), [1])
  assert.deepEqual(await ids('seen_at__eq=2017-01-01T08:00:00+08:00'), [1])
  assert.deepEqual(await ids('amount__null=true'), [4])
  assert.deepEqual(await ids('people__in=3,7'), [1, 4])
  assert.deepEqual(await ids('people__gte=4&people__lte=8'), [4])
  assert.deepEqual(await ids('amount__ge=12345678901234567.89'), [2])
  assert.deepEqual(await ids(`q=${encodeURIComponent('族 海西')}`), [4])
  assert.deepEqual(await ids(`city__eq=${encodeURIComponent('海西蒙古族,藏族自治州')}`), [4])
  assert.deepEqual(await ids('is_open__eq=false'), [2])
  assert.deepEqual(await rowsOf('shops/rows?select=city&distinct=true'), [
    { city: '海东市' },
    { city: '海西蒙古族,藏族自治州' },
    { city: '西宁市' },
  ])
})

test('the same can be asked in a body, where values hold commas (T4.2)', async () => {
  const where = [{ column: 'city', op: 'in', value: ['海西蒙古族,藏族自治州', '海东市'] }]
  const answer = await post('shops/rows', { select: ['city'], where, sort: ['-city'] })
  assert.deepEqual(answer.json().rows, [{ city: '海西蒙古族,藏族自治州' }, { city: '海东市' }])
  const wrong = await post('shops/rows', { where: [{ column: 'city', op: 'like', value: '%' }] })
  assert.deepEqual([wrong.statusCode, wrong.json().field], [422, 'where.0'])
})

test('a form asks in the words of an address, and JSON that a client calls a form is read as JSON (T4.2)', async () => {
  const ask = async (payload: string, path = 'shops/rows') => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const url = `/api/v1/datasets/${path}`
    return (await ground.app.inject({ method: 'POST', url, payload, headers })).json()
  }
  assert.deepEqual((await ask('select=_id&people__in=3,7&sort=-_id')).rows, [{ _id: 4 }, { _id: 1 }])
  const where = [{ column: 'city', op: 'eq', value: '海东市' }]
  assert.deepEqual((await ask(JSON.stringify({ select: ['_id'], where }))).rows, [{ _id: 2 }])
  assert.deepEqual((await ask('group=city&limit=1', 'shops/aggregate')).rows, [{ city: '海东市', count: 1 }])
  assert.deepEqual((await ask('', 'shops/rows?select=_id&limit=1')).rows, [{ _id: 1 }])
  assert.deepEqual((await ask('limit=1', 'shops/rows?select=_id')).code, 'given_twice')
  assert.equal((await get('shops/rows.json?limit=1', { accept: 'text/csv' })).json().count, 1)
  assert.deepEqual((await ask('nope=1')).code, 'unknown_parameter')
  assert.deepEqual((await ask('{"select":')).field, 'body')
  assert.equal((await ask('')).count, 4)
})

test('pages follow each other by row numbers, of one edition, until there are no more (T4.2)', async () => {
  const seen: string[] = []
  let url: string | null = 'many/rows?limit=10'
  for (; url; ) {
    const { rows, next, total } = (await get(url)).json() as {
      rows: { name: string }[]
      next: string | null
      total: number
    }
    assert.equal(total, seen.length === 0 ? 25 : null)
    seen.push(...rows.map(({ name }) => name))
    url = next?.replace('http://data.test/api/v1/datasets/', '') ?? null
  }
  assert.equal(seen.length, 25)
  assert.equal(new Set(seen).size, 25)
  const sorted = (await get('many/rows?limit=20&sort=name')).json()
  assert.match(sorted.next, /offset=20/)
  const posted = (await post('many/rows', { limit: 20 })).json()
  assert.deepEqual(posted.next_page, { after: 20, edition: 1, include_total: false })
  const rest = await post('many/rows', { limit: 20, ...posted.next_page })
  assert.equal(rest.json().count, 5)
  assert.deepEqual((await refusal('many/rows?edition=2&after=3')).code, 'edition_changed')
})

test('figures are counted up by column, year and month (T4.2)', async () => {
  assert.deepEqual(await rowsOf('shops/aggregate?group=city&measure=count,amount__sum,people__count&sort=-count'), [
    { city: '西宁市', count: 2, amount__sum: 12.6, people__count: 2 },
    { city: '海东市', count: 1, amount__sum: '12345678901234567.89', people__count: 0 },
    { city: '海西蒙古族,藏族自治州', count: 1, amount__sum: null, people__count: 1 },
  ])
  assert.deepEqual(await rowsOf('shops/aggregate?group=opened_on__year'), [
    { opened_on__year: '2016', count: 2 },
    { opened_on__year: '2017', count: 1 },
    { opened_on__year: null, count: 1 },
  ])
  assert.deepEqual(await rowsOf('shops/aggregate?measure=amount__avg,seen_at__max,city__distinct&people__le=3'), [
    { amount__avg: 12.5, seen_at__max: '2017-01-01T08:00:00+08:00', city__distinct: 1 },
  ])
  assert.equal((await get('shops/aggregate?group=city')).json().total, 3)
})

test('tables come as CSV and JSON lines too, by the end of the address or by what is accepted (T4.2)', async () => {
  const csv = await get('shops/rows.csv?select=city,amount,is_open')
  assert.match(String(csv.headers['content-type']), /^text\/csv/)
  assert.equal(csv.headers['x-total-count'], '4')
  assert.deepEqual(csv.body.split('\r\n'), [
    'city,amount,is_open',
    '西宁市,12.50,true',
    '海东市,12345678901234567.89,false',
    '西宁市,0.1,',
    '"海西蒙古族,藏族自治州",,true',
    '',
  ])
  for (const accept of ['application/json, text/csv;q=0.1', '*/*', 'text/csv;q=0', 'image/png'])
    assert.match(String((await get('shops/rows', { accept })).headers['content-type']), /^application\/json/, accept)
  const lines = await get('shops/rows?select=city&limit=1', { accept: 'application/x-ndjson' })
  assert.equal(lines.body, '{"city":"西宁市"}\n')
  assert.match(
    String(lines.headers.link),
    /^<http:\/\/data\.test\/api\/v1\/datasets\/shops\/rows\?.*after=1.*>; rel="next"$/,
  )
})

test('whoever has an answer already is told so, until there is a newer edition (T4.2)', async () => {
  const first = await get('shops/rows?limit=1')
  const etag = String(first.headers.etag)
  assert.equal((await get('shops/rows?limit=1', { 'if-none-match': `"other", ${etag}` })).statusCode, 304)
  assert.equal((await get('shops/rows?limit=2', { 'if-none-match': etag })).statusCode, 200)
  assert.equal((await get('shops/rows.csv?limit=1', { 'if-none-match': etag })).statusCode, 200)
})

test('rows of a conditional dataset need a key; what columns it has is everybody’s (T4.2)', async () => {
  const refused = await refusal('held/rows')
  assert.deepEqual([refused.status, refused.code], [401, 'key_required'])
  assert.match(refused.detail, /\/apply\/held/)
  assert.equal((await refusal('held/aggregate')).status, 401)
  assert.equal((await get('held/columns')).statusCode, 200)
  assert.deepEqual((await get('held/openapi.json')).json().security, [{ key: [] }])
})

test('a question that breaks a rule is refused with the parameter and what is expected (T4.2)', async () => {
  const cases: [string, string, string][] = [
    ['shops/rows?select=nope', 'unknown_column', 'select'],
    ['shops/rows?nope=1', 'unknown_parameter', 'nope'],
    ['shops/rows?city__like=1', 'unknown_parameter', 'city__like'],
    ['shops/rows?city=1', 'unknown_parameter', 'city'],
    ['shops/rows?amount__gt=abc', 'bad_value', 'amount__gt'],
    ['shops/rows?opened_on__eq=2017-02-30', 'bad_value', 'opened_on__eq'],
    ['shops/rows?is_open__gt=true', 'unknown_op', 'is_open__gt'],
    ['shops/rows?amount__between=1', 'value_count', 'amount__between'],
    ['shops/rows?limit=10001', 'limit', 'limit'],
    ['shops/rows?limit=-1', 'bad_parameter', 'limit'],
    ['shops/rows?offset=1000001', 'offset', 'offset'],
    ['shops/rows?limit=1&limit=2', 'bad_parameter', 'limit'],
    ['shops/rows?sort=city&after=3', 'after', 'after'],
    ['shops/rows?bbox=1,2,3,4', 'no_place', 'bbox'],
    ['shops/rows?bbox=1,2,3', 'bbox', 'bbox'],
    [`shops/rows?city__in=${'a,'.repeat(501)}a`, 'list_size', 'city__in'],
    ['shops/aggregate?measure=city__sum', 'not_aggregatable', 'measure'],
    ['shops/aggregate?group=city__year', 'not_a_date', 'group'],
    ['shops/aggregate?group=city&sort=amount', 'unknown_column', 'sort'],
  ]
  for (const [url, code, field] of cases) {
    const told = await refusal(url)
    assert.deepEqual([told.status, told.code, told.field], [422, code, field], url)
    assert.ok(told.detail.length > 5)
  }
  assert.deepEqual((await refusal('none/rows')).status, 404)
  assert.deepEqual((await refusal('bare/rows')).code, 'no_rows')
  assert.equal((await refusal('shops/nothing')).status, 404)
  assert.equal((await ground.app.inject({ method: 'DELETE', url: '/api/v1/datasets/shops/rows' })).json().status, 405)
})

test('a newer edition that takes the table away while a question is under way is answered from the newer one (T4.2)', async (t) => {
  const dataset_id = await layDataset(ground, { slug: 'swap', columns: [columnOf('name', '名称')], rows: [['旧']] })
  const pool = openPool(ground.siteUrl, { max: 1 })
  t.after(() => pool.end())
  const stale = openRowsOf(await findRowDataset(pool, 'swap'))
  await ground.sql(`create table data.d_swap_2 as select _id, '新'::text as name from data.${stale.table_name}`)
  await ground.sql('grant select on data.d_swap_2 to sanjiang_public')
  await ground.sql('update site.edition set is_current = false, table_name = null where dataset_id = $1', [dataset_id])
  await ground.sql(
    `insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on)
     select dataset_id, 2, true, 'd_swap_2', columns, 1, digest, data_on from site.edition where dataset_id = $1`,
    [dataset_id],
  )
  await ground.sql(`drop table data.${stale.table_name}`)
  const { dataset, rows } = await findRows({ pool }, stale, readRowQuery({}, false))
  assert.deepEqual([dataset.edition_no, rows], [2, [['新']]])
})

test('every command on the page of a dataset’s interface works as it stands (T4.2, P16)', async () => {
  const page = (await ground.app.inject({ method: 'GET', url: '/datasets/shops/api' })).body
  const commands = [...page.matchAll(/curl &#x27;http:\/\/data\.test([^<]+)&#x27;/g)]
  const urls = commands.map(([, url]) => url!.replaceAll('&amp;', '&'))
  assert.ok(urls.length >= 4, page)
  for (const url of urls) assert.equal((await ground.app.inject({ method: 'GET', url })).statusCode, 200, url)
})

test('the interface of a dataset is described from its columns, and answers are what is described (T4.2)', async () => {
  const document = (await get('shops/openapi.json')).json()
  assert.equal(document.openapi, '3.1.0')
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'api', components: document.components })
  const bound = (schema: object) => JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components'))
  const operations = Object.values<Record<string, Operation>>(document.paths).flatMap((one) => Object.values(one))
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
  for (const { parameters = [] } of operations) {
    assert.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length)
    for (const { name, schema, ...rest } of parameters) {
      assert.deepEqual([rest.in, typeof rest.description], ['query', 'string'], name)
      ajv.compile(schema)
    }
  }
  const described = (path: string) =>
    bound(document.paths[path].get.responses['200'].content['application/json'].schema)
  for (const path of ['/rows', '/aggregate']) {
    const fits = ajv.compile(described(path))
    assert.ok(fits((await get(`shops${path}`)).json()), JSON.stringify(fits.errors))
  }
  const problem = ajv.compile({ $ref: 'api#/components/schemas/Problem' })
  assert.ok(problem((await get('shops/rows?limit=0')).json()))
  for (const { url } of examplesOf({ slug: 'shops', columns: COLUMNS }, ''))
    assert.equal((await ground.app.inject({ method: 'GET', url })).statusCode, 200, url)
})

test('a page whose rows are long in coming ends early and says that there are more: nobody holds a connection for minutes (T4.2)', async () => {
  const pool = openPool(ground.siteUrl, { name: 'slow-test', max: 1 })
  const slow = `select n::text, case when n = 101 then pg_sleep(3.1)::text end from generate_series(1, 400) n`
  const { rows, isCut } = await readRows(pool, [slow])
  assert.deepEqual([rows.length, isCut], [200, true])
  await pool.end()
})
