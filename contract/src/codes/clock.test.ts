import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addWorkingDays, CALENDAR } from './calendar.ts'
import { type ClockEvent, foldClock } from './clock.ts'
import { addDays, formatDay, parseDay } from './day.ts'
import { RULE_CODES, ruleAt, ruleVersions } from './rule.ts'

const reply = ruleAt('share_reply', '2017-09-25')
const at = (today: string, ...events: [ClockEvent['type'], string][]) =>
  foldClock(
    events.map(([type, on]) => ({ type, on })),
    reply,
    CALENDAR,
    today,
  )

test('a request received on 25 September 2017 is answered in time until 13 October: green, yellow, red (T5.2, domain §4.8)', () => {
  const cases: [today: string, used: number, left: number, light: string][] = [
    ['2017-09-25', 0, 10, 'green'],
    ['2017-09-30', 5, 5, 'green'],
    ['2017-10-08', 5, 5, 'green'],
    ['2017-10-11', 8, 2, 'green'],
    ['2017-10-12', 9, 1, 'yellow'],
    ['2017-10-13', 10, 0, 'yellow'],
    ['2017-10-14', 10, 0, 'yellow'],
    ['2017-10-16', 11, 0, 'red'],
  ]
  for (const [today, used, left, light] of cases) {
    const state = at(today, ['started', '2017-09-25'])
    assert.deepEqual([state.due_on, state.used_days, state.left_days, state.light], ['2017-10-13', used, left, light])
    assert.equal(state.on_time, null)
  }
  assert.equal(at('2017-10-18', ['started', '2017-09-25']).overdue_days, 3)
})

test('an answer stops the clock for good: on the due day in time, the next working day late (T5.2)', () => {
  const inTime = at('2018-03-01', ['started', '2017-09-25'], ['stopped', '2017-10-13'])
  assert.deepEqual(
    [inTime.light, inTime.on_time, inTime.used_days, inTime.stopped_on],
    ['stopped', true, 10, '2017-10-13'],
  )
  const late = at('2018-03-01', ['started', '2017-09-25'], ['stopped', '2017-10-16'])
  assert.deepEqual([late.light, late.on_time, late.overdue_days], ['stopped', false, 1])
})

test('what happens tomorrow is not known today (architecture §8)', () => {
  const state = at('2017-10-12', ['started', '2017-09-25'], ['stopped', '2017-10-16'])
  assert.deepEqual([state.light, state.stopped_on, state.on_time], ['yellow', null, null])
  assert.equal(at('2017-09-20', ['started', '2017-09-25']).light, 'idle')
})

test('a paused clock does not count and moves its due day by the working days it stood (domain §4.7)', () => {
  const pause: [ClockEvent['type'], string][] = [
    ['started', '2017-09-25'],
    ['paused', '2017-09-27'],
  ]
  const standing = at('2017-10-20', ...pause)
  assert.deepEqual([standing.used_days, standing.light], [2, 'idle'])
  const running = at('2017-10-20', ...pause, ['resumed', '2017-10-18'])
  assert.deepEqual([running.used_days, running.due_on], [4, addWorkingDays(CALENDAR, '2017-10-18', 8).on])
  const same = at('2017-10-11', ...pause, ['resumed', '2017-09-27'])
  assert.equal(same.due_on, '2017-10-13', 'a pause that ends the same day costs nothing')
})

test('a clock that was already overdue stays red while it is paused (domain §4.8)', () => {
  const state = at('2017-11-01', ['started', '2017-09-25'], ['paused', '2017-10-17'])
  assert.deepEqual([state.light, state.overdue_days, state.due_on], ['red', 2, '2017-10-13'])
})

test('a due day in a year not announced yet is provisional (domain §11)', () => {
  const rule = ruleAt('share_reply', '2026-12-25')
  const fold = (on: string) => foldClock([{ type: 'started', on }], rule, CALENDAR, on)
  assert.equal(fold('2026-12-25').provisional, true)
  assert.equal(fold('2026-12-11').provisional, false)
})

test('a clock without a start, or stopped before it, is no clock (architecture §8)', () => {
  assert.throws(() => foldClock([], reply, CALENDAR, '2017-10-01'), RangeError)
  assert.throws(() => at('2017-10-01', ['stopped', '2017-09-25']), RangeError)
})

const start = fc.integer({ min: parseDay('2017-01-03'), max: parseDay('2026-10-01') })

test('used and left always add up to the period, less what is overdue; lights only move forward (domain §4.8)', () => {
  const order = ['green', 'yellow', 'red']
  fc.assert(
    fc.property(start, fc.nat(40), (from, length) => {
      const started: [ClockEvent['type'], string] = ['started', formatDay(from)]
      const today = at(formatDay(from + length), started)
      const tomorrow = at(formatDay(from + length + 1), started)
      assert.equal(today.used_days + today.left_days - today.overdue_days, reply.days)
      assert.ok(order.indexOf(tomorrow.light) >= order.indexOf(today.light))
      assert.equal(today.light === 'red', formatDay(from + length) > today.due_on && today.overdue_days > 0)
      assert.equal(today.due_on, tomorrow.due_on)
    }),
  )
})

test('any pause moves the due day exactly as far as the same days taken out of the count (domain §4.7)', () => {
  fc.assert(
    fc.property(start, fc.nat(9), fc.nat(30), (from, before, length) => {
      const paused = formatDay(from + before)
      const resumed = addDays(paused, length)
      const far = addDays(resumed, 60)
      const state = at(far, ['started', formatDay(from)], ['paused', paused], ['resumed', resumed])
      const whole = at(far, ['started', formatDay(from)])
      const stood = at(resumed, ['started', paused]).used_days
      assert.equal(state.used_days, whole.used_days - stood)
      const onDue = at(state.due_on, ['started', formatDay(from)], ['paused', paused], ['resumed', resumed])
      assert.equal(onDue.used_days, reply.days)
    }),
  )
})

test('a rule is the version in force when its clock started, and names its clause (architecture §1)', () => {
  assert.equal(ruleAt('correction_verify', '2025-07-31').days, 5)
  assert.equal(ruleAt('correction_verify', '2025-08-01').days, 10)
  assert.equal(ruleAt('correction_verify', '2025-07-31').until, '2025-07-31')
  assert.deepEqual(
    [ruleAt('share_reply', '2017-10-01'), ruleAt('share_reply', '2025-08-01')].map((rule) => [rule.days, rule.clause]),
    [
      [10, '国发〔2016〕51号 第十二条'],
      [10, '国务院令第809号'],
    ],
  )
  assert.throws(() => ruleAt('data_provide', '2017-10-01'), RangeError)
  for (const code of RULE_CODES)
    for (const rule of ruleVersions(code)) assert.ok(rule.days > 0 && rule.clause !== '' && rule.code === code)
})
