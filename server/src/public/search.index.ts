import { type Bits, hasBit } from '@sanjiang/finder/bits'
import { allEntries, type Found, findEntries, type Matched, matchEntries, nearestNames } from '@sanjiang/finder/find'
import { readerOf } from '@sanjiang/finder/index.grams'
import { type Reading, readQuery, termsIn } from '@sanjiang/finder/reading.rules'
import type { ChosenDatasets, DatasetFacet, DatasetIndex } from './search.shape.ts'
import { shelfOf } from './shelf/shelf.ts'
import type { Site } from './site.ts'

export interface DatasetQuery {
  /** As somebody typed it; empty means everything. */
  readonly q?: string
  /** Per facet any of the values, between facets all. */
  readonly chosen?: ChosenDatasets
  readonly order?: 'relevance' | 'newest' | 'name'
  readonly from?: number
  readonly limit: number
  /** Facets that are to be counted; all where nothing is said. */
  readonly counted?: readonly DatasetFacet[]
}

export interface FoundDatasets {
  readonly total: number
  /** The page's datasets by address, in order. */
  readonly slugs: readonly string[]
  /** Those of them that hold everything that was asked for. */
  readonly whole: ReadonlySet<string>
  readonly match: Found['match']
  readonly facets: readonly { readonly facet: DatasetFacet; readonly code: string; readonly count: number }[]
  readonly reading: Reading | undefined
  /** What to highlight. */
  readonly terms: readonly string[]
  /** Titles that come nearest, where nothing was found. */
  nearest(): readonly string[]
  /** How good a dataset is, A to D. */
  qualityOf(slug: string): string
  /** The names on datasets of organs that are called so. */
  organsCalled(name: string): readonly string[]
  /** Where choices leave nothing: how many there would be without each. */
  readonly without: Found<DatasetFacet>['without']
}

const organsWith = (index: DatasetIndex, readable: Bits, name: string): string[] =>
  Array.from(index.organsByName.get(name) ?? []).filter((organ) => {
    const provider = index.values.organ.find(organ)
    return provider !== undefined && index.provided.some(provider, (entry) => hasBit(readable, entry))
  })

/** All that words find, unordered but weighed, with the index their numbers belong to. */
export const matchDatasets = async (
  site: Pick<Site, 'pool' | 'followMs'>,
  q: string,
): Promise<Matched & { readonly index: DatasetIndex }> => {
  const index = await shelfOf(site).index()
  const readable = allEntries(index)
  return { ...matchEntries(index, { readable, reading: readQuery(readerOf(index, readable), q) }), index }
}

/** Nothing where it was withdrawn meanwhile. */
const levelOf = ({ numbers, values, columns }: DatasetIndex, slug: string): string => {
  const entry = numbers.get(slug)
  return entry === undefined ? '' : values.quality.values[columns.quality[entry]!]!
}

/** Finds among what is open, in memory: no statement is sent. What is withdrawn is in no answer, total or count. */
export const findDatasets = async (
  site: Pick<Site, 'pool' | 'followMs'>,
  { q = '', chosen = {}, order = 'relevance', from = 0, limit, counted }: DatasetQuery,
): Promise<FoundDatasets> => {
  const index = await shelfOf(site).index()
  const readable = allEntries(index)
  const typed = q.trim()
  const reading = typed === '' ? undefined : readQuery(readerOf(index, readable), typed)
  const { ids, ...found } = findEntries(index, {
    ...{ readable, reading, chosen, order, offset: from, limit },
    ...(counted ? { counted } : {}),
  })
  return {
    ...found,
    slugs: ids,
    reading,
    terms: termsIn(typed, reading),
    qualityOf: (slug) => levelOf(index, slug),
    organsCalled: (name) => organsWith(index, readable, name),
    nearest: () => (reading && found.match === 'none' ? nearestNames(index, readable, reading) : []),
  }
}
