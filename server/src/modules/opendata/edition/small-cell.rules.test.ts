import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OpenColumn } from '@sanjiang/contract/opendata'
import fc from 'fast-check'
import { type CountTable, hideSmallCells, linesOf } from './small-cell.rules.ts'
import { suppressSmallCells } from './small-table.rules.ts'

const THRESHOLD = 5

interface Equation {
  readonly total: number
  readonly parts: readonly number[]
}

/** All that a reader may add up. */
const equationsOf = (table: CountTable): Equation[] =>
  table.dimensions.flatMap(({ total }, dimension) =>
    total === -1
      ? []
      : [...linesOf(table, dimension)].map((line) => ({
          total: line[total]!,
          parts: line.filter((_, index) => index !== total),
        })),
  )

/** Counts of parts, with every total worked out: along each dimension the last value. */
const withTotals = (sizes: readonly number[], parts: readonly number[]): CountTable => {
  const dimensions = sizes.map((size) => ({ size: size + 1, total: size }))
  const counts: number[] = new Array(dimensions.reduce((product, { size }) => product * size, 1)).fill(0)
  let next = 0
  const table: CountTable = { dimensions, counts }
  for (let at = 0; at < counts.length; at++) {
    let rest = at
    const isPart = dimensions.every(({ size }) => {
      const index = rest % size
      rest = Math.floor(rest / size)
      return index < size - 1
    })
    if (isPart) counts[at] = parts[next++ % parts.length]!
  }
  for (const [dimension, { total }] of dimensions.entries())
    for (const line of linesOf(table, dimension))
      counts[line[total]!] = line.slice(0, total).reduce((sum, at) => sum + counts[at]!, 0)
  return table
}

/** Whether another table of positive counts agrees in all that is published and differs in this cell: looked for without knowing of boxes. */
const hasTwin = (table: CountTable, hidden: readonly number[], cell: number): boolean => {
  const equations = equationsOf(table).map(({ total, parts }) => [
    ...parts.map((at) => [at, 1] as const),
    [total, -1] as const,
  ])
  const gains = new Map<number, number>()
  const order = [cell, ...hidden.filter((at) => at !== cell)]
  const touching = new Map(order.map((at) => [at, equations.filter((terms) => terms.some(([one]) => one === at))]))
  const unknown = new Set(hidden)
  const holds = (at: number): boolean =>
    touching.get(at)!.every((terms) => {
      let [sum, open] = [0, 0]
      for (const [one, factor] of terms.filter(([at]) => unknown.has(at))) {
        const gain = gains.get(one)
        if (gain === undefined) open++
        else sum += factor * gain
      }
      return Math.abs(sum) <= open
    })
  const search = (depth: number): boolean => {
    if (depth === order.length) return true
    const at = order[depth]!
    for (const gain of depth === 0 ? [1, -1] : [0, 1, -1]) {
      if (table.counts[at]! + gain < 1) continue
      gains.set(at, gain)
      if (holds(at) && search(depth + 1)) return true
      gains.delete(at)
    }
    return false
  }
  return search(0)
}

/** What everybody tries first: a line with one hidden cell gives it away; then the next. */
const workedBack = (table: CountTable, hidden: ReadonlySet<number>): number[] => {
  const known = new Set<number>()
  const equations = equationsOf(table)
  for (let isGoing = true; isGoing; ) {
    isGoing = false
    for (const { total, parts } of equations) {
      const open = [total, ...parts].filter((at) => hidden.has(at) && !known.has(at))
      if (open.length !== 1) continue
      known.add(open[0]!)
      isGoing = true
    }
  }
  return [...known]
}

const count = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 7 }) }, fc.integer({ min: 0, max: 500 }))

