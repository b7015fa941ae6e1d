import assert from 'node:assert/strict'
import { text as textOf } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import type { SiteColumn } from '@sanjiang/contract/site'
import { columnKind } from '@sanjiang/contract/site.column'
import fc from 'fast-check'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { cloneDatabase, type TestDatabase } from '#test/cluster.ts'
import { type Cell, evaluateAggregate, evaluateRows, type Plain, type Row } from '#test/row-evaluator.ts'
import { SiteFault } from '../site.ts'
import { OPS, type RowFilter, type RowTable } from './row.rules.ts'
import { type AggregateQuery, compileAggregate, compileGroupCount, FNS } from './row-aggregate.rules.ts'
import { OPS_OF } from './row-filter.rules.ts'
import { compileCount, compileRows, type RowQuery } from './row-query.rules.ts'
import { quoteName, type Sql, toLiteralText, toStatement } from './row-sql.rules.ts'
import { SQL_TYPE } from './row-value.rules.ts'

let database: TestDatabase
let client: pg.Client

before(async () => {
  database = await cloneDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('create schema data')
})
after(async () => {
  await client?.end()
  await database?.drop()
})

const run = async (sql: Sql): Promise<Cell[][]> =>
  (await client.query({ ...toStatement(sql), rowMode: 'array' })).rows as Cell[][]
// The simple protocol, which takes several statements at once: what COPY is sent by.
const runLiteral = async (sql: Sql): Promise<Cell[][]> =>
  (await client.query({ text: toLiteralText(sql), rowMode: 'array' } as pg.QueryArrayConfig)).rows as Cell[][]

const HOSTILE = [
  '',
  "'",
  "''; drop schema data cascade; --",
  '%',
  '_',
  '\\',
  "\\'",
  '"',
  '$1',
  '$$',
  '\n',
  ' ',
  '😀',
  '😀a',
  '𠀀',
  '青海',
  '西宁市',
  'Aa',
  'aA',
  '�',
  '\\x41',
  'null',
  '1',
]
const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.array(fc.constantFrom(...HOSTILE), { minLength: 2, maxLength: 3 }).map((parts) => parts.join('')),
)
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 4 }), fc.boolean())
  .map(([big, scale, isSmall]) => {
    const value = isSmall ? big % 50n : big
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    return `${value < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale ? `.${digits.slice(-scale)}` : ''}`
  })
const integer = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
)
const two = (value: number): string => String(value).padStart(2, '0')
const day = fc
  .tuple(fc.integer({ min: 2016, max: 2018 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, date]) => `${year}-${two(month)}-${two(date)}`)
const time = fc
  .tuple(day, fc.constantFrom('00:00:00', '23:59:59', '08:00:00'))
  .map(([date, clock]) => `${date}T${clock}+08:00`)
const flag = fc.constantFrom('true', 'false')

const CELLS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  C: text,
  N: decimal,
  I: integer,
  D: day,
  T: time,
  L: flag,
}
const NAMES = ['city', 'Amount', '名称', 'select', 'a"b', "it's", '%s', 'limit', '__proto__', 'a__b', 'r']

const columnsOf = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 5 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .constantFrom(...Object.keys(CELLS))
          .map((data_type): SiteColumn => ({ name, title: name, data_type, length: null, role: null, unit: null })),
      ),
    ),
  )
  .chain((columns) =>
    fc.boolean().map((hasPlace) => (hasPlace ? [...columns, place('x', 'lon'), place('y', 'lat')] : columns)),
  )
const place = (name: string, role: 'lon' | 'lat'): SiteColumn => ({
  name,
  title: name,
  data_type: 'F',
  length: null,
  role,
  unit: null,
})

const degree = fc.integer({ min: -90, max: 90 }).map(String)
const cellOf = (column: SiteColumn): fc.Arbitrary<string> => (column.role ? degree : CELLS[column.data_type]!)

const plainOf: fc.Arbitrary<Plain> = columnsOf.chain((columns) =>
  fc.array(fc.tuple(...columns.map((one) => fc.option(cellOf(one), { freq: 5 }))), { maxLength: 12 }).map((rows) => ({
    columns,
    // No prototype: a column may be called so.
    rows: rows.map(
      (cells, index): Row =>
        Object.assign(
          Object.create(null),
          { _id: String(index + 1) },
          Object.fromEntries(cells.map((cell, at) => [columns[at]!.name, cell])),
        ),
    ),
  })),
)

