import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findOutOfOrder, foldQuality, isOverdue, type QualityInput, qualityRulesAt } from './catalog.quality.rules.ts'
import type { Fact, QualityRule } from './catalog.quality.ts'
import type { ResourceContent } from './catalog.resource.ts'

const WEIGHTS = { Q01: 10, Q02: 10, Q03: 5, Q04: 10, Q05: 5, Q06: 20, Q07: 15, Q08: 10, Q09: 5, Q10: 5, Q11: 3, Q12: 2 }
const RULES: QualityRule[] = Object.entries(WEIGHTS).map(([code, weight]) => ({
  code,
  weight,
  valid_from: '2017-06-30',
  title: code,
  clause: '',
  verified: false,
}))

const ITEM: ResourceContent['items'][number] = {
  item_id: '00000000-0000-7000-8000-000000000001',
  seq: 1,
  name: '户主姓名',
  name_en: 'head',
  data_type: 'C',
  length: 50,
  is_key: false,
  is_required: false,
  share_type: null,
  share_condition: null,
  withheld_basis: null,
  open_type: null,
  sensitivity: null,
  mask_rule: null,
  data_element: 'GB/T 1',
}
const content = (more: object = {}) =>
  ({
    name: '低保家庭信息',
    summary: '城乡最低生活保障家庭的成员、收入和保障金额。',
    share_type: 'conditional',
    share_method_category: 'platform',
    share_method_type: 'api',
    update_cycle: 'monthly',
    items: [ITEM],
    ...more,
  }) as unknown as ResourceContent

const fact = (kind: Fact['kind'], more: Partial<Fact> = {}): Fact => ({
  kind,
  value: 1,
  since: '2017-12-01',
  party: 'provider',
  message: '',
  ...more,
})

const input = (more: Partial<QualityInput> = {}): QualityInput => ({
  origin: 'compiled',
  content: content(),
  missing: [],
  wanted: 20,
  errors: [],
  facts: [fact('attached_api')],
  unreferenced: [],
  first_published_on: '2017-06-01',
  today: '2017-12-11',
  ...more,
})

test('an entry with nothing to complain of has full marks, and every point lost is told with its rule (T2.2)', () => {
  assert.deepEqual(foldQuality(input(), RULES), { score: 100, level: 'A', reasons: [] })
  const poor = foldQuality(
    input({ content: content({ summary: '低保家庭信息。' }), missing: ['关键词', '来源系统'] }),
    RULES,
  )
  assert.deepEqual(
    poor.reasons.map(({ rule, lost, fix }) => [rule, lost, fix]),
    [
      ['Q01', 1, 'edit'],
      ['Q04', 10, 'edit'],
    ],
  )
  assert.equal(poor.score, 89)
  assert.equal(poor.level, 'B')
})

test('what an import or a harvest did not bring is told and charged to neither of those who provide, until they compile it themselves (T2.2)', () => {
  const bare = { missing: ['关键词'], content: content({ items: [{ ...ITEM, data_element: null, length: null }] }) }
  for (const [origin, party] of [
    ['imported', 'importer'],
    ['harvested', 'harvester'],
  ] as const) {
    const { score, reasons } = foldQuality(input({ ...bare, origin }), RULES)
    assert.equal(score, 100)
    assert.deepEqual(
      reasons.map(({ rule, party: whose, is_charged }) => [rule, whose, is_charged]),
      ['Q01', 'Q02', 'Q03'].map((rule) => [rule, party, false]),
    )
  }
  assert.equal(foldQuality(input(bare), RULES).score, 84.5)
  // A loss said by the harvest itself is not charged either, whoever compiled the version.
  assert.equal(
    foldQuality(input({ ...bare, facts: [...input().facts, fact('content_lost', { party: 'harvester' })] }), RULES)
      .score,
    100,
  )
  // What a provider wrote badly stays his, also where it was loaded in bulk.
  const repeated = { origin: 'imported', content: content({ summary: '低保家庭信息' }) } as const
  assert.equal(foldQuality(input(repeated), RULES).score, 90)
})

test('an interface the platform itself cannot reach, or that nobody wants to use, costs its provider nothing (国发〔2016〕51号 第十三条)', () => {
  const down = (party: Fact['party']) =>
    foldQuality(input({ facts: [fact('attached_api'), fact('unreachable_api', { party })] }), RULES)
  assert.equal(down('platform').score, 100)
  assert.equal(down('provider').score, 85)
  const unused = foldQuality(input({ facts: [fact('attached_api'), fact('granted')] }), RULES)
  assert.deepEqual([unused.score, unused.reasons[0]?.party], [100, 'consumer'])
  const blocked = foldQuality(input({ facts: [fact('granted')] }), RULES)
  assert.deepEqual([blocked.score, blocked.reasons.at(-1)?.party], [65, 'provider'])
})

test('whoever withholds data, or hands it over on a medium, is not asked to attach it (国发〔2016〕51号 第十条)', () => {
  for (const more of [{ share_type: 'withheld' }, { share_method_category: 'medium' }]) {
    const one = input({ content: content(more), facts: [] })
    assert.equal(foldQuality(one, RULES).score, 100)
    assert.deepEqual(findOutOfOrder(one), [])
  }
})

test('data is overdue after one and a half of its cycles, never without one (domain C14)', () => {
  assert.equal(isOverdue('monthly', '2017-10-25', '2017-12-10'), false)
  assert.equal(isOverdue('monthly', '2017-10-24', '2017-12-10'), true)
  assert.equal(isOverdue('daily', '2017-12-08', '2017-12-11'), false)
  assert.equal(isOverdue('irregular', '2001-01-01', '2017-12-11'), false)
})

