import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { organs } from '#seeds/reference/organs.ts'
import { standard1272 } from '#seeds/reference/standard-1272.ts'

type Draft = catalog.ResourceDraft
type Facts = catalog.EntryFacts

const checker = catalog.makeChecker(standard1272)

const item = (more: catalog.ItemDraft = {}): catalog.ItemDraft => ({
  name: '企业名称',
  name_en: 'enterprise_name',
  data_type: 'C',
  length: 200,
  is_key: false,
  is_required: true,
  share_type: 'unconditional',
  open_type: 'unconditional',
  sensitivity: 'L1',
  mask_rule: 'none',
  ...more,
})

const BASIS = {
  kind: 'law',
  title: '中华人民共和国保守国家秘密法',
  clause: '第九条',
  document_no: '主席令第二十八号',
} as const
const CENSUS = {
  total_storage_gb: 10,
  structured_rows_10k: 3.5,
  shared_storage_gb: 2,
  shared_rows_10k: 0,
  open_storage_gb: 1,
  open_rows_10k: 0,
}

/** An entry in which no rule finds anything; each case breaks it in one place. */
const GOOD: Draft = {
  class_code: '363027',
  name: '企业登记信息',
  name_en: 'Enterprise Registration',
  provider_organ_id: '6300003027',
  summary: '全省各级登记机关核准登记的企业名称、住所、法定代表人等。',
  format_category: 'database',
  format_type: 'oracle',
  share_type: 'unconditional',
  share_method_category: 'platform',
  share_method_type: 'database',
  open_type: 'unconditional',
  update_cycle: 'daily',
  census: CENSUS,
  items: [item(), item({ name: '统一社会信用代码', name_en: 'credit_code', length: 18, is_key: true })],
}
const FACTS: Facts = {
  class_node: { is_leaf: true, is_active: true, organ_id: '6300003027' },
  sibling_names: [],
  system_names: [],
  unknown_codes: [],
  code: null,
}
const withCode = (credit_code: string | null): Facts => ({
  ...FACTS,
  provider: { organ_id: '6300003027', name: '青海省工商行政管理局', credit_code },
})
/** A code whose check digit is right; that of the seeds' own organ. */
const CREDIT_CODE = organs.find(({ id }) => id === '6300003027')!.credit_code
const facts = (more: Facts = {}): Facts => ({ ...withCode(CREDIT_CODE), ...more })

const told = (draft: Draft, known: Facts = facts()): string[] =>
  checker.check({ ...GOOD, ...draft }, known).map(({ rule, level, field }) => `${rule} ${level} ${field}`)

test('an entry that keeps every rule is left alone (T2.2)', () => {
  assert.deepEqual(checker.check(GOOD, facts()), [])
})

