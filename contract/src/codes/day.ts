/**
 * Days of business are `YYYY-MM-DD` outside and whole numbers counted from 1970-01-01 inside. Only UTC arithmetic is used: the zone of the
 * machine must never move a deadline.
 */
const MS_PER_DAY = 86_400_000
const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/

/** Epoch day of year, month (1–12) and day of month, or undefined where the calendar has no such day. */
export const dayOfParts = (year: number, month: number, day: number): number | undefined => {
  const at = new Date(Date.UTC(year, month - 1, day))
  const exists = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day
  return exists ? at.getTime() / MS_PER_DAY : undefined
}

/** Epoch day of a date, or undefined when the text is not a date that exists. */
export const findDay = (date: string): number | undefined => {
  const match = SHAPE.exec(date)
  return match ? dayOfParts(Number(match[1]), Number(match[2]), Number(match[3])) : undefined
}

export const isDate = (text: string): boolean => findDay(text) !== undefined

/** Epoch day of a date; throws on anything that is not a date. */
export const parseDay = (date: string): number => {
  const day = findDay(date)
  if (day === undefined) throw new RangeError(`${date} is not a date`)
  return day
}

export const formatDay = (day: number): string => new Date(day * MS_PER_DAY).toISOString().slice(0, 10)

/** The date `count` calendar days later. */
export const addDays = (date: string, count: number): string => formatDay(parseDay(date) + count)

/** Saturday or Sunday; 1970-01-01 was a Thursday. */
export const isWeekend = (day: number): boolean => ((((day + 4) % 7) + 7) % 7) % 6 === 0
