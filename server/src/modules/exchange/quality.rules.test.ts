import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayOfPosition, isStale } from './freshness.rules.ts'
import { checkOf, domainOf } from './item.rules.ts'

const item = (data_element: string | null, more: object = {}) => ({
  ...{ name_en: 'x', data_type: 'C', length: null, is_required: false, mask_rule: null },
  data_element,
  ...more,
})

test('what an item may be is read from its data element: a standard’s list, bounds, a list of its own (T8.1)', () => {
  assert.deepEqual(domainOf(item('GB/T 2261.1 性别代码', { codes: ['1', '2'] })), { codes: ['1', '2'] })
  assert.deepEqual(domainOf(item('值域 0~150')), { min: '0', max: '150' })
  assert.deepEqual(domainOf(item('值域：-1.5～')), { min: '-1.5' })
  assert.deepEqual(domainOf(item('值域 1990-01-01 至 2017-12-31')), { min: '1990-01-01', max: '2017-12-31' })
  assert.deepEqual(domainOf(item('代码 01、02；03')), { codes: ['01', '02', '03'] })
  for (const silent of [null, '', '万元', 'GB/T 7408', '行政区划代码']) assert.deepEqual(domainOf(item(silent)), {})
})

test('check digits go by the standard the element names, and are asked of texts only (T8.1)', () => {
  assert.equal(checkOf(item('GB 11643')), 'citizen_id')
  assert.equal(checkOf(item('GB 32100 统一社会信用代码')), 'credit_code')
  assert.equal(checkOf(item('GB/T 2260')), 'division_code')
  assert.equal(checkOf(item('GB/T 2261.1')), null)
  assert.equal(checkOf(item('GB 11643', { data_type: 'I' })), null)
})

test('a source is held to its update cycle: to working days where it is daily, to none where it is irregular (T8.1)', () => {
  // 2017-12-08 was a Friday.
  assert.equal(isStale('daily', '2017-12-08', '2017-12-11'), false)
  assert.equal(isStale('daily', '2017-12-08', '2017-12-12'), true)
  assert.equal(isStale('monthly', '2017-11-10', '2017-12-11'), false)
  assert.equal(isStale('monthly', '2017-11-09', '2017-12-11'), true)
  for (const cycle of ['irregular', 'none', null]) assert.equal(isStale(cycle, '1999-01-01', '2017-12-11'), false)
})

test('only a position that is a date tells a day (T8.1)', () => {
  const reading = { mode: 'cursor', cursor_item: 'at' }
  assert.equal(dayOfPosition(reading, '2017-11-30 08:00:00#000000000001'), '2017-11-30')
  assert.equal(dayOfPosition(reading, '00000000000020171130#000000000001'), null)
  assert.equal(dayOfPosition({ mode: 'changes', cursor_item: null }, '2017-11-30'), null)
})