/** What is wrong · the change · what is known · what must be said, exactly. */
const BROKEN: readonly (readonly [title: string, draft: Draft, known: Facts, findings: readonly string[]])[] = [
  ['no name', { name: ' ' }, {}, ['C01 error name']],
  ['no summary', { summary: null }, {}, ['C01 error summary']],
  ['a summary that only repeats the name', { summary: '企业登记 信息。' }, {}, ['C01 error summary']],
  ['no class', { class_code: null }, {}, ['C01 error class_code']],
  ['no such provider', {}, { provider: null }, ['C01 error provider_organ_id']],
  ['no share type', { share_type: null }, {}, ['C01 error share_type']],
  ['no update cycle', { update_cycle: '' }, {}, ['C01 error update_cycle']],
  [
    'a self-described format without description',
    { format_category: 'self_described', format_type: '其他', share_method_type: 'file', format_note: null },
    {},
    ['C01 error format_note'],
  ],
  ['a file type under databases', { format_type: 'pdf' }, {}, ['C02 error format_type']],
  [
    'conditional sharing without a condition',
    { share_type: 'conditional', items: [item({ share_type: 'conditional', share_condition: '按事项逐件核验' })] },
    {},
    ['C03 error share_condition'],
  ],
  [
    'withholding without a basis',
    {
      share_type: 'withheld',
      open_type: 'closed',
      items: [item({ share_type: 'withheld', withheld_basis: BASIS, open_type: 'closed' })],
    },
    {},
    ['C03 error share_basis'],
  ],
  [
    'withholding on a departmental rule',
    {
      share_type: 'withheld',
      open_type: 'closed',
      share_basis: { ...BASIS, kind: 'departmental_rule' as never },
      items: [item({ share_type: 'withheld', open_type: 'closed' })],
    },
    {},
    ['C03 error share_basis'],
  ],
  [
    'a withheld item without a basis in a shared resource',
    { items: [item(), item({ name: '住址', name_en: 'address', share_type: 'withheld', open_type: 'closed' })] },
    {},
    ['C03 error items.1.withheld_basis'],
  ],
  [
    'a withheld item whose basis names no clause',
    {
      items: [
        item(),
        item({
          name: '住址',
          name_en: 'address',
          share_type: 'withheld',
          open_type: 'closed',
          withheld_basis: { ...BASIS, clause: ' ' },
        }),
      ],
    },
    {},
    ['C03 error items.1.withheld_basis'],
  ],
  [
    'a conditional item without a condition anywhere',
    { items: [item(), item({ name: '住址', name_en: 'address', share_type: 'conditional' })] },
    {},
    ['C03 error items.1.share_condition'],
  ],
  ['sharing without saying how', { share_method_category: null }, {}, ['C04 error share_method_category']],
  ['the platform way without its kind', { share_method_type: null }, {}, ['C04 error share_method_type']],
  ['a database shared as file', { share_method_type: 'file' }, {}, ['C04 error share_method_type']],
  ['no open type', { open_type: null }, {}, ['C01 error open_type']],
  ['open on conditions that are not told', { open_type: 'conditional' }, {}, ['C05 error open_condition']],
  [
    'withheld, yet open to all',
    { share_type: 'withheld', share_basis: BASIS, items: [item({ share_type: 'withheld' })] },
    {},
    ['C06 warning open_type', 'C06 warning items.0.open_type'],
  ],
  ['a database without items', { items: [] }, {}, ['C07 error items']],
  ['an item without a name', { items: [item({ name: null })] }, {}, ['C07 error items.0.name']],
  ['an item without a length', { items: [item({ length: null })] }, {}, ['C07 error items.0.length']],
  ['an item of no length', { items: [item({ length: 0 })] }, {}, ['C07 error items.0.length']],
  ['an item of half a character', { items: [item({ length: 1.5 })] }, {}, ['C07 error items.0.length']],
  ['an English name in Chinese', { items: [item({ name_en: '企业name' })] }, {}, ['C07 error items.0.name_en']],
  [
    'two items of one name',
    { items: [item(), item({ name: '企业名称 ', name_en: 'other' })] },
    {},
    ['C07 error items.1.name'],
  ],
  [
    'two items of one English name',
    { items: [item(), item({ name: '名称', name_en: 'ENTERPRISE_NAME' })] },
    {},
    ['C07 error items.1.name_en'],
  ],
  ['a provider without credit code', {}, withCode(null), ['C08 error provider_code']],
  ['a credit code with a wrong check digit', {}, withCode('116300000151750000'), ['C08 error provider_code']],
  ['a name the department already uses', {}, { sibling_names: ['企业 登记信息（）'] }, ['C09 error name']],
  [
    'one part of a split table',
    { name: '企业登记信息02' },
    { sibling_names: ['企业登记信息_01'] },
    ['C09 warning name'],
  ],
  ['a system as name', { source_system_name: '企业登记信息' }, {}, ['C10 warning name']],
  ['another system as name', {}, { system_names: ['企业登记信息'] }, ['C10 warning name']],
  ['a census figure left out', { census: { ...CENSUS, open_rows_10k: null } }, {}, ['C11 error census.open_rows_10k']],
  ['a negative figure', { census: { ...CENSUS, open_storage_gb: -1 } }, {}, ['C11 error census.open_storage_gb']],
  ['five decimals', { census: { ...CENSUS, total_storage_gb: 10.00001 } }, {}, ['C11 error census.total_storage_gb']],
  [
    'ten digits',
    { census: { ...CENSUS, structured_rows_10k: 1234567890 } },
    {},
    ['C11 error census.structured_rows_10k'],
  ],
  [
    'more shared than there is',
    { census: { ...CENSUS, shared_rows_10k: 3.6 } },
    {},
    ['C11 error census.shared_rows_10k'],
  ],
  [
    'a base-class item on conditions',
    {
      class_code: '102001',
      share_condition: '按事项逐件核验',
      items: [item(), item({ name: '住所', name_en: 'domicile', share_type: 'conditional' })],
    },
    { class_node: { is_leaf: true, is_active: true, organ_id: null } },
    ['C12 warning items.1.share_type'],
  ],
  ['a cycle no standard knows', { update_cycle: '每 null null' }, {}, ['F01 error update_cycle']],
  ['a data type no standard knows', { items: [item({ data_type: 'X' })] }, {}, ['F01 error items.0.data_type']],
  ['a name of 129 characters', { name: '名'.repeat(129) }, {}, ['F02 error name']],
  ['an item name of 129 characters', { items: [item({ name: '名'.repeat(129) })] }, {}, ['F02 error items.0.name']],
  ['a class that is not there', {}, { class_node: null }, ['F03 error class_code']],
  [
    'a class no longer in force',
    {},
    { class_node: { is_leaf: true, is_active: false, organ_id: null } },
    ['F03 error class_code'],
  ],
  [
    'a class that is no leaf',
    {},
    { class_node: { is_leaf: false, is_active: true, organ_id: null } },
    ['F03 error class_code'],
  ],
  [
    "another department's class",
    {},
    { class_node: { is_leaf: true, is_active: true, organ_id: '6300003007' } },
    ['F03 error class_code'],
  ],
  ['another class after the code was issued', {}, { code: '363007/000001' }, ['F03 error class_code']],
  [
    'a related code that is not published',
    { related_codes: ['363007/000001', '363007/000002'] },
    { unknown_codes: ['363007/000002'] },
    ['F04 error related_codes.1'],
  ],
  ['itself as related', { related_codes: ['363027/000009'] }, { code: '363027/000009' }, ['F04 error related_codes.0']],
  [
    'an item looser than its resource',
    { share_type: 'conditional', share_condition: '按事项逐件核验' },
    {},
    ['F05 error items.0.share_type', 'F05 error items.1.share_type'],
  ],
  [
    'a resource looser than all its items',
    { share_condition: '按事项逐件核验', items: [item({ share_type: 'conditional' })] },
    {},
    ['F05 warning share_type'],
  ],
]

