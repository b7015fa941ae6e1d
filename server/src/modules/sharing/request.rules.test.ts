import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision, Terms } from '@sanjiang/contract/sharing'
import { Fault } from '#kernel/fault.ts'
import {
  assertVerb,
  type CatalogItem,
  outcomeOf,
  pickItems,
  requestCan,
  resolveDecision,
  type Standing,
  submitFaults,
} from './request.rules.ts'

const item = (seq: number, share_type: string, mask_rule = 'none'): CatalogItem => ({
  item_id: `item-${seq}`,
  seq,
  name: `项${seq}`,
  name_en: `item_${seq}`,
  share_type,
  withheld_basis: share_type === 'withheld' ? { title: '《中华人民共和国保守国家秘密法》', clause: '第九条' } : null,
  mask_rule,
})
const CATALOG = [item(1, 'unconditional'), item(2, 'conditional', 'citizen_id'), item(3, 'withheld')]
const RESOURCE = { name: '人口', share_type: 'unconditional', share_basis: null }

const faultOf = (work: () => unknown): Fault => {
  try {
    work()
  } catch (thrown) {
    assert.ok(thrown instanceof Fault)
    return thrown
  }
  throw new assert.AssertionError({ message: 'nothing was refused' })
}

test('items come out in catalogue order whatever the order asked (T5.2)', () => {
  const picked = pickItems(RESOURCE, CATALOG, ['item-2', 'item-1'])
  assert.deepEqual(
    picked.map(({ seq }) => seq),
    [1, 2],
  )
})

test('a withheld item cannot be asked for, and the refusal names the item and its legal basis (T5.2)', () => {
  const fault = faultOf(() => pickItems(RESOURCE, CATALOG, ['item-1', 'item-3']))
  assert.equal(fault.code, 'withheld')
  assert.deepEqual(
    fault.fields?.map(({ field, clause }) => [field, clause]),
    [['item_ids.1', '《中华人民共和国保守国家秘密法》 第九条']],
  )
  assert.match(fault.message, /项3/)
})

test('every item of a withheld resource is withheld on the basis of the resource (T5.2)', () => {
  const withheld = {
    name: '案件',
    share_type: 'withheld',
    share_basis: { title: '《刑事诉讼法》', clause: '第五十四条' },
  }
  const fault = faultOf(() => pickItems(withheld, CATALOG, ['item-1']))
  assert.equal(fault.fields?.[0]?.clause, '《刑事诉讼法》 第五十四条')
})

test('an item of another resource is not accepted (T5.2)', () => {
  assert.equal(faultOf(() => pickItems(RESOURCE, CATALOG, ['item-9'])).code, 'invalid')
})

const ASKED = {
  purpose_code: 'data_verification',
  purpose_ref: '000114001000',
  scenario: '核验低保申请人身份',
  starts_on: '2017-09-25',
  ends_on: '2018-09-24',
  row_conditions: [],
  is_security_committed: true,
}

test('an incomplete draft is told everything it lacks at once (T5.2)', () => {
  const empty = {
    ...ASKED,
    purpose_code: null,
    purpose_ref: ' ',
    scenario: '',
    starts_on: null,
    ends_on: null,
    is_security_committed: false,
  }
  const fields = submitFaults(empty, [], '2017-09-25').map(({ field }) => field)
  assert.deepEqual(fields, [
    'item_ids',
    'purpose_code',
    'purpose_ref',
    'scenario',
    'is_security_committed',
    'starts_on',
    'ends_on',
  ])
  assert.deepEqual(submitFaults(ASKED, [CATALOG[0]!], '2017-09-25'), [])
})

test('a term that is over, reversed or longer than three years is refused (T5.2)', () => {
  const rules = (change: object) =>
    submitFaults({ ...ASKED, ...change }, [CATALOG[0]!], '2017-09-25').map(({ rule }) => rule)
  assert.deepEqual(rules({ starts_on: '2017-01-01', ends_on: '2017-09-24' }), ['past'])
  assert.deepEqual(rules({ starts_on: '2018-01-01', ends_on: '2017-12-31' }), ['term'])
  assert.deepEqual(rules({ ends_on: '2020-09-26' }), ['term_years'])
  assert.deepEqual(rules({ ends_on: '2020-09-25' }), [])
})

const nobody: Standing = { is_consumer: false, is_provider: false, is_coordinator: false, is_asker: false }
const provider = { ...nobody, is_provider: true }
const consumer = { ...nobody, is_consumer: true, is_asker: true }

