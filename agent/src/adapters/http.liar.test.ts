import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Answer, dir, json, linesOf, numbered, openPeople, people } from '../../test/http-service.ts'
import { isFault } from './adapter.conformance.kit.ts'
import { AdapterFault, type Unreadable } from './adapter.ts'
import { http } from './http.ts'

let turn = 0

/** Services that lie, and the words in which each is told. */
const LIARS: readonly (readonly [title: string, settings: Record<string, string>, answer: Answer, words: RegExp])[] = [
  [
    'gives the same page for ever',
    { paging: 'page' },
    (_, response) => json(response, people(0, 10)),
    /第 2 页与第 1 页完全相同/,
  ],
  [
    'never comes to an end',
    { paging: 'page', max_pages: '50' },
    (url, response) => json(response, people(numbered(url, 'page') * 10, 10)),
    /已读 50 页仍没有读完/,
  ],
  [
    'gives more than it says there is',
    { paging: 'page', records: 'rows', total: 'total' },
    (url, response) => json(response, { total: 15, rows: people(numbered(url, 'page') * 10, 10) }),
    /说共 15 条,却已给出 20 条/,
  ],
  [
    'gives less than it says there is',
    { records: 'rows', total: 'total' },
    (_, response) => json(response, { total: 11, rows: people(0, 10) }),
    /说共 11 条,逐页读到 10 条/,
  ],
  [
    'says no number for a total',
    { records: 'rows', total: 'total' },
    (_, response) => json(response, { total: '很多', rows: people(0, 10) }),
    /total 不是总条数/,
  ],
  [
    'leads in circles',
    { paging: 'cursor', records: 'rows', next: 'next' },
    (_, response) => json(response, { rows: people(turn++ * 10, 10), next: 'a' }),
    /分页成了环/,
  ],
  ['breaks off its JSON', {}, (_, response) => json(response, '[{"id": 1, "name": "a"}, {"id"'), /不是完整的 JSON/],
  [
    'has no list where it should be',
    { records: 'data.list' },
    (_, response) => json(response, { data: { list: 'none' } }),
    /data\.list 不是数组/,
  ],
  [
    'breaks off its answer',
    {},
    (_, response) => {
      response.setHeader('content-length', '1000')
      response.write('[{')
      setTimeout(() => response.destroy(), 20)
    },
    /断了.*试了 2 次/,
  ],
  [
    'answers without end',
    { max_page_mib: '1' },
    (_, response) => {
      response.write('[')
      const more = () => {
        while (!response.destroyed && response.write('{"id": 1},'.repeat(10_000)));
      }
      response.on('drain', more)
      more()
    },
    /超过 1 MiB/,
  ],
  [
    'packs much into little',
    { max_page_mib: '1' },
    (_, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(gzipSync(Buffer.alloc(8 << 20, 32)))
    },
    /超过 1 MiB/,
  ],
  ['never answers', { timeout_seconds: '0.2', retries: '0' }, () => undefined, /没有在时限内答复/],
  [
    'drips its answer',
    { timeout_seconds: '0.2', retries: '0' },
    (_, response) => {
      response.write('[')
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    },
    /断了/,
  ],
  [
    'sends elsewhere',
    {},
    (_, response) => {
      response.statusCode = 302
      response.setHeader('location', 'http://127.0.0.2:1/people')
      response.end()
    },
    /另一台主机 http:\/\/127\.0\.0\.2:1,不予跟随/,
  ],
  [
    'links elsewhere',
    { paging: 'link' },
    (_, response) => {
      response.setHeader('link', '<https://example.com/people>; rel=next')
      json(response, people(0, 1))
    },
    /另一台主机 https:\/\/example\.com/,
  ],
  [
    'sends in circles',
    {},
    (url, response) => {
      response.statusCode = 307
      response.setHeader('location', url.pathname)
      response.end()
    },
    /一再转向/,
  ],
  [
    'speaks in broken letters',
    {},
    (_, response) => response.end(Buffer.from([0x5b, 0x22, 0xff, 0xff, 0x22, 0x5d])),
    /既不是 UTF-8 也不是 GB18030/,
  ],
]

for (const [title, settings, answer, words] of LIARS)
  test(`a service that ${title} is told in words, and nothing of it is kept (T8.1)`, async () => {
    const source = await openPeople(answer, settings)
    await assert.rejects(
      linesOf(source),
      (error: unknown) => error instanceof AdapterFault && words.test(error.message),
    )
    const kept = await readdir(source.state_dir, { recursive: true })
    assert.deepEqual(
      kept.filter((name) => /spool-|\.run$/.test(name)),
      [],
    )
    await source.close()
  })

test('records of wrong types are told one by one and the rest is read; a field that none has is not silently emptied (T8.1)', async () => {
  const told: Unreadable[] = []
  const mixed = [
    { id: 1, name: '甲' },
    7,
    { id: 'x', name: '乙' },
    { name: '丙' },
    { id: 2, name: { of: 'x' } },
    { id: 3, name: ['a'] },
    [1],
  ]
  const source = await openPeople((_, response) => json(response, mixed))
  assert.deepEqual(await linesOf(source, told), ['1\t甲', '2\t\\N', '3\t["a"]'])
  assert.equal(told.length, 4)
  await source.close()
  const other = await openPeople((_, response) => json(response, [{ id: 1 }]))
  await assert.rejects(linesOf(other), isFault('no_such_relation'))
  await other.close()
})

const MISTAKES: readonly (readonly [settings: Record<string, string>, words: RegExp])[] = [
  [{ base_url: 'ftp://x' }, /base_url 应为/],
  [{ base_url: 'http://a:b@x' }, /口令不写在 base_url 里/],
  [{ 'people.path': 'people' }, /people\.path 应为/],
  [{ 'people.path': '/../secret' }, /people\.path 应为/],
  [{ 'people.paging': 'pages' }, /people\.paging 应为/],
  [{ 'people.paging': 'cursor' }, /要写 next/],
  [{ 'people.colour': 'red' }, /没有“people\.colour”/],
  [{ retries: 'many' }, /retries 应为/],
]

test('a mistake in the department’s own settings is told with the name of the setting (T8.1)', async () => {
  for (const [settings, words] of MISTAKES) {
    const config = { base_url: 'http://127.0.0.1', state_dir: dir, 'people.path': '/people', ...settings }
    await assert.rejects(
      http.openSource(config, { read: {}, write: [] }),
      (error: unknown) => error instanceof AdapterFault && words.test(error.message),
      JSON.stringify(settings),
    )
  }
  await assert.rejects(http.openTarget({}, { read: {}, write: [] }), isFault('misconfigured'))
})
