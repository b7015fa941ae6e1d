import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dueOn, updateState } from './update.rules.ts'

test('data are next due a cycle after the day they tell of, month ends at month ends (T4.2)', () => {
  const cases: [string | null, string, string | null][] = [
    ['monthly', '2017-11-30', '2017-12-31'],
    ['monthly', '2017-01-31', '2017-02-28'],
    ['monthly', '2017-12-05', '2018-01-05'],
    ['quarterly', '2017-09-30', '2017-12-31'],
    ['yearly', '2016-02-29', '2017-02-28'],
    ['half_yearly', '2017-08-30', '2018-02-28'],
    ['weekly', '2017-12-28', '2018-01-04'],
    ['daily', '2017-12-31', '2018-01-01'],
    ['irregular', '2017-12-31', null],
    [null, '2017-12-31', null],
  ]
  for (const [cycle, from, due] of cases) assert.equal(dueOn(cycle, from), due, `${cycle} ${from}`)
})

test('a dataset is late by the days since it was due, never without a cycle or without data (T4.2)', () => {
  assert.deepEqual(updateState('monthly', '2017-10-31', '2017-12-11'), {
    cycle: 'monthly',
    data_on: '2017-10-31',
    due_on: '2017-11-30',
    days_late: 11,
  })
  assert.equal(updateState('monthly', '2017-11-30', '2017-12-11').days_late, 0)
  assert.equal(updateState('none', '2010-01-01', '2017-12-11').days_late, 0)
  assert.equal(updateState('monthly', null, '2017-12-11').due_on, null)
})
