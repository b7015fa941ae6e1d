import type { ColumnKind } from '@sanjiang/contract/site.column'
import { SiteFault } from '../site.ts'

export const SQL_TYPE: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  number: 'numeric',
  integer: 'bigint',
  date: 'date',
  time: 'timestamp',
  flag: 'boolean',
  shape: 'jsonb',
}

export type RawValue = string | number | boolean

export const MAX_VALUE = 1000

const readDay = (text: string): string | null => {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return null
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : null
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+ -]\d\d:\d\d)?)?$/

const minutesOf = (zone: string): number => {
  if (zone === 'Z') return 0
  // `+` of an address that was not escaped arrives as a space.
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)))
}

/** Beijing wall time; another zone is turned into it. */
const readTime = (text: string): string | null => {
  const [, day, hour = '00', minute = '00', second = '00', fraction = '', zone = '+08:00'] = TIME.exec(text) ?? []
  if (!day || !readDay(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  const shift = 480 - minutesOf(zone)
  if (Math.abs(480 - shift) > 14 * 60) return null
  const wall = new Date(Date.parse(`${day}T${hour}:${minute}:${second}Z`) + shift * 60_000).toISOString()
  if (!/^\d{4}-/.test(wall) || wall.startsWith('0000')) return null
  return `${wall.slice(0, 10)} ${wall.slice(11, 19)}${fraction ? `.${fraction}` : ''}`
}

const LOWEST = -(2n ** 63n)
const HIGHEST = 2n ** 63n - 1n

const readInteger = (text: string): string | null => {
  if (!/^[+-]?\d{1,30}$/.test(text)) return null
  const value = BigInt(text.replace(/^\+/, ''))
  return value >= LOWEST && value <= HIGHEST ? String(value) : null
}

const readNumber = (text: string): string | null =>
  /^[+-]?\d{1,130}(?:\.\d{1,100})?(?:[eE][+-]?\d{1,3})?$/.test(text) ? text : null

const FLAGS: Readonly<Record<string, string>> = {
  true: 'true',
  false: 'false',
  '1': 'true',
  '0': 'false',
  是: 'true',
  否: 'false',
}

// PostgreSQL keeps no NUL, and half a character would silently be looked for as another one.
const readText = (text: string): string | null => (!text.includes('\0') && text.isWellFormed() ? text : null)

const READERS: Readonly<Record<ColumnKind, (text: string) => string | null>> = {
  text: readText,
  number: readNumber,
  integer: readInteger,
  date: readDay,
  time: readTime,
  flag: (text) => (Object.hasOwn(FLAGS, text) ? FLAGS[text]! : null),
  shape: () => null,
}

const EXPECTED: Readonly<Record<ColumnKind, string>> = {
  text: '文本（不含空字符和残缺的字符）',
  number: '数字，如 12.5',
  integer: '64 位整数',
  date: '日期，如 2017-12-01',
  time: '日期或时间，如 2017-12-01T08:00:00+08:00',
  flag: 'true 或 false',
  shape: '（图形列只能判断是否为空）',
}

/** A value as its column's type has it, or a refusal that says what is expected. */
export const readValue = (raw: RawValue, { kind, field }: { kind: ColumnKind; field: string }): string => {
  const text = typeof raw === 'string' ? raw : String(raw)
  if (text.length > MAX_VALUE)
    throw new SiteFault(422, 'value_too_long', { field, detail: `${field} 的值超过 ${MAX_VALUE} 个字符` })
  const value = READERS[kind](kind === 'text' ? text : text.trim())
  if (value === null) throw new SiteFault(422, 'bad_value', { field, detail: `${field} 的值应为${EXPECTED[kind]}` })
  return value
}
