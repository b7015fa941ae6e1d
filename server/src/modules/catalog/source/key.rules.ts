import { nameKey } from '@sanjiang/contract/catalog'

/** What names are compared with: words that mean the same, and names that mean nothing of themselves. */
export interface Lexicon {
  /** Each word with the one that stands for its group. */
  readonly canonical: ReadonlyMap<string, string>
  readonly noise: ReadonlySet<string>
}

export const makeLexicon = (groups: readonly (readonly string[])[], noise: readonly string[]): Lexicon => ({
  canonical: new Map(
    groups.flatMap((words) => {
      const keys = words.map(nameKey).toSorted()
      return keys.map((key) => [key, keys[0]!] as const)
    }),
  ),
  noise: new Set(noise.map(nameKey)),
})

export interface ItemKey {
  /** `null`: not compared at all. */
  readonly key: string | null
  readonly match: 'element' | 'name' | 'synonym'
}

// An identifier of a data element (DE00012) names one fact; a standard of codes or places (GB/T 2260, CGCS2000) is used by many.
const ELEMENT = /^(?:DE|SJY)[-_.]?\d{3,}$/i

const MIN_LENGTH = 2

/**
 * What an item is compared by. It depends on the item's own words and the lexicon only, so that clusters come out the same in
 * whatever order entries are published; the English name and the type say how sure it is, not whether.
 */
export const keyOf = (item: { readonly name: string; readonly data_element: string }, lexicon: Lexicon): ItemKey => {
  const name = nameKey(item.name)
  if (name.length < MIN_LENGTH || lexicon.noise.has(name)) return { key: null, match: 'name' }
  const element = item.data_element.trim()
  if (ELEMENT.test(element)) return { key: `e:${element.toUpperCase()}`, match: 'element' }
  const canonical = lexicon.canonical.get(name) ?? name
  return { key: `n:${canonical}`, match: canonical === name ? 'name' : 'synonym' }
}
