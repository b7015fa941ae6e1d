import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attemptsOf, type Need, rankOf } from './query.rules.ts'
import { bigramsOf, lexemesOf, runsOf, soundsOf } from './term.rules.ts'

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
})

test('the last character of a run stands alone as well, so that one character is found by its beginning (architecture §7)', () => {
  assert.deepEqual(lexemesOf('人口信息'), ['人口', '口信', '信息', '息'])
  assert.deepEqual(lexemesOf('citizen_id'), ['citizen', 'id'])
})

test('a text sounds syllable by syllable, as its words are read (architecture §7)', () => {
  assert.equal(soundsOf('银行、2016年'), 'yin hang||nian')
})

test('a query is tried from the strictest reading to the loosest (architecture §7)', () => {
  const read = (q: string) => attemptsOf(q, new Map()).map(({ match }) => match)
  assert.deepEqual(read('婚姻登记'), ['all', 'typo', 'partial', 'typo'])
  assert.deepEqual(read('hunyin'), ['pinyin'])
  assert.deepEqual(read('363010'), ['code', 'all'])
  assert.deepEqual(read('363010-000001'), ['code', 'all'])
  assert.deepEqual(read(' ，'), [])
})

const lexemesIn = (need: Need): string[] =>
  need.kind === 'term' ? [need.lexeme] : 'parts' in need ? need.parts.flatMap(lexemesIn) : []

test('synonyms widen a word where it stands, and only there (architecture §7)', () => {
  const synonyms = new Map([['社保', ['社会保险']]])
  const first = (q: string) => lexemesIn(attemptsOf(q, synonyms)[0]!.need)
  assert.ok(first('社保参保').includes('会保'))
  assert.ok(!first('医保参保').includes('会保'))
})

test('no query asks for more than a bounded number of words (T16.3)', () => {
  const long = '企业登记信息人口统计数据资源目录共享交换平台'.repeat(9)
  assert.ok(rankOf(long).lexemes.length <= 16)
  for (const { need } of attemptsOf(long, new Map())) assert.ok(lexemesIn(need).length < 250)
})
