import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import type { Item, ResourceContent, Standard, StandardField } from '@sanjiang/contract/catalog'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { standard1272 } from '#seeds/reference/standard-1272.ts'
import { type Desk, inspect, openDesk, readAll } from '#test/workbook-files.ts'
import { toContent } from '../content.rules.ts'
import { EXAMPLES } from './example.data.ts'
import { overlay, writeTemplate, writeWorkbook } from './index.ts'
import type { Layout, WrittenEntry } from './workbook.ts'

const desk: Desk = await openDesk()
after(() => desk.close())

const added = (key: string, type: string, enumeration: string | null = null): StandardField => ({
  key: `extension.${key}`,
  title: `地方字段${key}`,
  type,
  required: 'no',
  max_length: null,
  enumeration,
  depends: null,
})
/** A dialect that adds a field of every kind. */
const standard: Standard = {
  ...standard1272,
  fields: [
    ...standard1272.fields,
    added('carrier', 'text'),
    added('cycle', 'code', 'update_cycle'),
    added('levels', 'codes', 'sensitivity'),
    added('size', 'number'),
    added('since', 'date'),
    added('is_map', 'flag'),
  ],
}

const codes = (name: string) => fc.option(fc.constantFrom(...standard1272.enumerations[name]!.map(({ code }) => code)))

const NASTY = [
  '=1+1',
  '+1',
  '-1',
  '@x',
  "'a",
  '007',
  '1e5',
  'TRUE',
  '2017/9/5',
  '９１',
  '_x000D_',
  'a\nb',
  'a\r\nb',
  '😀<&>"',
  '无',
  '\u3000x',
  '/',
  '{"a":1}',
  'a；b,c',
]
const text = (max: number) =>
  fc
    .oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', maxLength: max }))
    .map((one) => one.replaceAll('\0', '').toWellFormed().trim())
const line = (max: number) => text(max).map((one) => one || null)
const words = fc.uniqueArray(
  text(20).filter((one) => one !== ''),
  { maxLength: 4 },
)
const basis = fc.option(
  fc.record({
    kind: fc.constantFrom('law' as const, 'administrative_regulation' as const, 'central_policy' as const),
    title: text(20),
    clause: text(20),
    document_no: text(20),
  }),
)

const figure = fc.double({ min: 0, max: 1e9, noNaN: true }).map((one) => Number(one.toFixed(4)))
const census = fc.option(
  fc.record({
    total_storage_gb: figure,
    structured_rows_10k: figure,
    shared_storage_gb: fc.option(figure),
    shared_rows_10k: figure,
    open_storage_gb: figure,
    open_rows_10k: figure,
  }),
)

const item = fc.record({
  item_id: fc.constant(''),
  seq: fc.constant(0),
  name: text(30).filter((one) => one !== ''),
  name_en: text(30),
  data_type: codes('data_type'),
  length: fc.option(fc.integer({ min: 1, max: 4000 })),
  is_key: fc.boolean(),
  is_required: fc.boolean(),
  share_type: codes('share_type'),
  share_condition: line(50),
  withheld_basis: basis,
  open_type: codes('open_type'),
  sensitivity: codes('sensitivity'),
  mask_rule: codes('mask_rule'),
  data_element: line(30),
})

