import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attemptsOf, rankQuery } from './query.rules.ts'
import { bigramsOf, runsOf, skipsOf, soundsOf, termsOf } from './term.rules.ts'

const texts = (text: string) => runsOf(text).map((run) => run.text)

test('text is read as runs of Chinese and words of other letters, whatever stands between them (architecture §7)', () => {
  const cases: [text: string, runs: string[]][] = [
    ['2016年人口信息', ['2016', '年人口信息']],
    ['Ａ级景区（名录）', ['a', '级景区', '名录']],
    ['citizen_id', ['citizen', 'id']],
    ['13-2 工业', ['13', '2', '工业']],
    ['𠀀々字', ['𠀀々字']],
    ['；、 ', []],
  ]
  for (const [text, runs] of cases) assert.deepEqual(texts(text), runs, text)
})

test('neighbouring characters make the words, outside the basic plane as well (architecture §7)', () => {
  assert.deepEqual(bigramsOf('不动产'), ['不动', '动产'])
  assert.deepEqual(bigramsOf('𠀀字'), ['𠀀字'])
  assert.deepEqual(bigramsOf('产'), ['产'])
  assert.deepEqual(skipsOf('不动产'), ['s不产'])
})

test('a lexeme knows in which parts of the entry it stands, each part once (architecture §7)', () => {
  const terms = termsOf({
    name: '人口信息',
    items: [{ name: '人口数', name_en: 'population' }],
    words: ['公安'],
    summary: '人口，人口。',
  })
  assert.ok(terms.includes("'人口':1A,2B,4D"))
  assert.ok(terms.includes("'population':2B"))
  assert.ok(terms.includes("'公安':3C"))
  assert.ok(terms.includes("'息':1A"), 'the last character stands alone')
})

test('a name sounds from every syllable on (architecture §7)', () => {
  const sounds = soundsOf(['银行'])
  for (const sound of ["'pyinhang'", "'phang'", "'iyh'", "'ih'"]) assert.ok(sounds.includes(sound), sound)
})

test('a query is tried from the strictest reading to the loosest (architecture §7)', () => {
  const read = (q: string) => attemptsOf(q, new Map()).map(({ match }) => match)
  assert.deepEqual(read('婚姻登记'), ['all', 'typo', 'partial', 'typo'])
  assert.deepEqual(read('hunyin'), ['pinyin'])
  assert.deepEqual(read('363010'), ['code', 'all'])
  assert.deepEqual(read('363010-000001'), ['code', 'all'])
  assert.deepEqual(read(' ，'), [])
})

test('synonyms widen a word where it stands, and only there (architecture §7)', () => {
  const synonyms = new Map([['社保', ['社会保险']]])
  const [all] = attemptsOf('社保参保', synonyms)
  assert.ok(all!.either[0]!.terms!.includes("'会保'"))
  assert.ok(!attemptsOf('医保参保', synonyms)[0]!.either[0]!.terms!.includes("'会保'"))
})

test('no query writes more than the database can take (T16.3)', () => {
  const long = '企业登记信息人口统计数据资源目录共享交换平台'.repeat(9)
  assert.ok(rankQuery(long).length < 500)
  for (const attempt of attemptsOf(long, new Map()))
    for (const { terms = '', sounds = '' } of attempt.either) assert.ok(terms.length + sounds.length < 20_000)
})
