import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallFault } from '@sanjiang/contract/call'
import type { ResourceContent, ResourceDetail, ResourceDraft, Standard } from '@sanjiang/contract/catalog'
import { standard1272 } from '../../server/seeds/reference/standard-1272.ts'
import { makeKeeper } from '../src/staff/features/catalog/draft.ts'
import { pastedItems, splitCells } from '../src/staff/features/catalog/paste-rows.ts'

const standard: Standard = standard1272

test('rows copied from a spreadsheet fill items from the focused column on, titles becoming codes (T2.2)', () => {
  const rows = pastedItems('姓名\txm\t字符型\t50\t是\t否\t有条件共享\n出生日期\tcsrq\tD\t8', 'name', standard)
  assert.deepEqual(rows[0], {
    name: '姓名',
    name_en: 'xm',
    data_type: 'C',
    length: 50,
    is_key: true,
    is_required: false,
    share_type: 'conditional',
  })
  assert.deepEqual(rows[1], { name: '出生日期', name_en: 'csrq', data_type: 'D', length: 8 })
  assert.deepEqual(pastedItems('xb\tC\t1', 'name_en', standard), [{ name_en: 'xb', data_type: 'C', length: 1 }])
})

test('a heading row names the columns in whatever order the department keeps them (T2.2)', () => {
  const rows = pastedItems('数据类型\t信息项名称\t备注\n字符型C\t证件号码\t见说明', 'name', standard)
  assert.deepEqual(rows, [{ data_type: 'C', name: '证件号码' }])
})

test('a quoted cell keeps its line ends, tabs and quotes (T2.2)', () => {
  assert.deepEqual(splitCells('"甲\n乙"\t"说""是"""\r\n丙\t\r\n'), [
    ['甲\n乙', '说"是"'],
    ['丙', ''],
  ])
})

test('what is not in a list is kept as it was written, so that the rules can say so (T2.2)', () => {
  assert.deepEqual(pastedItems('金额\tje\t奇怪型', 'name', standard), [
    { name: '金额', name_en: 'je', data_type: '奇怪型' },
  ])
})

const CONTENT = {
  name: '低保对象',
  keywords: [],
  related_codes: [],
  audience: 'all',
  items: [],
} as unknown as ResourceContent
const resource = (revision: number, content: Partial<ResourceContent> = {}): ResourceDetail =>
  ({ resource_id: 'r', revision, content: { ...CONTENT, ...content } }) as ResourceDetail

const numbered = (draft: ResourceDraft): Partial<ResourceContent> =>
  ({
    name: draft.name,
    items: draft.items?.map((item, index) => ({ ...item, item_id: item.item_id ?? `id-${index}` })),
  }) as never

test('changes made while a save is under way are saved after it, on the revision it gave (T2.2)', async () => {
  const sent: [number, string][] = []
  const keeper = makeKeeper(resource(1), async (revision, draft) => {
    sent.push([revision, draft.name ?? ''])
    if (sent.length === 1) keeper.change({ name: '低保对象二' })
    return resource(revision + 1, numbered(draft))
  })
  keeper.change({ name: '低保对象一' })
  assert.equal(await keeper.flush(), true)
  assert.deepEqual(sent, [
    [1, '低保对象一'],
    [2, '低保对象二'],
  ])
  assert.equal(keeper.get().state, 'saved')
})

test('a new row keeps the identity the server gave it, though it was moved meanwhile (T2.2)', async () => {
  const [a, b] = [
    { name: '甲', key: 'a' },
    { name: '乙', key: 'b' },
  ]
  let saves = 0
  const keeper = makeKeeper(resource(1), async (revision, draft) => {
    saves += 1
    if (saves === 1) keeper.change({ items: keeper.get().draft.items.toReversed() })
    return resource(revision + 1, numbered(draft))
  })
  keeper.change({ items: [a, b] })
  await keeper.flush()
  assert.deepEqual(
    keeper.get().draft.items.map(({ name, item_id }) => [name, item_id]),
    [
      ['乙', 'id-1'],
      ['甲', 'id-0'],
    ],
  )
})

test('when somebody else saved in between, nothing is overwritten until the compiler insists (T2.2)', async () => {
  let theirs = 5
  const keeper = makeKeeper(resource(1), async (revision, draft) => {
    if (revision !== theirs) {
      const problem = { code: 'stale', status: 409, title: '', type: '', party: 'caller', trace: '' } as const
      throw new CallFault(problem)
    }
    theirs += 1
    return resource(theirs, numbered(draft))
  })
  keeper.change({ name: '我的' })
  assert.equal(await keeper.flush(), false)
  assert.equal(keeper.get().state, 'stale')
  keeper.change({ name: '我的，又改' })
  assert.equal(await keeper.flush(), false)
  assert.equal(await keeper.insist(resource(5, { name: '对方的' })), true)
  assert.equal(keeper.get().draft.name, '我的，又改')
})
