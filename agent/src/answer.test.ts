import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { cloneDatabase, type TestDatabase } from '../../server/test/cluster.ts'
import { column } from './adapters/adapter.conformance.kit.ts'
import type { KeyRange, ReadPlan, Source } from './adapters/adapter.ts'
import { readConfig, withClient } from './adapters/postgres.session.ts'
import { postgres } from './adapters/postgres.ts'
import { type SidePlan, sideHashes, sidePlan, sideRows, splitHashes } from './answer.side.ts'

const ROWS = 1_000
const { signal } = new AbortController()
const PLAN: ReadPlan = {
  relation: 'public.person',
  columns: [column('id', 'C', true), column('name', 'C'), column('sex', 'C')],
  cursor_column: null,
}
/** Masked, and half of the rows left out: what a consumer may see is not what the source has. */
const GRANT = {
  items: [
    { name_en: 'id', mask_rule: 'none' },
    { name_en: 'name', mask_rule: 'name' },
  ],
  row_conditions: [{ item: 'id', op: 'prefix' as const, values: ['0', '3', '4', '7', '8', 'b', 'd', 'f'] }],
  key: ['id'],
  handle_secret: null,
}

let database: TestDatabase
let source: Source
let sides: readonly SidePlan[]

before(async () => {
  database = await cloneDatabase()
  await withClient(readConfig({ url: database.url }), (client) =>
    client.query(
      `create table public.person (id text primary key, name text, sex text);
       insert into public.person select md5(n::text), '扎西' || n, (n % 2)::text from generate_series(1, ${ROWS}) n`,
    ),
  )
  source = await postgres.openSource({ url: database.url }, { read: { 'public.person': '*' }, write: [] })
  const plain = { ...GRANT, items: GRANT.items.map((one) => ({ ...one, mask_rule: 'none' })), row_conditions: [] }
  sides = [GRANT, plain].map((grant) => sidePlan({ source, plan: PLAN, grant }))
})

after(async () => {
  await source.close()
  await database.drop()
})

const WHOLE: KeyRange = { from: null, to: null }

test('ranges that differ are cut again without a gap, and each hashes as the whole way does, under the grant (T8.1, C4)', async () => {
  for (const side of sides) {
    const [half] = await source.bounds(PLAN, ROWS / 2)
    const asked = [
      { from: null, to: half as string },
      { from: half as string, to: null },
    ]
    const { ranges } = await splitHashes(side, asked, { rows: 64, signal })
    assert.equal(ranges.length, 16)
    assert.deepEqual([ranges[0]?.from, ranges.at(-1)?.to], [null, null])
    for (const [at, range] of ranges.slice(1).entries()) assert.equal(range.from, ranges[at]?.to)
    assert.ok(ranges.every(({ rows }) => rows <= 64))
    assert.deepEqual((await sideHashes(side, ranges, signal)).ranges, ranges)
  }
})

test('the first look cuts the whole table in one pass where the adapter would (C4)', async () => {
  for (const side of sides) {
    const { ranges } = await splitHashes(side, [WHOLE], { rows: 128, signal })
    const uppers = ranges.slice(0, -1).map(({ to }) => to)
    assert.deepEqual(uppers, await source.bounds(PLAN, 128))
  }
})

test('the rows of several ranges are told in one answer, as those of each (C4)', async () => {
  for (const side of sides) {
    const bounds = await source.bounds(PLAN, 100)
    const two = [1, 5].map((at) => ({ from: bounds[at] as string, to: bounds[at + 1] as string }))
    const apart = []
    for (const range of two) apart.push(...(await sideRows(side, [range], signal)).rows)
    assert.ok(apart.length > 50)
    assert.deepEqual((await sideRows(side, two, signal)).rows, apart)
    const whole = (await sideRows(side, [WHOLE], signal)).rows
    assert.ok(whole.length > apart.length && apart.every((row) => whole.some(({ hash }) => hash === row.hash)))
  }
})
