import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MASK_RULES, type Quota, type RowCondition, satisfies, type Terms } from '@sanjiang/contract/sharing'
import fc from 'fast-check'
import {
  conditionFaults,
  implies,
  isNarrower,
  isNarrowerQuota,
  isSameReach,
  isStricterMask,
  widenings,
} from './narrowing.rules.ts'

// Small alphabets on purpose: random conditions then often imply each other, which is where a mistake would show.
const text = fc.stringMatching(/^[ab1]{1,3}$/)
const value = fc.oneof(text, fc.integer({ min: 0, max: 5 }))
const range = fc
  .oneof(fc.tuple(text, text), fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })))
  .map(([a, b]) => (a <= b ? [a, b] : [b, a]))
const condition: fc.Arbitrary<RowCondition> = fc.oneof(
  fc.record({ item: fc.constantFrom('x', 'y'), op: fc.constant('eq' as const), values: fc.tuple(value) }),
  fc.record({
    item: fc.constantFrom('x', 'y'),
    op: fc.constant('in' as const),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    item: fc.constantFrom('x', 'y'),
    op: fc.constant('prefix' as const),
    values: fc.array(text, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ item: fc.constantFrom('x', 'y'), op: fc.constant('range' as const), values: range }),
)
const quota: fc.Arbitrary<Quota> = fc.record({
  count: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
  period: fc.constantFrom('day' as const, 'month' as const, 'total' as const),
})
const day = fc.constantFrom('2017-01-01', '2017-02-01', '2017-03-01', '2017-04-01')
const item = fc.record({
  item_id: fc.constantFrom('1', '2', '3'),
  name: fc.constant('项'),
  name_en: fc.constant('x'),
  mask_rule: fc.constantFrom(...MASK_RULES.codes),
})
const terms: fc.Arbitrary<Terms> = fc
  .record({
    items: fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector: (one) => one.item_id }),
    row_conditions: fc.array(condition, { maxLength: 2 }),
    quota,
    starts_on: day,
    ends_on: day,
    allows_low_assurance: fc.boolean(),
  })
  .filter(({ starts_on, ends_on }) => starts_on <= ends_on)

const isVisible = (row: Record<string, unknown>, conditions: readonly RowCondition[]): boolean =>
  conditions.every((one) => satisfies(row[one.item], one))

test('a narrower grant shows no row that the wider one hides (C2)', () => {
  const row = fc.record({ x: fc.option(value), y: fc.option(value) })
  fc.assert(
    fc.property(terms, terms, fc.array(row, { maxLength: 20 }), (a, b, rows) => {
      const narrow = { ...b, row_conditions: a.row_conditions }
      fc.pre(isNarrower(narrow, b))
      for (const one of rows) assert.ok(!isVisible(one, a.row_conditions) || isVisible(one, b.row_conditions))
    }),
    { numRuns: 2000 },
  )
})

test('one condition implies another only if every value that satisfies it satisfies the other (C2)', () => {
  fc.assert(
    fc.property(condition, condition, fc.array(value, { minLength: 1, maxLength: 30 }), (a, b, values) => {
      if (!implies(a, b)) return
      for (const one of values) assert.ok(!satisfies(one, a) || satisfies(one, b), `${JSON.stringify([a, b])} ${one}`)
    }),
    { numRuns: 5000 },
  )
})

test('a narrower quota never lets through a call that the wider one stops (C2)', () => {
  const periodOf = { day: (on: number) => on, month: (on: number) => Math.floor(on / 30), total: () => 0 }
  const lets = ({ count, period }: Quota, days: readonly number[]): boolean => {
    const used = new Map<number, number>()
    for (const on of days) used.set(periodOf[period](on), (used.get(periodOf[period](on)) ?? 0) + 1)
    return count === null || [...used.values()].every((calls) => calls <= count)
  }
  fc.assert(
    fc.property(quota, quota, fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 8 }), (a, b, days) => {
      if (isNarrowerQuota(a, b) && lets(a, days)) assert.ok(lets(b, days))
    }),
    { numRuns: 3000 },
  )
})

