import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import {
  type Adapter,
  AdapterFault,
  type AllowList,
  type BoundColumn,
  type Lines,
  type Offset,
  type ReadOptions,
  type ReadPlan,
  type Source,
  type Target,
  TargetRefused,
  type TargetTable,
  type Unreadable,
} from './adapter.ts'

// What every adapter must do, with the database of its own test. An engine differs only in the fixture below.

/** Rows of an engine's own types, and the lines they must become. */
export interface NastyRows {
  readonly create: readonly string[]
  readonly columns: readonly BoundColumn[]
  readonly lines: readonly string[]
  /** Keys, items of rows that have no canonical line. */
  readonly unreadable: readonly (readonly [key: string, item: string])[]
}

export interface Fixture {
  readonly adapter: Adapter
  /** Fresh and empty. */
  open(): Promise<{
    readonly config: Readonly<Record<string, unknown>>
    exec(sql: string): Promise<void>
    close(): Promise<void>
  }>
  /** As the adapter addresses it, and as SQL writes it. */
  relation(table: string): string
  quote(name: string): string
  /** A type of instants with microseconds. */
  readonly instant: string
  readonly nasty: NastyRows
  readonly hostile: string
}

interface World {
  readonly config: Readonly<Record<string, unknown>>
  exec(sql: string): Promise<void>
  source(tables: readonly string[]): Promise<Source>
  target(): Promise<Target>
  close(): Promise<void>
}

const openWorld = async (fixture: Fixture): Promise<World> => {
  const { config, exec, close } = await fixture.open()
  const all = (tables: readonly string[]): AllowList => ({
    read: Object.fromEntries(tables.map((table) => [fixture.relation(table), '*' as const])),
    write: ['loaded', 'merged', 'changed', 'refusing'].map(fixture.relation),
  })
  return {
    config,
    exec,
    source: (tables) => fixture.adapter.openSource(config, all(tables)),
    target: () => fixture.adapter.openTarget(config, all([])),
    close,
  }
}

const never = new AbortController().signal

export const reading = (told: Unreadable[] = [], chunk_bytes = 1 << 20): ReadOptions => ({
  chunk_bytes,
  signal: never,
  unreadable: (row) => told.push(row),
})

export const gather = async (batches: AsyncIterable<Lines>): Promise<{ lines: string[]; batches: Lines[] }> => {
  const found: Lines[] = []
  for await (const batch of batches) found.push(batch)
  const text = Buffer.concat(found.map(({ body }) => body)).toString()
  assert.equal(
    found.reduce((sum, { rows }) => sum + rows, 0),
    text.split('\n').length - 1,
  )
  return { lines: text.split('\n').slice(0, -1), batches: found }
}

export const column = (name: string, data_type: BoundColumn['data_type'], is_key = false): BoundColumn => ({
  column: name,
  item: name,
  data_type,
  is_key,
})

const PERSON = [column('id', 'I', true), column('name', 'C')]

export const planOf = (relation: string, columns = PERSON, cursor_column: string | null = null): ReadPlan => ({
  relation,
  columns,
  cursor_column,
})

const TABLE = (table: string): TargetTable => ({
  table,
  columns: [
    { name: 'id', data_type: 'I', length: null },
    { name: 'name', data_type: 'C', length: 40 },
  ],
  key: ['id'],
})

const bodyOf = (...lines: string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''))
const at = (seq: number, run_id = 'run-1'): Offset => ({ seq, run_id, position: String(seq) })

const isFault = (code: string) => (error: unknown) => error instanceof AdapterFault && error.code === code

