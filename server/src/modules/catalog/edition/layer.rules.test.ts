import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyLayer,
  type CatalogStandard,
  diffStandards,
  type LayerChange,
  layerFaults,
  makeChecker,
} from '@sanjiang/contract/catalog'
import fc from 'fast-check'
import { standard1272 } from '#seeds/reference/standard-1272.ts'

const base = standard1272
const added: LayerChange = {
  kind: 'field_added',
  key: 'extension.carrier',
  title: '基本载体',
  type: 'text',
  required: 'no',
  max_length: 50,
  enumeration: null,
  depends: null,
}
const saidOf = (...layer: LayerChange[]): string[] =>
  layerFaults(base, layer).map(({ field, message }) => `${field}：${message}`)

test('an empty layer is the national standard itself (T2.1)', () => {
  assert.deepEqual(applyLayer(base, []), base)
  assert.deepEqual(diffStandards(base, base), [])
})

test('a dialect may ask for more, never for less (T2.1)', () => {
  assert.deepEqual(saidOf(added, { kind: 'field_tightened', key: 'summary', max_length: 500 }), [])
  assert.deepEqual(saidOf({ kind: 'field_tightened', key: 'inner_dept', required: 'yes' }), [])
  assert.match(saidOf({ kind: 'field_tightened', key: 'summary', required: 'no' })[0]!, /只能收紧，不能放宽/)
  assert.match(saidOf({ kind: 'field_tightened', key: 'summary', max_length: 2000 })[0]!, /地方只能更短/)
  assert.match(saidOf({ kind: 'rule_levelled', id: 'C03', level: 'warning' })[0]!, /不能降为警告/)
  assert.deepEqual(saidOf({ kind: 'rule_levelled', id: 'C10', level: 'error' }), [])
})

test('lists that the platform acts on are closed, national code lists only grow, classes go leaf by leaf (T2.1)', () => {
  const code = { title: '内部', external_code: '9', parents: [] }
  assert.match(saidOf({ kind: 'code_added', enumeration: 'share_type', code: 'inner', ...code })[0]!, /不能增加取值/)
  assert.deepEqual(saidOf({ kind: 'code_added', enumeration: 'service_object', code: 'inner', ...code }), [])
  assert.match(saidOf({ kind: 'code_dropped', enumeration: 'GB/T 2261.1', code: '1' })[0]!, /只能增补/)
  assert.match(saidOf({ kind: 'class_dropped', code: '103' })[0]!, /请先停用下级/)
  const below = ['103001', '103002'].map((one): LayerChange => ({ kind: 'class_dropped', code: one }))
  assert.deepEqual(saidOf({ kind: 'class_dropped', code: '103' }, ...below), [])
  assert.match(
    saidOf({ kind: 'class_added', code: '299001', title: '旅游', organ_id: null })[0]!,
    /上级分类“299”不存在/,
  )
  assert.match(saidOf(added, added)[0]!, /同一处已在前面改过/)
})

const CHANGES = fc.constantFrom<LayerChange>(
  added,
  { ...added, key: 'extension.unit', title: '最小分级单元', type: 'number', max_length: null, required: 'yes' },
  { kind: 'field_tightened', key: 'summary', max_length: 300 },
  { kind: 'field_tightened', key: 'name_en', required: 'yes' },
  { kind: 'field_tightened', key: 'items.data_element', required: 'yes', max_length: 40 },
  {
    kind: 'code_added',
    enumeration: 'service_object',
    code: 'person',
    title: '自然人',
    external_code: '1',
    parents: [],
  },
  { kind: 'code_dropped', enumeration: 'format_type', code: 'swf' },
  { kind: 'class_added', code: '213', title: '生态保护', organ_id: null },
  { kind: 'class_dropped', code: '212001' },
  { kind: 'rule_levelled', id: 'C10', level: 'error' },
)

test('every change of a sound layer is a line of the difference, and nothing else is (T2.1)', () => {
  fc.assert(
    fc.property(fc.uniqueArray(CHANGES, { maxLength: 10 }), (layer) => {
      assert.deepEqual(layerFaults(base, layer), [])
      assert.equal(diffStandards(base, applyLayer(base, layer)).length, layer.length)
    }),
    { numRuns: 60 },
  )
})

test('what a tightening dialect lets pass, the nation lets pass (T2.1)', () => {
  const tight = CHANGES.filter((one) => one.kind === 'field_tightened' || one.kind === 'rule_levelled')
  const entry = fc.record({
    name: fc.constantFrom('草场信息', '', '系统'),
    name_en: fc.constantFrom('grass', null),
    summary: fc.string({ maxLength: 1100 }),
    source_system_name: fc.constantFrom('系统', null),
    share_type: fc.constantFrom('unconditional', 'withheld', 'x'),
  })
  fc.assert(
    fc.property(fc.uniqueArray(tight, { maxLength: 4 }), entry, (layer, draft) => {
      const errors = (standard: CatalogStandard) =>
        makeChecker(standard)
          .check(draft, {})
          .filter(({ level }) => level === 'error')
          .map(({ field, rule }) => `${rule} ${field}`)
      const strict = errors(applyLayer(base, layer))
      for (const one of errors(base)) assert.ok(strict.includes(one), one)
    }),
    { numRuns: 60 },
  )
})
