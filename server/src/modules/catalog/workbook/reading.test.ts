import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type ExcelJS from 'exceljs'
import iconv from 'iconv-lite'
import { type Desk, inspect, openDesk, readAll, told } from '#test/workbook-files.ts'

const desk: Desk = await openDesk()
after(() => desk.close())

const fieldsOf = async (file: string) => {
  const { sheets } = await inspect(file)
  const { mapping } = sheets[0]!
  return { row: mapping?.heading_row, fields: mapping?.columns.map(({ field, how }) => `${field ?? '–'} ${how}`) }
}

const headings = (...rows: readonly (readonly unknown[])[]) =>
  desk.book((sheet) => {
    for (const row of rows) sheet.addRow([...row])
  })

test('headings are found under titles, with marks, breaks, full-width letters, synonyms and slips of the pen (T2.2)', async () => {
  const file = await headings(
    ['某厅政务信息资源目录（2017 年）'],
    [null, '填报单位：某厅'],
    [
      '序号',
      '资源名称*\n(必填)',
      '提 供 方',
      '信息资源摘 要：',
      '共享类形',
      'ＣＯＤＥ',
      '更新频率（下拉选择）',
      '随便什么',
    ],
    [1, '甲', '某厅', '说明', '无条件', null, '每年', 'x'],
  )
  assert.deepEqual(await fieldsOf(file), {
    row: 3,
    fields: [
      '– ignored',
      'name synonym',
      'provider_organ_id synonym',
      'summary exact',
      'share_type similar',
      'code exact',
      'update_cycle synonym',
      '– ignored',
    ],
  })
})

test('headings in two rows, merged or grouped, are read as one (T2.2)', async () => {
  const merged = await desk.book((sheet) => {
    sheet.addRow(['信息资源名称', '信息资源摘要', '数据存储量', null, '信息项', null])
    sheet.addRow([null, null, '总量', '已共享', '名称', '英文名'])
    sheet.addRow(['甲', '说明', 1, 2, 'a', 'b'])
    for (const range of ['A1:A2', 'B1:B2', 'C1:D1', 'E1:F1']) sheet.mergeCells(range)
  })
  const { row, fields } = await fieldsOf(merged)
  assert.equal(row, 2)
  assert.deepEqual(fields?.slice(0, 2), ['name exact', 'summary exact'])
  assert.deepEqual(fields?.slice(4), ['items.name exact', 'items.name_en exact'])
  const unmerged = await headings(
    ['信息资源名称', '信息资源摘要', '信息项', null],
    [null, null, '名称', '英文名'],
    ['甲', '说明', 'a', 'b'],
  )
  assert.equal((await fieldsOf(unmerged)).row, 2)
  const [entry] = await readAll(unmerged)
  assert.deepEqual(entry?.draft.items?.[0], { name: 'a', name_en: 'b' })
})

test('a heading that comes twice means the item the second time; a sheet that is no list of entries is not taken for one (T2.2)', async () => {
  const file = await headings(['信息资源名称', '共享类型', '信息项名称', '共享类型'], ['甲', '有条件', 'a', '不予共享'])
  assert.deepEqual((await fieldsOf(file)).fields, [
    'name exact',
    'share_type exact',
    'items.name exact',
    'items.share_type synonym',
  ])
  const other = await headings(['姓名', '电话', '地址'], ['张三', '110', '西宁'])
  assert.equal((await inspect(other)).sheets[0]!.mapping, null)
})

test('rows of one resource belong together: blank, repeated or merged cells, and who differs begins another (T2.3)', async () => {
  const file = await desk.book((sheet) => {
    sheet.addRow(['信息资源名称', '信息资源提供方', '信息资源摘要', '信息项名称'])
    sheet.addRow(['甲', '民政厅', '说明', 'a'])
    sheet.addRow([null, null, null, 'b'])
    sheet.addRow(['乙', '民政厅', '说明', 'a'])
    sheet.addRow(['乙', '民政厅', '说明', 'b'])
    sheet.addRow(['乙', '公安厅', '说明', 'a'])
    sheet.addRow(['丙', '公安厅', '说明', 'a'])
    sheet.addRow(['丙', '公安厅', '说明', 'b'])
    sheet.mergeCells('A7:A8')
    sheet.mergeCells('B7:B8')
    sheet.addRow(['丁', '公安厅', '说明', null])
    sheet.addRow(['丁', '公安厅', '说明', null])
    sheet.addRow(['戊', '公安厅', '说明', 'a'])
    sheet.addRow([null, '民政厅', '别的', 'b'])
    sheet.addRow(['合计：5 个'])
  })
  const entries = await readAll(file)
  assert.deepEqual(
    entries.map(({ draft, first_row, last_row }) => [draft.name, first_row, last_row, draft.items?.length]),
    [
      ['甲', 2, 3, 2],
      ['乙', 4, 5, 2],
      ['乙', 6, 6, 1],
      ['丙', 7, 8, 2],
      ['丁', 9, 9, 0],
      ['丁', 10, 10, 0],
      ['戊', 11, 11, 1],
      [null, 12, 12, 1],
    ],
  )
  assert.deepEqual(told(entries.at(-1)!), ['A13 W10 warning '])
})

