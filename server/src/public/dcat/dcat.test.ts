import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { layFiles } from '#test/portal-files.ts'
import { readCatalogue, type Syntax } from '#test/portal-shapes.ts'
import { columnOf, layCopies, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { readJsonLd, readTurtle, violationsOf } from '#test/shacl.ts'
import { syntaxFor, wantsRdf } from './negotiate.ts'
import { plain, RdfDocument, toJsonLd, toTurtle, zh } from './rdf.ts'

const DCAT = 'http://www.w3.org/ns/dcat#'
const DCT = 'http://purl.org/dc/terms/'
const TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type'

let ground: PublicGround

before(async () => {
  ground = await openPublicAlone()
  const columns = [
    columnOf('name', '名称'),
    columnOf('lon', '经度', { data_type: 'N', role: 'lon' }),
    columnOf('lat', '纬度', { data_type: 'N', role: 'lat' }),
  ]
  const id = await layDataset(ground, {
    slug: 'd-1',
    content: { keywords: ['养老', '养老'] },
    columns,
    rows: [['甲', 101.7, 36.6]],
  })
  await layFiles(ground, id, ['csv', 'xlsx', 'geojson'])
  await ground.sql(
    `insert into site.edition (dataset_id, edition_no, is_current, columns, row_count, digest, data_on, note)
     select dataset_id, 2, false, columns, 5, digest, '2018-01-01', '补报' from site.edition where dataset_id = $1`,
    [id],
  )
  await ground.sql(
    `update site.edition set is_current = false, table_name = null where dataset_id = $1 and edition_no = 1`,
    [id],
  )
  await ground.sql(
    `update site.edition set is_current = true, table_name = 'd_d_1_1' where dataset_id = $1 and edition_no = 2`,
    [id],
  )
  await layFiles(ground, id, ['csv', 'geojson'])
  await layDataset(ground, {
    slug: 'd-2',
    content: { open_type: 'conditional', licence: 'conditional', open_condition: '签协议', update_cycle: null },
  })
  await layDataset(ground, {
    slug: 'd-3',
    content: { title: '奇"怪\\的\n<名称>', contact: '', keywords: ['a"b', '\u0001'] },
  })
  await layDataset(ground, { slug: 'd-9' })
  await ground.sql(
    `update site.dataset set state = 'withdrawn', withdrawn_on = '2018-01-01', withdrawn_reason = '"有误"', content = '{}' where slug = 'd-9'`,
  )
  await layCopies(ground, { of: 'd-2', prefix: 'e', count: 150 })
})
after(() => ground?.close())

const get = (url: string, headers: Record<string, string> = {}) => ground.app.inject({ method: 'GET', url, headers })

const readPages = (syntax: Syntax) =>
  readCatalogue(async (path) => {
    const { body, statusCode, headers } = await get(path)
    return { status: statusCode, body, link: String(headers.link ?? '') }
  }, syntax)

test('the catalogue offends no shape of DCAT-AP 3.0.1, in Turtle nor in JSON-LD, on any page (T4.2, DCAT-AP)', async () => {
  const pages = await readPages('ttl')
  const same = await readPages('jsonld')
  assert.deepEqual(
    same.map(({ size }) => size),
    pages.map(({ size }) => size),
  )
  for (const page of [...pages, same[0]!])
    for (const shapes of ['dcat-ap-3.0.1-shapes.ttl', 'dcat-ap-3.0.1-range.ttl'])
      assert.deepEqual(await violationsOf(page, shapes), [], shapes)
  const datasets = pages.flatMap((page) => page.getSubjects(TYPE, `${DCAT}Dataset`, null)).map(({ value }) => value)
  assert.deepEqual([datasets.length, new Set(datasets).size], [153, 153])
  assert.deepEqual(
    pages[0]!.getObjects(null, 'http://www.w3.org/ns/hydra/core#totalItems', null).map(({ value }) => value),
    ['153'],
  )
})

test('a dataset tells its files with size, checksum and type, its cycle, rights, time and the edition before (T4.2, DCAT-AP)', async () => {
  const graph = readTurtle((await get('/datasets/d-1.ttl')).body)
  const it = 'http://data.test/datasets/d-1'
  const all = (subject: string, predicate: string) =>
    graph
      .getObjects(subject, predicate, null)
      .map(({ value }) => value)
      .sort()
  assert.deepEqual(all(`${it}#dataset`, `${DCAT}distribution`), [`${it}#api`, `${it}#csv`, `${it}#geojson`])
  assert.deepEqual(all(`${it}#csv`, `${DCAT}downloadURL`), [`${it}/files/2/d-1.csv`])
  assert.deepEqual(all(`${it}#csv`, `${DCAT}mediaType`), ['https://www.iana.org/assignments/media-types/text/csv'])
  assert.match(graph.getObjects(null, 'http://spdx.org/rdf/terms#checksumValue', null)[0]!.value, /^[0-9a-f]{64}$/)
  assert.deepEqual(all(`${it}#dataset`, `${DCT}accrualPeriodicity`), [
    'http://publications.europa.eu/resource/authority/frequency/MONTHLY',
  ])
  assert.deepEqual(all(`${it}#dataset`, `${DCAT}previousVersion`), [`${it}#edition-1`])
  for (const shapes of ['dcat-ap-3.0.1-shapes.ttl', 'dcat-ap-3.0.1-range.ttl'])
    assert.deepEqual(await violationsOf(graph, shapes), [])
  const [conditional] = readTurtle((await get('/datasets/d-2.ttl')).body).getObjects(
    'http://data.test/datasets/d-2#dataset',
    `${DCT}accessRights`,
    null,
  )
  assert.match(conditional!.value, /RESTRICTED$/)
})

test('what was withdrawn is gone but told as such, and no dataset to whoever counts them (T4.2, DCAT)', async () => {
  const { statusCode, body } = await get('/datasets/d-9.ttl')
  assert.equal(statusCode, 410)
  const graph = readTurtle(body)
  assert.deepEqual(
    graph.getSubjects(TYPE, 'https://www.w3.org/ns/activitystreams#Tombstone', null).map(({ value }) => value),
    ['http://data.test/datasets/d-9#dataset'],
  )
  assert.deepEqual(graph.getSubjects(TYPE, `${DCAT}Dataset`, null), [])
  const [first] = await readPages('ttl')
  assert.equal(first!.getSubjects(TYPE, 'https://www.w3.org/ns/activitystreams#Tombstone', null).length, 1)
  const absent = await get('/datasets/nothing.jsonld')
  assert.deepEqual([absent.statusCode, absent.json().code], [404, 'not_found'])
})

test('nobody is sent again what he has; words of the catalogue lead to what they mean (T4.2, DCAT)', async () => {
  for (const url of ['/dcat/catalog.ttl', '/datasets/d-1.jsonld', '/dcat/organs', '/dcat/licences']) {
    const { headers } = await get(url)
    assert.equal((await get(url, { 'if-none-match': String(headers.etag) })).statusCode, 304, url)
    assert.equal((await get(url, { 'if-modified-since': String(headers['last-modified']) })).statusCode, 304, url)
    assert.equal((await get(url, { 'if-none-match': '"other"' })).statusCode, 200, url)
  }
  const { body } = await get('/dcat/organs')
  assert.ok(body.includes('省商务厅'))
})

test('who would rather read statements than a page says so in Accept (T4.2, RFC 9110)', () => {
  assert.equal(wantsRdf('text/html,application/xhtml+xml,*/*;q=0.8'), null)
  assert.equal(wantsRdf('text/turtle, application/ld+json;q=0.9, */*;q=0.1'), 'ttl')
  assert.equal(wantsRdf('application/ld+json'), 'jsonld')
  assert.equal(wantsRdf('text/turtle;q=0.2, text/html'), null)
  assert.equal(wantsRdf(undefined), null)
  assert.deepEqual(['text/html, application/ld+json;q=0.5', '*/*', undefined].map(syntaxFor), ['jsonld', 'ttl', 'ttl'])
})

test('any text comes back from Turtle and JSON-LD as it was told (T4.2)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      const document = new RdfDocument()
      document.put({ id: 'http://x/a', types: [], props: { 'dct:title': zh(text), 'dct:identifier': plain(text) } })
      for (const graph of [readTurtle(toTurtle(document)), await readJsonLd(toJsonLd(document))])
        assert.deepEqual(
          graph.getObjects('http://x/a', `${DCT}title`, null).map(({ value }) => value),
          [text],
        )
    }),
    { numRuns: 200 },
  )
})

test('what nobody changed is told anew when the day has changed what is said of it (T4.2, RFC 9110)', async () => {
  const says = async (url: string, headers: Record<string, string> = {}) => (await get(url, headers)).statusCode
  await ground.sql(`insert into site.clock (offset_days) values ('2018-01-15'::date - site.today())`)
  const first = await get('/datasets/d-1.ttl')
  const tag = { 'if-none-match': String(first.headers.etag) }
  assert.equal(await says('/datasets/d-1.ttl', tag), 304)
  await ground.sql('alter table site.dataset disable trigger dataset_stamp')
  await ground.sql(`update site.dataset set changed_at = now() - interval '3 days'`)
  await ground.sql('alter table site.dataset enable trigger dataset_stamp')
  await ground.sql('update site.clock set offset_days = offset_days + 400')
  const later = await get('/datasets/d-1.ttl', tag)
  assert.equal(later.statusCode, 200)
  assert.notEqual(later.body, first.body)
  const since = { 'if-modified-since': new Date(Date.now() - 2 * 86_400_000).toUTCString() }
  for (const url of ['/datasets/d-1.ttl', '/dcat/catalog.ttl']) assert.equal(await says(url, since), 200, url)
})
