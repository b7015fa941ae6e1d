import assert from 'node:assert/strict'
import { test } from 'node:test'
import chineseDays from 'chinese-days'
import { CALENDAR, isWorking } from './calendar.ts'
import { formatDay } from './day.ts'

// Not among the files run in several zones: the peer reads dates in the machine's zone and is off by a day west of Greenwich.
test('every day of 2017–2026 agrees with an independent calendar (State Council notices)', () => {
  const differing: string[] = []
  for (let day = CALENDAR.announced_from; day <= CALENDAR.announced_until; day++) {
    const date = formatDay(day)
    if (isWorking(CALENDAR, day) !== chineseDays.isWorkday(date)) differing.push(date)
  }
  assert.deepEqual(differing, [])
  assert.equal(CALENDAR.announced_until - CALENDAR.announced_from + 1, 3652)
})
