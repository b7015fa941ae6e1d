import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draw } from './usage.rules.ts'

test('uses of a demo dataset begin when it was opened, end before today, and are the same each time (T4.2, P20)', () => {
  const opened = { slug: '630000-a', released_on: '2017-12-01', today: '2017-12-11', has_rows: true }
  const uses = draw(opened)
  assert.deepEqual(uses, draw(opened))
  const days = new Set(uses.map(({ day }) => day))
  assert.deepEqual([...days].toSorted().at(0), '2017-12-01')
  assert.ok(![...days].includes('2017-12-11') && uses.every(({ count }) => count > 0))
  assert.deepEqual(new Set(draw({ ...opened, has_rows: false }).map(({ kind }) => kind)), new Set(['view']))
  assert.deepEqual(draw({ ...opened, released_on: '2018-01-01' }), [])
})
