import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import pg from 'pg'
import { cloneDatabase } from '../../../server/test/cluster.ts'
import { column, gather, type NastyRows, planOf, reading } from './adapter.conformance.kit.ts'
import { conforms } from './adapter.conformance.ts'
import { postgres } from './postgres.ts'

const nasty: NastyRows = {
  create: [
    `create table nasty (id bigint primary key, t text, v varchar(20), b char(6), n numeric, m numeric(12,2), f float8, r float4,
       d date, s timestamp, z timestamptz, l boolean, k numeric, x text, y float8)`,
    `insert into nasty (id, t, v, b) values
       (1, E'tab\\tline\\nret\\rback\\\\slash\\b\\f\\v', ' a ', 'ab'), (2, '', '', ''), (3, null, null, null), (4, '🙂𠮷é', '\\N', 'x  y')`,
    `insert into nasty (id, n, m, f, r) values
       (10, '-0.00', '-0.00', '-0', '-0'), (11, '1.500', 100.10, 1e-20, 1e-20), (12, 1e30, -5, 1e300, 3.4028235e38),
       (13, 1e-20, 0.05, 0.1, 0.1), (14, 12345678901234567890.12, 1, 5e-324, 16777216), (15, 100, 100, 123456789012345680, 1e6),
       (16, 0.10, 9999999999.99, 99999999999999, 99999.5), (17, -0.001, 0, -0.0001, -1e-4)`,
    `insert into nasty (id, d, s, z) values
       (20, '0001-01-01', '0001-01-01', '2024-01-05 10:00:00+00'), (21, '9999-12-31', '9999-12-31 23:59:59.999999', '1988-07-01 00:00:00Z'),
       (22, '2024-02-29', '2016-12-31 23:59:60', '1900-06-01 00:00:00Z'), (23, null, '2024-01-01 24:00:00', '2024-01-05 00:00:00.120+00')`,
    `insert into nasty (id, l, k, x, y) values (30, true, 7.000, '2024年1月5日', 12), (31, false, -0.0, '20240105', -0.5), (32, null, 12345678901234567890, ' ', 1e15)`,
    `insert into nasty (id, n) values (40, 'NaN'), (41, 'infinity')`,
    `insert into nasty (id, f) values (42, 'NaN'), (43, '-infinity')`,
    `insert into nasty (id, d) values (44, 'infinity'), (45, '0044-03-15 BC'), (46, '10000-01-01')`,
    `insert into nasty (id, s) values (47, '-infinity'), (48, '10000-01-01')`,
    `insert into nasty (id, z) values (49, '9999-12-31 20:00:00Z'), (50, 'infinity')`,
    `insert into nasty (id, k) values (51, 1.5), (52, 'NaN')`,
    `insert into nasty (id, x) values (53, '2023-02-29'), (54, 'infinity')`,
    `insert into nasty (id, t) values (60, 'NaN'), (61, E'a\\tinfinity')`,
  ],
  columns: [
    column('id', 'I', true),
    column('t', 'M'),
    column('v', 'C'),
    column('b', 'C'),
    column('n', 'N'),
    column('m', 'Y'),
    column('f', 'B'),
    column('r', 'F'),
    column('d', 'D'),
    column('s', 'T'),
    column('z', 'T'),
    column('l', 'L'),
    column('k', 'I'),
    column('x', 'D'),
    column('y', 'N'),
  ],
  lines: [
    '1\ttab\\tline\\nret\\rback\\\\slash\\b\\f\\v\t a \tab',
    '2\t\t\t',
    '3\t\\N\t\\N\t\\N',
    '4\t🙂𠮷é\t\\\\N\tx  y',
    ...[
      '0\t0\t0\t0',
      `1.5\t100.1\t0.00000000000000000001\t0.00000000000000000001`,
      `1${'0'.repeat(30)}\t-5\t1${'0'.repeat(300)}\t34028235${'0'.repeat(31)}`,
      '0.00000000000000000001\t0.05\t0.1\t0.1',
      `12345678901234567890.12\t1\t0.${'0'.repeat(323)}5\t16777216`,
      '100\t100\t123456789012345680\t1000000',
      '0.1\t9999999999.99\t99999999999999\t99999.5',
      '-0.001\t0\t-0.0001\t-0.0001',
    ].map((fields, i) => `${10 + i}\t\\N\t\\N\t\\N\t${fields}`),
    ...[
      '0001-01-01\t0001-01-01 00:00:00\t2024-01-05 18:00:00',
      '9999-12-31\t9999-12-31 23:59:59.999999\t1988-07-01 09:00:00',
      '2024-02-29\t2017-01-01 00:00:00\t1900-06-01 08:05:43',
      '\\N\t2024-01-02 00:00:00\t2024-01-05 08:00:00.12',
    ].map((fields, i) => `${20 + i}${'\t\\N'.repeat(7)}\t${fields}`),
    ...['t\t7\t2024-01-05\t12', 'f\t0\t2024-01-05\t-0.5', `\\N\t12345678901234567890\t\\N\t1${'0'.repeat(15)}`].map(
      (fields, i) => `${30 + i}${'\t\\N'.repeat(10)}\t${fields}`,
    ),
    '60\tNaN',
    '61\ta\\tinfinity',
  ].map((line) => line + '\t\\N'.repeat(15 - line.split('\t').length)),
  unreadable: [
    ['40', 'n'],
    ['41', 'n'],
    ['42', 'f'],
    ['43', 'f'],
    ['44', 'd'],
    ['45', 'd'],
    ['46', 'd'],
    ['47', 's'],
    ['48', 's'],
    ['49', 'z'],
    ['50', 'z'],
    ['51', 'k'],
    ['52', 'k'],
    ['53', 'x'],
    ['54', 'x'],
  ],
}

