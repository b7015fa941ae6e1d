import assert from 'node:assert/strict'
import { test } from 'node:test'
import { divisionAt, divisionsAt, successorOf } from './division.ts'

test('in 2017 Qinghai has eight prefectures, 43 counties and three administrative committees (domain §5.2)', () => {
  const all = divisionsAt('2017-10-31')
  const count = (level: string) => all.filter((one) => one.level === level).length
  assert.deepEqual([count('province'), count('prefecture'), count('county')], [1, 8, 46])
})

test('a renamed or merged county is found under its old code then, under its new one later (domain §5.2)', () => {
  const cases: [old_code: string, new_code: string, before: string, after: string][] = [
    ['630122', '630106', '2019-12-05', '2019-12-06'],
    ['632321', '632301', '2020-06-04', '2020-06-05'],
    ['632858', '632803', '2018-02-21', '2018-02-22'],
    ['632859', '632803', '2018-02-21', '2018-02-22'],
  ]
  for (const [old_code, new_code, before, after] of cases) {
    assert.ok(divisionAt(old_code, before))
    assert.equal(divisionAt(old_code, after), undefined)
    assert.equal(divisionAt(new_code, before), undefined)
    assert.ok(divisionAt(new_code, after))
    assert.equal(successorOf(old_code)?.code, new_code)
  }
  assert.equal(successorOf('632857'), undefined, '大柴旦 stays')
  assert.equal(divisionsAt('2026-01-01').length, 1 + 8 + 45)
})

test('every division hangs under one that exists on the same days (GB/T 2260)', () => {
  for (const date of ['2017-10-31', '2026-01-01'])
    for (const one of divisionsAt(date))
      if (one.parent_code !== null) assert.ok(divisionAt(one.parent_code, date), one.name)
  assert.equal(divisionAt('632722', '2017-10-31')?.parent_code, '632700')
  assert.equal(divisionAt('110000', '2017-10-31'), undefined)
})
