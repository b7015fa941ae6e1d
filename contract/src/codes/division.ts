import { DIVISIONS, type DivisionRow } from './division.data.ts'

export interface Division {
  readonly code: string
  readonly name: string
  readonly level: 'province' | 'prefecture' | 'county'
  readonly parent_code: string | null
  /** First and last day it existed under this code; null — since before 2017-10-31, or still. */
  readonly from: string | null
  readonly until: string | null
  readonly successor_code: string | null
}

const levelOf = (code: string): Division['level'] =>
  code.endsWith('0000') ? 'province' : code.endsWith('00') ? 'prefecture' : 'county'

const PARENT_DIGITS = { province: 0, prefecture: 2, county: 4 } as const

const divisionOf = ({ code, name, from, until, successor_code }: DivisionRow): Division => {
  const level = levelOf(code)
  const parent_code = level === 'province' ? null : code.slice(0, PARENT_DIGITS[level]).padEnd(6, '0')
  return Object.freeze({
    code,
    name,
    level,
    parent_code,
    from: from ?? null,
    until: until ?? null,
    successor_code: successor_code ?? null,
  })
}

const ALL = DIVISIONS.map(divisionOf).sort((a, b) => (a.code < b.code ? -1 : 1))
const BY_CODE = new Map(ALL.map((one) => [one.code, one]))

const existsOn = (one: Division, date: string): boolean =>
  (one.from === null || one.from <= date) && (one.until === null || date <= one.until)

/** The division that carries a code on a date, if any. */
export const divisionAt = (code: string, date: string): Division | undefined => {
  const one = BY_CODE.get(code)
  return one && existsOn(one, date) ? one : undefined
}

/** All divisions of a date, by code. */
export const divisionsAt = (date: string): Division[] => ALL.filter((one) => existsOn(one, date))

/** What became of a division, at the end of the chain; undefined while it still stands or is not known. */
export const successorOf = (code: string): Division | undefined => {
  const next = BY_CODE.get(BY_CODE.get(code)?.successor_code ?? '')
  return next && (successorOf(next.code) ?? next)
}
