import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { CGCS2000, CRS84 } from './ogc.crs.rules.ts'

let inside: TestDatabase
let ground: PublicGround

const PLACES = [
  columnOf('name', '名称'),
  columnOf('lon', '经度', { data_type: 'F', role: 'lon' }),
  columnOf('lat', '纬度', { data_type: 'F', role: 'lat' }),
  columnOf('opened_on', '开放日期', { data_type: 'D' }),
]
const square = (x: number, y: number, size = 1) =>
  JSON.stringify({
    type: 'Polygon',
    coordinates: [
      [
        [x, y],
        [x + size, y],
        [x + size, y + size],
        [x, y + size],
        [x, y],
      ],
    ],
  })

before(async () => {
  inside = await cloneDatabase()
  ground = await openPublic(inside.url)
  await layDataset(ground, {
    slug: 'sights',
    columns: PLACES,
    rows: [
      ['青海湖', '100.2', '36.9', '2016-01-01'],
      ['塔尔寺', '101.57', '36.49', '2017-06-01'],
      ['不知何处', null, '36', null],
    ],
  })
  await layDataset(ground, {
    slug: 'areas',
    columns: [columnOf('code', '代码'), columnOf('geom', '图形', { data_type: 'G', role: 'shape' })],
    rows: [
      ['630100', square(101, 36)],
      ['632800', square(90, 35, 5)],
      ['none', null],
      ['odd', '{"type":"Point","coordinates":["a",{}]}'],
    ],
  })
  // As the inside lays it: boxes of shapes are worked out once.
  await ground.sql('create index on data.d_areas_1 using gist (site.shape_box(geom))')
  await layDataset(ground, { slug: 'plain', columns: [columnOf('a', '甲')], rows: [] })
  await layDataset(ground, { slug: 'held', columns: PLACES, rows: [], content: { open_type: 'conditional' } })
})
after(async () => {
  await ground?.close()
  await inside?.drop()
})

const get = (path: string) => ground.app.inject({ method: 'GET', url: `/ogc${path}` })
const itemsOf = async (path: string) => {
  const answer = await get(`/collections/${path}`)
  assert.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}
const idsOf = async (path: string) => (await itemsOf(path)).features.map(({ id }: { id: number }) => id)

test('a map program finds its way from the landing page to the features (T4.2, OGC)', async () => {
  const links = (await get('')).json().links as { rel: string; href: string }[]
  const href = (rel: string) => links.find((one) => one.rel === rel)!.href.replace('http://data.test', '')
  for (const rel of ['service-desc', 'conformance', 'data'])
    assert.equal((await ground.app.inject({ method: 'GET', url: href(rel) })).statusCode, 200)
  const { conformsTo } = (await get('/conformance')).json()
  assert.ok(conformsTo.includes('http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core'))
  const { collections } = (await get('/collections')).json()
  assert.deepEqual(
    collections.map(({ id }: { id: string }) => id),
    ['areas', 'held', 'sights'],
  )
  assert.deepEqual(collections[0].extent.spatial.bbox, [[90, 35, 102, 40]])
  assert.deepEqual(collections[1].extent.spatial, undefined)
  assert.deepEqual(collections[2].crs, [CRS84, CGCS2000])
  const items = collections[2].links.find(({ rel }: { rel: string }) => rel === 'items').href
  const answer = await ground.app.inject({ method: 'GET', url: items.replace('http://data.test', '') })
  assert.match(String(answer.headers['content-type']), /^application\/geo\+json/)
  assert.equal(answer.headers['content-crs'], `<${CRS84}>`)
  assert.deepEqual(answer.json().features[0], {
    type: 'Feature',
    id: 1,
    geometry: { type: 'Point', coordinates: [100.2, 36.9] },
    properties: { name: '青海湖', opened_on: '2016-01-01' },
  })
  assert.equal(answer.json().features[2].geometry, null)
  assert.deepEqual([answer.json().numberMatched, answer.json().numberReturned], [3, 3])
})

