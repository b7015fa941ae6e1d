import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { Chance } from './drill/chance.ts'
import { type DrillReport, runDrill } from './drill/run.ts'

let report: DrillReport
before(async () => {
  report = await runDrill({ seed: 20171211, rounds: 1, randomKills: 3, postgresKills: 1, say: () => undefined })
})

test('killed at every named point, at random, and with the database restarted in the middle, no promise is broken (C2)', () => {
  const { named, random, postgres, migration } = report.kills
  assert.deepEqual(report.faults, [])
  assert.ok(named + random + postgres + migration >= 20)
  assert.equal(postgres, 1)
})

test('every acknowledged receipt is in the export and met by the verifier, which is green (C3)', () => {
  const { calls, queries, registrations } = report.acknowledged
  assert.ok(calls > 100 && queries > 0 && registrations > 0)
  assert.equal(report.verified.receipts, calls + queries)
})

test('the kills did hurt: calls were refused, and entries were committed of which nobody was told (C2)', () => {
  assert.ok(report.refused > 0)
  assert.ok(report.untold > 0)
})

test('the same seed takes the same order (C2)', () => {
  const order = (seed: number): number[] => new Chance(seed).shuffle([1, 2, 3, 4, 5, 6, 7, 8])
  assert.deepEqual(order(7), order(7))
  assert.notDeepEqual(order(7), order(8))
})
