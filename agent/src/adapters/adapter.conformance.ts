import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import {
  column,
  type Fixture,
  gather,
  isFault,
  never,
  openWorld,
  PERSON,
  planOf,
  reading,
  type World,
} from './adapter.conformance.kit.ts'
import { changeTests, loadTests } from './adapter.conformance.load.ts'
import type { Lines, Unreadable } from './adapter.ts'

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
    let lent = ''
    for await (const { body } of snapshot.batches({ ...reading([], 8192), lends: true })) lent += body.toString()
    assert.deepEqual(lent.split('\n').sort(), [...lines, ''].sort())
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
  test('what the department does not allow is not read or named, whatever the centre asks (C4)', async () => {
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
    await source.close()
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

const opening = (fixture: Fixture): (() => World) => {
  let opened: World | null = null
  before(async () => {
    opened = await openWorld(fixture)
  })
  after(() => opened?.close())
  return () => {
    assert.ok(opened)
    return opened
  }
}

const sourceTests = (fixture: Fixture, world: () => World): void => {
  readingTests(fixture, world)
  incrementTests(fixture, world)
  rangeTests(fixture, world)
  gateTests(fixture, world)
}

/** Holds an adapter that only reads, or whose targets are no tables, to the rules of docs/adr/0004-exchange.md. */
export const conformsAsSource = (fixture: Fixture): void => sourceTests(fixture, opening(fixture))

/** Holds an adapter to the rules of docs/adr/0004-exchange.md, as a source and as a target. */
export const conforms = (fixture: Fixture): void => {
  const world = opening(fixture)
  sourceTests(fixture, world)
  loadTests(fixture, world)
  changeTests(fixture, world)
}
