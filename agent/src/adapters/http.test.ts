import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import {
  type Answer,
  answerTables,
  dir,
  json,
  linesOf,
  numbered,
  openPeople,
  openService,
  PEOPLE,
  people,
} from '../../test/http-service.ts'
import { openTables, quote } from '../../test/tables.ts'
import { column, gather, isFault, type NastyRows, never, reading } from './adapter.conformance.kit.ts'
import { conformsAsSource } from './adapter.conformance.ts'
import type { Lines } from './adapter.ts'
import { http } from './http.ts'

const nasty: NastyRows = {
  create: [
    'create table nasty (id bigint primary key, t text, who jsonb, n numeric, no numeric, f double precision, d text, s timestamptz, l boolean, y text, k int)',
    String.raw`insert into nasty (id, t, who) values (1, E'tab\tline\nret\rback\\slash"', '{"name": "张三", "tags": ["a", "b"]}'), (2, '', '{"name": ""}'),
       (3, null, null), (4, '🙂𠮷é', '{"name": null, "tags": []}')`,
    `insert into nasty (id, n, no, f, k) values (10, 123456789012345678901234567890.50, 630103199001010010, 1e-7, -7), (11, -0.00, 1, 123456789012345680, 0)`,
    `insert into nasty (id, d, s, l) values (20, '2024-02-29', '2024-01-05T10:00:00.12Z', true), (21, '', null, false)`,
    `insert into nasty (id, d) values (44, '2023-02-29')`,
    `insert into nasty (id, y) values (45, '也许')`,
  ],
  columns: [
    column('id', 'I', true),
    column('t', 'M'),
    { ...column('who.name', 'C'), item: 'who_name' },
    { ...column('who.tags', 'G'), item: 'tags' },
    column('n', 'N'),
    column('no', 'C'),
    column('f', 'B'),
    column('d', 'D'),
    column('s', 'T'),
    column('l', 'L'),
    column('y', 'L'),
    column('k', 'I'),
  ],
  lines: [
    '1\ttab\\tline\\nret\\rback\\\\slash"\t张三\t["a","b"]',
    '2\t\t\t\\N',
    '3',
    '4\t🙂𠮷é\t\\N\t[]',
    '10\t\\N\t\\N\t\\N\t123456789012345678901234567890.5\t630103199001010010\t0.0000001\t\\N\t\\N\t\\N\t\\N\t-7',
    '11\t\\N\t\\N\t\\N\t0\t1\t123456789012345680\t\\N\t\\N\t\\N\t\\N\t0',
    '20\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t2024-02-29\t2024-01-05 18:00:00.12\tt',
    '21\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\tf',
  ].map((line) => line + '\t\\N'.repeat(12 - line.split('\t').length)),
  unreadable: [
    ['44', 'd'],
    ['45', 'y'],
  ],
}

const HOSTILE = "a'; drop table crowd; --"
const pathOf = (table: string): string => table.replace(/[^\p{L}\p{N}_]/gu, '_')
const TABLES = ['nasty', 'crowd', 'moved', 'still', 'ranged', 'secret', HOSTILE, 'no such']

conformsAsSource({
  adapter: http,
  open: async () => {
    const tables = await openTables()
    const service = await openService(answerTables(tables, pathOf))
    const paths = Object.fromEntries(TABLES.map((table) => [`${pathOf(table)}.path`, `/${pathOf(table)}`]))
    return {
      config: {
        base_url: service.url,
        state_dir: dir,
        requests_per_second: '10000',
        records: 'data.list',
        total: 'data.total',
        paging: 'page',
        since_param: 'since',
        ...paths,
      },
      exec: tables.exec,
      close: async () => {
        await service.close()
        await tables.close()
      },
    }
  },
  relation: pathOf,
  quote,
  instant: 'timestamp',
  nasty,
  hostile: HOSTILE,
})