const filterOf = (plain: Plain): fc.Arbitrary<RowFilter> =>
  fc.constantFrom(...plain.columns).chain((column) => {
    const seen = plain.rows.map((row) => row[column.name]).filter((cell) => cell != null)
    const value = seen.length > 0 ? fc.oneof(fc.constantFrom(...seen), cellOf(column)) : cellOf(column)
    return fc.constantFrom(...OPS_OF[columnKind(column)]).chain((op): fc.Arbitrary<RowFilter> => {
      if (op === 'null') return fc.boolean().map((is) => ({ column: column.name, op, values: [is] }))
      const [min, max] = op === 'in' ? [1, 4] : op === 'between' ? [2, 2] : [1, 1]
      return fc.array(value, { minLength: min, maxLength: max }).map((values) => ({ column: column.name, op, values }))
    })
  })

const boxOf = (plain: Plain) =>
  plain.columns.some(({ role }) => role === 'lon')
    ? fc.option(
        fc.tuple(
          fc.integer({ min: -180, max: 180 }),
          fc.integer({ min: -90, max: 0 }),
          fc.integer({ min: -180, max: 180 }),
          fc.integer({ min: 0, max: 90 }),
        ),
        { freq: 2 },
      )
    : fc.constant(null)

/** Columns that are printed the same by the database and here. */
const wordy = ({ columns }: Plain): string[] =>
  columns.filter(({ data_type }) => data_type !== 'T').map(({ name }) => name)

const whereOf = (plain: Plain) => ({
  filters: fc.array(filterOf(plain), { maxLength: 2 }),
  words: fc.array(fc.constantFrom('a', '青', '%', '\\', "'", '😀'), { maxLength: 1 }),
  columnWords: fc.array(
    fc.record({ column: fc.constantFrom('_id', ...wordy(plain)), word: fc.constantFrom('a', '1', '%', '青', '-', '') }),
    { maxLength: 1 },
  ),
  box: boxOf(plain),
})
const pageOf = { limit: fc.option(fc.integer({ min: 0, max: 12 })), offset: fc.integer({ min: 0, max: 3 }) }

const queryOf = (plain: Plain): fc.Arbitrary<RowQuery> => {
  const names = [...plain.columns.map(({ name }) => name), '_id']
  return fc
    .record({
      ...whereOf(plain),
      ...pageOf,
      select: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 }),
      sort: fc.array(fc.record({ column: fc.constantFrom(...names), descending: fc.boolean() }), { maxLength: 2 }),
      distinct: fc.boolean(),
      after: fc.option(fc.integer({ min: 0, max: 12 })),
    })
    .map((query) => {
      if (query.distinct)
        return { ...query, after: null, sort: query.sort.filter(({ column }) => query.select.includes(column)) }
      return query.after === null ? query : { ...query, sort: [] }
    })
}

const aggregateOf = (plain: Plain): fc.Arbitrary<AggregateQuery> => {
  const grouping = fc
    .constantFrom(...plain.columns)
    .chain(({ name, data_type }) =>
      fc
        .constantFrom(...(data_type === 'D' || data_type === 'T' ? (['year', 'month', null] as const) : [null]))
        .map((trunc) => ({ column: name, trunc })),
    )
  const measure = fc.constantFrom(...plain.columns).chain((column) => {
    const isNumber = 'NFI'.includes(column.data_type)
    const fns = FNS.filter(
      (fn) =>
        isNumber || fn === 'count' || fn === 'distinct' || (column.data_type !== 'L' && (fn === 'min' || fn === 'max')),
    )
    return fc.constantFrom(...fns).map((fn) => ({ fn, column: column.name as string | null }))
  })
  return fc.record({
    ...whereOf(plain),
    ...pageOf,
    group: fc.uniqueArray(grouping, { maxLength: 2, selector: ({ column, trunc }) => `${column} ${trunc}` }),
    measures: fc.uniqueArray(fc.oneof(measure, fc.constant({ fn: 'count' as const, column: null })), {
      minLength: 1,
      maxLength: 3,
      selector: ({ fn, column }) => `${column} ${fn}`,
    }),
  })
}

let tables = 0
const lay = async ({ columns, rows }: Plain): Promise<RowTable> => {
  tables += 1
  const table_name = `t_${tables}`
  const typed = columns.map((one) => `${quoteName(one.name)} ${SQL_TYPE[columnKind(one)]}`)
  await client.query(`create table data.${table_name} (_id bigint primary key, ${typed.join(', ')})`)
  const values = rows.map((row) => [
    row._id,
    ...columns.map(({ name }) => row[name]?.replace(/^(.{10})T(.*)\+08:00$/, '$1 $2') ?? null),
  ])
  const places = values.map((row, at) => `(${row.map((_, index) => `$${at * row.length + index + 1}`).join(', ')})`)
  if (rows.length > 0) await client.query(`insert into data.${table_name} values ${places.join(', ')}`, values.flat())
  return { table_name, columns }
}

