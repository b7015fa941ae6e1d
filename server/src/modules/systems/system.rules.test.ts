import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Survey, surveyFaults, toSurvey } from './system.rules.ts'

const TODAY = '2017-10-20'
const survey: Survey = {
  name: '低保信息管理系统',
  function_desc: '城乡低保对象的申请、审核与发放',
  usage_scope: 'province',
  usage_frequency: 'daily',
  approval_org: '青海省发展和改革委员会',
  approved_on: '2015-06-01',
  fund_source: '省级财政',
  is_on_cloud: false,
}

test('a survey that says what, where, how often, who approved and who paid is complete (T1.1)', () => {
  assert.deepEqual(surveyFaults(survey, TODAY), [])
  assert.deepEqual(surveyFaults({ ...survey, approval_org: null, approved_on: null, fund_source: null }, TODAY), [])
})

test('each broken rule names its field, all at once (T1.1)', () => {
  const cases: [change: Partial<Survey>, broken: string[]][] = [
    [{ function_desc: ' 低保信息管理系统 ' }, ['function_desc']],
    [{ approved_on: '2017-10-21' }, ['approved_on']],
    [{ approved_on: TODAY }, []],
    [{ approval_org: null }, ['approval_org']],
    [{ approval_org: '  ', approved_on: '2018-01-01' }, ['approved_on', 'approval_org']],
  ]
  for (const [change, broken] of cases)
    assert.deepEqual(
      surveyFaults({ ...survey, ...change }, TODAY).map((fault) => fault.field),
      broken,
    )
})

test('blanks around a text are not kept, and what was left empty is kept as absent (T1.1)', () => {
  const kept = toSurvey({
    ...survey,
    version: 1,
    name: ' 低保信息管理系统 ',
    fund_source: ' ',
    approval_org: undefined,
  })
  assert.deepEqual([kept.name, kept.fund_source, kept.approval_org], ['低保信息管理系统', null, null])
})
