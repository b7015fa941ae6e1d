import type { FieldFault } from '@sanjiang/contract'
import type { SystemChange, SystemDraft } from '@sanjiang/contract/systems'

/** What a person enters about a system, whether it is new or not. */
export type Survey = Omit<SystemDraft, 'organ_id'>

const CLAUSE = '青发改高技〔2017〕599号 任务一'

const trimmed = (text: string | null | undefined): string | null => text?.trim() || null

/** The survey as it is kept: without blanks around texts, with every field present. */
export const toSurvey = (entered: SystemDraft | SystemChange) => ({
  name: entered.name.trim(),
  function_desc: entered.function_desc.trim(),
  usage_scope: entered.usage_scope,
  usage_frequency: entered.usage_frequency,
  approval_org: trimmed(entered.approval_org),
  approved_on: entered.approved_on ?? null,
  fund_source: trimmed(entered.fund_source),
  is_on_cloud: entered.is_on_cloud,
})

/** Every rule a survey breaks, all at once, so that nobody corrects a form field by field. */
export const surveyFaults = (survey: Survey, today: string): FieldFault[] => {
  const faults: FieldFault[] = []
  const add = (field: string, rule: string, message: string) => faults.push({ field, rule, message, clause: CLAUSE })
  if (survey.function_desc.trim() === survey.name.trim())
    add('function_desc', 'says_more_than_name', '功能说明不能只是重复名称')
  if (survey.approved_on && survey.approved_on > today) add('approved_on', 'not_in_future', '审批日期不能晚于今天')
  if (survey.approved_on && !trimmed(survey.approval_org))
    add('approval_org', 'required_with_date', '填写了审批日期的，须填写审批部门')
  return faults
}