test('rows that contradict each other are told; a sharing type given row by row is the item’s (T2.3)', async () => {
  const file = await headings(
    ['信息资源名称', '信息资源摘要', '共享类型', '信息项名称'],
    ['甲', '说明', '有条件共享', 'a'],
    [null, '另一说明', '不予共享', 'b'],
  )
  const [entry] = await readAll(file)
  assert.deepEqual(entry?.draft.items, [{ name: 'a' }, { name: 'b', share_type: 'withheld' }])
  assert.deepEqual(told(entry!), ['B3 W09 error summary', 'C3 W08 warning items.1.share_type'])
})

test('codes are understood as officers write them, guesses are told and what is unclear stays a fault at its cell (T2.2)', async () => {
  const said = [
    '1',
    '01',
    '无条件',
    '1-无条件共享',
    '无条件共享(1)',
    '无条件共享（免费）',
    '无条件共亨',
    '不共享',
    '五条件共享',
    '3无条件共享',
    '/',
    '每 null null',
  ]
  const file = await headings(
    ['信息资源名称', '信息资源摘要', '共享类型'],
    ...said.map((text, no) => [`资源${no}`, '说明', text]),
  )
  assert.deepEqual(
    (await readAll(file)).map((one) => [one.draft.share_type, told(one).map((text) => text.slice(0, -11))]),
    [
      ['unconditional', []],
      ['unconditional', []],
      ['unconditional', []],
      ['unconditional', []],
      ['unconditional', []],
      ['unconditional', ['C7 W08 warning']],
      ['unconditional', ['C8 W08 warning']],
      ['withheld', []],
      ['五条件共享', ['C10 W04 error']],
      ['3无条件共享', ['C11 W04 error']],
      [null, ['C12 W08 warning']],
      ['每 null null', ['C13 W04 error']],
    ],
  )
})

test('one word nearer to its opposite is not guessed at, and a format type under 资源格式 says the category (T2.2)', async () => {
  const file = await headings(
    ['信息资源名称', '主题分类', '开放类型', '资源格式'],
    ['甲', '交通', '安全开放', "['xls', 'xls']"],
    ['乙', '交通', '不予开方', '[xml,xls]'],
    ['丙', '交通', '有条件开发', "['api']"],
  )
  const entries = await readAll(file)
  assert.deepEqual(
    entries.map(({ draft }) => [draft.class_code, draft.open_type, draft.format_category, draft.format_type]),
    [
      [undefined, '安全开放', 'spreadsheet', 'xls'],
      [undefined, '不予开方', '[xml,xls]', undefined],
      [undefined, 'conditional', 'service', undefined],
    ],
  )
  assert.deepEqual(entries.map(told), [
    ['C2 W04 error open_type', 'D2 W08 warning format_category'],
    ['C3 W04 error open_type', 'D3 W04 error format_category'],
    ['C4 W08 warning open_type'],
  ])
})

test('open or not, condition and basis are told apart where the census workbook has one cell for them (T2.3)', async () => {
  const basis = '法律《中华人民共和国统计法》第二十五条（主席令第15号）'
  const file = await headings(
    ['信息资源名称', '是否向社会开放', '开放条件', '共享类型', '共享条件', '关联及类目名称'],
    ['甲', '是', null, '不予共享', basis, '人口基础信息/婚姻家庭'],
    ['乙', '是', '须申请', '有条件共享', '经同意', '101007；363002/000001'],
    ['丙', '否', null, '不予共享', '《保守国家秘密法》第九条', null],
    ['丁', '不知', null, '不予共享', '涉密', '没有的类目'],
  )
  const entries = await readAll(file)
  assert.deepEqual(
    entries.map(({ draft }) => [
      draft.open_type,
      draft.share_condition,
      draft.share_basis?.kind ?? null,
      draft.class_code,
      draft.related_codes,
    ]),
    [
      ['unconditional', null, 'law', '101007', []],
      ['conditional', '经同意', null, '101007', ['363002/000001']],
      ['closed', null, 'law', undefined, []],
      ['不知', '涉密', null, undefined, ['没有的类目']],
    ],
  )
  assert.deepEqual(entries.map(told), [
    [],
    [],
    ['E4 W08 warning share_condition'],
    ['B5 W04 error is_open', 'E5 W04 error share_condition'],
  ])
})