const readingTests = (fixture: Fixture, world: () => World): void => {
  test('every type of the engine becomes its canonical line, and a row that has none is told and never sent (C4)', async () => {
    const { exec, source } = world()
    for (const sql of fixture.nasty.create) await exec(sql)
    const from = await source(['nasty'])
    const plan = planOf(fixture.relation('nasty'), [...fixture.nasty.columns])
    const snapshot = await from.snapshot(plan, { signal: never, slot: null })
    const told: Unreadable[] = []
    const { lines } = await gather(snapshot.batches(reading(told)))
    await snapshot.close()
    assert.deepEqual(lines.sort(), [...fixture.nasty.lines].sort())
    assert.deepEqual(
      told.map(({ key, item }) => [key, item]).sort(),
      fixture.nasty.unreadable.map((one) => [...one]).sort(),
    )
    const ranged = await gather(from.range(plan, { from: null, to: null }, reading()))
    assert.deepEqual(ranged.lines.sort(), lines)
    await from.close()
  })

  test('a snapshot shows one instant however long it is read, in chunks of whole lines, and goes on behind a key (C4)', async () => {
    const { exec, source } = world()
    await exec('create table crowd (id int primary key, name varchar(100))')
    const values = Array.from({ length: 5000 }, (_, i) => `(${i}, 'n-${'x'.repeat(50)}')`)
    await exec(`insert into crowd values ${values.join(',')}`)
    const from = await source(['crowd'])
    const plan = planOf(fixture.relation('crowd'))
    const snapshot = await from.snapshot(plan, { signal: never, slot: null })
    const reader = snapshot.batches(reading([], 8192))[Symbol.asyncIterator]()
    const first = await reader.next()
    await exec(`update crowd set name = 'changed'; `)
    await exec('delete from crowd where id > 4000')
    const bodies = [first.value as Lines]
    for (let next = await reader.next(); !next.done; next = await reader.next()) bodies.push(next.value)
    const lines = Buffer.concat(bodies.map(({ body }) => body))
      .toString()
      .split('\n')
      .slice(0, -1)
    assert.equal(lines.length, 5000)
    assert.ok(lines.every((line) => line.endsWith('x')))
    assert.ok(bodies.every(({ body }) => body.length <= 8192 && body.at(-1) === 10))
    const resumed = await gather(snapshot.batches({ ...reading([], 8192), after: '4989' }))
    assert.deepEqual(
      resumed.lines.map((line) => line.split('\t')[0]),
      Array.from({ length: 10 }, (_, i) => String(4990 + i)),
    )
    await snapshot.close()
    await from.close()
  })

  test('a consumer that stops early, or the signal, ends the reading (C4)', async () => {
    const { source } = world()
    const from = await source(['crowd'])
    const plan = planOf(fixture.relation('crowd'))
    const snapshot = await from.snapshot(plan, { signal: never, slot: null })
    for await (const _ of snapshot.batches(reading([], 1024))) break
    const abort = new AbortController()
    await assert.rejects(async () => {
      for await (const _ of snapshot.batches({ ...reading([], 1024), signal: abort.signal })) abort.abort()
    })
    await snapshot.close()
    await from.close()
  })
}

const incrementTests = (fixture: Fixture, world: () => World): void => {
  test('an increment brings what was written since, equal cursor values and late commits included, and nothing at rest (C4)', async () => {
    const { exec, source } = world()
    await exec(`create table moved (id int primary key, name varchar(40), changed ${fixture.instant})`)
    const at = (second: number) => `'2026-01-01 00:00:${String(second).padStart(2, '0')}'`
    await exec(`insert into moved values (1, 'a', ${at(10)}), (2, 'b', ${at(20)})`)
    const from = await source(['moved'])
    const plan = planOf(fixture.relation('moved'), PERSON, 'changed')
    const snapshot = await from.snapshot(plan, { signal: never, slot: null })
    let position = snapshot.position
    await snapshot.close()
    const next = async (): Promise<string[]> => {
      const { lines, batches } = await gather(from.increment(plan, position, reading()))
      const stood = position
      position = batches.at(-1)?.position ?? position
      assert.ok(position >= stood)
      return lines.map((line) => line.split('\t')[0] as string).sort()
    }
    assert.deepEqual(await next(), [])
    await exec(`insert into moved values (3, 'c', ${at(20)})`)
    assert.ok((await next()).includes('3'))
    await exec(`insert into moved values (4, 'd', ${at(18)})`)
    assert.ok((await next()).includes('4'))
    await exec(`update moved set name = 'A', changed = ${at(30)} where id = 1`)
    assert.ok((await next()).includes('1'))
    assert.deepEqual(await next(), [])
    await exec('create table still (id int primary key, name varchar(40), changed int)')
    const still = await source(['still'])
    const none = await gather(still.increment(planOf(fixture.relation('still'), PERSON, 'changed'), '', reading()))
    assert.deepEqual(none.lines, [])
    await still.close()
    await from.close()
  })
}