const world = { url: '' }

conforms({
  adapter: postgres,
  open: async () => {
    const database = await cloneDatabase()
    world.url = database.url
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    return {
      config: { url: database.url },
      exec: async (sql) => void (await client.query(sql)),
      close: async () => {
        await client.end()
        await database.drop()
      },
    }
  },
  relation: (table) => `public.${table}`,
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  instant: 'timestamp',
  nasty,
  hostile: 'a"; drop table crowd; --',
})

test('ranges walked in an index hash as they read, for values of every type and text keys in byte order (C4)', async () => {
  const client = new pg.Client({ connectionString: world.url })
  await client.connect()
  await client.query('create table coded (code varchar(20) collate "C" primary key, l boolean, name text not null)')
  await client.query(
    `insert into coded select t, i % 3 = 0, t || E'\\n' from (select i, (array['a','B','张','é','𠮷'])[i % 5 + 1] || i as t from generate_series(1, 400) i) x`,
  )
  await client.end()
  const source = await postgres.openSource({ url: world.url }, { read: { nasty: '*', coded: '*' }, write: [] })
  const typed = nasty.columns.filter(({ column: name }) => name !== 'x')
  const coded = [column('code', 'C', true), column('l', 'L'), column('name', 'M')]
  for (const plan of [planOf('nasty', typed), planOf('coded', coded)]) {
    const bounds = await source.bounds(plan, 6)
    const ranges = [null, ...bounds].map((from, i) => ({ from, to: bounds[i] ?? null }))
    const hashes = await source.hashes(plan, ranges)
    for (const [i, range] of ranges.entries()) {
      const { lines } = await gather(source.range(plan, range, reading()))
      const text = lines.map((line) => `${line}\n`).join('')
      assert.deepEqual(hashes?.[i], {
        ...range,
        rows: lines.length,
        hash: createHash('sha256').update(text).digest('hex'),
      })
    }
  }
  await source.close()
})

test('several readers share one snapshot: every row once, whatever is written meanwhile (C4)', async () => {
  const client = new pg.Client({ connectionString: world.url })
  await client.connect()
  await client.query(
    `create table wide (id int primary key, name text); insert into wide select i, repeat('x', 200) from generate_series(1, 20000) i`,
  )
  const source = await postgres.openSource({ url: world.url, readers: 3 }, { read: { wide: '*' }, write: [] })
  const plan = planOf('wide', [column('id', 'I', true), column('name', 'M')])
  const snapshot = await source.snapshot(plan, { signal: new AbortController().signal, slot: null })
  await client.query(`update wide set name = 'y'; delete from wide where id % 2 = 0`)
  const { lines } = await gather(snapshot.batches(reading([], 65536)))
  await snapshot.close()
  assert.equal(new Set(lines.map((line) => line.split('\t')[0])).size, 20000)
  assert.ok(lines.length === 20000 && lines.every((line) => line.endsWith('x')))
  await client.end()
  await source.close()
})
