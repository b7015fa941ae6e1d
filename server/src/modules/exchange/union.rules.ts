import type { GrantedItem, RowCondition } from '@sanjiang/contract/sharing.terms'
import { needsHandle, ROW_HANDLE } from '@sanjiang/seal'

/** As far as a grant says what must leave the provider. */
export interface GrantNeeds {
  readonly items: readonly GrantedItem[]
  readonly row_conditions: readonly RowCondition[]
}

interface Bound {
  /** Items of the feed in the order of its lines. */
  readonly bound: readonly string[]
  readonly key: readonly string[]
}

/** What leaves the department: items granted, items conditions look at, the key; in binding order (ADR 0004). */
export const unionOf = (grants: readonly GrantNeeds[], { bound, key }: Bound): string[] => {
  if (grants.length === 0) return []
  const needed = new Set(key)
  for (const { items, row_conditions } of grants) {
    for (const { name_en } of items) needed.add(name_en)
    for (const { item } of row_conditions) needed.add(item)
  }
  return bound.filter((item) => needed.has(item))
}

/** Granted or conditional items that the feed does not supply. */
export const unboundOf = ({ items, row_conditions }: GrantNeeds, bound: readonly string[]): string[] =>
  [...new Set([...items.map(({ name_en }) => name_en), ...row_conditions.map(({ item }) => item)])].filter(
    (item) => !bound.includes(item),
  )

export const covers = (wide: readonly string[], narrow: readonly string[]): boolean =>
  narrow.every((item) => wide.includes(item))

/** The target's key: the natural one where the grant gives it whole and unmasked and conditions look no further, else the row's handle. */
export const targetKeyOf = ({ items, row_conditions }: GrantNeeds, key: readonly string[]): string[] =>
  needsHandle({ items, conditions: row_conditions, key }) ? [ROW_HANDLE] : [...key]
