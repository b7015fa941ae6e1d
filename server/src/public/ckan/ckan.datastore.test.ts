import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround
let dataset_id: string

before(async () => {
  ground = await openPublicAlone()
  dataset_id = await layDataset(ground, {
    slug: 'shops',
    columns: [
      columnOf('city', '城市'),
      columnOf('amount', '金额', { data_type: 'N', unit: '万元' }),
      columnOf('seen_at', '登记时间', { data_type: 'T' }),
      columnOf('is_open', '在营', { data_type: 'L' }),
    ],
    rows: [
      ['西宁市', '12345678901234567.89', '2017-01-01 08:00:00', true],
      ['海东市', null, null, false],
      ['西宁市, "城东"', '0.5', null, null],
    ],
  })
  await layDataset(ground, {
    slug: 'held',
    content: { open_type: 'conditional' },
    columns: [columnOf('a', '甲')],
    rows: [],
  })
})
after(() => ground?.close())

const ask = async (action: string, data: object) => {
  const payload = JSON.stringify(data)
  const headers = { 'content-type': 'application/json' }
  const { statusCode, body } = await ground.app.inject({
    method: 'POST',
    url: `/api/3/action/${action}`,
    headers,
    payload,
  })
  return { statusCode, body, ...JSON.parse(body) }
}
const found = async (data: object) => {
  const { success, result } = await ask('datastore_search', { resource_id: 'shops', ...data })
  assert.ok(success)
  return result
}
const refused = async (data: object, action = 'datastore_search') => {
  const { statusCode, success, error } = await ask(action, { resource_id: 'shops', ...data })
  assert.equal(success, false)
  return { statusCode, error }
}

test('datastore_search answers with records, fields, links and a total as CKAN does (T4.2, CKAN)', async () => {
  const { body, result, help } = await ask('datastore_search', { resource_id: 'shops', limit: 1, offset: 0 })
  assert.match(help, /help_show\?name=datastore_search$/)
  assert.ok(body.includes('"amount":12345678901234567.89'))
  assert.deepEqual(
    [result.limit, result.total, result.total_was_estimated, result.include_total, result.records_format],
    [1, 3, false, true, 'objects'],
  )
  assert.deepEqual(
    result.fields.map((one: { id: string; type: string }) => [one.id, one.type]),
    [
      ['_id', 'int'],
      ['city', 'text'],
      ['amount', 'numeric'],
      ['seen_at', 'timestamp'],
      ['is_open', 'bool'],
    ],
  )
  assert.deepEqual(result.fields[2].info, { label: '金额', notes: '单位：万元', type_override: '' })
  const [{ amount: _, ...record }] = result.records
  assert.deepEqual(record, { _id: 1, city: '西宁市', seen_at: '2017-01-01T08:00:00', is_open: true })
  const next = await ground.app.inject({
    method: 'GET',
    url: `/api/3/action/datastore_search?resource_id=shops&limit=1`,
  })
  assert.match(
    next.json().result._links.next,
    /^\/api\/3\/action\/datastore_search\?resource_id=shops&limit=1&offset=1$/,
  )
  assert.equal('total' in (await found({ include_total: false })), false)
})

test('fields, filters, words, order, distinct and offsets choose records (T4.2, CKAN)', async () => {
  const cities = async (data: object) => (await found(data)).records.map(({ city }: { city: string }) => city)
  assert.deepEqual(await cities({ fields: 'city', filters: { city: '西宁市' } }), ['西宁市'])
  assert.deepEqual(await cities({ filters: { city: ['海东市', '西宁市'] }, sort: 'city desc' }), ['西宁市', '海东市'])
  assert.deepEqual(await cities({ filters: { amount: { gte: 0.5, lt: 1 } } }), ['西宁市, "城东"'])
  assert.deepEqual(await cities({ filters: { amount: null } }), ['海东市'])
  assert.deepEqual(await cities({ q: '西宁 城东' }), ['西宁市, "城东"'])
  assert.deepEqual(await cities({ q: { city: '城东', amount: '0.5' } }), ['西宁市, "城东"'])
  assert.deepEqual(await cities({ sort: 'amount asc, city', offset: 1, limit: 1 }), ['西宁市'])
  assert.deepEqual(
    await found({ fields: ['is_open'], distinct: true, sort: 'is_open' }).then(({ records, total }) => [
      records.length,
      total,
    ]),
    [3, 3],
  )
  assert.deepEqual((await found({ limit: 0 })).records, [])
  assert.equal((await found({ limit: 99999 })).limit, 32000)
  const url = `/api/3/action/datastore_search?resource_id=${dataset_id}&filters=${encodeURIComponent('{"city":"海东市"}')}`
  assert.equal((await ground.app.inject({ method: 'GET', url })).json().result.total, 1)
})

test('records come as lists, CSV or tabs too (T4.2, CKAN)', async () => {
  const asked = { fields: ['city', 'is_open', 'seen_at'] }
  assert.deepEqual((await found({ ...asked, records_format: 'lists' })).records[1], ['海东市', false, null])
  assert.equal(
    (await found({ ...asked, records_format: 'csv' })).records,
    '西宁市,t,2017-01-01 08:00:00\n海东市,f,\n"西宁市, ""城东""",,\n',
  )
  assert.match(
    (await found({ ...asked, records_format: 'tsv' })).records,
    /^西宁市\tt\t2017-01-01 08:00:00\n海东市\tf\t\n/,
  )
})

test('what cannot be answered is refused in CKAN’s classes (T4.2, CKAN)', async () => {
  const validation = async (data: object) => {
    const { statusCode, error } = await refused(data)
    assert.deepEqual([statusCode, error.__type], [409, 'Validation Error'])
    return Object.keys(error).filter((name) => name !== '__type')
  }
  assert.deepEqual(await validation({ fields: ['bad'] }), ['fields'])
  assert.deepEqual(await validation({ filters: { bad: 1 } }), ['filters'])
  assert.deepEqual(await validation({ filters: { amount: 'x' } }), ['filters'])
  assert.deepEqual(await validation({ filters: 'x' }), ['filters'])
  assert.deepEqual(await validation({ sort: 'bad desc' }), ['sort'])
  assert.deepEqual(await validation({ limit: 'x' }), ['limit'])
  assert.deepEqual(await validation({ records_format: 'xml' }), ['records_format'])
  assert.deepEqual(await validation({ resource_id: '' }), ['resource_id'])
  assert.deepEqual(await refused({ resource_id: 'none' }), {
    statusCode: 404,
    error: { message: 'Not found: Resource "none" was not found.', __type: 'Not Found Error' },
  })
  for (const [data, action] of [
    [{ resource_id: 'held' }, 'datastore_search'],
    [{ sql: 'select 1' }, 'datastore_search_sql'],
  ] as const) {
    const { statusCode, error } = await refused(data, action)
    assert.deepEqual([statusCode, error.__type], [403, 'Authorization Error'])
  }
})

test('datastore_info tells columns and the number of rows; a resource of a package is known by its id (T4.2, CKAN)', async () => {
  const { result } = await ask('datastore_info', { id: 'shops' })
  assert.equal(result.meta.count, 3)
  assert.ok(result.meta.size > 0)
  assert.deepEqual(
    [result.fields[0].id, result.fields[0].type, result.fields[0].schema.native_type],
    ['city', 'text', 'text'],
  )
  const { result: shown } = await ask('package_show', { id: 'shops' })
  const [resource] = shown.resources.filter((one: { datastore_active: boolean }) => one.datastore_active)
  assert.equal((await found({ resource_id: resource.id })).total, 3)
})
