import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { cloneDatabase, type TestDatabase } from '../../../server/test/cluster.ts'
import { column, gather, planOf, reading } from './adapter.conformance.kit.ts'
import { AdapterFault, type Lines, type ReadPlan, type Source, type Unreadable } from './adapter.ts'
import { postgres } from './postgres.ts'

let database: TestDatabase
let client: pg.Client
let source: Source
const slots: string[] = []

before(async () => {
  database = await cloneDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const tables = ['t', 'full_t', 'typed', 'bare', 'long', 'big', 'lost']
  source = await postgres.openSource(
    { url: database.url },
    { read: Object.fromEntries(tables.map((t) => [t, '*'])), write: [] },
  )
})

after(async () => {
  for (const slot of slots) await source.forget(slot)
  await source.close()
  await client.end()
  await database.drop()
})

const slotOf = (name: string): string => {
  const slot = `sj_${new URL(database.url).pathname.slice(1)}_${name}`
  slots.push(slot)
  return slot
}

const begin = async (plan: ReadPlan, slot: string): Promise<{ lines: string[]; position: string }> => {
  const snapshot = await source.snapshot(plan, { signal: new AbortController().signal, slot })
  const { lines } = await gather(snapshot.batches(reading()))
  await snapshot.close()
  return { lines: lines.sort(), position: snapshot.position }
}

/** Batches until one that ends a transaction holds the mark, a row written last. */
const until = async (
  plan: ReadPlan,
  from: { slot: string; position: string },
  { mark, told = [], chunk_bytes = 1 << 20 }: { mark: string; told?: Unreadable[]; chunk_bytes?: number },
): Promise<{ lines: string[]; batches: Lines[]; position: string }> => {
  const stream = source.changes(plan, from.position, { ...reading(told, chunk_bytes), slot: from.slot })
  const batches: Lines[] = []
  for await (const batch of stream) {
    batches.push(batch)
    if (batch.tx_end) stream.confirm(batch.position)
    if (batch.tx_end && batch.body.includes(mark)) break
  }
  const lines = Buffer.concat(batches.map(({ body }) => body))
    .toString()
    .split('\n')
    .slice(0, -1)
  assert.equal(
    batches.reduce((sum, { rows }) => sum + rows, 0),
    lines.length,
  )
  return { lines, batches, position: batches.at(-1)?.position ?? '' }
}

const PLAN = planOf('t', [column('id', 'I', true), column('name', 'C'), column('big', 'M')])

test('changes go on exactly behind the snapshot: insert, update, key change, delete, truncation, in the order of commits (C4)', async () => {
  await client.query('create table t (id int primary key, name varchar(20), big text)')
  await client.query(`alter table t alter big set storage external`)
  await client.query(`insert into t values (1, 'a', null), (2, 'b', 'x'), (3, 'c', repeat('大', 3000))`)
  const slot = slotOf('t')
  const { lines, position } = await begin(PLAN, slot)
  assert.equal(lines.length, 3)
  await client.query(`insert into t values (4, E'tab\\t\\\\', '')`)
  await client.query(`update t set name = null where id = 1`)
  await client.query(`begin; update t set id = 20 where id = 2; delete from t where id = 4; commit`)
  await client.query(`update t set name = 'C' where id = 3`)
  await client.query(`truncate t`)
  await client.query(`insert into t values (9, 'mark', null)`)
  const big = '大'.repeat(3000)
  const got = await until(PLAN, { slot, position }, { mark: 'mark' })
  // Row 3 was gone by the time its large value was read again: its line is left to what follows.
  assert.deepEqual(got.lines, [
    '+\t4\ttab\\t\\\\\t',
    '+\t1\t\\N\t\\N',
    '-\t2\t\\N\t\\N',
    '+\t20\tb\tx',
    '-\t4\t\\N\t\\N',
    '!\t\\N\t\\N\t\\N',
    '+\t9\tmark\t\\N',
  ])
  await client.query(`insert into t values (3, 'c', $1)`, [big])
  await client.query(`update t set name = 'C2' where id = 3`)
  await client.query(`insert into t values (10, 'mark2', null)`)
  const more = await until(PLAN, { slot, position: got.position }, { mark: 'mark2' })
  assert.deepEqual(more.lines, [`+\t3\tc\t${big}`, `+\t3\tC2\t${big}`, '+\t10\tmark2\t\\N'])
  assert.ok(more.position > got.position && /^[0-9A-F]{16}$/.test(more.position))
  await assert.rejects(
    until(PLAN, { slot, position: got.position }, { mark: 'x' }),
    (error) => error instanceof AdapterFault && error.code === 'stream_lost',
  )
})

test('whole rows in the log give keys of any column and large values without reading again (C4)', async () => {
  const plan = planOf('full_t', [column('code', 'C', true), column('big', 'M')])
  await client.query(
    'create table full_t (code varchar(20), big text); alter table full_t replica identity full; alter table full_t alter big set storage external',
  )
  await client.query(`insert into full_t values ('a', repeat('x', 9000)), ('b', 'y')`)
  const slot = slotOf('full')
  const { position } = await begin(plan, slot)
  await client.query(
    `update full_t set code = 'A' where code = 'a'; delete from full_t where code = 'b'; delete from full_t; insert into full_t values ('mark', null)`,
  )
  const got = await until(plan, { slot, position }, { mark: 'mark' })
  assert.deepEqual(got.lines, ['-\ta\t\\N', `+\tA\t${'x'.repeat(9000)}`, '-\tb\t\\N', '-\tA\t\\N', '+\tmark\t\\N'])
})

