import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { compareKeyLines, type DataType } from '@sanjiang/seal'
import fc from 'fast-check'
import type { AllowList, BoundColumn, Lines, ReadPlan, Source, Unreadable } from './adapter.ts'
import { fileAdapter } from './file.ts'
import { orderOf } from './file-order.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-file-source-'))
after(() => rm(dir, { recursive: true, force: true }))

let count = 0
const folder = async (files: Readonly<Record<string, string | Buffer>>): Promise<string> => {
  const root = join(dir, `root-${++count}`)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}

const ALL: AllowList = { read: { 'in/*.csv': '*', 'in/*': '*' }, write: [] }
const openSource = (root: string, allow = ALL, more: Record<string, unknown> = {}): Promise<Source> =>
  fileAdapter.openSource({ root, settle_seconds: 0, poll_seconds: 0.02, state_dir: join(dir, 'state'), ...more }, allow)

const column = (name: string, data_type: DataType, is_key = false): BoundColumn => ({
  column: name,
  item: name,
  data_type,
  is_key,
})
const PLAN: ReadPlan = {
  relation: 'in/*.csv',
  columns: [column('id', 'I', true), column('name', 'C'), column('born', 'D')],
  cursor_column: null,
}

const signal = new AbortController().signal
const told: Unreadable[] = []
const options = { chunk_bytes: 64, signal, unreadable: (row: Unreadable) => void told.push(row) }

const textOf = async (lines: AsyncIterable<Lines>): Promise<string[]> => {
  let text = ''
  for await (const { body, rows } of lines) {
    assert.equal(body.toString().split('\n').length - 1, rows)
    text += body.toString()
  }
  return text.split('\n').slice(0, -1)
}
const snapshotOf = async (source: Source, plan = PLAN, from: string | null = null): Promise<string[]> => {
  const snapshot = await source.snapshot(plan, { signal, slot: null })
  return textOf(snapshot.batches({ ...options, after: from }))
}

test('bytes of keys sort as key lines do, for every type (T8.1)', () => {
  const decimal = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat({ max: 999 }))
    .map(
      ([whole, fraction]) =>
        `${whole}${fraction === 0 ? '' : `.${String(fraction).padStart(3, '0').replace(/0+$/, '')}`}`,
    )
    .map((text) => (text.startsWith('0') && /-/.test(text) ? '0' : text))
  const small = fc.constantFrom('0', '0.5', '0.25', '-0.5', '-0.25', '1', '10', '9.99', '-1', '-1.5', '-10', '100')
  const number = fc.oneof(decimal, small)
  const word = fc
    .string({ unit: 'binary', maxLength: 6 })
    .filter((text) => !/[\0\b\t\n\v\f\r\\]/.test(text) && text.isWellFormed())
  const field = (one: fc.Arbitrary<string>) => fc.option(one, { nil: null, freq: 8 })
  const key = fc.tuple(field(number), field(word))
  const types: DataType[] = ['N', 'C']
  const compare = compareKeyLines(types)
  const order = orderOf(types)
  const lineOf = (fields: readonly (string | null)[]) => fields.map((one) => one ?? '\\N').join('\t')
  fc.assert(
    fc.property(key, key, (a, b) => {
      const [left, right] = [order(a), order(b)]
      assert.equal(left < right ? -1 : left > right ? 1 : 0, Math.sign(compare(lineOf(a), lineOf(b))))
    }),
    { numRuns: 2000 },
  )
})

test('a folder of CSV files reads as one table in key order; of a key in several files the last file counts (T8.1)', async () => {
  const root = await folder({
    'in/2017-01.csv': 'id,name,born\n10,甲,1990-1-5\n9,乙,\n2,"丙\t丁",2000/02/29\n',
    'in/2017-02.csv': 'born;id;name\n1999-12-31;9;乙二\n',
    'in/notes.md': 'not a table',
    'in/half.csv.part': 'id,name,born\n77,x,\n',
  })
  const source = await openSource(root)
  assert.deepEqual(await snapshotOf(source), ['2\t丙\\t丁\t2000-02-29', '9\t乙二\t1999-12-31', '10\t甲\t1990-01-05'])
  assert.deepEqual(await snapshotOf(source, PLAN, '9'), ['10\t甲\t1990-01-05'])
  assert.deepEqual(await source.bounds(PLAN, 1), ['2', '9'])
  assert.deepEqual(await textOf(source.range(PLAN, { from: '2', to: '9' }, options)), ['9\t乙二\t1999-12-31'])
  assert.deepEqual(await textOf(source.rows(PLAN, ['10', '5', '2'], options)), [
    '2\t丙\\t丁\t2000-02-29',
    '10\t甲\t1990-01-05',
  ])
})

