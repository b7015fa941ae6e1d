import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addWorkingDays,
  CALENDAR,
  calendarIn,
  countWorking,
  isProvisional,
  isWorking,
  isWorkingDay,
  workingDaysBetween,
} from './calendar.ts'
import { formatDay, isDate, parseDay } from './day.ts'

test('the three worked cases: across National Day, across Spring Festival, onto a make-up Saturday (domain §11)', () => {
  assert.deepEqual(addWorkingDays(CALENDAR, '2017-09-25', 10), { on: '2017-10-13', provisional: false })
  assert.deepEqual(addWorkingDays(CALENDAR, '2018-02-09', 10), { on: '2018-02-28', provisional: false })
  assert.deepEqual(addWorkingDays(CALENDAR, '2017-09-29', 1), { on: '2017-09-30', provisional: false })
})

test('days beyond the last announced year are counted by weekday and called provisional (domain §11)', () => {
  assert.equal(isProvisional(CALENDAR, parseDay('2026-12-31')), false)
  assert.equal(isProvisional(CALENDAR, parseDay('2027-01-01')), true)
  assert.equal(isProvisional(CALENDAR, parseDay('2016-12-31')), true)
  assert.deepEqual(addWorkingDays(CALENDAR, '2026-12-31', 1), { on: '2027-01-01', provisional: true })
})

test('a prefecture may have days of its own, its counties with it, others not (domain §11)', () => {
  const local = [
    { division_prefix: '6327', on: '2017-07-25', is_worked: false, basis: '示例' },
    { division_prefix: '632701', on: '2017-07-25', is_worked: true, basis: '示例' },
    { division_prefix: '6327', on: '2017-07-29', is_worked: true, basis: '示例' },
  ]
  const worked = (division: string, date: string) => isWorkingDay(calendarIn(CALENDAR, division, local), date)
  assert.deepEqual([worked('632722', '2017-07-25'), worked('632722', '2017-07-29')], [false, true])
  assert.equal(worked('632701', '2017-07-25'), true, 'the longer prefix wins')
  assert.equal(worked('630100', '2017-07-25'), true)
  const there = calendarIn(CALENDAR, '632722', local)
  assert.equal(addWorkingDays(there, '2017-07-24', 1).on, '2017-07-26')
  assert.equal(workingDaysBetween(there, '2017-07-24', '2017-07-31'), 5)
})

const anyDay = fc.integer({ min: parseDay('1980-01-01'), max: parseDay('2040-12-31') })

test('counting by table equals counting day by day (domain §11)', () => {
  fc.assert(
    fc.property(anyDay, fc.nat(800), (from, length) => {
      let count = 0
      for (let day = from + 1; day <= from + length; day++) if (isWorking(CALENDAR, day)) count++
      assert.equal(countWorking(CALENDAR, from, from + length), count)
    }),
  )
})

test('adding working days and counting them back agree, and the result is worked (domain §11)', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 60 }), (from, count) => {
      const { on } = addWorkingDays(CALENDAR, formatDay(from), count)
      assert.equal(workingDaysBetween(CALENDAR, formatDay(from), on), count)
      assert.equal(isWorkingDay(CALENDAR, on), true)
    }),
  )
})

test('a date is a date only if the calendar has it (domain §5.1)', () => {
  for (const date of ['2016-02-29', '2017-12-31', '1949-10-01']) assert.equal(formatDay(parseDay(date)), date)
  for (const text of ['2017-02-29', '2017-13-01', '2017-00-10', '2017-1-1', '20170101', '２017-01-01', ''])
    assert.equal(isDate(text), false, text)
  assert.throws(() => parseDay('2017-02-30'), RangeError)
})

test('epoch days and dates map one to one (domain §11)', () => {
  fc.assert(fc.property(anyDay, (day) => assert.equal(parseDay(formatDay(day)), day)))
})