test('values of the change stream become the same lines as those of a snapshot (C4)', async () => {
  const columns = [
    column('id', 'I', true),
    column('t', 'M'),
    column('b', 'C'),
    column('n', 'N'),
    column('f', 'B'),
    column('r', 'F'),
    column('d', 'D'),
    column('s', 'T'),
    column('z', 'T'),
    column('l', 'L'),
    column('k', 'I'),
    column('x', 'D'),
  ]
  const plan = planOf('typed', columns)
  await client.query(
    `create table typed (id int primary key, t text, b char(5), n numeric(20,4), f float8, r float4, d date, s timestamp, z timestamptz, l boolean, k numeric, x text)`,
  )
  const slot = slotOf('typed')
  const { position } = await begin(plan, slot)
  await client.query(`insert into typed values
    (1, E'\\b\\f\\n\\r\\t\\v\\\\🙂', 'ab', 1.5, 0.1, 0.1, '2024-02-29', '2024-01-01 10:00:00.120', '2024-01-05 10:00:00Z', true, 7.00, '20240105'),
    (2, '', '', -0.0, '-0', 1e-20, '0001-01-01', '9999-12-31 23:59:59.999999', '1988-07-01 00:00:00Z', false, 1e20, ' '),
    (3, null, null, 100, 1e300, 3.4028235e38, null, null, '1900-06-01 00:00:00Z', null, null, null)`)
  const bad = [
    "id, n) values (5, 'NaN'",
    "id, f) values (6, '-infinity'",
    "id, d) values (7, 'infinity'",
    "id, s) values (8, '0044-03-15 BC'",
    "id, z) values (9, '10000-01-02'",
    'id, k) values (10, 1.5',
    "id, x) values (11, '2023-02-29'",
  ]
  for (const one of bad) await client.query(`insert into typed (${one})`)
  await client.query(`insert into typed (id, t) values (99, 'mark')`)
  const told: Unreadable[] = []
  const got = await until(plan, { slot, position }, { mark: 'mark', told })
  const { lines } = await begin(plan, slotOf('typed2'))
  assert.deepEqual(
    got.lines
      .filter((line) => line.startsWith('+'))
      .map((line) => line.slice(2))
      .sort(),
    lines,
  )
  assert.deepEqual(
    told.map(({ key, item }) => `${key}${item}`),
    ['5n', '6f', '7d', '8s', '9z', '10k', '11x'],
  )
  assert.deepEqual(
    got.lines.filter((line) => line.startsWith('-')).map((line) => line.split('\t')[1]),
    ['5', '6', '7', '8', '9', '10', '11'],
  )
})

test('a long transaction comes in chunks, of which only the last ends it, and a reader cut off gets it again whole (C4)', async () => {
  const plan = planOf('long', [column('id', 'I', true), column('name', 'C')])
  await client.query('create table long (id int primary key, name text)')
  const slot = slotOf('long')
  const { position } = await begin(plan, slot)
  await client.query(`insert into long select i, 'name-' || i from generate_series(1, 20000) i`)
  const stream = source.changes(plan, position, { ...reading([], 16384), slot })
  let seen = 0
  let stood = position
  for await (const batch of stream) {
    assert.equal(batch.tx_end, false)
    assert.ok(batch.body.length <= 16384 && batch.position >= stood)
    stream.confirm(batch.position)
    stood = batch.position
    seen += 1
    if (seen === 5) break
  }
  const got = await until(plan, { slot, position: stood }, { mark: 'name-20000', chunk_bytes: 16384 })
  assert.equal(got.lines.length, 20000)
  assert.ok(got.batches.slice(0, -1).every(({ tx_end }) => !tx_end))
})

test('a table that cannot be followed is told with what the administrator must run, and a slot that is gone is a lost stream (C4)', async () => {
  await client.query('create table bare (code text, name text)')
  const bare = await source.describe('bare')
  assert.equal(bare.change_stream.able, false)
  assert.match(bare.change_stream.reason, /ALTER TABLE "public"."bare" REPLICA IDENTITY FULL/)
  await client.query('create table lost (id int primary key, name text, other int)')
  const plan = planOf('lost', [column('id', 'I', true), column('name', 'C')])
  const slot = slotOf('lost')
  const { position } = await begin(plan, slot)
  const other = planOf('lost', [column('other', 'I', true)])
  await assert.rejects(begin(other, slotOf('other')), /REPLICA IDENTITY FULL/)
  await source.forget(slot)
  await assert.rejects(
    until(plan, { slot, position }, { mark: 'x' }),
    (error) => error instanceof AdapterFault && error.code === 'stream_lost',
  )
  const weak = `weak_${new URL(database.url).pathname.slice(1)}`
  await client.query(
    `create role ${weak} login replication password 'weak'; grant usage on schema public to ${weak}; grant select on lost to ${weak}`,
  )
  const url = new URL(database.url)
  url.username = weak
  url.password = 'weak'
  const poor = await postgres.openSource({ url: url.href }, { read: { lost: '*' }, write: [] })
  const asking = poor.snapshot(plan, { signal: new AbortController().signal, slot: slotOf('weak') })
  await assert.rejects(asking, /CREATE PUBLICATION "sj_.*_weak" FOR TABLE "public"."lost"/)
  await poor.close()
  await client.query(`drop owned by ${weak}; drop role ${weak}`)
})
