import { CALENDAR, workingDaysBetween } from '@sanjiang/contract/codes'

/** Days without anything new that each update cycle of the catalogue allows (domain §1.6-d); what is irregular or at rest has none. */
const ALLOWED: Readonly<Record<string, number>> = {
  weekly: 7,
  monthly: 31,
  quarterly: 92,
  half_yearly: 184,
  yearly: 366,
}
/** Departments that work five days a week write nothing on the others: what changes each day is held to working days. */
const ALLOWED_WORKING: Readonly<Record<string, number>> = { realtime: 1, daily: 1 }

/** Whether a source whose newest row is of one day is older than its cycle on another. */
export const isStale = (cycle: string | null, newestOn: string, today: string): boolean => {
  const working = ALLOWED_WORKING[cycle ?? '']
  if (working !== undefined) return newestOn < today && workingDaysBetween(CALENDAR, newestOn, today) > working
  const days = ALLOWED[cycle ?? '']
  return days !== undefined && (Date.parse(today) - Date.parse(newestOn)) / 86_400_000 > days
}

const CYCLES: Readonly<Record<string, string>> = {
  realtime: '实时',
  daily: '每日',
  weekly: '每周',
  monthly: '每月',
  quarterly: '每季度',
  half_yearly: '每半年',
  yearly: '每年',
}

export const staleMessage = (cycle: string | null, newestOn: string): string =>
  `源数据最新到 ${newestOn}，已超过目录所定的更新周期（${CYCLES[cycle ?? ''] ?? cycle}）`

interface Reading {
  readonly mode: string
  readonly cursor_item: string | null
}

/** The day in a position that is the highest value of a change column: `2017-11-30 08:00:00#…`; null where it is a number or a place in a log. */
export const dayOfPosition = ({ cursor_item }: Reading, position: string): string | null =>
  cursor_item === null ? null : (/^(\d{4}-\d{2}-\d{2})(?!\d)/.exec(position)?.[1] ?? null)
