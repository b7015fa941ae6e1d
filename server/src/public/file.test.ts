import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { makeLog } from '#kernel/log.ts'
import { buildFiles } from '#modules/opendata/index.ts'
import { columnOf, layDataset } from '#test/public-dataset.ts'
import { openPublicAlone, type PublicGround } from '#test/public-ground.ts'

let ground: PublicGround
const ROWS = 20_000
const COLUMNS = [
  columnOf('code', '编码', { role: 'key' }),
  columnOf('name', '名称'),
  columnOf('value', '数值', { data_type: 'N' }),
]
const whole = new Map<string, Buffer>()

const get = (url: string, headers: Record<string, string> = {}) => ground.app.inject({ method: 'GET', url, headers })

const lay = async (
  slug: string,
  rows: number,
  more: Parameters<typeof layDataset>[1]['content'] = {},
): Promise<string> => {
  const id = await layDataset(ground, {
    slug,
    content: { title: '企业“名录”/全省', ...more },
    columns: COLUMNS,
    rows: [],
  })
  const table = `data.d_${slug.replaceAll('-', '_')}_1`
  await ground.sql(
    `insert into ${table} select i, 'K' || i, '青海省西宁市第' || i || '号企业的名称与说明', i / 8.0 from generate_series(1, $1) i`,
    [rows],
  )
  await ground.sql('update site.edition set row_count = $2 where dataset_id = $1', [id, rows])
  return id
}

before(async () => {
  ground = await openPublicAlone()
  await lay('f-1', ROWS)
  await lay('f-2', 10, { open_type: 'conditional', open_condition: '签订协议' })
  const site = { demo: true, dataDir: '', gatewayOrigin: '', exchangeUrl: '', publicUrl: 'http://data.test' }
  await buildFiles({ log: makeLog('test', 'silent'), site: { ...site, publishDatabaseUrl: ground.publishUrl } })
  const parts = await ground.sql<{ format: string; body: Buffer }>(
    `select p.format, p.body from site.file_part p join site.dataset d using (dataset_id) where d.slug = 'f-1' order by p.format, p.part_no`,
  )
  for (const { format, body } of parts) whole.set(format, Buffer.concat([whole.get(format) ?? Buffer.alloc(0), body]))
  whole.set('csv?bom=1', Buffer.concat([Buffer.from('\ufeff'), whole.get('csv')!]))
})
after(() => ground?.close())

/** SHA-256 as a header tells it of the whole. */
const digestOf = ({ headers }: Awaited<ReturnType<typeof get>>): string =>
  Buffer.from(/sha-256=:(.*):/.exec(String(headers['repr-digest']))![1]!, 'base64').toString('hex')

const hex = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const FILES = ['csv', 'csv?bom=1', 'xlsx', 'jsonl', 'parquet']
const versioned = (format: string): string => `/datasets/f-1/files/1/f-1.${format}`

test('a file is sent whole with its length, checksum, tag and Chinese name, at an address that never changes (T4.2)', async () => {
  for (const format of FILES) {
    const [bytes, answer] = [whole.get(format)!, await get(versioned(format))]
    assert.equal(answer.statusCode, 200)
    assert.equal(hex(answer.rawPayload), hex(bytes), format)
    const { headers } = answer
    assert.equal(headers['content-length'], String(bytes.length))
    assert.equal(headers.etag, `"${hex(bytes)}"`)
    assert.equal(headers['repr-digest'], `sha-256=:${Buffer.from(hex(bytes), 'hex').toString('base64')}:`)
    assert.equal(headers['content-digest'], headers['repr-digest'])
    assert.match(String(headers['cache-control']), /immutable/)
  }
  const { headers } = await get(versioned('csv'))
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8; header=present')
  const name = /^attachment; filename="f-1_1\.csv"; filename\*=UTF-8''(.+)$/.exec(
    String(headers['content-disposition']),
  )![1]!
  assert.equal(decodeURIComponent(name), '企业“名录” 全省_第1版.csv')
})

test('the stable address has the newest and says which it is; HEAD says all of it and sends nothing (T4.2)', async () => {
  const latest = await get('/datasets/f-1/latest.csv')
  assert.equal(latest.headers['content-location'], versioned('csv'))
  assert.equal(hex(latest.rawPayload), hex(whole.get('csv')!))
  const head = await ground.app.inject({ method: 'HEAD', url: '/datasets/f-1/latest.csv' })
  assert.deepEqual([head.statusCode, head.rawPayload.length], [200, 0])
  for (const name of ['content-length', 'etag', 'last-modified', 'repr-digest', 'accept-ranges'])
    assert.equal(head.headers[name], latest.headers[name], name)
})