test('what is out of order is named by its kind: never callable, not as declared, not reachable, overdue, drifted (T5.2)', () => {
  const kinds = (more: Partial<QualityInput>) =>
    findOutOfOrder(input(more)).map(({ kind, party }) => `${kind} ${party}`)
  assert.deepEqual(kinds({ facts: [] }), ['never_callable provider'])
  assert.deepEqual(kinds({ facts: [], first_published_on: '2017-12-01' }), [])
  assert.deepEqual(kinds({ facts: [], origin: 'harvested' }), ['never_callable harvester'])
  assert.deepEqual(kinds({ facts: [fact('attached_table')] }), ['mismatched provider'])
  const broken = [
    fact('attached_api'),
    fact('unreachable_api'),
    fact('newest', { since: '2017-01-01' }),
    fact('drift_open'),
  ]
  assert.deepEqual(kinds({ facts: broken }), [
    'never_callable provider',
    'unreachable provider',
    'outdated provider',
    'drifted provider',
  ])
  assert.deepEqual(kinds({ facts: [...broken, fact('called')] }).slice(0, 1), ['unreachable provider'])
})

test('a rule counts from the day its version begins (T2.2)', () => {
  const later = RULES.map((rule) => ({ ...rule, valid_from: '2018-01-01', weight: 1 }))
  const at = (day: string) => qualityRulesAt([...later, ...RULES], day)[0]?.weight
  assert.deepEqual(['2017-01-01', '2017-12-31', '2018-01-01'].map(at), [10, 10, 1])
})

const flag = fc.boolean()
const party = fc.constantFrom<Fact['party']>('provider', 'consumer', 'platform')
const inputs = fc
  .record({
    origin: fc.constantFrom<QualityInput['origin']>('compiled', 'imported', 'harvested'),
    missing: fc.nat(20),
    isBare: flag,
    isRepeating: flag,
    hasErrors: flag,
    cycle: fc.constantFrom('daily', 'monthly', 'irregular'),
    shares: fc.constantFrom('conditional', 'withheld'),
    attached: fc.subarray(['api', 'table', 'file'] as const),
    down: fc.subarray(['api', 'table', 'file'] as const),
    downBy: party,
    isOld: flag,
    marks: fc.subarray([
      'granted',
      'called',
      'drift_open',
      'correction_open',
      'correction_late',
      'content_lost',
    ] as const),
    isUnreferenced: flag,
  })
  .map((of): QualityInput => {
    const facts = [
      ...of.attached.map((method) => fact(`attached_${method}`)),
      ...of.attached
        .filter((method) => of.down.includes(method))
        .map((method) => fact(`unreachable_${method}`, { party: of.downBy })),
      ...(of.attached.some((method) => method !== 'api')
        ? [fact('newest', { since: of.isOld ? '2016-01-01' : '2017-12-11' })]
        : []),
      ...of.marks
        .filter((kind) => kind !== 'drift_open' || of.attached.length > 0)
        .map((kind) => fact(kind, kind === 'content_lost' ? { party: 'importer' } : {})),
    ]
    return input({
      origin: of.origin,
      missing: Array.from({ length: of.missing }, (_, n) => `字段${n}`),
      content: content({
        share_type: of.shares,
        update_cycle: of.cycle,
        summary: of.isRepeating ? '低保家庭信息' : content().summary,
        items: [{ ...ITEM, data_element: of.isBare ? null : 'GB/T 1', length: of.isBare ? null : 50 }],
      }),
      errors: of.hasErrors ? ['类型不对'] : [],
      facts,
      unreferenced: of.isUnreferenced ? ['姓名'] : [],
    })
  })

const without = (facts: readonly Fact[], ...kinds: readonly string[]) =>
  facts.filter(({ kind }) => !kinds.includes(kind))

/** Each shortcoming mended by itself, with nothing else touched. */
const MENDINGS: Record<string, (one: QualityInput) => QualityInput> = {
  Q01: (one) => ({ ...one, missing: one.missing.slice(1) }),
  Q02: (one) => ({
    ...one,
    content: { ...one.content, items: one.content.items.map((item) => ({ ...item, length: 9 })) },
  }),
  Q03: (one) => ({
    ...one,
    content: { ...one.content, items: one.content.items.map((item) => ({ ...item, data_element: 'X' })) },
  }),
  Q04: (one) => ({ ...one, content: { ...one.content, summary: content().summary } }),
  Q05: (one) => ({ ...one, errors: [] }),
  Q06: (one) => ({ ...one, facts: [...one.facts, fact('attached_api')] }),
  Q07: (one) => ({ ...one, facts: one.facts.filter(({ kind }) => !kind.startsWith('unreachable')) }),
  Q08: (one) => ({ ...one, facts: one.facts.map((it) => (it.kind === 'newest' ? { ...it, since: one.today } : it)) }),
  Q09: (one) => ({ ...one, facts: [...one.facts, fact('called')] }),
  Q10: (one) => ({ ...one, facts: without(one.facts, 'correction_late') }),
  Q11: (one) => ({ ...one, facts: without(one.facts, 'drift_open') }),
  Q12: (one) => ({ ...one, unreferenced: [] }),
}

test('mending one shortcoming never lowers the score, and the points told add up to it (T2.2)', () => {
  fc.assert(
    fc.property(inputs, (one) => {
      const before = foldQuality(one, RULES)
      const charged = before.reasons.filter(({ is_charged }) => is_charged)
      assert.ok(Math.abs(100 - charged.reduce((sum, { lost }) => sum + lost, 0) - before.score) < 0.06)
      assert.ok(charged.every(({ party: whose }) => whose === 'provider'))
      for (const { rule } of before.reasons) {
        const after = foldQuality(MENDINGS[rule]!(one), RULES)
        assert.ok(after.score >= before.score, `${rule}: ${before.score} → ${after.score}`)
      }
    }),
  )
})
