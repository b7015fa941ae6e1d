import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { countedSite } from '#test/counted-site.ts'
import { layFiles } from '#test/portal-files.ts'
import { columnOf, layCopies, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround

const COLUMNS = [
  columnOf('name', '名称'),
  columnOf('amount', '金额', { data_type: 'Y', role: 'measure', unit: '万元' }),
]

before(async () => {
  ground = await openPublicAlone()
  const lay = async (slug: string, content: object, formats: readonly string[] = []) => {
    const rows = formats.length > 0 ? { columns: COLUMNS, rows: [['甲', 1]] as const } : {}
    const id = await layDataset(ground, { slug, content, ...rows })
    await layFiles(ground, id, formats)
  }
  const civil = { organ_name: '省民政厅', theme_title: '社会救助' }
  await lay('c-1', { ...civil, title: '养老机构名录', keywords: ['养老', '机构 名录'] }, ['csv', 'json'])
  await lay('c-2', { ...civil, title: '低保标准', keywords: ['低保'], licence: 'attribution_sharealike' }, ['csv'])
  await lay('c-3', { title: '商品价格', keywords: ['价格', '养老'], update_cycle: 'daily' })
  await lay('c-4', { title: '企业名录', open_type: 'conditional', licence: 'conditional', open_condition: '签协议' }, [
    'xlsx',
  ])
  await ground.sql(
    `update site.dataset set state = 'withdrawn', withdrawn_on = '2018-01-01', withdrawn_reason = '有误', content = '{}'
    where slug = $1`,
    [await layDataset(ground, { slug: 'c-9' }).then(() => 'c-9')],
  )
})
after(() => ground?.close())

/** How ckanapi asks and how it reads an answer: POST of JSON, classes of faults by `__type`. */
const ckanapi = async (action: string, data: object = {}) => {
  const { statusCode, body } = await ground.app.inject({
    method: 'POST',
    url: `/api/action/${action}`,
    headers: { 'content-type': 'application/json', 'user-agent': 'ckanapi/4.9 (+https://github.com/ckan/ckanapi)' },
    payload: JSON.stringify(data),
  })
  const parsed = JSON.parse(body)
  if (parsed.success) return parsed.result
  const error = parsed.error ?? {}
  const told = Object.assign(
    new Error(
      String(error.message ?? '')
        .split(': ')
        .at(-1),
    ),
    { type: error.__type, statusCode, error },
  )
  throw told
}
const refusal = (action: string, data: object = {}) =>
  ckanapi(action, data).then(
    () => assert.fail('not refused'),
    (error) => [error.type, error.statusCode],
  )
/** How ckanr, a browser or curl asks. */
const get = async (path: string) => {
  const response = await ground.app.inject({ method: 'GET', url: `/api/3/action/${path}` })
  return { response, ...response.json() }
}
const namesOf = (result: { results: { name: string }[] }): string[] => result.results.map(({ name }) => name).sort()

test('ckanapi’s call gets datasets with facets, and the same by GET as ckanr asks (T4.2, CKAN)', async () => {
  const result = await ckanapi('package_search', {
    rows: 0,
    'facet.field': ['organization', 'tags', 'res_format', 'license_id'],
  })
  assert.equal(result.count, 4)
  assert.deepEqual(result.results, [])
  const [civil, commerce] = result.search_facets.organization.items
  assert.deepEqual(
    [commerce.display_name, commerce.count, civil.display_name, civil.count],
    ['省商务厅', 2, '省民政厅', 2],
  )
  assert.deepEqual(result.facets.tags, { 养老: 2, 价格: 1, 低保: 1, '机构 名录': 1 })
  assert.deepEqual(result.facets.res_format, { API: 3, CSV: 2, JSON: 1, XLSX: 1 })
  assert.equal(result.search_facets.license_id.items[0].display_name, '公共数据开放许可（注明来源即可使用）')
  const asked = `package_search?rows=0&facet.field=${encodeURIComponent('["organization","tags","res_format","license_id"]')}`
  const { result: same, help, success } = await get(asked)
  assert.deepEqual([same, success, help], [result, true, 'http://data.test/api/3/action/help_show?name=package_search'])
})

test('filters by organ, quoted tag, format and their combinations meet what they say (T4.2, CKAN)', async () => {
  const { search_facets } = await ckanapi('package_search', { 'facet.field': ['organization'] })
  const civil = search_facets.organization.items.find(
    (one: { display_name: string }) => one.display_name === '省民政厅',
  ).name
  const expected: readonly (readonly [fq: string, names: string[]])[] = [
    [`organization:${civil}`, ['c-1', 'c-2']],
    ['organization:"省民政厅"', ['c-1', 'c-2']],
    [`organization:("${civil}" OR "nobody")`, ['c-1', 'c-2']],
    ['tags:"机构 名录"', ['c-1']],
    [`+tags:养老 -organization:${civil}`, ['c-3']],
    ['res_format:CSV', ['c-1', 'c-2']],
    ['res_format:csv AND NOT res_format:JSON', ['c-2']],
    ['license_id:conditional OR update_frequency:daily', ['c-3', 'c-4']],
    ['title:名录', ['c-1', 'c-4']],
    ['name:c-*', ['c-1', 'c-2', 'c-3', 'c-4']],
    ['metadata_modified:[2017-01-01T00:00:00Z TO NOW]', ['c-1', 'c-2', 'c-3', 'c-4']],
    ['metadata_modified:[NOW-999999YEARS TO NOW+999999YEARS]', ['c-1', 'c-2', 'c-3', 'c-4']],
    ['metadata_modified:[* TO 2017-01-01T00:00:00.000000Z]', []],
    ['dataset_type:dataset +state:active', ['c-1', 'c-2', 'c-3', 'c-4']],
    ['extras_open_type:conditional', ['c-4']],
    ['quality:(A OR B OR C OR D)', ['c-1', 'c-2', 'c-3', 'c-4']],
  ]
  for (const [fq, names] of expected) assert.deepEqual(namesOf(await ckanapi('package_search', { fq })), names, fq)
  assert.deepEqual(namesOf(await ckanapi('package_search', { q: '养老' })), ['c-1', 'c-3'])
  assert.deepEqual(namesOf(await ckanapi('package_search', { q: '名录 -title:养老*', fq_list: ['license_id:*'] })), [
    'c-4',
  ])
  assert.deepEqual(namesOf(await ckanapi('package_search', { q: '*:*', fq: 'groups:社会救助' })), ['c-1', 'c-2'])
})

test('pages go on without gap or repeat, and beyond the end there is an empty list (T4.2, CKAN)', async () => {
  const seen: string[] = []
  for (const start of [0, 2, 4, 1e9]) {
    const { results, count } = await ckanapi('package_search', { start, rows: 2, sort: 'name desc' })
    assert.equal(count, 4)
    seen.push(...results.map(({ name }: { name: string }) => name))
  }
  assert.deepEqual(seen, ['c-4', 'c-3', 'c-2', 'c-1'])
  assert.deepEqual(await ckanapi('package_list'), ['c-1', 'c-2', 'c-3', 'c-4'])
  assert.equal((await ckanapi('current_package_list_with_resources', { limit: 3 })).length, 3)
})

test('a package shows organ, licence, tags, and each file with its size and checksum at an address that stays (T4.2, CKAN)', async () => {
  const found = await ckanapi('package_show', { id: 'c-1' })
  assert.deepEqual(await ckanapi('package_show', { id: found.id }), found)
  assert.deepEqual(
    [found.title, found.organization.title, found.isopen, found.num_tags],
    ['养老机构名录', '省民政厅', true, 2],
  )
  const [csv, , api] = found.resources
  assert.deepEqual(
    [csv.format, csv.url, csv.datastore_active],
    ['CSV', 'http://data.test/datasets/c-1/latest.csv', true],
  )
  assert.match(csv.hash, /^sha256:[0-9a-f]{64}$/)
  assert.equal(csv.version_url, 'http://data.test/datasets/c-1/files/1/c-1.csv')
  assert.deepEqual(csv.schema.fields[1], { name: 'amount', type: 'number', title: '金额', unit: '万元' })
  assert.equal(api.url, 'http://data.test/api/v1/datasets/c-1/rows')
  assert.deepEqual(await ckanapi('resource_show', { id: csv.id }), csv)
})

test('organs, themes, tags and licences are listed and shown (T4.2, CKAN)', async () => {
  const [first] = await ckanapi('organization_list', { all_fields: true, sort: 'package_count desc' })
  assert.equal(first.package_count, 2)
  const names = await ckanapi('organization_list')
  assert.equal(names.length, 2)
  const shown = await ckanapi('organization_show', { id: names[0], include_datasets: true })
  assert.deepEqual([shown.packages.length, shown.is_organization], [2, true])
  assert.equal((await ckanapi('organization_show', { id: shown.id })).name, names[0])
  assert.equal((await ckanapi('group_list')).length, 2)
  assert.deepEqual(await ckanapi('tag_list', { query: '养' }), ['养老'])
  assert.equal((await ckanapi('tag_show', { id: '养老', include_datasets: true })).packages.length, 2)
  assert.equal((await ckanapi('license_list')).length, 3)
  assert.deepEqual((await ckanapi('package_autocomplete', { q: '养老' }))[0].name, 'c-1')
  assert.equal((await ckanapi('status_show')).site_url, 'http://data.test')
  assert.equal(await ckanapi('site_read'), true)
  assert.match(await ckanapi('help_show', { name: 'package_search' }), /facet\.field/)
})

test('refusals are those CKAN’s clients know (T4.2, CKAN)', async () => {
  assert.deepEqual(await refusal('package_show', { id: 'nothing' }), ['Not Found Error', 404])
  assert.deepEqual(await refusal('package_show', { id: 'c-9' }), ['Not Found Error', 404])
  assert.deepEqual(await refusal('package_show'), ['Validation Error', 409])
  assert.deepEqual(await refusal('package_search', { rows: -1 }), ['Validation Error', 409])
  assert.deepEqual(await refusal('package_search', { 'facet.field': '[organization' }), ['Validation Error', 409])
  assert.deepEqual(await refusal('package_search', { fq: 'tags:(a' }), ['Search Query Error', 400])
  assert.deepEqual(await refusal('package_search', { fq: 'nofield:1' }), ['Search Query Error', 400])
  assert.deepEqual(await refusal('package_create', { name: 'mine' }), ['Authorization Error', 403])
  assert.equal((await get('help_show?name=nothing')).error.__type, 'Not Found Error')
  const unknown = await ground.app.inject({ method: 'GET', url: '/api/3/action/nothing' })
  assert.deepEqual([unknown.statusCode, unknown.json()], [400, 'Bad request - Action name not known: nothing'])
  const torn = await ground.app.inject({
    method: 'POST',
    url: '/api/3/action/package_show',
    payload: '{"id":',
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(torn.statusCode, 400)
  assert.match(torn.json(), /^Bad request - JSON Error/)
})

test('forms, JSON without its name and JSON as a form’s only word are read like JSON (T4.2, CKAN)', async () => {
  const ask = async (payload: string, type?: string) => {
    const headers = type ? { 'content-type': type } : {}
    return (await ground.app.inject({ method: 'POST', url: '/api/3/action/package_show', payload, headers })).json()
      .result?.name
  }
  assert.equal(await ask('id=c-1', 'application/x-www-form-urlencoded'), 'c-1')
  assert.equal(await ask('{"id":"c-1"}', 'application/x-www-form-urlencoded'), 'c-1')
  assert.equal(await ask('%7B%22id%22%3A%22c-1%22%7D=1', 'application/x-www-form-urlencoded; charset=utf-8'), 'c-1')
  assert.equal(await ask('{"id":"c-1"}', 'text/plain'), 'c-1')
})

test('whoever knows where CKAN has its pages and its catalogue is led to ours (CKAN)', async () => {
  const ways = {
    '/dataset/c-1': '/datasets/c-1',
    '/dataset/c-1.ttl': '/datasets/c-1.ttl',
    '/dataset': '/search',
    '/catalog.ttl': '/dcat/catalog.ttl',
    '/catalog.jsonld': '/dcat/catalog.jsonld',
  }
  for (const [url, location] of Object.entries(ways)) {
    const answer = await ground.app.inject({ method: 'GET', url })
    assert.deepEqual([answer.statusCode, answer.headers.location], [301, location])
    assert.equal((await ground.app.inject({ method: 'GET', url: location })).statusCode, 200, location)
  }
  for (const url of ['/dataset/%2F%2Fevil.test', '/dataset/..%2Fx', '/dataset/a%0d%0ab'])
    assert.equal((await ground.app.inject({ method: 'GET', url })).statusCode, 404, url)
})

test('an answer is not sent again while the catalogue stays, and differs once it changed (T4.2)', async () => {
  const ask = (etag = '') =>
    ground.app.inject({ method: 'GET', url: '/api/3/action/package_list', headers: { 'if-none-match': etag } })
  const first = await ask()
  assert.ok(first.headers['last-modified'])
  assert.equal((await ask(String(first.headers.etag))).statusCode, 304)
  const hourly = await get('package_search?fq=metadata_modified:%5BNOW-1DAY%20TO%20NOW%5D')
  assert.deepEqual([hourly.result.count, hourly.response.headers.etag], [4, undefined])
  const id = await layDataset(ground, { slug: 'c-5', columns: COLUMNS })
  const until = async (isSo: () => Promise<boolean>) => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await until(async () => (await ask(String(first.headers.etag))).statusCode === 200)
  const second = await ask()
  assert.ok(second.json().result.includes('c-5'))
  await layFiles(ground, id, ['csv'])
  await until(async () => (await ask(String(second.headers.etag))).statusCode === 200)
  assert.equal((await ckanapi('package_show', { id: 'c-5' })).resources.length, 2)
})

test('a thousand datasets with four facets cost at most five statements, however many there are (T4.2)', async () => {
  await layCopies(ground, { of: 'c-1', prefix: 'm', count: 1200 })
  const site = await countedSite(ground)
  const ask = async (q: string) => {
    const { results, count } = (
      await site.app.inject({
        method: 'POST',
        url: '/api/3/action/package_search',
        payload: JSON.stringify({
          q,
          rows: 1000,
          'facet.field': ['organization', 'tags', 'res_format', 'license_id'],
        }),
      })
    ).json().result
    return [results.length, count >= 1200]
  }
  await ask('登记')
  for (const q of ['', '登记信息']) {
    const before = site.statements()
    assert.deepEqual(await ask(q), [1000, true])
    assert.ok(site.statements() - before <= 5, `${site.statements() - before}`)
  }
  await site.close()
})