test('no hidden count of a table with margins is the only one its published numbers allow (T4.2)', () => {
  const tables = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
    .chain(([rows, columns]) =>
      fc
        .array(count, { minLength: rows * columns, maxLength: rows * columns })
        .map((parts) => withTotals([rows, columns], parts)),
    )
  fc.assert(
    fc.property(tables, (table) => {
      const { all, primary, isWhole } = hideSmallCells(table, THRESHOLD)
      for (const [at, one] of table.counts.entries())
        assert.ok(!(one! > 0 && one! < THRESHOLD) || (primary.has(at) && all.has(at)))
      if (isWhole) return
      for (const at of all) assert.ok(hasTwin(table, [...all], at), `${JSON.stringify(table)} gives ${at} away`)
    }),
    { numRuns: 300 },
  )
})

test('nothing can be worked back line by line, in two dimensions or three (T4.2)', () => {
  const sizes = fc.oneof(
    fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
    fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 })),
    fc.tuple(fc.integer({ min: 1, max: 30 })),
  )
  fc.assert(
    fc.property(sizes, fc.array(count, { minLength: 200, maxLength: 200 }), (dimensions, parts) => {
      const table = withTotals(dimensions, parts)
      const { all, isWhole } = hideSmallCells(table, THRESHOLD)
      assert.deepEqual(isWhole ? [] : workedBack(table, all), [])
    }),
    { numRuns: 150 },
  )
})

const column = (name: string, title: string, more: Partial<OpenColumn> = {}): OpenColumn => ({
  ...{ name, title, data_type: 'C', length: null, role: 'category', unit: null },
  ...{ from_type: 'C', shaping: 'keep', mask_rule: null },
  ...more,
})
const measure = (name: string, title: string) => column(name, title, { data_type: 'I', role: 'measure', unit: '人' })
const BY_SEX = [column('area', '地区'), measure('men', '男'), measure('women', '女'), measure('both', '合计')]
const suppress = (rows: (string | null)[][], columns = BY_SEX, measures = ['men', 'women', 'both']) => {
  const outcome = suppressSmallCells(rows, { columns, threshold: THRESHOLD, measures })
  assert.ok(!('problem' in outcome), JSON.stringify(outcome))
  return outcome
}

test('a measure that is the sum of others is a margin too, and so is a row that no word calls a total (T4.2)', () => {
  const { rows, suppression } = suppress([
    ['西宁市', '40', '3', '43'],
    ['海东市', '20', '30', '50'],
    ['玉树州', '7', '9', '16'],
    ['青海省', '67', '42', '109'],
  ])
  assert.deepEqual([suppression.primary, suppression.secondary], [1, 3])
  assert.deepEqual(rows, [
    ['西宁市', null, null, '43'],
    ['海东市', '20', '30', '50'],
    ['玉树州', null, null, '16'],
    ['青海省', '67', '42', '109'],
  ])
})

test('without totals nothing beside the small cell itself is hidden; a lone small cell with its total takes it along (T4.2)', () => {
  const columns = [column('kind', '类别'), measure('people', '人数')]
  const plain = suppress(
    [
      ['甲', '3'],
      ['乙', '80'],
      ['丙', '6'],
    ],
    columns,
    ['people'],
  )
  assert.deepEqual(plain.rows, [
    ['甲', null],
    ['乙', '80'],
    ['丙', '6'],
  ])
  const alone = suppress(
    [
      ['甲', '3'],
      ['合计', '3'],
    ],
    columns,
    ['people'],
  )
  assert.deepEqual(alone.rows, [
    ['甲', null],
    ['合计', null],
  ])
})

test('totals that do not add up, and tables with two rows of one kind, are not judged but held (T4.2)', () => {
  const columns = [column('kind', '类别'), measure('people', '人数')]
  const plan = { columns, threshold: THRESHOLD, measures: ['people'] }
  const broken = suppressSmallCells(
    [
      ['甲', '3'],
      ['乙', '9'],
      ['小计', '12'],
      ['丙', '8'],
      ['合计', '20'],
    ],
    plan,
  )
  assert.match((broken as { problem: string }).problem, /合计不等于各项之和/)
  const twice = suppressSmallCells(
    [
      ['甲', '3'],
      ['甲', '9'],
    ],
    plan,
  )
  assert.match((twice as { problem: string }).problem, /分类与前面的行相同/)
})