for (const [title, draft, known, expected] of BROKEN)
  test(`the rules say exactly what is wrong: ${title} (T2.2)`, () => {
    assert.deepEqual(told(draft, facts(known)), expected)
  })

/** Close to the line, and still right. */
const ALLOWED: readonly (readonly [title: string, draft: Draft, known?: Facts])[] = [
  ['a name of 128 characters, one of them outside the basic plane', { name: `${'名'.repeat(127)}𠀀` }],
  [
    'an item stricter than its resource, on its own basis',
    {
      items: [
        item(),
        item({ name: '住址', name_en: 'address', share_type: 'withheld', open_type: 'closed', withheld_basis: BASIS }),
      ],
    },
  ],
  [
    'a conditional item under the condition of its resource',
    {
      share_condition: '按事项逐件核验',
      items: [item(), item({ name: '住址', name_en: 'address', share_type: 'conditional' })],
    },
  ],
  [
    'items of a withheld resource under its basis, with no way of sharing',
    {
      share_type: 'withheld',
      open_type: 'closed',
      share_basis: BASIS,
      share_method_category: null,
      share_method_type: null,
      items: [item({ share_type: 'withheld', open_type: 'closed' })],
    },
  ],
  [
    'a file without items',
    { format_category: 'electronic_file', format_type: 'pdf', share_method_type: 'file', items: [] },
  ],
  ['sharing by mail needs no platform way', { share_method_category: 'email', share_method_type: null }],
  ['a yearbook series', { name: '2017年企业登记信息' }, { sibling_names: ['2016年企业登记信息'] }],
  ['a series whose year stands last', { name: '企业登记信息2017年' }, { sibling_names: ['企业登记信息2016年'] }],
  ['numbers that a separator tells apart', { name: '13-1 企业登记信息' }, { sibling_names: ['131 企业登记信息'] }],
  ['everything shared, nothing more', { census: { ...CENSUS, shared_rows_10k: 3.5, shared_storage_gb: 10 } }],
  ['nine digits and four decimals', { census: { ...CENSUS, total_storage_gb: 123456789.1234 } }],
  ['no census at all', { census: null }],
  ['the class the code was issued in', {}, { code: '363027/000001' }],
]

for (const [title, draft, known] of ALLOWED)
  test(`the rules leave alone what is right: ${title} (T2.2)`, () => {
    assert.deepEqual(told(draft, facts(known)), [])
  })

test('every finding names its rule, a clause and a sentence in Chinese (T2.2)', () => {
  const findings = checker.check({ items: [{ share_type: 'withheld' }], name: '无' }, { provider: null })
  assert.ok(findings.length > 10)
  for (const { rule, clause, message } of findings) {
    assert.match(rule, /^[CF]\d\d$/)
    assert.match(clause, /[一-龥]/)
    assert.match(message, /[一-龥]/)
  }
})

test('rules are data: a standard that leaves one out, or makes it milder, is followed (T2.1)', () => {
  const bare = catalog.makeChecker({ ...standard1272, rules: standard1272.rules.filter(({ id }) => id !== 'C02') })
  assert.deepEqual(bare.check({ ...GOOD, format_type: 'pdf' }, facts()), [])
  const mild = catalog.makeChecker({
    ...standard1272,
    rules: standard1272.rules.map((rule) => (rule.id === 'C02' ? { ...rule, level: 'warning' as const } : rule)),
  })
  assert.equal(mild.check({ ...GOOD, format_type: 'pdf' }, facts())[0]?.level, 'warning')
})

test('fields and codes are data: a province may ask for more and know other words (T2.1)', () => {
  const [field] = standard1272.fields.filter(({ key }) => key === 'inner_dept')
  const stricter = catalog.makeChecker({
    ...standard1272,
    fields: standard1272.fields.map((one) => (one === field ? { ...one, required: 'yes' as const } : one)),
    enumerations: {
      ...standard1272.enumerations,
      update_cycle: [{ code: 'ten_days', title: '每旬', external_code: '10', parents: [] }],
    },
  })
  const findings = stricter.check({ ...GOOD, update_cycle: 'ten_days' }, facts())
  assert.deepEqual(
    findings.map(({ rule, field: at }) => `${rule} ${at}`),
    ['C01 inner_dept'],
  )
})

test('a name like a program or a prototype is just a name (T2.1)', () => {
  for (const name of ['__proto__', 'constructor', "'; drop table catalog.entry; --"])
    assert.deepEqual(told({ name, update_cycle: name }), ['F01 error update_cycle'])
})
