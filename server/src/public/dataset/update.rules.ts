import type { UpdateState } from '@sanjiang/contract/site.dataset'

/** By what a date moves on when a cycle has passed. */
const CYCLES: Readonly<Record<string, readonly [months: number, days: number]>> = {
  realtime: [0, 1],
  daily: [0, 1],
  weekly: [0, 7],
  monthly: [1, 0],
  quarterly: [3, 0],
  half_yearly: [6, 0],
  yearly: [12, 0],
}
const DAY_MS = 86_400_000

const isMonthEnd = (at: Date): boolean => new Date(at.getTime() + DAY_MS).getUTCDate() === 1

/** The same day of a later month, its last where it has no such day; data of a month's end are next due at a month's end. */
const monthsOn = (date: string, months: number): string => {
  const at = new Date(`${date}T00:00:00Z`)
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 0))
  const day = isMonthEnd(at) ? last.getUTCDate() : Math.min(at.getUTCDate(), last.getUTCDate())
  return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), day)).toISOString().slice(0, 10)
}

export const dueOn = (cycle: string | null, dataOn: string): string | null => {
  const step = CYCLES[cycle ?? '']
  if (!step) return null
  const [months, days] = step
  return months > 0
    ? monthsOn(dataOn, months)
    : new Date(Date.parse(`${dataOn}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** What a reader is told of a dataset's freshness on a day. */
export const updateState = (cycle: string | null, dataOn: string | null, today: string): UpdateState => {
  const due_on = dataOn === null ? null : dueOn(cycle, dataOn)
  const late = due_on === null ? 0 : (Date.parse(today) - Date.parse(due_on)) / DAY_MS
  return { cycle, data_on: dataOn, due_on, days_late: Math.max(0, late) }
}