test('rows that have no canonical line are told with their file and line, and the others go on (T8.1)', async () => {
  const root = await folder({
    'in/a.csv': 'id,name,born\n1,甲,1990-02-30\nx,乙,\n3,丙,,extra\n4,"丁\n丁",2001-01-01\n4,戊,\n5,己,2002-02-02\n',
  })
  const source = await openSource(root)
  told.length = 0
  assert.deepEqual(await snapshotOf(source), ['4\t戊\t\\N', '5\t己\t2002-02-02'])
  assert.deepEqual(
    told.map(({ key, item, reason }) => [key, item, reason]),
    [
      ['1', 'born', '不是日期（in/a.csv:2）'],
      ['in/a.csv:3', 'id', '不是数'],
      ['in/a.csv:4', '', '有 4 个字段，标题行有 3 个'],
      ['in/a.csv:5', '', '与第 7 行主键相同，以后者为准'],
    ],
  )
})

test('damaged lines of a file with mixed encodings are told and nothing garbled is sent (T8.1)', async () => {
  const gb = Buffer.from([0xd5, 0xc5, 0xc8, 0xfd])
  const root = await folder({
    'in/a.csv': Buffer.concat([Buffer.from('id,name,born\n1,张三,\n2,李四,\n3,'), gb, Buffer.from(',\n')]),
    'in/b.csv': Buffer.concat([
      Buffer.from('id,name,born\n4,'),
      gb,
      Buffer.from(',\n5,'),
      gb,
      Buffer.from(',\n6,张三,\n'),
    ]),
  })
  const source = await openSource(root)
  told.length = 0
  assert.deepEqual(await snapshotOf(source), ['1\t张三\t\\N', '2\t李四\t\\N', '4\t张三\t\\N', '5\t张三\t\\N'])
  assert.deepEqual(
    told.map(({ key }) => key),
    ['3', '6'],
  )
})

test('a file without a bound column stops the reading instead of emptying the column (T8.1)', async () => {
  const root = await folder({ 'in/a.csv': 'id,name,born\n1,甲,\n', 'in/b.csv': 'id,name\n2,乙\n' })
  await assert.rejects(snapshotOf(await openSource(root)), /in\/b\.csv 缺少列：born/)
})

test('the local allow-list and the root are the limits: other relations, columns and links out are refused (T8.1)', async () => {
  const root = await folder({ 'in/a.csv': 'id,name,born\n1,甲,\n' })
  await writeFile(join(dir, 'secret.csv'), 'id,name,born\n99,密,\n')
  await symlink(join(dir, 'secret.csv'), join(root, 'in/z.csv'))
  await symlink(dir, join(root, 'in/up'))
  const source = await openSource(root, { read: { 'in/*.csv': ['id', 'name'], 'in/up/*.csv': '*' }, write: [] })
  await assert.rejects(snapshotOf(source), /没有列：born/)
  await assert.rejects(source.describe('other/*.csv'), { code: 'not_allowed' })
  await assert.rejects(source.describe('in/up/*.csv'), { code: 'not_allowed' })
  assert.deepEqual(
    (await source.describe('in/*.csv')).columns.map(({ name }) => name),
    ['id', 'name'],
  )
  const plan = { ...PLAN, columns: PLAN.columns.slice(0, 2) }
  assert.deepEqual(await snapshotOf(source, plan), ['1\t甲'])
  await assert.rejects(openSource(root, { read: { '../*.csv': '*' }, write: [] }), { code: 'not_allowed' })
})

test('an increment reads new and changed files only, and its position is where the next goes on (T8.1)', async () => {
  const root = await folder({ 'in/a.csv': 'id,name,born\n1,甲,\n', 'in/b.csv': 'id,name,born\n2,乙,\n' })
  const source = await openSource(root)
  const first = await source.snapshot(PLAN, { signal, slot: null })
  assert.deepEqual(await textOf(source.increment(PLAN, first.position, options)), [])
  await writeFile(join(root, 'in/a.csv'), 'id,name,born\n1,甲一,\n3,丙,\n')
  await writeFile(join(root, 'in/c.csv'), 'id,name,born\n2,乙二,\n')
  let position = ''
  const lines: string[] = []
  for await (const batch of source.increment(PLAN, first.position, options)) {
    lines.push(...batch.body.toString().split('\n').slice(0, -1))
    position = batch.position
  }
  assert.deepEqual(lines, ['1\t甲一\t\\N', '2\t乙二\t\\N', '3\t丙\t\\N'])
  assert.ok(position > first.position)
  assert.deepEqual(await textOf(source.increment(PLAN, position, options)), [])
})