const PAGINGS: readonly (readonly [title: string, settings: Record<string, string>, answer: Answer])[] = [
  [
    'pages',
    { paging: 'page' },
    (url, response) => json(response, people(numbered(url, 'page') * 10 - 10, numbered(url, 'page') > 3 ? 0 : 10)),
  ],
  [
    'offsets',
    { paging: 'offset', page_size: '10' },
    (url, response) => json(response, people(numbered(url, 'offset'), numbered(url, 'offset') > 29 ? 0 : 10)),
  ],
  [
    'cursors',
    { paging: 'cursor', records: 'rows', next: 'meta.next' },
    (url, response) => {
      const from = numbered(url, 'cursor')
      json(response, { rows: people(from, 10), meta: { next: from < 20 ? String(from + 10) : null } })
    },
  ],
  [
    'links of the header',
    { paging: 'link' },
    (url, response) => {
      const from = numbered(url, 'from')
      if (from < 20)
        response.setHeader('link', `</api/people>; rel="first", </api/people?from=${from + 10}>; rel="next"`)
      json(response, people(from, 10))
    },
  ],
  [
    'links in the answer',
    { paging: 'link', records: 'rows', next: 'next' },
    (url, response) => {
      const from = numbered(url, 'from')
      json(response, { rows: people(from, 10), next: from < 20 ? `people?from=${from + 10}` : '' })
    },
  ],
]

for (const [title, settings, answer] of PAGINGS)
  test(`a list handed out by ${title} is read to its end, each record once (T8.1)`, async () => {
    const source = await openPeople(answer, settings)
    assert.deepEqual(
      await linesOf(source),
      people(0, 30).map(({ id, name }) => `${id}\t${name}`),
    )
    await source.close()
  })

test('rows that a pass finds gone are told as gone by comparing it with the one before (T8.1)', async () => {
  let list: object[] = people(1, 4)
  const source = await openPeople((_, response) => json(response, list), {
    poll_seconds: '0.01',
    reuse_seconds: '0.05',
  })
  const snapshot = await source.snapshot(PEOPLE, { signal: never, slot: 'slot' })
  await snapshot.close()
  list = [{ id: 2, name: '改' }, ...people(3, 3)]
  const abort = new AbortController()
  const found: Lines[] = []
  const stream = source.changes(PEOPLE, snapshot.position, { ...reading(), signal: abort.signal, slot: 'slot' })
  for await (const lines of stream) {
    found.push(lines)
    abort.abort()
  }
  assert.equal(Buffer.concat(found.map(({ body }) => body)).toString(), '-\t1\t\\N\n+\t2\t改\n+\t5\t人5\n')
  await source.close()
})

test('whoever reads range by range reads the service once, and anew when an increment has gone out since (T8.1)', async () => {
  const list: { id: number; name: string; at?: string }[] = people(0, 100).map((one) => ({
    ...one,
    at: '2026-01-01 00:00:00',
  }))
  const source = await openPeople((_, response) => json(response, list))
  const readAll = async (): Promise<number> => {
    const bounds = await source.bounds(PEOPLE, 10)
    let rows = 0
    for (const [at, to] of [...bounds, null].entries())
      rows += (await gather(source.range(PEOPLE, { from: bounds[at - 1] ?? null, to }, reading()))).lines.length
    return rows
  }
  assert.equal(await readAll(), 100)
  assert.equal(source.service.asked.length, 1)
  const plan = { ...PEOPLE, cursor_column: 'at' }
  const { position } = await source.snapshot(plan, { signal: never, slot: null })
  list.push({ id: 100, name: '新', at: '2026-01-02 00:00:00' })
  assert.equal(await readAll(), 100)
  assert.ok((await gather(source.increment(plan, position, reading()))).lines.includes('100\t新'))
  assert.equal(await readAll(), 101)
  await source.close()
})

test('a service that answers in GBK, gzipped, or a long number bare is read as it means (T8.1)', async () => {
  const text = '[{"id": 630103199001010010, "name": "囍堃"}]'
  const source = await openPeople((_, response) => {
    response.setHeader('content-type', 'application/json; charset=GBK')
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync(iconv.encode(text, 'gbk')))
  })
  assert.deepEqual(await linesOf(source), ['630103199001010010\t囍堃'])
  await source.close()
})

test('the credential goes into its header, busy answers are waited for, and a refused credential is said (T8.1)', async () => {
  let busy = 2
  const source = await openPeople(
    (_, response, request) => {
      if (request.headers['x-key'] !== '秘密'.length.toString()) response.statusCode = 403
      else if (busy-- > 0) {
        response.statusCode = busy === 1 ? 503 : 429
        response.setHeader('retry-after', '0')
      }
      json(response, people(0, 1))
    },
    { token: '2', auth_header: 'X-Key', retries: '5' },
  )
  assert.equal((await linesOf(source)).length, 1)
  await source.close()
  const other = await openPeople((_, response) => {
    response.statusCode = 401
    response.end()
  })
  await assert.rejects(linesOf(other), isFault('denied'))
  await other.close()
})
