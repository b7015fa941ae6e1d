import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OpenContent } from '@sanjiang/contract/opendata'
import fc from 'fast-check'
import { columnOf } from '#test/public-dataset.ts'
import { MQA_MOST, mqaOf } from './mqa.rules.ts'
import { type QualityCriterion, type QualityFacts, qualityOf } from './quality.rules.ts'

const CONTENT: OpenContent = {
  slug: 'q-1',
  title: '养老机构名录',
  summary: '全省登记在册的养老机构，含名称、地址、床位数，供公众查询、研究和再利用，每月更新一次。',
  organ_name: '省民政厅',
  theme_title: '社会救助',
  open_type: 'unconditional',
  open_condition: null,
  licence: 'open',
  update_cycle: 'monthly',
  contact: '省民政厅 0971-8230000',
  keywords: ['养老', '机构'],
  items: [],
}
const GOOD: QualityFacts = {
  content: CONTENT,
  columns: [columnOf('name', '名称'), columnOf('beds', '床位数', { data_type: 'I', role: 'measure', unit: '张' })],
  formats: ['csv', 'json', 'xlsx', 'xml'],
  row_count: 12,
  data_on: '2017-11-30',
  delayed_since: null,
}
const TODAY = '2017-12-20'
const told = (facts: QualityFacts, criterion: QualityCriterion, today = TODAY) => {
  const { points, weight, text } = qualityOf(facts, today).judgements.find((one) => one.criterion === criterion)!
  return [points, weight, text]
}

test('data that keep what was promised get all there is, with a reason for each part (T4.2)', () => {
  const { score, level, judgements } = qualityOf(GOOD, TODAY)
  assert.deepEqual([score, level, judgements.length], [100, 'A', 7])
  assert.deepEqual(told(GOOD, 'timeliness'), [25, 25, '按承诺的周期更新，数据截至 2017-11-30'])
})

test('late data cost points, little for being a little late; what the platform holds back costs the provider none (T4.2)', () => {
  assert.deepEqual(told(GOOD, 'timeliness', '2018-01-05'), [12.5, 25, '应于 2017-12-31 更新，已晚 5 天'])
  assert.deepEqual(told(GOOD, 'timeliness', '2018-03-01').slice(0, 2), [0, 25])
  const delayed = { ...GOOD, delayed_since: '2017-12-30' }
  assert.deepEqual(told(delayed, 'timeliness', '2018-03-01').slice(0, 2), [0, 0])
  assert.equal(qualityOf(delayed, '2018-03-01').score, 100)
  assert.equal(told({ ...GOOD, formats: [] }, 'formats')[1], 0, 'files still being made')
  const free = { ...GOOD, content: { ...CONTENT, update_cycle: 'irregular' } }
  assert.equal(told(free, 'timeliness', '2030-01-01')[1], 0, 'nothing promised')
})

test('each fault is named so that it can be mended (T4.2)', () => {
  const poor: QualityFacts = {
    ...GOOD,
    content: { ...CONTENT, summary: '养老机构的名录数据', keywords: [], contact: '政务公开处' },
    columns: [columnOf('a', 'A'), columnOf('beds', '床位数', { role: 'measure' })],
    formats: ['xlsx'],
  }
  assert.equal(told(poor, 'columns')[2], '2 列缺名称或单位：A、床位数')
  assert.equal(told(poor, 'formats')[2], '只有表格文件，没有开放的机读格式')
  assert.equal(told(poor, 'contact')[2], '没有可以联系的电话或邮箱')
  const hotline = { ...poor, content: { ...poor.content, contact: '政务公开机构，电话 12345' } }
  assert.equal(told(hotline, 'contact')[2], '有可以联系的电话或邮箱')
  assert.equal(told(poor, 'description')[2], '说明不足 30 字，关键词少于 2 个')
  const bare = { ...GOOD, columns: [], formats: [], row_count: null, data_on: null }
  assert.ok(qualityOf(bare, TODAY).score < qualityOf(poor, TODAY).score)
})

test('the European score counts 405 points in five dimensions, and never claims a licence the European table has not (T4.2, MQA)', () => {
  assert.equal(
    Object.values(MQA_MOST).reduce((sum, one) => sum + one, 0),
    405,
  )
  const placed = {
    ...GOOD,
    columns: [...GOOD.columns, columnOf('lon', '经度', { role: 'lon' }), columnOf('lat', '纬度', { role: 'lat' })],
  }
  const { score, rating, dimensions } = mqaOf(placed)
  assert.deepEqual([score, rating, dimensions], [395, 'excellent', { ...MQA_MOST, reusability: 65 }])
  assert.equal(mqaOf({ ...GOOD, row_count: null, formats: [], data_on: null, columns: [] }).rating, 'sufficient')
})

test('no score leaves its bounds, and a missing thing never makes one better (T4.2)', () => {
  const anything = fc.record({
    formats: fc.subarray(['csv', 'xlsx', 'json', 'parquet']),
    row_count: fc.option(fc.nat(100)),
    data_on: fc.option(fc.constantFrom('2016-01-01', '2017-12-01')),
    keywords: fc.subarray(['甲', '乙', '丙']),
    cycle: fc.constantFrom('daily', 'yearly', 'none', null),
  })
  fc.assert(
    fc.property(anything, ({ formats, row_count, data_on, keywords, cycle }) => {
      const facts = { ...GOOD, formats, row_count, data_on, content: { ...CONTENT, keywords, update_cycle: cycle } }
      const { score } = qualityOf(facts, TODAY)
      const mqa = mqaOf(facts).score
      assert.ok(score >= 0 && score <= 100 && mqa >= 0 && mqa <= 405)
      const less = { ...facts, content: { ...facts.content, keywords: [], contact: '' } }
      assert.ok(qualityOf(less, TODAY).score <= score && mqaOf(less).score <= mqa)
    }),
  )
})
