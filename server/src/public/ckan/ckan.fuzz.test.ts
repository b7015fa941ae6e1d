import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { layFiles } from '#test/portal-files.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { ACTIONS } from './ckan.actions.ts'

let ground: PublicGround

before(async () => {
  ground = await openPublicAlone()
  const id = await layDataset(ground, { slug: 'z-1', columns: [columnOf('name', '名称')], rows: [['甲']] })
  await layFiles(ground, id, ['csv'])
})
after(() => ground?.close())

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '\0',
    '%',
    "'; drop table site.dataset; --",
    '[',
    '{"a":',
    '*:*',
    'a:b',
    '(',
    '-1',
    '1e400',
    'NaN',
    '9'.repeat(30),
    '__proto__',
    'z-1',
    '[1 TO',
    '🏔'.repeat(50),
  ),
)
const value = fc.oneof(
  nasty,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(nasty, { maxLength: 4 }),
  fc.dictionary(fc.string(), nasty, { maxKeys: 2 }),
)
const name = fc.constantFrom(
  'q',
  'fq',
  'fq_list',
  'sort',
  'rows',
  'start',
  'facet.field',
  'facet.limit',
  'facet.mincount',
  'id',
  'name',
  'limit',
  'offset',
  'all_fields',
  'include_datasets',
  'query',
  'organizations',
  'resource_id',
  'filters',
  'fields',
  '__proto__',
  'constructor',
)
const action = fc.constantFrom(...Object.keys(ACTIONS), 'package_create', 'constructor', '__proto__', 'x')

test('whatever is sent to the Action API is answered or refused in its words, never with a fault of ours (T4.2)', async () => {
  await fc.assert(
    fc.asyncProperty(action, fc.dictionary(name, value, { maxKeys: 4 }), fc.boolean(), async (act, params, isPost) => {
      const query = new URLSearchParams(
        Object.entries(params).map(([key, one]): [string, string] => [
          key,
          typeof one === 'string' ? one.toWellFormed() : String(JSON.stringify(one)),
        ]),
      )
      const { statusCode, body } = await ground.app.inject(
        isPost
          ? {
              method: 'POST',
              url: `/api/3/action/${act}`,
              payload: JSON.stringify(params),
              headers: { 'content-type': 'application/json' },
            }
          : { method: 'GET', url: `/api/3/action/${act}?${query}` },
      )
      assert.ok(statusCode < 500, `${act} ${JSON.stringify(params)} ${statusCode} ${body.slice(0, 200)}`)
      JSON.parse(body)
    }),
    { numRuns: 250 },
  )
})

test('and so are the addresses of the catalogue, of feeds and of descriptions (T4.2)', async () => {
  const paths = [
    '/datasets/X.ttl',
    '/datasets/X.jsonld',
    '/datasets/X/feed.atom',
    '/datasets/X/datapackage.json',
    '/datasets/X/csvw.json',
    '/dcat/X',
    '/dcat/catalog.ttl?after=X',
    '/sitemaps/X.xml',
    '/datasets/X',
    '/api/3/action/X',
    '/feed.atom?X',
  ]
  const headers = fc.dictionary(
    fc.constantFrom('accept', 'if-none-match', 'if-modified-since', 'accept-encoding', 'user-agent', 'content-type'),
    fc.string({ maxLength: 30 }).map((one) => one.replace(/[^\x20-\x7e]/g, '')),
    { maxKeys: 3 },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), nasty, headers, async (path, word, sent) => {
      const url = path.replace('X', encodeURIComponent(word.toWellFormed()))
      const { statusCode, body } = await ground.app.inject({ method: 'GET', url, headers: sent })
      assert.ok(statusCode < 500, `${url} ${JSON.stringify(sent)} ${statusCode} ${body.slice(0, 200)}`)
    }),
    { numRuns: 250 },
  )
  for (const url of [
    '/datasets/%00.ttl',
    '/datasets/%ff.ttl',
    '/dcat/catalog.ttl?after=%00',
    '/api/3/action/%2e%2e',
    '/sitemaps/%00.xml',
  ])
    assert.ok((await ground.app.inject({ method: 'GET', url })).statusCode < 500, url)
})
