import type { Finding, Outcome } from '@sanjiang/contract/catalog'

/** What two versions say of one copy, set against each other. */
export interface Verdict {
  readonly outcome: Outcome
  readonly added: readonly Finding[]
  readonly gone: readonly Finding[]
  readonly errors: readonly Finding[]
}

const isError = ({ level }: Finding): boolean => level === 'error'
const keyOf = ({ rule, field, level, message }: Finding): string => `${rule} ${field} ${level} ${message}`

const without = (findings: readonly Finding[], others: readonly Finding[]): Finding[] => {
  const known = new Set(others.map(keyOf))
  return findings.filter((one) => !known.has(keyOf(one)))
}

const outcomeOf = (fell: boolean, falls: boolean, added: readonly Finding[]): Outcome => {
  if (falls) return fell ? 'still_fails' : 'fails'
  if (fell) return 'mended'
  return added.length > 0 ? 'warned' : 'passes'
}

export const verdictOf = (before: readonly Finding[], after: readonly Finding[]): Verdict => {
  const added = without(after, before)
  return {
    outcome: outcomeOf(before.some(isError), after.some(isError), added),
    added,
    gone: without(before, after),
    errors: after.filter(isError),
  }
}

/** `items.3.length` → `items.length`: a field, whichever item it is of. */
export const plainField = (field: string): string => field.replaceAll(/\.\d+(?=\.|$)/g, '')

export interface Change {
  readonly rule: string
  readonly field: string
  readonly outcome: 'fails' | 'mended' | 'warned'
}

/** One line per rule, field and kind of change: what the counts are made of and what they open. */
export const changesOf = ({ added, gone }: Verdict): Change[] => {
  const changes = [
    ...added.map(
      (one): Change => ({
        rule: one.rule,
        field: plainField(one.field),
        outcome: isError(one) ? 'fails' : 'warned',
      }),
    ),
    ...gone.filter(isError).map((one): Change => ({ rule: one.rule, field: plainField(one.field), outcome: 'mended' })),
  ]
  return [...new Map(changes.map((one) => [`${one.rule} ${one.field} ${one.outcome}`, one])).values()]
}