test('a watched folder streams what was added, changed and removed, also what a removed file had covered (T8.1)', async () => {
  const root = await folder({
    'in/a.csv': 'id,name,born\n1,甲,\n2,乙,\n',
    'in/b.csv': 'id,name,born\n2,乙二,\n3,丙,\n',
  })
  const source = await openSource(root)
  const first = await source.snapshot(PLAN, { signal, slot: 's' })
  const stop = new AbortController()
  // So that a look has several parts.
  const small = { ...options, chunk_bytes: 16 }
  const stream = source.changes(PLAN, first.position, { ...small, signal: stop.signal, slot: 's' })
  const reader = stream[Symbol.asyncIterator]()
  const look = async (): Promise<{ lines: string[]; position: string }> => {
    const lines: string[] = []
    for (;;) {
      const { value } = await reader.next()
      assert.ok(value.position > first.position, 'a part of a look stands at the base, where it would be passed over')
      lines.push(...value.body.toString().split('\n').slice(0, -1))
      if (value.tx_end) return { lines, position: value.position }
    }
  }
  const write = async (name: string, text: string) => {
    await writeFile(join(root, `.${name}.tmp`), text)
    await rename(join(root, `.${name}.tmp`), join(root, 'in', name))
  }
  await write('a.csv', 'id,name,born\n1,甲,\n2,乙新,\n4,丁,\n')
  assert.deepEqual((await look()).lines, ['+\t4\t丁\t\\N'])
  await rm(join(root, 'in/b.csv'))
  const second = await look()
  assert.deepEqual(second.lines, ['+\t2\t乙新\t\\N', '-\t3\t\\N\t\\N'])
  stream.confirm(second.position)
  stop.abort()
  assert.equal((await reader.next()).done, true)

  await write('a.csv', 'id,name,born\n1,甲三,\n2,乙新,\n')
  const again = source.changes(PLAN, second.position, { ...options, slot: 's' })[Symbol.asyncIterator]()
  assert.equal((await again.next()).value.body.toString(), '+\t1\t甲三\t\\N\n-\t4\t\\N\t\\N\n')
  await again.return?.()
  const lost = source.changes(PLAN, `${'0'.repeat(16)}-${'0'.repeat(16)}`, { ...options, slot: 's' })
  await assert.rejects(lost[Symbol.asyncIterator]().next(), { code: 'stream_lost' })
})

test('a file that is still being written is waited for: until it rests, or until its marker stands beside it (T8.1)', async () => {
  const root = await folder({
    'in/a.csv': 'id,name,born\n1,甲,\n',
    'in/b.csv': 'id,name,born\n2,乙,\n',
    'in/b.csv.done': '',
  })
  const resting = await openSource(root, ALL, { settle_seconds: 3600 })
  assert.deepEqual(await snapshotOf(resting), [])
  const marked = await openSource(root, ALL, { done_marker: 'yes', settle_seconds: 3600 })
  assert.deepEqual(await snapshotOf(marked), ['2\t乙\t\\N'])
})

test('a table far larger than a sorting pass comes out in order, whole and once (T8.1)', async () => {
  const rows = 60_000
  const filler = 'x'.repeat(1_800)
  const lines = Array.from({ length: rows }, (_, i) => `${(i * 48_271) % rows},${filler},`)
  const root = await folder({ 'in/a.csv': `id,name,born\n${lines.join('\n')}\n` })
  const source = await openSource(root)
  const snapshot = await source.snapshot(PLAN, { signal, slot: null })
  let next = 0
  for await (const { body } of snapshot.batches({ ...options, chunk_bytes: 1_048_576 }))
    for (const line of body.toString().split('\n').slice(0, -1))
      assert.equal(line.slice(0, line.indexOf('\t')), String(next++))
  assert.equal(next, rows)
})

test('many files read as one table though only some are open at once (T8.1)', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [
      `in/${String(i).padStart(3, '0')}.csv`,
      `id,name,born\n${i % 200},f${i},\n`,
    ]),
  )
  const source = await openSource(await folder(files))
  const lines = await snapshotOf(source)
  assert.equal(lines.length, 200)
  assert.equal(lines[5], '5\tf205\t\\N')
  assert.equal(lines[150], '150\tf150\t\\N')
})
