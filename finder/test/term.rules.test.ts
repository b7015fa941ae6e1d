import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bigramsOf, lexemesOf, runsOf } from '../src/term.rules.ts'

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