const contents = async (target: Target, relation: string): Promise<string[]> => {
  const snapshot = await target.source.snapshot(planOf(relation), { signal: never, slot: null })
  const { lines } = await gather(snapshot.batches(reading()))
  await snapshot.close()
  return lines.sort()
}

const loadTests = (fixture: Fixture, world: () => World): void => {
  test('a load killed between two commits goes on where the last commit left it, nothing lost or doubled (C4)', async () => {
    const name = fixture.relation('loaded')
    const target = await world().target()
    let load = await target.load('sub-1', TABLE(name))
    assert.equal((await load.prepare(false)).length, 1)
    assert.deepEqual(await load.prepare(true), [])
    assert.equal(await load.offset(), null)
    await load.begin('run-1')
    await load.rows(bodyOf('1\ta', '2\t'))
    await load.commit(at(1))
    await load.rows(bodyOf('3\tlost'))
    await load.close()
    load = await target.load('sub-1', TABLE(name))
    assert.deepEqual(await load.offset(), at(1))
    await load.rows(bodyOf('3\tkept'))
    await load.rollback()
    await load.rows(bodyOf('3\t\\N', '4\tb\\tc\\\\d'))
    await load.end()
    await load.commit(at(3))
    assert.deepEqual(await contents(target, name), ['1\ta', '2\t', '3\t\\N', '4\tb\\tc\\\\d'])
    await load.rows(bodyOf('4\tnew', '5\tx', '5\tlast'))
    await load.commit(at(4))
    assert.deepEqual(await contents(target, name), ['1\ta', '2\t', '3\t\\N', '4\tnew', '5\tlast'])
    await load.close()
    await target.close()
  })

  test('a snapshot into a filled table is merged at its end, deletes included, and not seen before (C4)', async () => {
    const name = fixture.relation('merged')
    const target = await world().target()
    let load = await target.load('sub-2', TABLE(name))
    assert.deepEqual(await load.prepare(true), [])
    await load.begin('run-1')
    await load.rows(bodyOf('1\told', '2\tsame', '3\tgone'))
    await load.end()
    await load.commit(at(1))
    await load.begin('run-2')
    await load.rows(bodyOf('1\tnew', '2\tsame'))
    await load.commit(at(2, 'run-2'))
    assert.deepEqual(await contents(target, name), ['1\told', '2\tsame', '3\tgone'])
    await load.close()
    load = await target.load('sub-2', TABLE(name))
    await load.rows(bodyOf('4\tadded'))
    await load.end()
    await load.commit(at(3, 'run-2'))
    assert.deepEqual(await contents(target, name), ['1\tnew', '2\tsame', '4\tadded'])
    await load.close()
    await target.close()
  })
}