const content: fc.Arbitrary<ResourceContent> = fc.record({
  class_code: fc.option(fc.constantFrom('101007', '363002', '201001', '302015001')),
  name: text(60).filter((one) => one !== ''),
  name_en: line(60),
  provider_organ_id: fc.constant('6300003002'),
  inner_dept: line(30),
  summary: line(300),
  source_system_name: line(30),
  format_category: codes('format_category'),
  format_type: codes('format_type'),
  format_note: line(30),
  share_type: codes('share_type'),
  share_condition: line(60),
  share_basis: basis,
  share_method_category: codes('share_method_category'),
  share_method_type: codes('share_method_type'),
  open_type: codes('open_type'),
  open_condition: line(60),
  update_cycle: codes('update_cycle'),
  related_codes: fc.uniqueArray(fc.constantFrom('101007/000001', '363002/000012', '302015001/000007')),
  keywords: words,
  audience: fc.constantFrom('all' as const, 'government' as const, 'organ' as const),
  census,
  items: fc.array(item, { maxLength: 5 }),
  extension: fc.record(
    {
      carrier: text(20).filter((one) => one !== ''),
      cycle: fc.constantFrom('daily', 'yearly'),
      levels: fc.subarray(['L1', 'L2', 'L4'], { minLength: 1 }),
      size: figure,
      since: fc.constantFrom('2017-09-05', '1999-12-31'),
      is_map: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
})

const entriesOf = (contents: readonly ResourceContent[]): WrittenEntry[] =>
  contents.map((one, index) => ({
    code: `363002/${String(index + 1).padStart(6, '0')}`,
    content: one,
    provider_name: '省发展和改革委员会',
    provider_code: '11630000015000011M',
    published_on: '2017-09-05',
    revision: `R${index + 1}-0123456789`,
  }))

const plain = ({ extension, ...one }: ResourceContent): unknown =>
  JSON.parse(
    JSON.stringify({
      ...one,
      extension: extension ?? {},
      items: one.items.map(({ item_id: _, seq: __, ...rest }: Item) => rest),
    }),
  )

const rewritten = async (entries: readonly WrittenEntry[], layout: Layout) => {
  const file = await desk.save(writeWorkbook(standard, layout, entries))
  const read = await readAll(file, { standard })
  const again = read.map((one, index): WrittenEntry => {
    const draft = overlay(layout === 'census' ? entries[index]!.content : null, one.draft)
    return { ...entries[index]!, code: one.code, content: toContent(draft, '6300003002', []) }
  })
  return { file, read, again }
}

for (const layout of ['full', 'census'] as const)
  test(`an untouched export of the ${layout} layout reads again as the same entries and exports the same bytes (T2.3)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 4 }), async (contents) => {
        // What nobody could say in one cell: conditions that look like a basis, in the layout that has one cell for both.
        fc.pre(
          layout === 'full' ||
            contents.every(({ share_type, share_basis }) => share_type !== 'withheld' || share_basis),
        )
        const entries = entriesOf(contents)
        const { file, read, again } = await rewritten(entries, layout)
        assert.deepEqual(
          again.map((one) => plain(one.content)),
          contents.map(plain),
        )
        assert.deepEqual(
          read.map(({ code, provider_name, provider_code, published_on, revision }) => [
            code,
            provider_name,
            provider_code,
            published_on,
            revision,
          ]),
          entries.map((one) => [one.code, one.provider_name, one.provider_code, one.published_on, one.revision]),
        )
        assert.deepEqual(
          read.flatMap(({ faults }) => faults),
          [],
        )
        const second = await desk.save(writeWorkbook(standard, layout, again))
        assert.ok((await readFile(file)).equals(await readFile(second)))
      }),
      { numRuns: 30 },
    )
  })

test('an entry of a thousand items comes back whole (T2.3)', async () => {
  const [one] = EXAMPLES
  const items = Array.from({ length: 1000 }, (_, no) => ({ ...one!.items[0]!, name: `项${no}`, name_en: `f${no}` }))
  const { read } = await rewritten(entriesOf([{ ...one!, items }]), 'full')
  assert.equal(read.length, 1)
  assert.equal(read[0]!.draft.items?.length, 1000)
  assert.equal(read[0]!.last_row - read[0]!.first_row, 999)
})

test('the census workbook has the 30 columns of 2017 in their order with the revision behind them, and another hand reads them (T2.3)', async () => {
  const file = await desk.save(writeWorkbook(standard1272, 'census', entriesOf(EXAMPLES)))
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(file)
  const sheet = book.getWorksheet('目录条目')!
  const titles = (sheet.getRow(2).values as string[]).slice(1)
  assert.deepEqual([titles.length, titles[30]], [31, '修订号'])
  assert.deepEqual(titles.slice(0, 8), [
    '信息资源名称',
    '信息资源英文名称',
    '信息资源代码',
    '信息资源提供方',
    '提供方内部部门',
    '信息资源提供方代码',
    '信息资源摘要',
    '来源信息系统名称',
  ])
  assert.deepEqual(titles.slice(11, 21), [
    '数据存储总量（G）',
    '结构化信息记录总数（万）',
    '已共享的数据存储量（G）',
    '已共享的结构化记录数（万）',
    '已开放的数据存储量（G）',
    '已开放的结构化记录数（万）',
    '信息项名称',
    '信息项英文名',
    '数据类型',
    '数据长度',
  ])
  assert.deepEqual(titles.slice(25, 30), ['是否向社会开放', '开放条件', '更新周期', '发布日期', '关联及类目名称'])
  assert.equal(sheet.getCell('A3').value, '婚姻登记信息')
  assert.equal(sheet.getCell('L3').value, 12.5)
  assert.equal(sheet.getCell('Z3').value, '否')
  assert.equal(sheet.views[0]!.state, 'frozen')
})

test('the template carries lists in its columns, examples in order and the standard it was made by (T2.2)', async () => {
  const file = await desk.save(await writeTemplate(standard1272, { organ: '省民政厅' }))
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(file)
  assert.deepEqual(
    book.worksheets.map(({ name }) => name),
    ['目录条目', '填写示例', '填写说明', '代码表'],
  )
  const sheet = book.getWorksheet('目录条目')!
  const titles = (sheet.getRow(2).values as string[]).slice(1)
  const share = sheet.getCell(3, titles.indexOf('共享类型') + 1)
  assert.equal(share.dataValidation.type, 'list')
  const [, letters, last] = /\$([A-Z]+)\$2:\$[A-Z]+\$(\d+)$/.exec(String(share.dataValidation.formulae[0])) ?? []
  const list = book.getWorksheet('代码表')!
  assert.deepEqual(
    Array.from({ length: Number(last) - 1 }, (_, row) => list.getCell(`${letters}${row + 2}`).value),
    ['无条件共享', '有条件共享', '不予共享'],
  )
  const { standard, sheets } = await inspect(file)
  assert.deepEqual(standard, { id: standard1272.id, version: standard1272.version })
  assert.deepEqual(
    sheets.map(({ mapping, row_count, missing_fields }) => [
      mapping?.columns.every(({ how }) => how === 'exact') ?? null,
      row_count,
      missing_fields,
    ]),
    [
      [true, 0, []],
      [null, 7, []],
      [null, sheets[2]!.row_count, []],
      [null, sheets[3]!.row_count, []],
    ],
  )
})
