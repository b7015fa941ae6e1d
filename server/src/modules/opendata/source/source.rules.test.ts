import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusalOf, troubleOf } from './source.rules.ts'

const ABLE = {
  ...{ target_kind: 'table', target: 'load.shops', is_office: true },
  ...{ subscription_state: 'active', grant_status: 'active', ends_on: '2018-12-10' },
}

test('why a subscription cannot feed a dataset is told in the order in which it can be mended (T4.2)', () => {
  const ruleOf = (change: Partial<typeof ABLE>) => refusalOf({ ...ABLE, ...change }, '2017-12-11')?.rule
  assert.equal(ruleOf({}), undefined)
  assert.equal(ruleOf({ is_office: false, target: 'gongxiang.shops' }), 'office')
  assert.equal(ruleOf({ target: 'gongxiang.shops' }), 'target')
  assert.equal(ruleOf({ target_kind: 'push' }), 'target')
  assert.equal(ruleOf({ grant_status: 'revoked', subscription_state: 'ended' }), 'grant_revoked')
  assert.equal(ruleOf({ ends_on: '2017-12-10' }), 'grant_expired')
  assert.equal(ruleOf({ subscription_state: 'ended' }), 'subscription_ended')
})

test('what holds an edition is told by its column or row, and how much more there is (T4.2)', () => {
  const found = {
    column: 'remark',
    title: '备注',
    rule: 'citizen_id',
    count: 1,
    first: [],
    is_whole: false,
    clause: '',
  }
  const held = { edition_state: 'held' as const, faults: [] }
  assert.equal(troubleOf({ ...held, findings: [{ ...found, message: '含公民身份号码' }] }), '备注：含公民身份号码')
  assert.equal(troubleOf({ edition_state: 'carried', faults: [], findings: [] }), null)
  const faults = [2, 9].map((row) => ({ row, column: '年份', rule: 'number', message: '不是数' }))
  assert.equal(troubleOf({ edition_state: 'refused', faults, findings: null }), '第 2 行 不是数；另有 1 处')
})
