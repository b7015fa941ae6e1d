import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import ExcelJS from 'exceljs'
import { type Desk, inspect, openDesk, options, readAll } from '#test/workbook-files.ts'
import { writeAnnotated } from './index.ts'
import type { CellFault, Mapping, ReadEntry } from './workbook.ts'

const desk: Desk = await openDesk()
after(() => desk.close())

const HEADINGS = ['信息资源名称', '信息资源摘要', '共享类型', '更新周期', '信息项名称']

const mappingOf = async (file: string): Promise<Mapping> => (await inspect(file)).sheets[0]!.mapping!

const annotated = async (
  file: string,
  more: readonly CellFault[] = [],
  statuses = [] as { first_row: number; last_row: number; title: string }[],
) => {
  const entries: ReadEntry[] = await readAll(file)
  const faults = [...entries.flatMap((one) => one.faults), ...more]
  return desk.save(
    await writeAnnotated(file, {
      file_name: options(file).file_name,
      mapping: await mappingOf(file),
      faults,
      statuses,
    }),
    file.endsWith('.csv') ? 'out.csv' : 'out.xlsx',
  )
}

const fault = (row: number, column: number, more: Partial<CellFault> = {}): CellFault => ({
  cell: { sheet: '目录', row, column },
  field: 'summary',
  rule: 'C01',
  message: '请填写信息资源摘要',
  clause: '',
  level: 'error',
  ...more,
})

test('the officer’s own workbook comes back with a column of words and coloured cells, everything else as it was (T2.2)', async () => {
  const file = await desk.book((sheet, book) => {
    sheet.addRow(HEADINGS)
    sheet.addRow(['甲', null, '无条件', '每 null null', 'a'])
    sheet.addRow([null, null, null, null, { formula: '1+1', result: 2 }])
    sheet.addRow(['乙', '说明', '不清楚', '每年', 'b'])
    sheet.getCell('D2').font = { bold: true, color: { argb: 'FF0000FF' } }
    sheet.getColumn(2).width = 40
    sheet.mergeCells('A2:A3')
    sheet.getCell('C4').note = '批注'
    book.addWorksheet('别的').addRow(['原样'])
  })
  const out = await annotated(file, [fault(2, 2)], [{ first_row: 2, last_row: 3, title: '错误' }])
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(out)
  const sheet = book.getWorksheet('目录')!
  assert.equal(sheet.getCell('F1').value, '校验结果')
  assert.equal(
    sheet.getCell('F2').value,
    '错误\n错误：D2 更新周期没有“每 null null”这个取值（W04）\n提醒：E3 单元格是公式，取其保存的结果“2”（W11）\n错误：B2 请填写信息资源摘要（C01）'
      .split('\n')
      .filter((line) => !line.includes('E3'))
      .join('\n'),
  )
  assert.match(String(sheet.getCell('F3').value), /^提醒：E3 单元格是公式/)
  assert.match(String(sheet.getCell('F4').value), /^错误：C4 共享类型没有“不清楚”这个取值/)
  const fillOf = (ref: string) => (sheet.getCell(ref).fill as ExcelJS.FillPattern | undefined)?.fgColor?.argb
  assert.deepEqual(['D2', 'B2', 'C4', 'E3', 'A4'].map(fillOf), [
    'FFFFC7CE',
    'FFFFC7CE',
    'FFFFC7CE',
    'FFFFEB9C',
    undefined,
  ])
  assert.deepEqual(sheet.getCell('D2').font.color, { argb: 'FF0000FF' })
  assert.equal(sheet.getCell('C4').note, '批注')
  assert.equal(sheet.getCell('E3').formula, '1+1')
  assert.equal(sheet.getColumn(2).width, 40)
  assert.equal(book.getWorksheet('别的')!.getCell('A1').value, '原样')
  assert.deepEqual(
    (await readAll(out)).map(({ draft }) => draft),
    (await readAll(file)).map(({ draft }) => draft),
  )
})

test('every sheet that was checked gets its own words (T2.2)', async () => {
  const file = await desk.book((sheet, book) => {
    for (const one of [sheet, book.addWorksheet('二')]) {
      one.addRow(HEADINGS)
      one.addRow(['甲', '说明', '无条件', '每年', 'a'])
    }
  })
  const { sheets } = await inspect(file)
  const stream = await writeAnnotated(file, {
    file_name: file,
    mapping: sheets.map(({ mapping }) => mapping!),
    faults: [fault(2, 2), fault(2, 1, { cell: { sheet: '二', row: 2, column: 1 }, level: 'warning' })],
    statuses: [{ sheet: '二', first_row: 2, last_row: 2, title: '新增' }],
  })
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(await desk.save(stream))
  assert.deepEqual(
    book.worksheets.map((sheet) => sheet.getCell('F2').value),
    ['错误：B2 请填写信息资源摘要（C01）', '新增\n提醒：A2 请填写信息资源摘要（C01）'],
  )
})

test('a file that is checked again gets its words in the same column, not in another one (T2.2)', async () => {
  const file = await desk.book((sheet) => {
    sheet.addRow(HEADINGS)
    sheet.addRow(['甲', '说明', '不清楚', '每年', 'a'])
  })
  const once = await annotated(file)
  const twice = await annotated(once)
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(twice)
  const sheet = book.getWorksheet('目录')!
  assert.deepEqual((sheet.getRow(1).values as string[]).slice(1), [...HEADINGS, '校验结果'])
  assert.match(String(sheet.getCell('F2').value), /^错误：C2 [^\n]*$/)
})

test('a text file comes back in UTF-8 with its rows where they were (T2.2)', async () => {
  const file = await desk.bytes(
    'a.csv',
    `${HEADINGS.join(',')}\r\n甲,"两\n行",不清楚,每年,a\r\n\r\n乙,,无条件,每年,b\r\n`,
  )
  const out = await readFile(
    await annotated(file, [fault(4, 2, { cell: { sheet: 'CSV', row: 4, column: 2 } })]),
    'utf8',
  )
  assert.equal(
    out,
    `\ufeff${HEADINGS.join(',')},校验结果\r\n甲,"两\n行",不清楚,每年,a,错误：C2 共享类型没有“不清楚”这个取值（W04）\r\n\r\n乙,,无条件,每年,b,错误：B4 请填写信息资源摘要（C01）\r\n`,
  )
})