const changeTests = (fixture: Fixture, world: () => World): void => {
  test('changes are applied in their order: the last line of a key wins, a truncation empties what was before it (C4)', async () => {
    const name = fixture.relation('changed')
    const target = await world().target()
    const load = await target.load('sub-3', TABLE(name))
    assert.deepEqual(await load.prepare(true), [])
    await load.begin('run-1')
    await load.rows(bodyOf('1\ta', '2\tb', '3\tc'))
    await load.end()
    await load.changes(bodyOf('+\t1\tA', '-\t2\t\\N', '+\t4\td', '-\t4\t\\N', '-\t3\t\\N', '+\t3\tback', '-\t9\t\\N'))
    await load.commit(at(1))
    assert.deepEqual(await contents(target, name), ['1\tA', '3\tback'])
    await load.changes(bodyOf('+\t5\te', '!\t\\N\t\\N', '+\t6\tf', '!\t\\N\t\\N', '!\t\\N\t\\N', '+\t7\t!'))
    await load.changes(bodyOf('+\t8\th'))
    await load.commit(at(2))
    assert.deepEqual(await contents(target, name), ['7\t!', '8\th'])
    await load.close()
    await target.close()
  })

  test('a row the target refuses is found to the very line, and the transaction can go on without it (C4)', async () => {
    const name = fixture.relation('refusing')
    const { exec, target: open } = world()
    await exec("create table refusing (id int primary key, name varchar(40) not null check (name <> 'bad'))")
    const target = await open()
    const load = await target.load('sub-4', TABLE(name))
    assert.deepEqual(await load.prepare(false), [])
    await load.begin('run-1')
    const many = Array.from({ length: 300 }, (_, i) => `${i}\tn${i}`)
    await load.rows(bodyOf(...many.slice(0, 100)))
    const refused = async (work: Promise<void>, line: string) =>
      assert.rejects(work, (error: unknown) => error instanceof TargetRefused && error.line === line)
    await refused(load.rows(bodyOf(...many.slice(100, 200), '777\tbad', ...many.slice(200))), '777\tbad')
    await load.rows(bodyOf(...many.slice(100)))
    await refused(load.rows(bodyOf('7\ttwice')), '7\ttwice')
    await load.end()
    await refused(load.rows(bodyOf('1\tok', '2\t\\N')), '2\t\\N')
    await refused(
      load.changes(bodyOf('-\t1\t\\N', `+\t400\t${'x'.repeat(41)}`, '+\t401\ty')),
      `+\t400\t${'x'.repeat(41)}`,
    )
    await load.changes(bodyOf('-\t0\t\\N'))
    await load.commit(at(1))
    assert.deepEqual(await contents(target, name), many.slice(1).sort())
    await load.close()
    await target.close()
  })
}

const rangeTests = (fixture: Fixture, world: () => World): void => {
  const sha = (lines: readonly string[]): string =>
    createHash('sha256')
      .update(lines.map((line) => `${line}\n`).join(''))
      .digest('hex')

  test('hashes made in the engine are those of the lines read, range by range in key order (C4)', async () => {
    const { exec, source } = world()
    const names = [
      'a',
      'A',
      'b\\\\',
      'tab\tline\nend',
      '',
      ' ',
      '张三',
      'é',
      'z🙂',
      '𠮷',
      'ｆ',
      "q'",
      'NaN',
      'infinity',
    ]
    const q = (text: string) => `'${text.replaceAll("'", "''")}'`
    await exec(
      'create table ranged (code varchar(40) not null, no int not null, name varchar(200), primary key (code, no))',
    )
    const rows = names.flatMap((name, i) =>
      Array.from(
        { length: 20 },
        (_, no) => `(${q(name)}, ${no * 7 - 30}, ${(i + no) % 5 === 0 ? 'null' : q(`${name}${no}`)})`,
      ),
    )
    await exec(`insert into ranged values ${rows.join(',')}`)
    const from = await source(['ranged'])
    const columns = [column('name', 'C'), column('code', 'C', true), column('no', 'I', true)]
    const plan = planOf(fixture.relation('ranged'), columns)
    for (const size of [3, 7, 64, 1000]) {
      const bounds = await from.bounds(plan, size)
      const ranges = [null, ...bounds].map((low, i) => ({ from: low, to: bounds[i] ?? null }))
      const lines: { lines: string[] }[] = []
      for (const range of ranges) lines.push(await gather(from.range(plan, range, reading([], 512))))
      assert.equal(lines.flatMap((one) => one.lines).length, rows.length)
      assert.ok(lines.slice(0, -1).every((one) => one.lines.length === size))
      const hashes = await from.hashes(plan, ranges)
      if (hashes === null) continue
      assert.deepEqual(
        hashes,
        ranges.map((range, i) => ({ ...range, rows: lines[i]?.lines.length, hash: sha(lines[i]?.lines ?? []) })),
      )
    }
    await from.close()
  })

  test('rows are read again by their keys, and a key that is gone is left out (C4)', async () => {
    const from = await world().source(['ranged'])
    const plan = planOf(fixture.relation('ranged'), [column('code', 'C', true), column('no', 'I', true)])
    const keys = ['a\t-30', 'A\t-23', 'b\\\\\\\\\t5', 'tab\\tline\\nend\t5', 'gone\t1', '\t-30']
    const { lines } = await gather(from.rows(plan, keys, reading()))
    assert.ok(lines.includes('tab\\tline\\nend\t5') && lines.includes('\t-30') && lines.includes('A\t-23'))
    assert.ok(!lines.includes('gone\t1'))
    await from.close()
  })
}

