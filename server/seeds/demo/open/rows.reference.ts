import { codes } from '@sanjiang/contract'
import { organById } from '../../reference/organs.ts'
import { OUTLINES } from '../../reference/outline.data.ts'
import { outlineGeometry } from '../../reference/outlines.ts'
import { planTasks } from '../../reference/plan-tasks.ts'
import { counties, prefectures, province } from '../../reference/regions.ts'
import type { Cell } from './dataset.ts'

const LEVELS = { province: '省级', prefecture: '地级', county: '县级' } as const

/** The province, its prefectures with outline and seat, its counties. */
export const divisionRows = (): Cell[][] =>
  [province, ...prefectures, ...counties].map(({ code, name, parent_code, level, population_10k }) => {
    const [lon, lat] = OUTLINES.find((one) => one.code === code)?.seat ?? [null, null]
    const outline = outlineGeometry(code)
    return [code, name, parent_code, LEVELS[level], population_10k, lon, lat, outline ? JSON.stringify(outline) : null]
  })

const FEASTS: readonly (readonly [from: string, until: string, name: string])[] = [
  ['2017-01-01', '2017-01-02', '元旦'],
  ['2017-01-27', '2017-02-02', '春节'],
  ['2017-04-02', '2017-04-04', '清明节'],
  ['2017-05-01', '2017-05-01', '劳动节'],
  ['2017-05-28', '2017-05-30', '端午节'],
  ['2017-10-01', '2017-10-08', '国庆节、中秋节'],
  ['2018-01-01', '2018-01-01', '元旦'],
  ['2018-02-15', '2018-02-21', '春节'],
  ['2018-04-05', '2018-04-07', '清明节'],
  ['2018-04-29', '2018-05-01', '劳动节'],
  ['2018-06-18', '2018-06-18', '端午节'],
  ['2018-09-24', '2018-09-24', '中秋节'],
  ['2018-10-01', '2018-10-07', '国庆节'],
]

const kindOf = (day: string, isWorked: boolean): string => {
  const isWeekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
  if (FEASTS.some(([from, until]) => day >= from && day <= until)) return '节假日'
  if (isWorked) return isWeekend ? '调休上班' : '工作日'
  return '休息日'
}

/** Every day of these years as the State Council's notices have it. */
export const calendarRows = (years: readonly number[]): Cell[][] =>
  years.flatMap((year) => {
    const { document_no } = codes.NOTICES.find((one) => one.year === year)!
    const first = codes.parseDay(`${year}-01-01`)
    return Array.from({ length: codes.parseDay(`${year}-12-31`) - first + 1 }, (_, at) => {
      const day = codes.formatDay(first + at)
      const isWorked = codes.isWorkingDay(codes.CALENDAR, day)
      const feast = FEASTS.find(([from, until]) => day >= from && day <= until)?.[2] ?? null
      return [day, isWorked ? 't' : 'f', kindOf(day, isWorked), feast, document_no]
    })
  })

const namesOf = (ids: readonly string[]): string =>
  ids.length === 0 ? '各部门、各地区' : ids.map((id) => organById(id).name).join('、')

/** The plan's sixteen tasks, one row per dated milestone. */
export const taskRows = (): Cell[][] =>
  planTasks.flatMap(({ task_no, title, section, lead_organ_ids, due_on, milestones }) => {
    const task = [task_no, title, section]
    if (milestones.length === 0) return [[...task, namesOf(lead_organ_ids), title, null, due_on]]
    return milestones.map((one) => [...task, namesOf(one.lead_organ_ids), one.title, one.clause, one.due_on])
  })
