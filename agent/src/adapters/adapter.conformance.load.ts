import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bodyOf,
  type Fixture,
  gather,
  isFault,
  never,
  offsetAt,
  planOf,
  reading,
  tableOf,
  type World,
} from './adapter.conformance.kit.ts'
import { type Target, TargetRefused } from './adapter.ts'

const contents = async (target: Target, relation: string): Promise<string[]> => {
  const snapshot = await target.source.snapshot(planOf(relation), { signal: never, slot: null })
  const { lines } = await gather(snapshot.batches(reading()))
  await snapshot.close()
  return lines.sort()
}

export const loadTests = (fixture: Fixture, world: () => World): void => {
  test('what the department does not allow is not written, whatever the centre asks (C4)', async () => {
    const target = await fixture.adapter.openTarget(world().config, { read: {}, write: [] })
    await assert.rejects(target.load('sub-9', tableOf(fixture.relation('secret'))), isFault('not_allowed'))
    await target.close()
  })

  test('a load killed between two commits goes on where the last commit left it, nothing lost or doubled (C4)', async () => {
    const name = fixture.relation('loaded')
    const target = await world().target()
    let load = await target.load('sub-1', tableOf(name))
    assert.equal((await load.prepare(false)).length, 1)
    assert.deepEqual(await load.prepare(true), [])
    assert.equal(await load.offset(), null)
    await load.begin('run-1')
    await load.rows(bodyOf('1\ta', '2\t'))
    await load.commit(offsetAt(1))
    await load.rows(bodyOf('3\tlost'))
    await load.close()
    load = await target.load('sub-1', tableOf(name))
    assert.deepEqual(await load.offset(), offsetAt(1))
    await load.rows(bodyOf('3\tkept'))
    await load.rollback()
    await load.rows(bodyOf('3\t\\N', '4\tb\\tc\\\\d'))
    await load.end()
    await load.commit(offsetAt(3))
    assert.deepEqual(await contents(target, name), ['1\ta', '2\t', '3\t\\N', '4\tb\\tc\\\\d'])
    await load.rows(bodyOf('4\tnew', '5\tx', '5\tlast'))
    await load.commit(offsetAt(4))
    assert.deepEqual(await contents(target, name), ['1\ta', '2\t', '3\t\\N', '4\tnew', '5\tlast'])
    await load.close()
    await target.close()
  })

  test('a snapshot into a filled table is merged at its end, deletes included, and not seen before (C4)', async () => {
    const name = fixture.relation('merged')
    const target = await world().target()
    let load = await target.load('sub-2', tableOf(name))
    assert.deepEqual(await load.prepare(true), [])
    await load.begin('run-1')
    await load.rows(bodyOf('1\told', '2\tsame', '3\tgone'))
    await load.end()
    await load.commit(offsetAt(1))
    await load.begin('run-2')
    await load.rows(bodyOf('1\tnew', '2\tsame'))
    await load.commit(offsetAt(2, 'run-2'))
    assert.deepEqual(await contents(target, name), ['1\told', '2\tsame', '3\tgone'])
    await load.close()
    load = await target.load('sub-2', tableOf(name))
    await load.rows(bodyOf('4\tadded'))
    await load.end()
    await load.commit(offsetAt(3, 'run-2'))
    assert.deepEqual(await contents(target, name), ['1\tnew', '2\tsame', '4\tadded'])
    await load.close()
    await target.close()
  })
}

export const changeTests = (fixture: Fixture, world: () => World): void => {
  test('changes are applied in their order: the last line of a key wins, a truncation empties what was before it (C4)', async () => {
    const name = fixture.relation('changed')
    const target = await world().target()
    const load = await target.load('sub-3', tableOf(name))
    assert.deepEqual(await load.prepare(true), [])
    await load.begin('run-1')
    await load.rows(bodyOf('1\ta', '2\tb', '3\tc'))
    await load.end()
    await load.changes(bodyOf('+\t1\tA', '-\t2\t\\N', '+\t4\td', '-\t4\t\\N', '-\t3\t\\N', '+\t3\tback', '-\t9\t\\N'))
    await load.commit(offsetAt(1))
    assert.deepEqual(await contents(target, name), ['1\tA', '3\tback'])
    await load.changes(bodyOf('+\t5\te', '!\t\\N\t\\N', '+\t6\tf', '!\t\\N\t\\N', '!\t\\N\t\\N', '+\t7\t!'))
    await load.changes(bodyOf('+\t8\th'))
    await load.commit(offsetAt(2))
    assert.deepEqual(await contents(target, name), ['7\t!', '8\th'])
    await load.close()
    await target.close()
  })

  test('a large body goes in whole whether none, some or one of its rows twice were there before (C4)', async () => {
    const name = fixture.relation('large')
    const target = await world().target()
    const load = await target.load('sub-5', tableOf(name))
    assert.deepEqual(await load.prepare(true), [])
    const many = (from: number, word: string): string[] =>
      Array.from({ length: 4_000 }, (_, at) => `${from + at}\t${word}${'x'.repeat(20)}`)
    const all = new Map<string, string>()
    const keep = (lines: readonly string[]): readonly string[] => {
      for (const line of lines) all.set(line.split('\t')[0] as string, line)
      return lines
    }
    await load.rows(bodyOf(...keep(many(0, 'first'))))
    await load.changes(bodyOf(...keep(many(10_000, 'new')).map((line) => `+\t${line}`)))
    // One in the middle is there, one comes twice: neither is among those that are looked for.
    const mixed = [...many(20_000, 'mixed'), '10007\tmixed', '20003\tlast']
    await load.changes(bodyOf(...keep(mixed.toSorted()).map((line) => `+\t${line}`)))
    await load.changes(bodyOf(...keep(many(10_000, 'again')).map((line) => `+\t${line}`)))
    await load.rows(bodyOf(...keep(many(40_000, 'more'))))
    await load.commit(offsetAt(1))
    assert.deepEqual(await contents(target, name), [...all.values()].sort())
    await load.close()
    await target.close()
  })

  test('a row the target refuses is found to the very line, and the transaction can go on without it (C4)', async () => {
    const name = fixture.relation('refusing')
    const { exec, target: open } = world()
    await exec("create table refusing (id int primary key, name varchar(40) not null check (name <> 'bad'))")
    const target = await open()
    const load = await target.load('sub-4', tableOf(name))
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
    await load.commit(offsetAt(1))
    assert.deepEqual(await contents(target, name), many.slice(1).sort())
    await load.close()
    await target.close()
  })
}
