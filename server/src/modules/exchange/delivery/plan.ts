import { satisfies } from '@sanjiang/contract/sharing.terms'
import { compileProjection, type MaskRule, needsHandle, type Projection } from '@sanjiang/seal'
import { handleSecret } from './grant-keys.ts'
import { HASHER } from './hasher.ts'
import type { Terms } from './terms.store.ts'

interface Shape {
  /** Items of the chunk. */
  readonly items: readonly string[]
  readonly key: readonly string[]
}

/** Compiles a grant for chunks of these items: the one enforcement that table, file and push share (ADR 0004). */
export const planOf = (terms: Terms, { items, key }: Shape, dataDir: string): Projection => {
  const grant = terms.items.map(({ name_en, mask_rule }) => ({ name_en, mask_rule: mask_rule as MaskRule }))
  const conditions = terms.row_conditions.map((condition) => ({
    item: condition.item,
    test: (text: string | null) => satisfies(text, condition),
  }))
  const isHandled = needsHandle({ items: grant, conditions, key })
  return compileProjection({
    items,
    grant,
    conditions,
    key,
    hasher: HASHER,
    handleSecret: isHandled ? handleSecret(dataDir, terms.grant_id) : undefined,
  })
}

/** Keeps the plans of one request: chunks of a run have the same items. */
export const keepPlans = (terms: Terms, key: readonly string[], dataDir: string) => {
  const plans = new Map<string, Projection>()
  return (items: readonly string[]): Projection => {
    const name = items.join(' ')
    const known = plans.get(name)
    if (known) return known
    const plan = planOf(terms, { items, key }, dataDir)
    plans.set(name, plan)
    return plan
  }
}
