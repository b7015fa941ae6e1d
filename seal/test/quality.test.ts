import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bodyOf,
  byteFormat,
  canonicalField,
  compareDecimals,
  compileRules,
  type DataType,
  type ItemRules,
  lineOf,
  SealError,
  utf8,
} from '../src/index.ts'

const rule = (more: Partial<ItemRules>): ItemRules => ({
  name_en: 'v',
  data_type: 'C',
  required: false,
  length: null,
  ...more,
})
const key = rule({ name_en: 'k' })
const findings = (rules: ItemRules, values: readonly (string | null)[]): (string | undefined)[] => {
  const { bad } = compileRules([key, rules])('rows', bodyOf(values.map((value, i) => lineOf([String(i), value]))))
  return values.map((_, i) => bad.find(({ line }) => line === i)?.rule)
}
const verdicts = (rules: Partial<ItemRules>, table: readonly (readonly [string | null, string?])[]): void =>
  assert.deepEqual(
    findings(
      rule(rules),
      table.map(([value]) => value),
    ),
    table.map(([, found]) => found),
    JSON.stringify(rules),
  )

test('each rule finds what it is for and lets the rest pass (T8.1)', () => {
  verdicts({ required: true }, [
    ['王'],
    [null, 'required'],
    ['', 'required'],
    [' \t', 'required'],
    ['\u3000', 'required'],
    ['\\N'],
  ])
  verdicts({ length: 3 }, [
    ['王小明'],
    ['王小明明', 'length'],
    ['a\tb'],
    ['a\tbc', 'length'],
    ['𠮷𠮷𠮷'],
    ['\\\\\\'],
    [null],
    [''],
  ])
  verdicts({ data_type: 'N', length: 4 }, [['-12.34'], ['123.45', 'length'], ['1.0', 'format'], ['', 'format']])
  verdicts({ data_type: 'D', length: 8 }, [['2024-02-29'], ['2023-02-29', 'format'], ['0000-01-01', 'format'], [null]])
  verdicts({ data_type: 'L' }, [['t'], ['f'], ['1', 'format']])
  verdicts({ codes: ['1', '2', '男'] }, [['1'], ['男'], ['女', 'codes'], [null], ['', undefined], ['1 ', 'codes']])
  verdicts({ data_type: 'I', range: { min: '0', max: '150' } }, [
    ['0'],
    ['150'],
    ['9'],
    ['151', 'range'],
    ['-1', 'range'],
  ])
  verdicts({ data_type: 'D', range: { min: '1900-01-01' } }, [['1900-01-01'], ['1899-12-31', 'range']])
  verdicts({ checks: [{ rule: 'even', reason: '应为偶数位', test: (text) => text.length % 2 === 0 }] }, [
    ['ab'],
    ['a\tb', 'even'],
    ['\n\n'],
  ])
})

test('bad rows are named with item, rule and reason, and the good ones go on (T8.1)', () => {
  const check = compileRules([
    rule({ name_en: 'id', required: true, length: 4 }),
    rule({ name_en: 'age', data_type: 'I', range: { min: '0', max: '150' } }),
  ])
  const body = bodyOf(['1\t20', '12345\t20', '2\t-5', '3\t\\N', '\\N\tx'])
  const { body: good, rows, bad } = check('rows', body)
  assert.deepEqual(Buffer.from(good), Buffer.from(bodyOf(['1\t20', '3\t\\N'])))
  assert.equal(rows, 2)
  assert.deepEqual(
    bad.map(({ line, item, rule, reason, start, end }) => [
      line,
      item,
      rule,
      reason,
      Buffer.from(body.subarray(start, end)).toString(),
    ]),
    [
      [1, 'id', 'length', '长度 5 超过 4', '12345\t20'],
      [2, 'age', 'range', '应在 0 至 150 之间', '2\t-5'],
      [4, 'id', 'required', '必填项为空', '\\N\tx'],
    ],
  )
  const allGood = bodyOf(['1\t2'])
  assert.equal(check('rows', allGood).body, allGood)
})

test('removals pass the rules, rows among the changes are held to them (T8.1)', () => {
  const check = compileRules([rule({ name_en: 'id' }), rule({ name_en: 'name', required: true })])
  const { body, bad } = check('changes', bodyOf(['+\t1\t王', '-\t2\t\\N', '+\t3\t\\N', '!\t\\N\t\\N']))
  assert.deepEqual(Buffer.from(body), Buffer.from(bodyOf(['+\t1\t王', '-\t2\t\\N', '!\t\\N\t\\N'])))
  assert.deepEqual([bad.length, bad[0]?.line], [1, 2])
  for (const wrong of ['+\t1\n', '+\t1\t2\t3\n', '+\t1\t2'])
    assert.throws(() => check('changes', utf8(wrong)), SealError)
})

test('the byte form of each type is exactly what is canonical (T8.1)', () => {
  const types: readonly DataType[] = ['N', 'Y', 'I', 'D', 'T', 'L']
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('0', '1', '9', '-', '.', ' ', ':'), maxLength: 12 }),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 23).replace('T', ' ')),
    fc.double().map(String),
    fc.constantFrom(
      't',
      'f',
      '2023-02-29',
      '2024-02-29',
      '0000-12-31',
      '2024-01-01 24:00:00',
      '2024-01-01 00:00:00.1234567',
    ),
  )
  fc.assert(
    fc.property(fc.constantFrom(...types), text, (type, given) => {
      const bytes = utf8(`x${given}y`)
      assert.equal(
        byteFormat(type)?.(bytes, 1, bytes.length - 1),
        canonicalField(type, given) === given,
        `${type} ${given}`,
      )
    }),
    { numRuns: 3000 },
  )
  assert.equal(compareDecimals('10', '9'), 1)
})