test('any range of any file is that slice of it (T4.2)', async () => {
  const shape = fc.record({
    format: fc.constantFrom(...FILES),
    from: fc.nat(),
    length: fc.nat(),
    kind: fc.constantFrom('a-b', 'a-', '-n'),
  })
  await fc.assert(
    fc.asyncProperty(shape, async ({ format, kind, ...drawn }) => {
      const bytes = whole.get(format)!
      const from = drawn.from % bytes.length
      const count = 1 + (drawn.length % (bytes.length - from))
      const [asked, first, last] = {
        'a-b': [`${from}-${from + count - 1}`, from, from + count - 1],
        'a-': [`${from}-`, from, bytes.length - 1],
        '-n': [`-${count}`, bytes.length - count, bytes.length - 1],
      }[kind] as [string, number, number]
      const answer = await get(versioned(format), { range: `bytes=${asked}`, 'accept-encoding': 'gzip' })
      assert.equal(answer.statusCode, 206)
      assert.equal(answer.headers['content-range'], `bytes ${first}-${last}/${bytes.length}`)
      assert.equal(answer.headers['content-encoding'], undefined)
      assert.equal(hex(answer.rawPayload), hex(bytes.subarray(first, last + 1)))
    }),
    { numRuns: 60 },
  )
})

test('a range outside is refused with the length; one of a file that changed, several, or nonsense give all of it (T4.2)', async () => {
  const bytes = whole.get('csv')!
  const outside = await get(versioned('csv'), { range: `bytes=${bytes.length}-` })
  assert.deepEqual([outside.statusCode, outside.headers['content-range']], [416, `bytes */${bytes.length}`])
  assert.match(String(outside.headers['content-type']), /problem\+json/)
  const { etag, 'last-modified': made } = (await get(versioned('csv'), { range: 'bytes=0-0' })).headers
  const status = async (range: string, condition?: string) =>
    (await get(versioned('csv'), { range, ...(condition ? { 'if-range': condition } : {}) })).statusCode
  assert.equal(await status('bytes=1-2', String(etag)), 206)
  assert.equal(await status('bytes=1-2', String(made)), 206)
  for (const other of ['"other"', `W/${etag}`, 'Sun, 01 Jan 2017 00:00:00 GMT', 'nonsense'])
    assert.equal(await status('bytes=1-2', other), 200, other)
  for (const odd of ['bytes=', 'bytes=5-2', 'bytes=1-2,4-5', 'rows=1-2', 'bytes=a-b', `bytes=${'9'.repeat(40)}-`])
    assert.equal(await status(odd), 200, odd)
  assert.equal(await status('bytes=-0'), 416)
})

