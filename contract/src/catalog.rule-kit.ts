import type { ItemDraft, ResourceDraft } from './catalog.resource.ts'
import type { Standard, StandardField } from './catalog.standard.ts'

/**
 * What the rules need to know beyond the entry itself. The server gathers all of it; the browser gives what it has — a fact
 * left out (`undefined`) leaves the rules that need it unsaid, `null` says that the thing does not exist.
 */
export interface EntryFacts {
  readonly provider?: { readonly organ_id: string; readonly name: string; readonly credit_code: string | null } | null
  readonly class_node?: {
    readonly is_leaf: boolean
    readonly is_active: boolean
    readonly organ_id: string | null
  } | null
  /** Names of the provider's other entries that might be the same. */
  readonly sibling_names?: readonly string[]
  /** Names of information systems known to the platform. */
  readonly system_names?: readonly string[]
  /** Those of `related_codes` that no published entry has. */
  readonly unknown_codes?: readonly string[]
  /** Documents, or clauses of them, that entries cite and that no longer hold. */
  readonly lapsed_bases?: readonly {
    readonly title: string
    readonly clause: string | null
    readonly lapsed_on: string
  }[]
  /** The entry's own code, once issued. */
  readonly code?: string | null
}

/** A standard with its lists made ready for looking up; make it once, check many entries. */
export interface RuleKit {
  readonly standard: Standard
  readonly fields: ReadonlyMap<string, StandardField>
  titleOf(key: string): string
  titleOfCode(enumeration: string, code: string): string
  hasCode(enumeration: string, code: string): boolean
  /** Codes of the linked list a code belongs to; empty when it belongs to any. */
  parentsOf(enumeration: string, code: string): readonly string[]
  /** The rule that speaks about a field first; absence is told under its name. */
  ruleOf(key: string): string
}

/** What a rule says; the engine adds rule, level and clause. */
export interface Said {
  readonly field: string
  readonly message: string
  /** Only where a rule says something milder than its own level. */
  readonly level?: 'warning'
  /** The rule under whose name this is said, if another's. */
  readonly rule?: string
}

export interface Case {
  readonly entry: ResourceDraft
  readonly items: readonly ItemDraft[]
  readonly facts: EntryFacts
  readonly kit: RuleKit
}

export type RuleBody = (one: Case) => Iterable<Said>

export const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0)

const EXTENSION = 'extension.'
export const isExtension = (key: string): boolean => key.startsWith(EXTENSION)
/** `extension.carrier` → `carrier`. */
export const extensionKey = (key: string): string => key.slice(EXTENSION.length)

/** What an entry holds under a field's key; a dialect's fields lie together under `extension`. */
export const valueAt = (values: Readonly<Record<string, unknown>>, key: string): unknown =>
  isExtension(key)
    ? (values.extension as Readonly<Record<string, unknown>> | null | undefined)?.[extensionKey(key)]
    : values[key]

/** Whether a field must be filled, given what the others hold. */
export const isNeeded = (field: StandardField, values: Readonly<Record<string, unknown>>): boolean =>
  field.required === 'yes' ||
  (field.required === 'depends' &&
    field.depends !== null &&
    field.depends.values.includes(String(valueAt(values, field.depends.field) ?? '')))
