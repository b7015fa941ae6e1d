import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyOf, makeLexicon } from './key.rules.ts'
import { stateAfter } from './lead.rules.ts'

const GROUPS = [
  ['公民身份号码', '身份证号', '身份证号码'],
  ['统一社会信用代码', '社会信用代码'],
]
const lexicon = makeLexicon(GROUPS, ['备注', '序号'])
const key = (name: string, data_element = '') => keyOf({ name, data_element }, lexicon)

test('one item under several names has one key; a name that says nothing of itself has none (R16)', () => {
  assert.equal(key('身份证号').key, key('公民身份号码').key)
  assert.equal(key('身份证号').match === 'synonym' || key('公民身份号码').match === 'synonym', true)
  assert.deepEqual([key('备注').key, key(' 备 注 ').key, key('号').key], [null, null, null])
  assert.equal(key('户籍（地址）').key, key('户籍地址').key)
  assert.notEqual(key('户籍地址').key, key('居住地址').key)
})

test('a data element names one fact whatever it is called; a code standard used by many does not (R16)', () => {
  assert.equal(key('出生地', 'DE00412').key, key('籍贯', 'de00412').key)
  assert.notEqual(key('户籍地区划', 'GB/T 2260').key, key('单位所在区划', 'GB/T 2260').key)
  assert.notEqual(key('经度', 'CGCS2000').key, key('纬度', 'CGCS2000').key)
})

test('keys do not depend on the order of the words nor of their groups (R16)', () => {
  const words = GROUPS.flat()
  fc.assert(
    fc.property(
      fc.shuffledSubarray(GROUPS, { minLength: 2 }),
      fc.constantFrom(...words),
      fc.boolean(),
      (groups, name, turned) => {
        const other = makeLexicon(turned ? groups.map((group) => group.toReversed()) : groups, ['序号', '备注'])
        assert.deepEqual(keyOf({ name, data_element: '' }, other), key(name))
      },
    ),
  )
})

test('a lead is agreed only when nobody asked is silent and nobody objects (R16)', () => {
  const answers = fc.array(fc.constantFrom('agreed', 'objected', null), { minLength: 1 })
  fc.assert(
    fc.property(answers, (given) => {
      const state = stateAfter(given.map((answer) => ({ answer })))
      assert.equal(state === 'proposed', given.includes(null))
      assert.equal(
        state === 'agreed',
        given.every((one) => one === 'agreed'),
      )
    }),
  )
})