test('numbers as text, text as numbers, rounded codes, dates of all kinds and error cells (T2.2)', async () => {
  const fill = (sheet: ExcelJS.Worksheet, book: ExcelJS.Workbook) => {
    book.properties.date1904 = false
    sheet.addRow(['信息资源名称', '信息资源提供方代码', '发布日期', '信息项名称', '数据长度', '数据存储总量（G）'])
    sheet.addRow(['甲', '11630000015000011M', '2017/9/5', 'a', '18', '1,234.5'])
    sheet.addRow(['乙', 911630000150000100, '2017年9月5日', 'a', '50位', '12G'])
    sheet.addRow([2017, '9.1163E+17', 42983, 'a', '10,2', '约 3'])
    sheet.addRow(['丙', { error: '#REF!' }, '2017-02-30', 'a', '不限', { error: '#N/A' }])
    sheet.addRow([
      '丁',
      { richText: [{ text: '1163' }, { text: '0000015000011M' }] },
      new Date(Date.UTC(2017, 8, 5)),
      'a',
      { formula: '9*2', result: 18 },
      { formula: 'A1' },
    ])
    sheet.getRow(6).hidden = true
  }
  const entries = await readAll(await desk.book(fill))
  assert.deepEqual(
    entries.map(({ draft, provider_code, published_on }) => [
      draft.name,
      provider_code,
      published_on,
      draft.items?.[0]?.length,
      draft.census?.total_storage_gb ?? null,
    ]),
    [
      ['甲', '11630000015000011M', '2017-09-05', 18, 1234.5],
      ['乙', null, '2017-09-05', 50, 12],
      ['2017', null, '2017-09-05', 10, null],
      ['丙', null, null, null, null],
      ['丁', '11630000015000011M', '2017-09-05', 18, null],
    ],
  )
  assert.deepEqual(entries.map(told), [
    [],
    ['B3 W03 error provider_code', 'F3 W08 warning census.total_storage_gb', 'E3 W08 warning items.0.length'],
    ['B4 W03 error provider_code', 'F4 W05 error census.total_storage_gb', 'E4 W08 warning items.0.length'],
    [
      'B5 W01 error provider_code',
      'C5 W06 error published_on',
      'F5 W01 error census.total_storage_gb',
      'E5 W05 error items.0.length',
    ],
    ['A6 W12 warning ', 'F6 W02 error census.total_storage_gb', 'E6 W11 warning items.0.length'],
  ])
  const old = await desk.book((sheet, book) => {
    fill(sheet, book)
    book.properties.date1904 = true
    sheet.getCell('C4').value = 42983 - 1462
  })
  assert.equal((await readAll(old))[2]!.published_on, '2017-09-05')
})

test('text files of every encoding and delimiter give the same entries, counted in rows as spreadsheets do (T2.2)', async () => {
  const lines = ['资源名称,摘要,共享类型,代码', '婚姻登记,"全省，\n两行",无条件,007', '', '低保,说明,错误值,008']
  const text = `${lines.join('\r\n')}\r\n`
  const files = [
    Buffer.from(text),
    Buffer.from(`\ufeff${text}`),
    iconv.encode(text, 'gbk'),
    iconv.encode(text, 'utf16le', { addBOM: true }),
    iconv.encode(text, 'utf16be', { addBOM: true }),
    Buffer.from(text.replaceAll(',', '\t')),
    Buffer.from(text.replaceAll(',', ';')),
  ]
  for (const bytes of files) {
    const entries = await readAll(await desk.bytes('a.csv', bytes))
    assert.deepEqual(
      entries.map(({ draft, code, first_row }) => [draft.name, draft.summary, draft.share_type, code, first_row]),
      [
        ['婚姻登记', '全省，\n两行', 'unconditional', '007', 2],
        ['低保', '说明', '错误值', '008', 4],
      ],
    )
    assert.deepEqual(told(entries[1]!), ['C4 W04 error share_type'])
  }
})

test('texts too long for their field and too many items are told, and fit what can be stored (T2.2)', async () => {
  const file = await desk.book((sheet) => {
    sheet.addRow(['信息资源名称', '信息资源摘要', '关键词', '信息项名称'])
    for (let no = 0; no <= 1000; no++)
      sheet.addRow(no === 0 ? ['甲', '长'.repeat(6000), '词'.repeat(50), 'x0'] : [null, null, null, `x${no}`])
  })
  const [entry] = await readAll(file)
  assert.equal(entry?.draft.items?.length, 1000)
  assert.deepEqual([entry?.draft.summary?.length, entry?.draft.keywords?.[0]?.length], [5000, 40])
  assert.deepEqual(told(entry!), ['B2 W07 error summary', 'A1002 W07 error ', 'C2 W07 error keywords'])
})
