import type { Column, SearchIndex } from './search.index.ts'

export const FACET_KEYS = [
  'provider',
  'region',
  'class',
  'share_type',
  'open_type',
  'format',
  'update_cycle',
  'attached',
  'quality',
] as const
export type FacetKey = (typeof FACET_KEYS)[number]

/** Chosen values per facet; inside one facet any of them, between facets all. */
export type Chosen = Partial<Record<FacetKey, readonly string[]>>

export interface FacetCount {
  readonly facet: FacetKey
  readonly code: string
  readonly count: number
}

interface FacetRule {
  readonly column: Column
  /** The value under which one of the column's is counted: prefectures, branches of the classification. */
  readonly countedAs: (value: string) => string
  readonly meets: (index: SearchIndex, chosen: readonly string[]) => (value: string) => boolean
  /** Values that have an order of their own are told in it, the others by how many they are. */
  readonly isRanked?: boolean
}

const equal = (column: Column): FacetRule => ({
  column,
  countedAs: (value) => value,
  meets: (_, chosen) => (value) => chosen.includes(value),
})

// A division's prefix: a province its first two digits, a prefecture four.
const divisionPrefix = (code: string): string => code.replace(/0000$/, '').replace(/00$/, '')
const methodsOf = (joined: string): string[] => (joined === '' ? ['none'] : joined.split(','))

const RULES: Readonly<Record<FacetKey, FacetRule>> = {
  provider: {
    column: 'provider_organ_id',
    countedAs: (value) => value,
    meets: ({ organs }, chosen) => {
      const above = chosen.flatMap((one) => organs.get(one)?.face.path ?? [])
      return (value) => above.some((path) => organs.get(value)?.face.path.startsWith(path) ?? false)
    },
  },
  region: {
    column: 'division_code',
    countedAs: (value) => `${value.slice(0, 4)}00`,
    meets: (_, chosen) => {
      const prefixes = chosen.map(divisionPrefix)
      return (value) => prefixes.some((prefix) => value.startsWith(prefix))
    },
  },
  class: {
    column: 'class_code',
    countedAs: (value) => value.slice(0, 3),
    meets: (_, chosen) => (value) => chosen.some((prefix) => value.startsWith(prefix)),
  },
  share_type: equal('share_type'),
  open_type: equal('open_type'),
  format: equal('format_category'),
  update_cycle: equal('update_cycle'),
  attached: {
    column: 'attached_methods',
    countedAs: (value) => methodsOf(value)[0]!,
    meets: (_, chosen) => (value) => methodsOf(value).some((one) => chosen.includes(one)),
  },
  quality: { ...equal('quality_level'), isRanked: true },
}

const MAX_VALUES = 100

const totalled = (index: SearchIndex, facet: FacetKey, counts: Uint32Array): FacetCount[] => {
  const { column, countedAs, isRanked = false } = RULES[facet]
  const sums = new Map<string, number>()
  for (const [code, count] of counts.entries()) {
    if (count === 0) continue
    const value = countedAs(index.values[column].values[code]!)
    sums.set(value, (sums.get(value) ?? 0) + count)
  }
  return Array.from(sums, ([code, count]) => ({ facet, code, count }))
    .sort((one, other) => (isRanked ? 0 : other.count - one.count) || (one.code < other.code ? -1 : 1))
    .slice(0, MAX_VALUES)
}

/** Per hit one bit for each facet whose choice it misses; nothing where nothing was chosen. */
const missedBy = (index: SearchIndex, hits: Uint32Array, chosen: Chosen): Uint16Array | undefined => {
  const active = FACET_KEYS.filter((facet) => (chosen[facet] ?? []).length > 0)
  if (active.length === 0) return undefined
  const missed = new Uint16Array(hits.length)
  for (const facet of active) {
    const { column, meets } = RULES[facet]
    const isMet = meets(index, chosen[facet]!)
    const bit = 1 << FACET_KEYS.indexOf(facet)
    const lacks = Uint16Array.from(index.values[column].values, (value) => (isMet(value) ? 0 : bit))
    const codes = index.columns[column]
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

/** Hits that meet every choice, and the counts of each facet over those that meet the choices in all the others. */
export const countFacets = (
  index: SearchIndex,
  hits: Uint32Array,
  chosen: Chosen,
): { readonly kept: Uint32Array; readonly facets: FacetCount[] } => {
  const missed = missedBy(index, hits, chosen)
  const kept = missed ? without(hits, missed, 0) : hits
  const facets = FACET_KEYS.flatMap((facet, place) => {
    const { column } = RULES[facet]
    const codes = index.columns[column]
    const counts = new Uint32Array(index.values[column].values.length)
    const isChosen = (chosen[facet] ?? []).length > 0
    const counted = missed && isChosen ? without(hits, missed, 1 << place) : kept
    for (let at = 0; at < counted.length; at += 1) counts[codes[counted[at]!]!]!++
    return totalled(index, facet, counts)
  })
  return { kept, facets }
}
