import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { makeChecker } from '@sanjiang/contract/catalog'
import { standard1272 } from '#seeds/reference/standard-1272.ts'
import { type Desk, openDesk, readAll } from '#test/workbook-files.ts'
import { faultsOf, overlay } from './index.ts'

const desk: Desk = await openDesk()
after(() => desk.close())

const headings = (...rows: readonly (readonly unknown[])[]) =>
  desk.book((sheet) => {
    for (const row of rows) sheet.addRow([...row])
  })

test('findings of the rules stand at the cell they speak about, and not beside what could not be read (T2.2)', async () => {
  const file = await headings(
    ['信息资源名称', '信息资源摘要', '共享类型', '更新周期', '信息项名称', '数据长度'],
    ['甲', null, '每 null null', '每年', 'a', 0],
  )
  const [entry] = await readAll(file)
  const faults = faultsOf(entry!, makeChecker(standard1272).check(overlay(null, entry!.draft), {}))
  const at = (field: string) =>
    faults.filter((one) => one.field === field).map(({ cell, rule }) => `${cell.row}:${cell.column} ${rule}`)
  assert.deepEqual(at('summary'), ['2:2 C01'])
  assert.deepEqual(at('share_type'), ['2:3 W04'])
  assert.deepEqual(at('items.0.length'), ['2:6 C07'])
  assert.deepEqual(at('items.0.name_en'), ['2:5 C07'])
  assert.deepEqual(at('format_category'), ['2:1 C01'])
})

test('what a sheet has no column for stays as it was; new items take from their resource (T2.3)', () => {
  const draft = {
    name: '甲',
    share_type: 'conditional',
    open_type: 'closed',
    items: [
      { name: 'a', name_en: 'a' },
      { name: 'c', name_en: 'c' },
    ],
  }
  assert.deepEqual(overlay(null, draft).items?.[1], {
    name: 'c',
    name_en: 'c',
    share_type: 'conditional',
    open_type: 'closed',
    sensitivity: 'L2',
    mask_rule: 'none',
  })
  const before = {
    item_id: '1',
    seq: 1,
    name: '旧',
    name_en: 'A',
    data_type: 'C',
    length: 5,
    is_key: true,
    is_required: true,
    share_type: 'withheld',
    share_condition: null,
    withheld_basis: null,
    open_type: 'closed',
    sensitivity: 'L4',
    mask_rule: 'full',
    data_element: 'x',
  }
  const present = { ...toWhole(), items: [before] }
  const after = overlay(present, draft)
  assert.equal(after.summary, '原摘要')
  assert.deepEqual(after.items?.[0], {
    ...Object.fromEntries(Object.entries(before).filter(([key]) => key !== 'seq')),
    name: 'a',
    name_en: 'a',
  })
})

const toWhole = () => ({
  class_code: '101007',
  name: '甲',
  name_en: null,
  provider_organ_id: '6300003002',
  inner_dept: null,
  summary: '原摘要',
  source_system_name: null,
  format_category: null,
  format_type: null,
  format_note: null,
  share_type: null,
  share_condition: null,
  share_basis: null,
  share_method_category: null,
  share_method_type: null,
  open_type: null,
  open_condition: null,
  update_cycle: null,
  related_codes: [],
  keywords: [],
  audience: 'all' as const,
  census: null,
})
