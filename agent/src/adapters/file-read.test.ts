import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { CellError, openWorkbook } from '@sanjiang/tabular/xlsx'
import ExcelJS from 'exceljs'
import { guessType, headingPlace, headingsOf } from './file-heading.ts'
import { jsonRecords } from './file-json.ts'
import { pathTrouble, patternOf } from './file-path.ts'
import { examine, openTable } from './file-records.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-file-read-'))
after(() => rm(dir, { recursive: true, force: true }))

test('JSON lines keep every digit of long numbers and name the line that is none (T8.1)', async () => {
  async function* text(): AsyncIterable<string> {
    yield '{"id":630102199001011234,"n":0.1}\n\n{"id":'
    yield '2}\nnonsense\n[1]'
  }
  const found: unknown[] = []
  for await (const { line, object, trouble } of jsonRecords(text())) found.push([line, trouble ?? object])
  assert.deepEqual(found, [
    [1, { id: '630102199001011234', n: 0.1 }],
    [3, { id: 2 }],
    [4, '不是有效的 JSON'],
    [5, '不是 JSON 对象'],
  ])
})

test('headings are normalised, numbered when they repeat and named by place when empty (T8.1)', () => {
  assert.deepEqual(
    headingsOf(['\ufeff姓 名*', ' 身份证\n号码：', 'ＩＤ', '姓名', null, '姓名_2']),
    ['姓名', '身份证 号码', 'ID', '姓名_2', '列5', '姓名_2_2'].map((name) => name.replace('身份证 号码', '身份证号码')),
  )
  assert.equal(
    headingPlace([
      ['2017年人口统计表', null, null],
      [null, '单位：人'],
      ['姓名', '年龄', '住址'],
      ['甲', 1, '乙'],
    ]),
    2,
  )
})

test('types are guessed from values, and codes with leading zeros or many digits stay text (T8.1)', () => {
  assert.equal(guessType(['1', '20', '-3']).type, 'integer')
  assert.equal(guessType(['1', '2.50']).type, 'decimal')
  assert.equal(guessType(['001', '002']).type, 'text')
  assert.equal(guessType(['630102199001011234']).type, 'text')
  assert.equal(guessType(['2017-01-05', '2017/1/6']).type, 'date')
  assert.equal(guessType(['2017-01-05 08:00:00', '2017-01-06']).type, 'datetime')
  assert.deepEqual(guessType(['', null]), { type: 'text', has_empty: true })
})

test('paths and patterns cannot lead out of the root (T8.1)', () => {
  for (const path of [
    '../a',
    '/etc/passwd',
    'a/../../b',
    'a//b',
    'a\\..\\b',
    'C:x',
    'nul',
    'a\0b',
    'a/.',
    '',
    'x.',
    'a\ud800',
  ])
    assert.notEqual(pathTrouble(path), null, JSON.stringify(path))
  for (const path of ['a', '人口/2017年.csv', 'a..b/c']) assert.equal(pathTrouble(path), null)
  assert.throws(() => patternOf('../*.csv'), { code: 'not_allowed' })
  const pattern = patternOf('in/**/p-*.csv#表1')
  assert.equal(pattern.sheet, '表1')
  assert.deepEqual(
    ['in/p-1.csv', 'in/a/b/p-2.csv', 'in/p.csv', 'out/p-1.csv'].map((path) => pattern.matches(path)),
    [true, true, false, false],
  )
  assert.equal(patternOf('inbox/*.csv').matches('inbox/sub/a.csv'), false)
})

const book = async (
  name: string,
  fill: (sheet: ExcelJS.Worksheet, workbook: ExcelJS.Workbook) => void,
): Promise<string> => {
  const workbook = new ExcelJS.Workbook()
  fill(workbook.addWorksheet('数据'), workbook)
  const path = join(dir, name)
  await workbook.xlsx.writeFile(path)
  return path
}

const rowsOf = async (path: string, sheet: string | null = null) => {
  const { encoding } = await examine(path, 'xlsx')
  const table = await openTable({ path, title: 'x.xlsx', format: 'xlsx', encoding, sheet }, null)
  const rows: unknown[] = []
  for await (const { values } of table.rows) rows.push([...values])
  return { headings: table.headings, rows }
}

test('a workbook gives dates as dates, cached results of formulas, merged cells everywhere and errors as such (T8.1)', async () => {
  const path = await book('mixed.xlsx', (sheet, workbook) => {
    sheet.addRow(['人口一览表'])
    sheet.mergeCells('A1:E1')
    sheet.addRow(['地区', '姓名', '出生日期', '人数', '说明'])
    sheet.addRow([
      '西宁',
      '甲<&>',
      new Date(Date.UTC(1990, 0, 5)),
      { formula: '1+1', result: 2 },
      { richText: [{ text: 'a' }, { text: 'b' }] },
    ])
    sheet.addRow([null, '乙', new Date(Date.UTC(2017, 5, 1, 8, 30)), 0.1 + 0.2, true])
    sheet.mergeCells('A3:A4')
    sheet.addRow(['海东', '丙', null, { error: '#N/A' }, ''])
    workbook.addWorksheet('暗表', { state: 'hidden' }).addRow(['秘密'])
  })
  const { headings, rows } = await rowsOf(path)
  assert.deepEqual(headings, ['地区', '姓名', '出生日期', '人数', '说明'])
  assert.deepEqual(rows[0], ['西宁', '甲<&>', '1990-01-05', 2, 'ab'])
  assert.deepEqual(rows[1], ['西宁', '乙', '2017-06-01 08:30:00', 0.3, true])
  const [, , , error] = rows[2] as unknown[]
  assert.ok(error instanceof CellError)
  const workbook = await openWorkbook(path)
  assert.deepEqual(
    workbook.sheets.map(({ name, is_hidden }) => [name, is_hidden]),
    [
      ['数据', false],
      ['暗表', true],
    ],
  )
  await workbook.close()
})