test('narrowing is a partial order: reflexive and transitive, and both ways means the same reach (C2)', () => {
  fc.assert(fc.property(terms, (a) => assert.deepEqual(widenings(a, a), [])))
  fc.assert(
    fc.property(terms, terms, terms, (a, b, c) => {
      if (isNarrower(a, b) && isNarrower(b, c)) assert.ok(isNarrower(a, c))
      if (isSameReach(a, b))
        assert.deepEqual(
          [a.starts_on, a.ends_on, a.allows_low_assurance],
          [b.starts_on, b.ends_on, b.allows_low_assurance],
        )
    }),
    { numRuns: 3000 },
  )
})

test('taking away items, adding a condition, shortening the term and masking more always narrows (C2)', () => {
  fc.assert(
    fc.property(terms, condition, quota, (b, extra, less) => {
      const a: Terms = {
        items: b.items.slice(0, 1).map((one) => ({ ...one, mask_rule: 'full' })),
        row_conditions: [...b.row_conditions, extra],
        quota: isNarrowerQuota(less, b.quota) ? less : b.quota,
        starts_on: b.ends_on,
        ends_on: b.ends_on,
        allows_low_assurance: false,
      }
      assert.deepEqual(widenings(a, b), [])
    }),
  )
})

const base: Terms = {
  items: [{ item_id: '1', name: '姓名', name_en: 'name', mask_rule: 'name' }],
  row_conditions: [{ item: 'division', op: 'prefix', values: ['6301'] }],
  quota: { count: 100, period: 'day' },
  starts_on: '2017-09-01',
  ends_on: '2018-08-31',
  allows_low_assurance: false,
}

for (const [field, change] of [
  ['items.1', { items: [...base.items, { ...base.items[0]!, item_id: '2' }] }],
  ['items.0.mask_rule', { items: [{ ...base.items[0]!, mask_rule: 'none' }] }],
  ['items.0.mask_rule', { items: [{ ...base.items[0]!, mask_rule: 'mobile' }] }],
  ['row_conditions', { row_conditions: [] }],
  ['row_conditions', { row_conditions: [{ item: 'division', op: 'prefix', values: ['63'] }] }],
  ['quota', { quota: { count: 101, period: 'day' } }],
  ['quota', { quota: { count: null, period: 'total' } }],
  ['starts_on', { starts_on: '2017-08-31' }],
  ['ends_on', { ends_on: '2018-09-01' }],
  ['allows_low_assurance', { allows_low_assurance: true }],
] as [string, Partial<Terms>][])
  test(`a change of ${field} to ${JSON.stringify(Object.values(change)[0])} is refused as widening (C2)`, () => {
    assert.deepEqual(
      widenings({ ...base, ...change }, base).map((fault) => fault.field),
      [field],
    )
  })

test('masks strengthen from nothing to any, from internal to public, and from any to full (C2)', () => {
  for (const rule of MASK_RULES.codes) {
    assert.ok(isStricterMask(rule, 'none') && isStricterMask('full', rule))
    if (rule !== 'none') assert.ok(!isStricterMask('none', rule))
  }
  assert.ok(isStricterMask('citizen_id_public', 'citizen_id'))
  assert.ok(!isStricterMask('citizen_id', 'citizen_id_public'))
})

test('a row condition on an unknown item, with two values for one, or with bounds in the wrong order is refused (C2)', () => {
  const names = new Set(['x'])
  const rules = (conditions: RowCondition[]) => conditionFaults(conditions, names).map(({ rule }) => rule)
  assert.deepEqual(rules([{ item: 'z', op: 'eq', values: ['1'] }]), ['unknown_item'])
  assert.deepEqual(rules([{ item: 'x', op: 'eq', values: ['1', '2'] }]), ['one_value'])
  assert.deepEqual(rules([{ item: 'x', op: 'range', values: [5, 1] }]), ['two_bounds'])
  assert.deepEqual(rules([{ item: 'x', op: 'range', values: ['1', 5] }]), ['two_bounds'])
  assert.deepEqual(rules([{ item: 'x', op: 'range', values: [1, 5] }]), [])
})
