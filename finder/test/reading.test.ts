import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { explainScore } from '../src/explain.rules.ts'
import { entriesUnder, findEntries, placeOf } from '../src/find.ts'
import { gramsOf, readerOf } from '../src/index.grams.ts'
import { liesIn, namesOfDivision } from '../src/place.names.ts'
import { readQuery } from '../src/reading.rules.ts'
import { makeSearchIndex, putEntry, putOrgan, type Source } from '../src/search.index.ts'

type Entry = Source & Record<'provider' | 'division' | 'audience', string>

const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  id: name,
  code: '363010/000001',
  name,
  name_en: '',
  summary: '',
  keywords: '',
  items: '公民身份号码\tcitizen_id',
  provider: 'civil',
  division: '630000',
  audience: 'all',
  published_on: '2017-03-01',
  ...more,
})

const index = makeSearchIndex({
  columns: ['provider', 'division', 'audience'],
  provider: 'provider',
  division: 'division',
  facets: {},
})
index.synonyms = new Map([['养老院', ['养老机构']]])
putOrgan(index, {
  organ_id: 'civil',
  path: '/civil/',
  name: '青海省民政厅',
  short_name: '省民政厅',
  former_names: ['青海省民政局'],
  aliases: [],
  successor_names: ['青海省退役军人事务厅'],
  is_dissolved: false,
})
const NAMES = ['婚姻登记信息', '养老机构名录', '银行账户核验信息', '企业登记信息', '在校学生信息']
for (const name of NAMES) putEntry(index, entry(name))
putEntry(index, entry('城东区婚姻登记信息', { division: '630102' }))
putEntry(index, entry('绝密档案信息', { audience: 'some' }))

const readable = entriesUnder(index, 'audience', (audience) => audience === 'all')

const read = (q: string) => readQuery(readerOf(index, readable), q)
const waysOf = (q: string) => read(q).words.map(({ ways }) => ways.map(({ how, text }) => `${how} ${text}`))
const page = { chosen: {}, order: 'relevance', offset: 0, limit: 10 } as const
const find = (q: string) => findEntries(index, { readable, reading: read(q), ...page }).ids

test('what is asked around a thing is dropped, unless it is part of a word the catalogue has (T2.2)', () => {
  const reading = read('哪里能查到企业登记')
  assert.deepEqual(reading.dropped, ['哪里能', '查到'])
  assert.deepEqual(
    reading.words.map(({ text }) => text),
    ['企业登记'],
  )
  assert.ok(
    read('在校学生').words.some(({ text }) => text.startsWith('在校')),
    '在 is no question in 在校',
  )
})

test('a word is met as itself, by its synonyms, and by the names of places and organs, past and to come (T2.2)', () => {
  assert.deepEqual(waysOf('养老院'), [['itself 养老院', 'synonym 养老机构']])
  assert.deepEqual(find('养老院'), ['养老机构名录'])
  assert.ok(waysOf('退役军人事务厅')[0]!.length > 0)
  assert.ok(waysOf('省民政厅')[0]!.includes('organ 省民政厅'))
  assert.ok(waysOf('民政厅')[0]!.includes('organ 民政厅'))
  assert.deepEqual(find('西宁 婚姻登记')[0], '城东区婚姻登记信息', 'a city is its districts too')
})

test('letters are read as syllables or initials, mixed with characters as well, and a wrong character is mended (T2.2)', () => {
  for (const q of ['hunyin', 'hun yin', '婚yin', 'hydj', '婚因登记', '婚登记信息', '婚姻登记记信息', '婚姻记登信息'])
    assert.equal(find(q)[0], '婚姻登记信息', q)
  assert.equal(find('yinhang')[0], '银行账户核验信息', '行 is read as in 银行')
})

test('nothing is corrected to, spelt as or counted with what the reader may not see (architecture §7)', () => {
  for (const q of ['juemi', 'jmda', '绝蜜档案', '绝密档按', '绝密档案']) {
    const texts = read(q).words.flatMap(({ ways }) =>
      ways.filter(({ how }) => how !== 'itself').map(({ text }) => text),
    )
    assert.deepEqual(
      texts.filter((text) => text.includes('绝密')),
      [],
      q,
    )
    assert.ok(!find(q).includes('绝密档案信息'), q)
  }
})

test('what explains a hit is the very arithmetic that placed it (T2.2)', () => {
  for (const q of ['婚姻登记', '养老院', '哪里有企业登记', 'hydj', '公民身份号码']) {
    const reading = read(q)
    const first = find(q)[0]!
    const at = index.numbers.get(first)!
    const { score, place } = placeOf(index, { readable, reading }, at)
    const sum = explainScore(gramsOf(index, readable), reading, at).parts.reduce((all, part) => all + part.score, 0)
    assert.equal(place, 1, q)
    assert.ok(Math.abs(sum - score) < 1e-4, `${q}: ${sum} is not ${score}`)
  }
})

test('a place lies in itself, in what is around it, and under the name it was given later (T2.2)', () => {
  assert.deepEqual(namesOfDivision('海西蒙古族藏族自治州'), ['海西蒙古族藏族自治州', '海西州', '海西'])
  assert.ok(liesIn('630102', '西宁') && liesIn('630100', '西宁市') && !liesIn('630202', '西宁'))
  assert.ok(liesIn('630122', '湟中区') && liesIn('630106', '湟中县'))
})

test('whatever is typed is read, and finds only what may be seen (T16.3)', () => {
  const piece = fc.constantFrom(
    ...NAMES,
    '绝密',
    '哪里',
    'hunyin',
    'zh',
    '2016年',
    '西宁',
    '。',
    '的',
    'x'.repeat(30),
    '𠀀',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      assert.ok(!find(pieces.join('')).includes('绝密档案信息'))
    }),
    { numRuns: 60 },
  )
})
