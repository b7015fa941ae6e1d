import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallFault } from '@sanjiang/contract/call'
import type { ResourceContent, ResourceDetail, ResourceDraft, Standard } from '@sanjiang/contract/catalog'
import type { TableItem } from '@sanjiang/contract/exchange'
import { standard1272 } from '../../server/seeds/reference/standard-1272.ts'
import { makeKeeper } from '../src/staff/features/catalog/draft.ts'
import type { Shelved } from '../src/staff/features/catalog/draft-shelf.ts'
import { pastedItems, splitCells } from '../src/staff/features/catalog/paste-rows.ts'
import { matchTable, takeOver } from '../src/staff/features/catalog/table-items.ts'

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

/** A shelf that outlives its keeper, as the browser's storage does. */
const shelf = () => {
  let kept: Shelved | null = null
  return {
    read: () => kept,
    put: (one: Shelved) => {
      kept = one
    },
    clear: () => {
      kept = null
    },
  }
}
const away = () => {
  const problem = { code: 'unavailable', status: 0, title: '', type: '', party: 'platform', trace: '' } as const
  return Promise.reject(new CallFault(problem))
}

test('without a line the words stay on the officer’s machine, and the next window saves them (T2.2, P4)', async () => {
  const place = shelf()
  const first = makeKeeper(resource(3), away, place)
  first.change({ name: '断线时写的' })
  assert.equal(await first.flush(), false)
  assert.equal(first.get().state, 'offline')
  first.stop()
  assert.equal(place.read()?.draft.name, '断线时写的')
  const sent: number[] = []
  const next = makeKeeper(
    resource(3),
    async (revision, draft) => {
      sent.push(revision)
      return resource(revision + 1, numbered(draft))
    },
    place,
  )
  assert.deepEqual([next.wasLeft, next.get().state, next.get().draft.name], [true, 'dirty', '断线时写的'])
  assert.equal(await next.flush(), true)
  assert.deepEqual([sent, place.read()], [[3], null])
})

test('words left on the machine do not overwrite what a colleague saved since (T2.2, P4)', async () => {
  const place = shelf()
  place.put({ revision: 3, draft: { name: '我的旧稿' } })
  const keeper = makeKeeper(resource(4, { name: '同事的' }), away, place)
  assert.equal(keeper.get().state, 'stale')
  assert.equal(keeper.get().draft.name, '我的旧稿')
  keeper.adopt(resource(4, { name: '同事的' }))
  assert.deepEqual([keeper.get().draft.name, place.read()], ['同事的', null])
})

const column = (name_en: string, more: Partial<TableItem> = {}): TableItem => ({
  name: name_en,
  name_en,
  data_type: 'C',
  length: 50,
  is_key: false,
  is_required: false,
  source_type: 'varchar(50)',
  ...more,
})

test('columns of a table meet the items there by English name, and an officer’s own words stay (T2.2, P4)', () => {
  const rows = [
    { key: 'a', name: '姓名', name_en: 'XM', data_type: 'C', length: 20, share_type: 'conditional' },
    { key: 'b', name: '备注', name_en: 'bz', data_type: 'C', length: 50, is_key: false },
  ]
  const matches = matchTable([column('xm'), column('bz'), column('csrq', { name: '出生日期', data_type: 'D' })], rows)
  assert.deepEqual(
    matches.map(({ kind, changes }) => [
      kind,
      changes.map(({ title, before, after }) => `${title} ${before}→${after}`),
    ]),
    [
      ['differs', ['长度 20→50']],
      ['same', []],
      ['new', []],
    ],
  )
  const after = takeOver(rows, matches)
  assert.deepEqual(
    after.map(({ name, name_en, length, share_type }) => [name, name_en, length, share_type]),
    [
      ['姓名', 'XM', 50, 'conditional'],
      ['备注', 'bz', 50, undefined],
      ['出生日期', 'csrq', 50, 'unconditional'],
    ],
  )
})