const gateTests = (fixture: Fixture, world: () => World): void => {
  test('what the department does not allow is not read, named or written, whatever the centre asks (C4)', async () => {
    const { exec, config } = world()
    await exec('create table secret (id int primary key, name varchar(40), salary int)')
    const relation = fixture.relation('secret')
    const source = await fixture.adapter.openSource(config, { read: { [relation]: ['id', 'name'] }, write: [] })
    const salary = planOf(relation, [column('id', 'I', true), column('salary', 'I')])
    const ask = { signal: never, slot: null }
    await assert.rejects(source.snapshot(salary, ask), isFault('not_allowed'))
    await assert.rejects(source.snapshot(planOf(relation, PERSON, 'salary'), ask), isFault('not_allowed'))
    await assert.rejects(source.describe(fixture.relation('crowd')), isFault('not_allowed'))
    await assert.rejects(gather(source.range(salary, { from: null, to: null }, reading())), isFault('not_allowed'))
    await assert.rejects(source.hashes(salary, [{ from: null, to: null }]), isFault('not_allowed'))
    await assert.rejects(source.bounds(salary, 10), isFault('not_allowed'))
    await assert.rejects(gather(source.rows(salary, ['1'], reading())), isFault('not_allowed'))
    await assert.rejects(gather(source.increment(salary, '', reading())), isFault('not_allowed'))
    assert.deepEqual(
      (await source.describe(relation)).columns.map(({ name }) => name),
      ['id', 'name'],
    )
    assert.deepEqual(
      (await source.browse()).map(({ name }) => name),
      [relation],
    )
    const target = await fixture.adapter.openTarget(config, { read: {}, write: [] })
    await assert.rejects(target.load('sub-9', TABLE(relation)), isFault('not_allowed'))
    await source.close()
    await target.close()
  })

  test('names are never words of SQL, and one that is not there is said to be absent (C4)', async () => {
    const { exec, config } = world()
    const { hostile, quote } = fixture
    await exec(`create table ${quote(hostile)} (${quote(hostile)} int primary key, name varchar(40))`)
    await exec(`insert into ${quote(hostile)} values (1, 'a')`)
    const relation = fixture.relation(hostile)
    const gone = fixture.relation('no such')
    const source = await fixture.adapter.openSource(config, { read: { [relation]: '*', [gone]: '*' }, write: [] })
    const plan = planOf(relation, [{ ...column(hostile, 'I', true), item: 'id' }, column('name', 'C')])
    assert.deepEqual((await gather(source.range(plan, { from: null, to: null }, reading()))).lines, ['1\ta'])
    assert.equal((await source.describe(relation)).columns[0]?.name, hostile)
    const wrong = planOf(relation, [column('x"; --', 'I', true)])
    await assert.rejects(source.snapshot(wrong, { signal: never, slot: null }), isFault('no_such_relation'))
    await assert.rejects(source.describe(gone), isFault('no_such_relation'))
    assert.deepEqual(
      (await source.browse()).map(({ name }) => name),
      [relation],
    )
    await source.close()
  })
}

/** Holds an adapter to the rules of docs/adr/0004-exchange.md. */
export const conforms = (fixture: Fixture): void => {
  let opened: World | null = null
  const world = (): World => {
    assert.ok(opened)
    return opened
  }
  before(async () => {
    opened = await openWorld(fixture)
  })
  after(() => opened?.close())
  readingTests(fixture, world)
  incrementTests(fixture, world)
  loadTests(fixture, world)
  changeTests(fixture, world)
  rangeTests(fixture, world)
  gateTests(fixture, world)
}
