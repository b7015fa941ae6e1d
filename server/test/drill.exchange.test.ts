import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { Chance } from './drill/chance.ts'
import { FAULTS } from './drill-exchange/faults.ts'
import { type ExchangeDrillReport, orderOf, runExchangeDrill } from './drill-exchange/run.ts'

/** All kinds but deaths at named statements, which wait for their statement; those are struck by `npm run drill -- exchange`. */
const QUICK = FAULTS.filter(({ name }) => !name.includes('dies at'))
const STRUCK = 22
let report: ExchangeDrillReport
before(async () => {
  report = await runExchangeDrill({
    seed: 20171211,
    faults: STRUCK,
    kinds: QUICK,
    rows: 400,
    every: STRUCK,
    say: () => undefined,
  })
})

test('struck in every way between two departments’ databases, both sides are equal afterwards and no promise is broken (C2, T8.1)', () => {
  assert.deepEqual(report.broken, [])
  assert.equal(report.struck, STRUCK)
  assert.ok(Object.keys(report.kinds).length >= 20)
})

test('the source was written to all the while, and chunks went through (T8.1)', () => {
  assert.ok(report.writes > 0 && report.chunks > 0 && report.delivered > 0)
})

test('the same seed takes the same order (C2)', () => {
  const names = (seed: number) => orderOf(new Chance(seed), 60).map(({ name }) => name)
  assert.deepEqual(names(7), names(7))
  assert.notDeepEqual(names(7), names(8))
})