const isDecimal = /^-?\d+\.\d+$/
/** Without zeros at the end: a sum is as long as its longest part. */
const plainNumber = (rows: Cell[][]): Cell[][] =>
  rows.map((row) => row.map((cell) => (cell !== null && isDecimal.test(cell) ? cell.replace(/\.?0+$/, '') : cell)))

test('whatever is asked of whatever rows, the statement finds what looking at every row finds, by parameters and by literals (T4.2)', async () => {
  const asked = plainOf.chain((plain) =>
    fc.tuple(fc.constant(plain), fc.array(queryOf(plain), { minLength: 3, maxLength: 6 })),
  )
  await fc.assert(
    fc.asyncProperty(asked, async ([plain, queries]) => {
      const table = await lay(plain)
      for (const query of queries) {
        const { sql, outputs } = compileRows(table, query)
        const expected = evaluateRows(plain, query)
        const found = await run(sql)
        const shape = query.distinct ? plainNumber : (rows: Cell[][]) => rows
        assert.deepEqual(shape(found), shape(expected))
        assert.deepEqual(await runLiteral(sql), found)
        assert.equal(outputs.length, found[0]?.length ?? outputs.length)
        const all = evaluateRows(plain, { ...query, limit: null, offset: 0, after: null }).length
        assert.deepEqual(await run(compileCount(table, query, 5)), [[String(Math.min(all, 6))]])
      }
    }),
    { numRuns: 40 },
  )
})

test('figures by group are those of looking at every row, exact to the last digit (T4.2)', async () => {
  const asked = plainOf.chain((plain) =>
    fc.tuple(fc.constant(plain), fc.array(aggregateOf(plain), { minLength: 3, maxLength: 6 })),
  )
  await fc.assert(
    fc.asyncProperty(asked, async ([plain, queries]) => {
      const table = await lay(plain)
      for (const query of queries) {
        const { sql } = compileAggregate(table, query)
        const found = await run(sql)
        assert.deepEqual(plainNumber(found), plainNumber(evaluateAggregate(plain, query)))
        assert.deepEqual(await runLiteral(sql), found)
        const all = evaluateAggregate(plain, { ...query, limit: null, offset: 0 }).length
        assert.deepEqual(await run(compileGroupCount(table, query, 50)), [[String(all)]])
      }
    }),
    { numRuns: 30 },
  )
})

const anything = fc.oneof(
  text,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '\0',
    '\ud800',
    'a\0b',
    '1e400',
    '1e-400',
    '9'.repeat(120),
    '9223372036854775808',
    '2017-02-30',
    '2017-01-01T25:00:00',
    'NaN',
    'infinity',
    '0000-01-01',
    '9999-12-31T23:59:59-14:00',
    'x'.repeat(1001),
  ),
  fc.double(),
  fc.boolean(),
)

test('whatever is asked of columns that do not exist, with values that are none, is refused by name or runs (T4.2)', async () => {
  const columns = Object.keys(CELLS).map(
    (data_type): SiteColumn => ({ name: data_type, title: data_type, data_type, length: null, role: null, unit: null }),
  )
  const table = await lay({ columns, rows: [] })
  const name = fc.oneof(
    { arbitrary: fc.constantFrom(...Object.keys(CELLS), '_id'), weight: 6 },
    { arbitrary: text, weight: 1 },
  )
  const filter = fc.record({ column: name, op: fc.constantFrom(...OPS), values: fc.array(anything, { maxLength: 3 }) })
  let answered = 0
  await fc.assert(
    fc.asyncProperty(fc.array(filter, { maxLength: 2 }), fc.array(name, { maxLength: 2 }), async (filters, names) => {
      const query = { filters, sort: names.map((column) => ({ column, descending: true })), limit: 1 }
      try {
        await runLiteral(compileRows(table, query).sql)
        await run(compileRows(table, query).sql)
        answered += 1
      } catch (error) {
        assert.ok(error instanceof SiteFault, String(error))
        assert.ok(error.field && error.message)
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(answered > 20)
})

test('an export asked with hostile words is one COPY of the rows meant (T4.2)', async () => {
  const columns: SiteColumn[] = [{ name: 'a', title: '甲', data_type: 'C', length: null, role: null, unit: null }]
  const rows = HOSTILE.map((a, index): Row => ({ _id: String(index + 1), a }))
  const table = await lay({ columns, rows })
  for (const value of HOSTILE) {
    const { sql } = compileRows(table, { filters: [{ column: 'a', op: 'eq', values: [value] }], limit: null })
    const copied = await textOf(client.query(copyTo(`copy (${toLiteralText(sql)}) to stdout`)))
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
    assert.equal(copied, `${escaped}\n`)
  }
})