test('who has it is told so; who takes gzip gets what was packed once, under a tag of its own (T4.2)', async () => {
  const plain = await get(versioned('csv'))
  const packed = await get(versioned('csv'), { 'accept-encoding': 'br, gzip;q=0.8' })
  assert.equal(packed.headers['content-encoding'], 'gzip')
  assert.equal(packed.headers['content-length'], String(whole.get('csv-gzip')!.length))
  assert.notEqual(packed.headers.etag, plain.headers.etag)
  assert.deepEqual(gunzipSync(packed.rawPayload), whole.get('csv'))
  assert.equal((await get(versioned('csv'), { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'], undefined)
  assert.equal((await get(versioned('xlsx'), { 'accept-encoding': 'gzip' })).headers['content-encoding'], undefined)
  const known = await get(versioned('csv'), { 'if-none-match': `"x", ${plain.headers.etag}` })
  assert.deepEqual([known.statusCode, known.rawPayload.length], [304, 0])
  assert.equal(
    (await get(versioned('csv'), { 'if-modified-since': String(plain.headers['last-modified']) })).statusCode,
    304,
  )
  assert.equal((await get(versioned('csv'), { 'if-match': '"x"' })).statusCode, 412)
})

const press = (url: string, key: string, accept = 'text/html,*/*;q=0.8') =>
  ground.app.inject({
    ...{ method: 'POST', url, payload: new URLSearchParams({ key }).toString() },
    headers: { accept, 'content-type': 'application/x-www-form-urlencoded' },
  })

test('a form sends the key in its body and is answered the whole file, counted, and kept by nobody (T4.2, P17)', async () => {
  const [row] = await ground.sql<{ access_id: string }>(
    `insert into site.access (access_id, dataset_id, key_hash, ends_on, daily_requests, daily_bytes)
     select gen_random_uuid(), dataset_id, $1, site.today(), 10, 1000000 from site.dataset where slug = 'f-2' returning access_id`,
    [hex(Buffer.from('a'.repeat(32)))],
  )
  for (const url of ['/datasets/f-2/latest.csv', '/datasets/f-2/files/1/f-2.xlsx']) {
    const file = await press(url, 'A'.repeat(32))
    assert.equal(file.statusCode, 200, url)
    assert.match(String(file.headers['content-disposition']), /^attachment; filename="f-2_1\./)
    assert.match(String(file.headers['cache-control']), /private, no-store/)
    assert.equal(file.headers.location, undefined)
    assert.equal(digestOf(file), hex(file.rawPayload))
  }
  const uses = await ground.sql<{ what: string }>('select what from intake.use where access_id = $1 order by 1', [
    row!.access_id,
  ])
  assert.deepEqual(uses, [{ what: '/datasets/f-2/files/1/f-2.xlsx' }, { what: '/datasets/f-2/latest.csv' }])
  const known = await ground.app.inject({
    ...{ method: 'POST', url: '/datasets/f-2/latest.csv', payload: `key=${'a'.repeat(32)}` },
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'if-none-match': '*', range: 'bytes=0-1' },
  })
  assert.equal(known.statusCode, 200)
})

test('who presses a button for a file with a key that opens nothing is told on a page what to do (T4.2, P17)', async () => {
  const page = await press('/datasets/f-2/latest.csv', 'x')
  assert.equal(page.statusCode, 401)
  assert.match(String(page.headers['content-type']), /text\/html/)
  assert.match(page.body, /密钥不正确[\s\S]*href="\/status"/)
  assert.match(String(page.headers['cache-control']), /no-store/)
  assert.doesNotMatch(page.body, /key=/)
  const program = await press('/datasets/f-2/latest.csv', 'x', '*/*')
  assert.match(String(program.headers['content-type']), /problem\+json/)
  const addressed = await get(`/datasets/f-2/latest.csv?key=${'a'.repeat(32)}`, { accept: 'text/html' })
  assert.equal(addressed.statusCode, 401)
  assert.match(addressed.body, /密钥不能写在地址里/)
})

test('a conditional file needs a key; absent, unmade, withdrawn and strange addresses are told apart (T4.2)', async () => {
  const refused = await get('/datasets/f-2/latest.csv')
  assert.equal(refused.statusCode, 401)
  assert.match(refused.json().detail, /\/apply\/f-2/)
  const code = async (url: string) => {
    const answer = await get(url)
    return [answer.statusCode, answer.json().code]
  }
  assert.deepEqual(await code('/datasets/none/latest.csv'), [404, 'not_found'])
  assert.deepEqual(await code('/datasets/f-1/latest.geojson'), [404, 'no_file'])
  for (const odd of [
    '0/f-1.csv',
    '2/f-1.csv',
    '1/f-2.csv',
    '1/f-1.exe',
    '1/f-1.csv-gzip',
    'x/f-1.csv',
    '99999999999/f-1.csv',
  ])
    assert.deepEqual(await code(`/datasets/f-1/files/${odd}`), [404, 'no_file'], odd)
  assert.equal((await ground.app.inject({ method: 'DELETE', url: versioned('csv') })).statusCode, 405)
  await ground.sql(
    `update site.dataset set state = 'withdrawn', withdrawn_on = '2018-01-01', withdrawn_reason = '有误' where slug = 'f-2'`,
  )
  assert.deepEqual(await code('/datasets/f-2/files/1/f-2.csv'), [410, 'withdrawn'])
})

test('a person who follows a link to a file that is gone is told why on a page, a program in its own way (T4.2, P16)', async () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  const asked = '/datasets/f-1/files/99/f-1.csv'
  const page = await get(asked, { accept: BROWSER })
  assert.deepEqual([page.statusCode, String(page.headers['content-type'])], [404, 'text/html; charset=utf-8'])
  assert.match(page.body, /<main[\s\S]*没有这个文件。有哪些版次和格式/)
  for (const accept of ['*/*', 'application/json', 'text/csv']) {
    const problem = await get(asked, { accept })
    assert.deepEqual([problem.statusCode, problem.json().code], [404, 'no_file'], accept)
  }
})
