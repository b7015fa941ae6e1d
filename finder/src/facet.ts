import type { SearchIndex } from './search.index.ts'

/** Chosen values per facet; inside one facet any of them, between facets all. */
export type Chosen<F extends string = string> = Partial<Record<F, readonly string[]>>

export interface FacetCount<F extends string = string> {
  readonly facet: F
  readonly code: string
  readonly count: number
}

export interface FacetRule {
  readonly column: string
  /** The value under which one of the column's is counted: prefectures, branches of the classification. */
  readonly countedAs: (value: string) => string | readonly string[]
  readonly meets: (index: SearchIndex, chosen: readonly string[]) => (value: string) => boolean
  /** Values that have an order of their own are told in it, the others by how many they are. */
  readonly isRanked?: boolean
}

/** A facet that counts a column's values as they are. */
export const equalIn = (column: string): FacetRule => ({
  column,
  countedAs: (value) => value,
  meets: (_, chosen) => (value) => chosen.includes(value),
})

/** A facet whose column joins several values, or none; each is counted. */
export const eachIn = (column: string, separator: string): FacetRule => {
  const known = new Map<string, readonly string[]>()
  const valuesOf = (joined: string): readonly string[] => {
    const before = known.get(joined)
    if (before) return before
    const values = joined === '' ? ['none'] : joined.split(separator)
    known.set(joined, values)
    return values
  }
  return {
    column,
    countedAs: valuesOf,
    meets: (_, chosen) => (value) => valuesOf(value).some((one) => chosen.includes(one)),
  }
}

export const facetsOf = <F extends string>({ shape }: SearchIndex<F>): F[] => Object.keys(shape.facets) as F[]

const MAX_VALUES = 100

const totalled = <F extends string>(index: SearchIndex<F>, facet: F, counts: Uint32Array): FacetCount<F>[] => {
  const { column, countedAs, isRanked = false } = index.shape.facets[facet]
  const sums = new Map<string, number>()
  for (const [code, count] of counts.entries()) {
    if (count === 0) continue
    for (const value of [countedAs(index.values[column]!.values[code]!)].flat())
      sums.set(value, (sums.get(value) ?? 0) + count)
  }
  return Array.from(sums, ([code, count]) => ({ facet, code, count }))
    .sort((one, other) => (isRanked ? 0 : other.count - one.count) || (one.code < other.code ? -1 : 1))
    .slice(0, MAX_VALUES)
}

/** Per hit one bit for each facet whose choice it misses; nothing where nothing was chosen. */
const missedBy = <F extends string>(
  index: SearchIndex<F>,
  hits: Uint32Array,
  chosen: Chosen<F>,
): Uint16Array | undefined => {
  const keys = facetsOf(index)
  const active = keys.filter((facet) => (chosen[facet] ?? []).length > 0)
  if (active.length === 0) return undefined
  const missed = new Uint16Array(hits.length)
  for (const facet of active) {
    const { column, meets } = index.shape.facets[facet]
    const isMet = meets(index, chosen[facet]!)
    const bit = 1 << keys.indexOf(facet)
    const lacks = Uint16Array.from(index.values[column]!.values, (value) => (isMet(value) ? 0 : bit))
    const codes = index.columns[column]!
    for (let at = 0; at < hits.length; at += 1) missed[at]! |= lacks[codes[hits[at]!]!]!
  }
  return missed
}

const without = (hits: Uint32Array, missed: Uint16Array, forgiven: number): Uint32Array => {
  const kept = new Uint32Array(hits.length)
  let count = 0
  for (let at = 0; at < hits.length; at += 1) if ((missed[at]! & ~forgiven) === 0) kept[count++] = hits[at]!
  return kept.subarray(0, count)
}

/** Hits that meet every choice, and the counts of each facet asked for over those that meet the choices in all the others. */
export const countFacets = <F extends string>(
  index: SearchIndex<F>,
  hits: Uint32Array,
  { chosen, counted = facetsOf(index) }: { readonly chosen: Chosen<F>; readonly counted?: readonly F[] },
): { readonly kept: Uint32Array; readonly facets: FacetCount<F>[] } => {
  const missed = missedBy(index, hits, chosen)
  const kept = missed ? without(hits, missed, 0) : hits
  const facets = facetsOf(index).flatMap((facet, place) => {
    if (!counted.includes(facet)) return []
    const { column } = index.shape.facets[facet]
    const codes = index.columns[column]!
    const counts = new Uint32Array(index.values[column]!.values.length)
    const isChosen = (chosen[facet] ?? []).length > 0
    const among = missed && isChosen ? without(hits, missed, 1 << place) : kept
    for (let at = 0; at < among.length; at += 1) counts[codes[among[at]!]!]!++
    return totalled(index, facet, counts)
  })
  return { kept, facets }
}
