import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyMask, type MaskRule } from '../src/index.ts'

const masked = (rule: MaskRule, table: Readonly<Record<string, string>>): void => {
  for (const [value, shown] of Object.entries(table)) assert.equal(applyMask(rule, value), shown, `${rule} ${value}`)
}

test('names keep the last letter of two, first and last of more, however long (domain 5.4)', () => {
  masked('name', {
    李明: '*明',
    王小明: '王*明',
    欧阳修文: '欧**文',
    才仁卓玛: '才**玛',
    扎西东珠多杰: '扎****杰',
    阿卜杜勒·热合曼: '阿******曼',
    明: '****',
    '  王小明 ': '王*明',
    // 𠮷 and 𣲘 are one letter each, written as two units.
    𠮷野家: '𠮷*家',
    王𣲘: '*𣲘',
    // A Tibetan stack with its vowel sign is one letter; the tsheg between syllables is one as well.
    'བཀྲ་ཤིས།': 'བ****།',
    'བཀྲ་ཤི': 'བ**ཤི',
  })
})

test('citizen numbers keep six and four, or one and one where the public looks (domain 5.4)', () => {
  masked('citizen_id', {
    '63010319900101001X': '630103********001X',
    '632801198512120037': '632801********0037',
    '630103900101001': '630103*****1001',
    '63010319900101': '****',
    护照E1234567: '****',
  })
  masked('citizen_id_public', { '63010319900101001X': '6****************X', '630103': '****' })
})

test('telephones keep what the table says, with or without country code and separators (domain 5.4)', () => {
  masked('mobile', {
    '13912341234': '139****1234',
    '+8613912341234': '139****1234',
    '86 139-1234-1234': '139****1234',
    '1391234123': '****',
    '０１３９': '****',
  })
  masked('landline', {
    '0971-8481234': '****1234',
    '8481234': '****1234',
    '(0971)8481234': '****1234',
    '8481': '****',
    无: '****',
  })
})

test('bank cards keep six and four, mail its first letter and domain (domain 5.4)', () => {
  masked('bank_card', {
    '6228480402564890018': '622848*********0018',
    '6228 4804 0256 4890': '622848******4890',
    '622848': '****',
  })
  masked('email', {
    'zhangsan@qh.gov.cn': 'z***@qh.gov.cn',
    'a@qh.gov.cn': '***@qh.gov.cn',
    'no-mail': '****',
    'a@b@c.cn': '****',
  })
})

test('addresses are shown to the county and no further (domain 5.4)', () => {
  masked('address', {
    青海省西宁市城中区南大街1号: '青海省西宁市城中区****',
    青海省海西蒙古族藏族自治州格尔木市昆仑中路: '青海省海西蒙古族藏族自治州格尔木市****',
    西宁市大通回族土族自治县桥头镇: '西宁市大通回族土族自治县****',
    青海省玉树藏族自治州玉树市结古镇: '青海省玉树藏族自治州玉树市****',
    五四大街1号: '****',
    '1号楼2单元': '****',
  })
})

test('plates and certificates hide their middle (domain 5.4)', () => {
  masked('plate', { 青A12345: '青A***45', 青A·D12345: '青A****45', ABC: '****' })
  masked('certificate', { '630000201709': '6300****1709', 'QH-17-0909': 'QH******09', AB1234: 'A****4', AB1: '****' })
})

test('no mask, a full one, nothing to mask, and what is not text (domain 5.4)', () => {
  masked('none', { 王小明: '王小明', ' ': ' ' })
  masked('full', { 王小明: '****', 一: '****', '': '', '  ': '' })
  assert.equal(applyMask('name', null as never), '****')
  assert.equal(applyMask('name', { first: '王' } as never), '****')
  assert.equal(applyMask('mobile', 13912341234 as never), '139****1234')
  assert.equal(applyMask('nome' as MaskRule, '王小明'), '****')
  assert.equal(applyMask('toString' as MaskRule, '王小明'), '****')
})

const RULES: readonly MaskRule[] = [
  'name',
  'citizen_id',
  'citizen_id_public',
  'mobile',
  'landline',
  'bank_card',
  'email',
  'plate',
  'certificate',
  'full',
]

test('whatever the value, something of it stays hidden (domain 5.4)', () => {
  fc.assert(
    fc.property(fc.constantFrom(...RULES), fc.string({ minLength: 1, unit: 'grapheme' }), (rule, value) => {
      const shown = applyMask(rule, value)
      if (value.trim() === '') assert.equal(shown, '')
      else {
        assert.ok(shown.includes('*'))
        assert.ok(shown.isWellFormed())
      }
    }),
  )
})