test('features are chosen by box, time and property, one page after the other (T4.2, OGC)', async () => {
  assert.deepEqual(await idsOf('sights/items?bbox=101,36,102,37'), [2])
  assert.deepEqual(await idsOf('sights/items?bbox=101,36,0,102,37,9'), [2])
  assert.deepEqual(await idsOf(`sights/items?bbox=36,101,37,102&bbox-crs=${encodeURIComponent(CGCS2000)}`), [2])
  assert.deepEqual(await idsOf('sights/items?bbox=101.5,36,100.3,37'), [1, 2])
  assert.deepEqual(await idsOf('sights/items?datetime=2017-01-01T00:00:00Z/..'), [2])
  assert.deepEqual(await idsOf('sights/items?datetime=2016-01-01'), [1])
  assert.deepEqual(await idsOf(`sights/items?name=${encodeURIComponent('塔尔寺')}`), [2])
  assert.deepEqual(await idsOf('areas/items?bbox=94,34,96,36'), [2])
  assert.deepEqual(await idsOf('areas/items?bbox=80,30,110,50'), [1, 2])
  const first = await itemsOf('sights/items?limit=2')
  const next = first.links.find(({ rel }: { rel: string }) => rel === 'next').href
  const second = (await ground.app.inject({ method: 'GET', url: next.replace('http://data.test', '') })).json()
  assert.deepEqual(
    second.features.map(({ id }: { id: number }) => id),
    [3],
  )
  assert.equal(
    second.links.some(({ rel }: { rel: string }) => rel === 'next'),
    false,
  )
})

test('a feature stands at its own address, in either order of axes (T4.2, OGC)', async () => {
  const one = await itemsOf('areas/items/1')
  assert.equal(one.properties.code, '630100')
  assert.equal(one.links[0].href, 'http://data.test/ogc/collections/areas/items/1')
  const answer = await get(`/collections/areas/items/1?crs=${encodeURIComponent(CGCS2000)}`)
  assert.equal(answer.headers['content-crs'], `<${CGCS2000}>`)
  assert.deepEqual(answer.json().geometry.coordinates[0].slice(0, 2), [
    [36, 101],
    [36, 102],
  ])
  assert.equal((await get('/collections/areas/items/99')).statusCode, 404)
})

test('what is asked wrongly is refused with 400, what is not there with 404, what needs a key with 401 (T4.2, OGC)', async () => {
  const statuses: [string, number][] = [
    ['/collections/sights/items?bbox=1,2,3', 400],
    ['/collections/sights/items?bbox=1,5,3,2', 400],
    ['/collections/sights/items?limit=0', 400],
    ['/collections/sights/items?limit=x', 400],
    ['/collections/sights/items?datetime=yesterday', 400],
    ['/collections/sights/items?crs=EPSG:3857', 400],
    ['/collections/sights/items?nope=1', 400],
    ['/collections/sights/items?lon=100', 400],
    ['/collections/plain', 404],
    ['/collections/none/items', 404],
    ['/collections/held', 200],
    ['/collections/held/items', 401],
    ['/nothing', 404],
  ]
  for (const [path, status] of statuses) {
    const answer = await get(path)
    assert.equal(answer.statusCode, status, `${path} ${answer.body}`)
    if (status >= 400) assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
  }
  assert.equal((await itemsOf('sights/items?limit=99999')).numberReturned, 3)
})

test('the box of a shape is that of its positions, whatever shape it is (T4.2)', async () => {
  const position = fc.tuple(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -90, max: 90 }))
  const line = fc.array(position, { minLength: 1, maxLength: 4 })
  const simple = fc.oneof(
    position.map((coordinates) => ({ type: 'Point', coordinates })),
    line.map((coordinates) => ({ type: 'LineString', coordinates })),
    fc.array(line, { minLength: 1, maxLength: 2 }).map((coordinates) => ({ type: 'Polygon', coordinates })),
    fc
      .array(fc.array(line, { maxLength: 2 }), { maxLength: 2 })
      .map((coordinates) => ({ type: 'MultiPolygon', coordinates })),
  )
  const shape = fc.oneof(
    simple,
    fc.array(simple, { maxLength: 2 }).map((geometries) => ({ type: 'GeometryCollection', geometries })),
  )
  const positionsIn = (value: unknown): number[][] => {
    if (Array.isArray(value)) return typeof value[0] === 'number' ? [value as number[]] : value.flatMap(positionsIn)
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(positionsIn) : []
  }
  const shapes = fc.sample(shape, 150)
  const found = await ground.sql<{ box: string | null }>(
    'select site.shape_box(value)::text as box from jsonb_array_elements($1::jsonb) with ordinality order by ordinality',
    [JSON.stringify(shapes)],
  )
  for (const [index, one] of shapes.entries()) {
    const all = positionsIn(one)
    const [x, y] = [all.map(([lon]) => lon!), all.map(([, lat]) => lat!)]
    const box = `(${Math.max(...x)},${Math.max(...y)}),(${Math.min(...x)},${Math.min(...y)})`
    assert.equal(found[index]!.box, all.length > 0 ? box : null, JSON.stringify(one))
  }
})
