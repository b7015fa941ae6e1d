import type { PastRequest } from '#modules/sharing/index.ts'
import { organById, provincialOrganOf } from '../reference/organs.ts'
import { serviceItems } from '../reference/service-items.ts'
import { officerOf, type PlannedRequest, type Wanted } from './history.ts'

/**
 * Requests that wait for an answer on the demo's day, 2017-12-11: handed in on 6 December they are green, on 28 November yellow
 * (nine of ten working days used), on 24 November red.
 */
const WAITING: readonly (readonly [consumer: string, resource_key: string, purpose: string, submitted_on: string])[] = [
  ['016', '6300003007.resident_person', '公共租赁住房租赁补贴给付', '2017-12-06'],
  ['154', '6300003007.resident_person', '残疾人证核发', '2017-11-28'],
  ['037', '6300003007.motor_vehicle', '建档立卡贫困户帮扶资金给付', '2017-11-24'],
  ['013', '6300003007.identity_card', '就业创业证申领', '2017-12-07'],
  ['004', '6300003010.urban_minimum', '学生资助资金的给付', '2017-12-05'],
  ['022', '6300003010.rural_minimum', '农村部分计划生育家庭奖励扶助金给付', '2017-11-28'],
  ['013', '6300003010.marriage', '失业保险金申领', '2017-11-23'],
  ['010', '6300003013.unemployment_benefit', '最低生活保障金的给付', '2017-12-04'],
  ['010', '6300003027.sole_trader', '最低生活保障金的给付', '2017-11-28'],
  ['010', '6300003004.student_aid', '临时救助金的给付', '2017-11-22'],
]

const pastOf = (wanted: Wanted, row: (typeof WAITING)[number], no: string): PastRequest => {
  const [consumer, , purpose, submitted_on] = row
  const item = serviceItems.find((one) => one.name === purpose)
  if (!item) throw new Error(`no service item ${purpose} in the seeds`)
  return {
    consumer: officerOf(provincialOrganOf(consumer), 1),
    provider: officerOf(organById(wanted.provider_organ_id), 1),
    submitted_on,
    draft: {
      resource_id: wanted.resource_id,
      item_ids: wanted.items.filter((one) => one.share_type !== 'withheld').map((one) => one.item_id),
      purpose_code: 'administrative_basis',
      purpose_ref: item.code,
      scenario: `${no} 办理“${item.name}”时核对当事人的“${wanted.name}”`,
      access_mode: 'api',
      quota: { count: 3000, period: 'day' },
      starts_on: submitted_on,
      ends_on: '2019-12-31',
      is_security_committed: true,
    },
  }
}

/** What the demo's providers find on their desks; `find` gives a published resource by the demo's key. */
export const planWaiting = (find: (key: string) => Wanted | undefined): PlannedRequest[] =>
  WAITING.flatMap((row, index) => {
    const wanted = find(row[1])
    const no = `〔2017〕待复${String(index + 1).padStart(2, '0')}号`
    return wanted ? [{ no, past: pastOf(wanted, row, no) }] : []
  })
