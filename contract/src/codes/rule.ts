import { addDays } from './day.ts'
import { RULES, type RuleRow } from './rule.data.ts'

export type RuleCode = keyof typeof RULES

/** One version of a statutory period, in force from `from` to `until` (both counted). */
export interface Rule {
  readonly code: RuleCode
  readonly title: string
  /** Working days. */
  readonly days: number
  readonly clause: string
  readonly verified: boolean
  readonly from: string
  readonly until: string | null
  /** Yellow at this part of the days used, or with this many left, whichever comes first (domain §4.8, §12.2). */
  readonly yellow_used: number
  readonly yellow_left: number
}

export const RULE_CODES = Object.keys(RULES) as RuleCode[]

const versionsOf = (code: RuleCode): Rule[] => {
  const rows: readonly RuleRow[] = RULES[code]
  return rows.map((row, i) =>
    Object.freeze({ ...row, code, until: dayBefore(rows[i + 1]?.from), yellow_used: 0.9, yellow_left: 1 }),
  )
}

const dayBefore = (date: string | undefined): string | null => (date === undefined ? null : addDays(date, -1))

const VERSIONS = new Map(RULE_CODES.map((code) => [code, versionsOf(code)]))

/** All versions of a rule, oldest first. */
export const ruleVersions = (code: RuleCode): readonly Rule[] => VERSIONS.get(code) ?? []

/** The version of a rule in force on a date: a clock runs to its end under the rule it started with. */
export const ruleAt = (code: RuleCode, date: string): Rule => {
  const found = ruleVersions(code).findLast((rule) => rule.from <= date)
  if (!found) throw new RangeError(`no version of ${code} is in force on ${date}`)
  return found
}