test('the pages are offered exactly the verbs that the server accepts (T5.2)', () => {
  const states = [
    'draft',
    'submitted',
    'granted',
    'partly_granted',
    'refused',
    'negotiating',
    'coordinating',
    'withdrawn',
  ]
  const verbs = [
    'save',
    'submit',
    'withdraw',
    'decide',
    'dispute',
    'reconsider',
    'escalate',
    'settle',
    'coordinate',
  ] as const
  for (const standing of [
    nobody,
    provider,
    consumer,
    { ...provider, is_asker: true },
    { ...nobody, is_coordinator: true },
  ])
    for (const state of states)
      for (const is_settled of [false, true]) {
        const offered = requestCan({ state, is_settled }, standing)
        for (const verb of verbs) {
          const attempt = () => assertVerb(verb, { state, is_settled }, standing)
          if (offered.includes(verb)) assert.doesNotThrow(attempt)
          else assert.throws(attempt, Fault)
        }
      }
})

test('whoever asked, or works in the organ that asked, may not answer (T5.2)', () => {
  const face = { state: 'submitted', is_settled: false }
  assert.deepEqual(requestCan(face, provider), ['decide', 'message'])
  assert.equal(faultOf(() => assertVerb('decide', face, { ...provider, is_asker: true })).code, 'separation_of_duties')
})

const TERMS: Terms = {
  items: [],
  row_conditions: [],
  quota: { count: 100, period: 'day' },
  starts_on: '2017-09-25',
  ends_on: '2018-09-24',
  allows_low_assurance: false,
}
const PENDING = [
  { item_id: 'a', name: '甲', name_en: 'a', catalog_mask_rule: 'none' },
  { item_id: 'b', name: '乙', name_en: 'b', catalog_mask_rule: 'citizen_id' },
]
const rulesOf = (body: Decision) => resolveDecision(PENDING, TERMS, body).faults.map(({ rule }) => rule)
const grant = (item_id: string) => ({ item_id, outcome: 'granted' as const })
const refuse = (item_id: string) => ({ item_id, outcome: 'refused' as const })

test('an answer must cover every waiting item exactly once (T5.2)', () => {
  assert.deepEqual(rulesOf({ items: [grant('a')] }), ['unanswered'])
  assert.deepEqual(rulesOf({ items: [grant('a'), grant('a'), grant('b')] }), ['twice'])
  assert.deepEqual(rulesOf({ items: [grant('a'), grant('b'), grant('c')] }), ['not_pending'])
  assert.deepEqual(rulesOf({ items: [grant('a'), grant('b')] }), [])
})

test('a refusal needs a coded reason and ten characters of text, per item or for all (T5.2)', () => {
  const both = [refuse('a'), grant('b')]
  assert.deepEqual(rulesOf({ items: both }), ['reason_code', 'reason_text'])
  assert.deepEqual(rulesOf({ items: both, reason_code: 'other', reason_text: '太短了' }), ['reason_text'])
  assert.deepEqual(rulesOf({ items: both, reason_code: 'other', reason_text: `          不够十字          ` }), [
    'reason_text',
  ])
  assert.deepEqual(
    rulesOf({ items: both, reason_code: 'not_held', reason_text: '本部门自二〇一六年起不再掌握该信息' }),
    [],
  )
})

test('an answer may only narrow what was asked (T5.2, C2)', () => {
  const all = [grant('a'), grant('b')]
  assert.deepEqual(rulesOf({ items: all, quota: { count: 101, period: 'day' } }), ['larger_quota'])
  assert.deepEqual(rulesOf({ items: all, ends_on: '2018-09-25' }), ['later_end'])
  assert.deepEqual(rulesOf({ items: all, allows_low_assurance: true }), ['lower_assurance'])
  assert.deepEqual(rulesOf({ items: [grant('a'), { ...grant('b'), mask_rule: 'none' }] }), ['weaker_mask'])
  const narrower = { quota: { count: 50, period: 'day' as const }, ends_on: '2017-12-31' }
  const { terms } = resolveDecision(PENDING, TERMS, {
    items: [grant('a'), { ...grant('b'), mask_rule: 'full' }],
    ...narrower,
  })
  assert.deepEqual([terms.quota.count, terms.ends_on, terms.items[1]!.mask_rule], [50, '2017-12-31', 'full'])
})

test('the conclusion of a request follows from its items (T5.2)', () => {
  assert.equal(outcomeOf(['granted', 'granted']), 'granted')
  assert.equal(outcomeOf(['granted', 'refused']), 'partly_granted')
  assert.equal(outcomeOf(['refused']), 'refused')
})
