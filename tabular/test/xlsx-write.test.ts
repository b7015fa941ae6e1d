import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import ExcelJS from 'exceljs'
import { openWorkbook } from '../src/xlsx.ts'
import { CellTooLong, type SheetOut, workbookBytes } from '../src/xlsx-write.ts'

const dir = await mkdtemp(join(tmpdir(), 'sanjiang-xlsx-write-'))
after(() => rm(dir, { recursive: true, force: true }))

const TEXTS = [
  '=1+1',
  '+2',
  '-3',
  '@x',
  '007',
  '630102199001011234',
  'a\r\nb',
  '_x000D_',
  '<&>"',
  '😀',
  '\ud800',
  '\u0001',
  ' x ',
]

const written = async (sheets: readonly SheetOut[]): Promise<string> => {
  const path = join(dir, 'a.xlsx')
  await writeFile(path, Buffer.concat(await Array.fromAsync(workbookBytes(sheets))))
  return path
}

test('texts stay texts whatever they look like, for another hand and for our own (T2.2)', async () => {
  const path = await written([
    { name: '表<1>', looks: ['text'], rows: TEXTS.map((text) => [text, 1.5, true, { digits: '1234567890123456' }]) },
  ])
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(path)
  const sheet = book.getWorksheet('表<1>')!
  for (const [index, text] of TEXTS.entries()) {
    const cell = sheet.getCell(index + 1, 1)
    assert.equal(cell.formula, undefined)
    if (!/\p{C}|\r|_x/u.test(text) || text === '😀') assert.equal(cell.value, text)
    assert.equal(cell.numFmt, '@')
  }
  assert.deepEqual(
    [sheet.getCell('B1').value, sheet.getCell('C1').value, sheet.getCell('D1').value],
    [1.5, true, '1234567890123456'],
  )
  const own = await openWorkbook(path)
  const rows = await Array.fromAsync(own.rows('表<1>'))
  await own.close()
  assert.deepEqual(
    rows.map(({ values }) => values),
    TEXTS.map((text) => [text, 1.5, true, '1234567890123456']),
  )
})

test('lists, frozen headings, widths and merged cells are where they should be (T2.2)', async () => {
  const lists = [{ column: 1, first_row: 2, last_row: 5, formula: '"是,否"', prompt: '选<一>个', is_strict: true }]
  const path = await written([
    { name: 'a', widths: [10, 40], frozen_rows: 1, merges: ['A2:A3'], lists, rows: [['x', 'y'], ['甲'], [null]] },
  ])
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(path)
  const sheet = book.getWorksheet('a')!
  assert.deepEqual([sheet.getColumn(2).width, sheet.getCell('A3').master.address], [40, 'A2'])
  assert.deepEqual([sheet.views[0]!.state, sheet.getCell('B5').dataValidation.formulae], ['frozen', ['"是,否"']])
  assert.equal(sheet.getCell('B6').dataValidation, undefined)
})

test('a text too long for a cell is refused by name, not cut (T2.2)', async () => {
  await assert.rejects(written([{ name: 'a', rows: [['x'.repeat(40_000)]] }]), CellTooLong)
})

test('merged ranges that would fill more than any sheet holds are refused (T2.2)', async () => {
  const merges = Array.from({ length: 200 }, () => 'A1:XFD1048576')
  const path = await written([{ name: 'a', merges, rows: Array.from({ length: 100 }, () => ['x']) }])
  const book = await openWorkbook(path)
  await assert.rejects(Array.fromAsync(book.rows('a')), /合并单元格过多/)
  await book.close()
})
