import { NOTICES, type Notice } from './calendar.data.ts'
import { formatDay, isWeekend, parseDay } from './day.ts'

/** A working calendar: Monday to Friday, changed by notices on single days. */
export interface Calendar {
  /** First and last day for which the days off have been announced; anything outside is provisional. */
  readonly announced_from: number
  readonly announced_until: number
  /** Days whose work differs from what their weekday says: true — worked, false — off. */
  readonly changes: ReadonlyMap<number, boolean>
  /** Days of `changes` in order. */
  readonly changed: readonly number[]
}

/** A day that one place has off, or works, on its own: 各自治州逢十州庆 and the like. The longest matching prefix wins. */
export interface LocalDay {
  /** First digits of the division code: `6327` holds for 玉树州 and its counties. */
  readonly division_prefix: string
  readonly on: string
  readonly is_worked: boolean
  readonly basis: string
}

const daysOf = (year: number, ranges: string): number[] =>
  ranges.split(' ').flatMap((range) => {
    const [from = '', until = from] = range.split('~').map((text) => (text.length === 5 ? `${year}-${text}` : text))
    const first = parseDay(from)
    return Array.from({ length: parseDay(until) - first + 1 }, (_, i) => first + i)
  })

const build = (days: Iterable<readonly [number, boolean]>, from: number, until: number): Calendar => {
  const changes = new Map([...days].filter(([day, isWorked]) => isWorked === isWeekend(day)))
  const changed = [...changes.keys()].sort((a, b) => a - b)
  return Object.freeze({ announced_from: from, announced_until: until, changes, changed })
}

/** The calendar that notices of consecutive years make together. */
export const calendarOf = (notices: readonly Notice[]): Calendar => {
  const days = notices.flatMap(({ year, off, worked }) => [
    ...daysOf(year, off).map((day) => [day, false] as const),
    ...daysOf(year, worked).map((day) => [day, true] as const),
  ])
  const years = notices.map((notice) => notice.year)
  return build(days, parseDay(`${Math.min(...years)}-01-01`), parseDay(`${Math.max(...years)}-12-31`))
}

/** The national working calendar, 2017 to the last announced year (domain §11). */
export const CALENDAR: Calendar = calendarOf(NOTICES)

/** The calendar as it holds in one division: the national one with that place's own days on top. */
export const calendarIn = (calendar: Calendar, division_code: string, local: readonly LocalDay[]): Calendar => {
  const here = local
    .filter((one) => division_code.startsWith(one.division_prefix))
    .sort((a, b) => a.division_prefix.length - b.division_prefix.length)
  if (here.length === 0) return calendar
  const days = new Map(calendar.changes)
  for (const one of here) days.set(parseDay(one.on), one.is_worked)
  return build(days, calendar.announced_from, calendar.announced_until)
}

export const isWorkingDay = (calendar: Calendar, date: string): boolean => isWorking(calendar, parseDay(date))

export const isWorking = (calendar: Calendar, day: number): boolean => calendar.changes.get(day) ?? !isWeekend(day)

export const isProvisional = (calendar: Calendar, day: number): boolean =>
  day < calendar.announced_from || day > calendar.announced_until

/** Weekdays in 1970-01-01 … day (a Thursday start, so three weekdays of the first week lie before it). */
const weekdaysUntil = (day: number): number => {
  const shifted = day + 3
  const weeks = Math.floor(shifted / 7)
  return weeks * 5 + Math.min(shifted - weeks * 7 + 1, 5)
}

/** How many of the sorted days are ≤ day. */
const rankOf = (days: readonly number[], day: number): number => {
  let low = 0
  let high = days.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((days[middle] as number) <= day) low = middle + 1
    else high = middle
  }
  return low
}

/** Working days after `from` up to and including `until` — the first day is not counted; zero when `until` is not later. */
export const countWorking = (calendar: Calendar, from: number, until: number): number => {
  if (until <= from) return 0
  const { changed, changes } = calendar
  let count = weekdaysUntil(until) - weekdaysUntil(from)
  for (let i = rankOf(changed, from); i < changed.length && (changed[i] as number) <= until; i++)
    count += changes.get(changed[i] as number) ? 1 : -1
  return count
}

/** The epoch day on which the `count`-th working day after `from` falls; zero stays on `from`. */
export const addWorking = (calendar: Calendar, from: number, count: number): number => {
  let day = from
  for (let left = count; left > 0; ) {
    day += 1
    if (isWorking(calendar, day)) left -= 1
  }
  return day
}

/**
 * `count` working days after a date: 起算日不计, 次一工作日为第 1 日, the last one ends at midnight (domain §11). Provisional when it
 * reaches beyond the last announced year.
 */
export const addWorkingDays = (
  calendar: Calendar,
  date: string,
  count: number,
): { on: string; provisional: boolean } => {
  const from = parseDay(date)
  const day = addWorking(calendar, from, count)
  return { on: formatDay(day), provisional: isProvisional(calendar, from) || isProvisional(calendar, day) }
}

/** Working days between two dates, the first not counted, the last counted. */
export const workingDaysBetween = (calendar: Calendar, from: string, until: string): number =>
  countWorking(calendar, parseDay(from), parseDay(until))
