import type { Finding, ResourceDraft } from './catalog.resource.ts'
import { type Case, type EntryFacts, isEmpty, isNeeded, type RuleKit, type Said, valueAt } from './catalog.rule-kit.ts'
import { CATALOG_RULES, PLATFORM_RULES } from './catalog.rule-table.ts'
import type { Standard } from './catalog.standard.ts'

const makeKit = (standard: Standard): RuleKit => {
  const fields = new Map(standard.fields.map((field) => [field.key, field]))
  const lists = new Map(
    Object.entries(standard.enumerations).map(([name, codes]) => [name, new Map(codes.map((one) => [one.code, one]))]),
  )
  // A warning may speak about a field too, but that a needed field is absent is never just a warning.
  const owners = new Map<string, string>()
  for (const { id, level, fields: keys } of standard.rules)
    for (const key of keys) if (level === 'error' && !owners.has(key)) owners.set(key, id)
  return {
    standard,
    fields,
    titleOf: (key) => fields.get(key)?.title ?? key,
    titleOfCode: (name, code) => lists.get(name)?.get(code)?.title ?? code,
    hasCode: (name, code) => lists.get(name)?.has(code) ?? true,
    parentsOf: (name, code) => lists.get(name)?.get(code)?.parents ?? [],
    ruleOf: (key) => owners.get(key) ?? 'C01',
  }
}

export interface Checker {
  readonly standard: Standard
  /** Every finding at once, in the order of the rules; an entry is in order when no `error` is among them. */
  check(entry: ResourceDraft, facts: EntryFacts): Finding[]
}

/**
 * The one engine behind form, API and import (T2.2). Rules of the standard run only where the standard lists them, with its
 * level and clause; the platform's own (F01…) always do. Standards are interpreted: nothing in them is ever compiled or run.
 */
export const makeChecker = (standard: Standard): Checker => {
  const kit = makeKit(standard)
  const known = new Map(standard.rules.map((rule) => [rule.id, rule]))
  const bodies = [
    ...standard.rules.flatMap(({ id }) => (CATALOG_RULES[id] ? [[id, CATALOG_RULES[id]] as const] : [])),
    ...Object.entries(PLATFORM_RULES).map(([id, rule]) => [id, rule.body] as const),
  ]
  const toFinding = (id: string, said: Said): Finding => {
    const rule = said.rule ?? id
    return {
      field: said.field,
      rule,
      message: said.message,
      clause: known.get(rule)?.clause ?? PLATFORM_RULES[rule]?.clause ?? '',
      level: said.level ?? known.get(rule)?.level ?? 'error',
    }
  }
  return {
    standard,
    check: (entry, facts) => {
      const one: Case = { entry, items: entry.items ?? [], facts, kit }
      return bodies.flatMap(([id, body]) => Array.from(body(one), (said) => toFinding(id, said)))
    },
  }
}

export const hasErrors = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'error')

/** How much of what should be filled is filled: required fields as they now apply, and those the standard advises. */
export const completenessOf = (standard: Standard, entry: ResourceDraft): { missing: string[]; wanted: number } => {
  const values = entry as Record<string, unknown>
  const wanted = standard.fields.filter((field) => field.required === 'advised' || isNeeded(field, values))
  const missing = wanted.filter(({ key }) => isEmpty(valueAt(values, key))).map(({ title }) => title)
  return { missing, wanted: wanted.length }
}

export const completeness = (standard: Standard, entry: ResourceDraft): { filled: number; wanted: number } => {
  const { missing, wanted } = completenessOf(standard, entry)
  return { filled: wanted - missing.length, wanted }
}
