// Every address of the public side, whatever is put into its path, words, headers and body: none answers with a fault of ours.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { makeLog } from '#kernel/log.ts'
import { buildFiles } from '#modules/opendata/index.ts'
import { type Dice, makeDice } from '#test/fuzz-values.ts'
import { layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'
import { EVERY_COLUMN, everyRow } from '#test/public-rows.ts'

// Repeat a run with FUZZ_SEED=…; FUZZ_SHOTS says how many requests it is.
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const SHOTS = Number(process.env.FUZZ_SHOTS ?? 250)

let ground: PublicGround
before(async () => {
  ground = await openPublicAlone()
  await layDataset(ground, { slug: 'z-1', columns: EVERY_COLUMN, rows: everyRow() })
  await layDataset(ground, { slug: 'z-2', columns: EVERY_COLUMN, rows: [], content: { open_type: 'conditional' } })
  await layDataset(ground, { slug: 'z-3' })
  await layDataset(ground, { slug: 'z-4' })
  await ground.sql(
    `update site.dataset set state = 'withdrawn', withdrawn_on = '2018-01-01', withdrawn_reason = '有误', content = '{}' where slug = 'z-4'`,
  )
  const site = { demo: true, dataDir: '', gatewayOrigin: '', exchangeUrl: '', publicUrl: 'http://data.test' }
  await buildFiles({ log: makeLog('test', 'silent'), site: { ...site, publishDatabaseUrl: ground.publishUrl } })
})
after(() => ground?.close())

interface Address {
  readonly path: string
  readonly methods: readonly string[]
}

/** Every address there is, out of the router's own drawing of itself. */
const addressesOf = (drawing: string): Address[] => {
  const trail: string[] = []
  return drawing.split('\n').flatMap((line) => {
    const [, indent = '', label = '', methods = ''] =
      /^((?:[│ ] {3})*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? []
    if (label === '') return []
    trail.splice(indent.length / 4)
    trail.push(label.replace(/^""$/, ''))
    return methods === '' ? [] : [{ path: trail.join(''), methods: methods.split(', ') }]
  })
}

const SLUGS = ['z-1', 'z-1', 'z-1', 'z-2', 'z-3', 'z-4', 'none']
const ODD = [
  ...['', '%00', '%ff', '%E4%B8', '..%2f..%2fetc', "'", '"', '%', '\\', '{}', '[]', '$1', '-1', '0', '1', '1e9', 'NaN'],
  ...['null', 'true', '2017-12-31', '0000-00-00', '9'.repeat(30), 'x'.repeat(3000), '青海', '😀', '\u2028', '*', '*:*'],
  ...[
    'a:b',
    '(',
    ')',
    'AND',
    'a OR',
    '"a',
    '<script>',
    ';drop table site.dataset',
    '1,2,3,4',
    '101,36,102,37',
    'code',
    'text',
  ],
  ...[
    'amount',
    'amount__gt',
    'day',
    '-code',
    'asc',
    'desc',
    'code desc, x',
    'csv',
    'json',
    'count',
    'sum(amount)',
    'GK20171211-AAAAAAAA',
  ],
  ...[
    '{"code":"K-1"}',
    '{"code":{"a":[]}}',
    '[[[[[]]]]]',
    '["organization"]',
    '2017-01-01/..',
    '../..',
    'http://www.opengis.net/def/crs/OGC/1.3/CRS84',
  ],
]
const WORDS = [
  ...[
    'q',
    'fq',
    'rows',
    'start',
    'sort',
    'facet',
    'facet.field',
    'facet.limit',
    'fl',
    'id',
    'name',
    'resource_id',
    'filters',
  ],
  ...[
    'fields',
    'limit',
    'offset',
    'distinct',
    'include_total',
    'records_format',
    'language',
    'plain',
    'all_fields',
    'order_by',
  ],
  ...[
    'bbox',
    'datetime',
    'crs',
    'bbox-crs',
    'f',
    'properties',
    'sortby',
    'filter',
    'select',
    'group',
    'where',
    'having',
    'measure',
  ],
  ...[
    'page',
    'after',
    'bom',
    'key',
    'number',
    'organ',
    'theme',
    'format',
    'from',
    'kind',
    'tab',
    'x',
    'y',
    'by',
    'chart',
    'column',
  ],
  ...[
    'code',
    'text__eq',
    'amount__gt',
    'day__year',
    'code__in',
    'shape__within',
    'set',
    'size',
    'contrast',
    'back',
    'token',
    'callback',
  ],
]
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ['text/turtle', 'application/ld+json', '*/*;q=x', 'text/csv', ',,,;;', 'x'.repeat(2000)],
  'accept-encoding': ['br', 'gzip;q=0', '*', 'gzip;q=nonsense,,', 'identity'],
  range: ['bytes=0-', 'bytes=-1', 'bytes=5-2', 'bytes=0-0,2-3', 'bytes=99999999999999-', 'x'],
  'if-range': ['"x"', 'W/"x"', 'Sun, 01 Jan 2017 00:00:00 GMT', 'x'],
  'if-none-match': ['*', '"x"', 'W/', ','.repeat(2000)],
  'if-match': ['*', '"x"'],
  'if-modified-since': ['Sun, 01 Jan 2017 00:00:00 GMT', '9999999', 'x'],
  cookie: ['look=large.contrast', 'look=', 'look', ';;;', `look=${'x'.repeat(3000)}`],
  authorization: ['Bearer x', `Bearer ${'a'.repeat(32)}`, 'Basic eDp4', 'Bearer'],
  'x-forwarded-for': ['1.2.3.4', 'x', '::1'],
  'sec-fetch-site': ['same-origin', 'cross-site', 'x'],
  origin: ['http://data.test', 'http://evil.test', 'null'],
  'user-agent': ['', 'Baiduspider', 'x'.repeat(2000)],
  host: ['', 'evil.test', 'x'.repeat(300)],
}
const TYPES = [
  'application/x-www-form-urlencoded',
  'application/json',
  'text/plain',
  'multipart/form-data',
  'nonsense',
  '',
]

const some = (dice: Dice, words: number): string =>
  Array.from({ length: dice.below(words) }, () => `${dice.pick(WORDS)}=${oddIn(dice)}`).join('&')
/** As a browser writes it, or as it stands, where that is what an address may hold. */
const oddIn = (dice: Dice): string => {
  const odd = dice.pick(ODD)
  return dice.below(4) > 0 ? encodeURIComponent(odd.toWellFormed()) : odd.replace(/[^\x21-\x7e]|[#&]/g, '')
}
const bodyOf = (dice: Dice): string =>
  dice.pick([
    () => some(dice, 8),
    () =>
      JSON.stringify(
        Object.fromEntries(Array.from({ length: dice.below(6) }, () => [dice.pick(WORDS), dice.pick(ODD)])),
      ),
    () => JSON.stringify({ [dice.pick(WORDS)]: [{ [dice.pick(WORDS)]: [dice.pick(ODD), null, 1, true] }] }),
    () => `${'['.repeat(dice.below(3000))}`,
    () => dice.pick(['{', 'null', '1', '"x"', '[]', '\0', '']),
  ])()

const shotOf = (dice: Dice, { path, methods }: Address) => {
  const filled = path.replace(/:(\w+)/g, (_, name: string) =>
    (name === 'slug' && dice.below(5) > 0) || dice.below(3) === 0 ? dice.pick(SLUGS) : oddIn(dice).replaceAll('/', ''),
  )
  const method = dice.below(8) > 0 ? dice.pick(methods) : dice.pick(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
  const names = Object.keys(HEADERS).filter(() => dice.below(6) === 0)
  const headers = Object.fromEntries(names.map((name) => [name, dice.pick(HEADERS[name]!)]))
  const hasBody = method !== 'GET' && method !== 'HEAD' && dice.below(4) > 0
  const query = some(dice, 6)
  return {
    ...{ method: method as 'GET', url: `${filled.replace('*', oddIn(dice))}${query ? `?${query}` : ''}` },
    headers: { ...headers, ...(hasBody ? { 'content-type': dice.pick(TYPES) } : {}) },
    ...(hasBody ? { payload: bodyOf(dice) } : {}),
  }
}

const LEAKS =
  /\n\s+at |\.ts:\d+|node_modules|syntax error at|relation "|invalid input syntax|\bpg_\w+|SELECT .{1,80} FROM /i

test('no address of the public side answers with a fault of ours or in the words of its database, whatever is sent (T4.2)', async (t) => {
  t.diagnostic(`FUZZ_SEED=${SEED}`)
  const dice = makeDice(SEED)
  await ground.app.ready()
  const addresses = addressesOf(ground.app.printRoutes({ commonPrefix: false }))
  assert.ok(addresses.length > 60, `${addresses.length}`)
  const amiss: unknown[] = []
  const seen = new Map<number, number>()
  for (let shot = 0; shot < SHOTS; shot += 1) {
    const sent = shotOf(dice, addresses[shot % addresses.length]!)
    const answer = await ground.app.inject({ ...sent, remoteAddress: `10.0.${dice.below(250)}.${dice.below(250)}` })
    seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1)
    const isData = /octet|parquet|sheet/.test(String(answer.headers['content-type']))
    if (answer.statusCode >= 500 || (!isData && LEAKS.test(answer.body)))
      amiss.push([sent, answer.statusCode, answer.body.slice(0, 300)])
  }
  t.diagnostic(JSON.stringify(Object.fromEntries([...seen].sort(([a], [b]) => a - b))))
  assert.deepEqual(amiss, [], `seed ${SEED}`)
})
