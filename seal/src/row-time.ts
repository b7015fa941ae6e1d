import { type CanonicalField, FieldRefusal } from './row.ts'

const NOT_A_DATE = new FieldRefusal('not_a_date', '不是日期')
const NOT_AN_INSTANT = new FieldRefusal('not_a_date', '不是日期时间')
const HAS_TIME = new FieldRefusal('not_a_date', '日期项带有时刻')
const OUT_OF_YEARS = new FieldRefusal('out_of_range', '年份不在 0001–9999 之内')

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
/** `2024/1/5`, `20240105`, `2024年1月5日`: how files and forms write dates. */
const LOOSE_DATE = /^(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d\d)(\d\d)|(\d{4})年(\d{1,2})月(\d{1,2})日)/
const LONG_YEAR = /^\d{5,6}-\d\d-\d\d|\bBC$|^-?infinity$/i
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:\s*(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?))?$/
const CANONICAL_TIME = /^(\d{4}-\d\d-\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,5}[1-9])?$/

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))
const four = (value: number): string => String(value).padStart(4, '0')

const isDay = (year: number, month: number, day: number): boolean => {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  if (day <= 28) return true
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31)
}

const isDayText = (text: string): boolean =>
  DATE.test(text) && isDay(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)))

/** The day at the start of a text and what follows it; undefined when there is none. */
const leadingDay = (text: string): { day: string; rest: string } | undefined => {
  const found = LOOSE_DATE.exec(text)
  if (found === null) return undefined
  const year = Number(found[1] ?? found[5] ?? found[8])
  const month = Number(found[3] ?? found[6] ?? found[9])
  const date = Number(found[4] ?? found[7] ?? found[10])
  if (!isDay(year, month, date)) return undefined
  return { day: `${four(year)}-${two(month)}-${two(date)}`, rest: text.slice(found[0].length) }
}

/** After the last summer time of 1991 Beijing is eight hours ahead; before, the time zone's history says. */
const STEADY_FROM = Date.UTC(1992, 0, 1)
const EIGHT_HOURS = 8 * 3_600_000
let history: Intl.DateTimeFormat | undefined

/** Made when first wanted: a page that only verifies proofs need not have it. */
const historyOf = (): Intl.DateTimeFormat => {
  history ??= new Intl.DateTimeFormat('en-US', { timeZone: 'Asia/Shanghai', timeZoneName: 'longOffset' })
  return history
}

const offsetAt = (instant: number): number => {
  if (instant >= STEADY_FROM) return EIGHT_HOURS
  const name =
    historyOf()
      .formatToParts(instant)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign = '+', hours = '8', minutes = '0', seconds = '0'] = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  return (sign === '-' ? -offset : offset) * 1000
}

const MIN_WALL = Date.UTC(2000, 0, 1) - 730_119 * 86_400_000
const MAX_WALL = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** `YYYY-MM-DD HH:MM:SS` at Beijing of an instant in whole seconds. */
const beijingWall = (instant: number): string | FieldRefusal => {
  const wall = instant + offsetAt(instant)
  if (!(wall >= MIN_WALL && wall <= MAX_WALL)) return OUT_OF_YEARS
  const at = new Date(wall)
  const day = `${four(at.getUTCFullYear())}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
}

/** Microseconds are kept, what is finer is cut off; trailing zeros go. */
const fractionText = (digits: string): string => {
  const kept = digits.slice(0, 6).replace(/0+$/, '')
  return kept === '' ? '' : `.${kept}`
}

const dateOfInstant = (value: Date): CanonicalField => {
  const wall = beijingWall(value.getTime())
  return typeof wall === 'string' ? wall.slice(0, 10) : wall
}

/** A date; a time of midnight behind it is what an engine without a date type writes. */
export const dateField = (given: string | Date): CanonicalField => {
  if (typeof given !== 'string') return Number.isNaN(given.getTime()) ? NOT_A_DATE : dateOfInstant(given)
  if (isDayText(given) && !given.startsWith('0000')) return given
  const text = given.trim()
  if (LONG_YEAR.test(text)) return OUT_OF_YEARS
  const found = leadingDay(text)
  if (found === undefined) return NOT_A_DATE
  if (found.rest === '' || /^[ T]00:00(?::00(?:\.0+)?)?$/.test(found.rest)) return found.day
  return TIME.test(found.rest.slice(1)) ? HAS_TIME : NOT_A_DATE
}

const offsetOf = (zone: string): number => {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replaceAll(':', '')
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4, 6))
  return (zone.startsWith('-') ? -seconds : seconds) * 1000
}

const instantOf = (day: string, clock: string): number => {
  const at = new Date(0)
  at.setUTCFullYear(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10)))
  at.setUTCHours(Number(clock.slice(0, 2)), Number(clock.slice(3, 5)), Number(clock.slice(6, 8)))
  return at.getTime()
}

const wallField = (day: string, time: string): CanonicalField => {
  const parts = TIME.exec(time)
  if (parts === null) return NOT_AN_INSTANT
  const [, hours = '', minutes = '', seconds = '00', fraction = '', zone] = parts
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return NOT_AN_INSTANT
  const clock = `${hours}:${minutes}:${seconds}`
  const wall = zone === undefined ? `${day} ${clock}` : beijingWall(instantOf(day, clock) - offsetOf(zone))
  return typeof wall === 'string' ? wall + fractionText(fraction) : wall
}

const wallOfInstant = (value: Date): CanonicalField => {
  const instant = value.getTime()
  if (Number.isNaN(instant)) return NOT_AN_INSTANT
  const millis = ((instant % 1000) + 1000) % 1000
  const wall = beijingWall(instant - millis)
  return typeof wall === 'string' ? wall + fractionText(String(millis).padStart(3, '0')) : wall
}

/** Beijing wall time; a text with a zone, and a Date, are instants and are converted. */
export const instantField = (given: string | Date): CanonicalField => {
  if (typeof given !== 'string') return wallOfInstant(given)
  if (CANONICAL_TIME.test(given) && isDayText(given.slice(0, 10))) return given
  const text = given.trim()
  if (LONG_YEAR.test(text)) return OUT_OF_YEARS
  const found = leadingDay(text)
  if (found === undefined) return NOT_AN_INSTANT
  if (found.rest === '') return `${found.day} 00:00:00`
  return /^[ T]/.test(found.rest) ? wallField(found.day, found.rest.slice(1).trim()) : NOT_AN_INSTANT
}
