import { type Bits, hasBit, keepBits, listBits, noBits, setBit } from './bits.ts'
import { type Chosen, countFacets, type FacetCount, facetsOf } from './facet.ts'
import { type Before, firstOf } from './first.ts'
import type { Grams } from './grams.ts'
import { gramsOf, readerOf } from './index.grams.ts'
import { lookClosely, RANKING, type Scored } from './ranking.rules.ts'
import { type Reading, readPlainly } from './reading.rules.ts'
import { type Met, meet, meetAny, meetLittle } from './scoring.ts'
import type { SearchIndex } from './search.index.ts'

const known = new WeakMap<SearchIndex, { readonly version: number; readonly byLabels: Map<string, Bits> }>()
const MAX_KNOWN = 200

const knownIn = (index: SearchIndex): Map<string, Bits> => {
  const before = known.get(index)
  if (before?.version === index.version && before.byLabels.size < MAX_KNOWN) return before.byLabels
  const byLabels = new Map<string, Bits>()
  known.set(index, { version: index.version, byLabels })
  return byLabels
}

/**
 * Living entries whose value in a column passes: gate 2 of every search, suggestion and count. Readers for whom the same
 * values pass share them until something changes, and whatever is worked out from them.
 */
export const entriesUnder = (index: SearchIndex, label: string, mayPass: (value: string) => boolean): Bits => {
  const open = index.values[label]!.values.map(mayPass)
  const byLabels = knownIn(index)
  const key = open.map(Number).join('')
  const before = byLabels.get(key)
  if (before) return before
  const readable = noBits(index.count)
  const column = index.columns[label]!
  for (let document = 0; document < index.count; document += 1) if (open[column[document]!]) setBit(readable, document)
  byLabels.set(key, keepBits(readable, index.alive))
  return readable
}

/** All that are in it, for a catalogue that hides nothing. */
export const allEntries = (index: SearchIndex): Bits => entriesUnder(index, index.shape.provider, () => true)

export interface Wanted<F extends string = string> {
  readonly readable: Bits
  /** `undefined`: everything is wanted. */
  readonly reading: Reading | undefined
  readonly chosen: Chosen<F>
  /** Facets that are to be counted; all where nothing is said. */
  readonly counted?: readonly F[]
  readonly order: 'relevance' | 'newest' | 'name'
  readonly offset: number
  readonly limit: number
}

export interface Found<F extends string = string> {
  /** The page's entries, in order. */
  readonly ids: readonly string[]
  /** Those of them that hold every word. */
  readonly whole: ReadonlySet<string>
  readonly total: number
  readonly facets: readonly FacetCount<F>[]
  readonly match: 'every' | 'code' | 'all' | 'pinyin' | 'typo' | 'partial' | 'none'
  /** When choices leave nothing: how many there would be without each. */
  readonly without: readonly { readonly facet: F; readonly total: number }[]
}

interface Hits {
  readonly entries: Uint32Array
  readonly met?: Met
  readonly match: Found['match']
}

const matchOf = ({ words }: Reading, { entries, full }: Met): Found['match'] => {
  if (entries.length === 0) return 'none'
  if (full === 0) return 'partial'
  const hows = new Set(words.flatMap(({ ways }) => ways.map(({ how }) => how)))
  if (hows.has('typo') || hows.has('homophone')) return 'typo'
  return hows.has('pinyin') || hows.has('initials') ? 'pinyin' : 'all'
}

const hitsOf = (index: SearchIndex, { readable, reading }: Pick<Wanted, 'readable' | 'reading'>): Hits => {
  if (!reading) return { entries: listBits(readable), match: 'every' }
  const { code } = reading
  if (code !== undefined) {
    const entries = listBits(readable).filter((entry) => index.codes[entry]!.startsWith(code))
    if (entries.length > 0) return { entries, match: 'code' }
  }
  const grams = gramsOf(index, readable)
  const met = meet(grams, reading, readable)
  if (met.full > 0) return { entries: met.entries, met, match: matchOf(reading, met) }
  // Perhaps the query was cut where it should not have been: whichever reading is met better.
  const plain = meetLittle(grams, readPlainly(readerOf(index, readable), reading), readable)
  const better = plain.most > met.most ? plain : met
  return { entries: better.entries, met: better, match: better.entries.length > 0 ? 'partial' : 'none' }
}

const orderBy = ({ published, ids, names }: SearchIndex, hits: Uint32Array, order: 'newest' | 'name'): Before => {
  const byDate: Before = (one, other) => {
    const [a, b] = [hits[one]!, hits[other]!]
    return published[a] !== published[b] ? published[a]! > published[b]! : ids[a]! < ids[b]!
  }
  if (order === 'newest') return byDate
  return (one, other) => {
    const [a, b] = [hits[one]!, hits[other]!]
    return names[a] !== names[b] ? names[a]! < names[b]! : ids[a]! < ids[b]!
  }
}

/** The scores of those kept; both lists are in the order of the entries' numbers. */
const scoresOf = (met: Met, kept: Uint32Array): Float32Array => {
  const scores = new Float32Array(kept.length)
  for (let at = 0, from = 0; at < kept.length; at += 1) {
    while (met.entries[from] !== kept[at]) from += 1
    scores[at] = met.scores[from]!
  }
  return scores
}

/** The best `count` of the hits kept: the first by where the words stand, of these the first by a closer look. */
const bestOf = (
  grams: Grams,
  reading: Reading,
  { met, kept, count }: { met: Met; kept: Uint32Array; count: number },
): Scored[] => {
  const scores = kept === met.entries ? met.scores : scoresOf(met, kept)
  const isBefore: Before = (one, other) => {
    if (scores[one] !== scores[other]) return scores[one]! > scores[other]!
    const [a, b] = [grams.idHeadOf(kept[one]!), grams.idHeadOf(kept[other]!)]
    return a !== b ? a < b : grams.idOf(kept[one]!) < grams.idOf(kept[other]!)
  }
  const first = firstOf(kept.length, Math.max(count, RANKING.closely), isBefore).map(
    (at): Scored => ({ entry: kept[at]!, score: scores[at]! }),
  )
  const close = lookClosely(grams, reading, first.slice(0, RANKING.closely))
  return [...close, ...first.slice(RANKING.closely)].slice(0, count)
}

const inOrder = (index: SearchIndex, hits: Hits, { kept, wanted }: { kept: Uint32Array; wanted: Wanted }): number[] => {
  const { reading, order, offset, limit } = wanted
  const count = offset + limit
  if (order === 'relevance' && reading && hits.met)
    return bestOf(gramsOf(index, wanted.readable), reading, { met: hits.met, kept, count }).map(({ entry }) => entry)
  const before = orderBy(index, kept, order === 'name' ? 'name' : 'newest')
  return firstOf(kept.length, count, before).map((at) => kept[at]!)
}

const withoutEach = <F extends string>(
  index: SearchIndex<F>,
  hits: Uint32Array,
  chosen: Chosen<F>,
): Found<F>['without'] =>
  facetsOf(index)
    .filter((facet) => (chosen[facet] ?? []).length > 0)
    .map((facet) => ({
      facet,
      total: countFacets(index, hits, { chosen: { ...chosen, [facet]: [] }, counted: [] }).kept.length,
    }))

export const findEntries = <F extends string>(index: SearchIndex<F>, wanted: Wanted<F>): Found<F> => {
  const hits = hitsOf(index, wanted)
  const { kept, facets } = countFacets(index, hits.entries, wanted)
  const page = inOrder(index, hits, { kept, wanted }).slice(wanted.offset)
  const { met } = hits
  return {
    ids: page.map((entry) => index.ids[entry]!),
    whole: new Set(
      page.filter((entry) => met === undefined || hasBit(met.whole, entry)).map((entry) => index.ids[entry]!),
    ),
    total: kept.length,
    facets,
    match: hits.match,
    without: kept.length === 0 && hits.entries.length > 0 ? withoutEach(index, hits.entries, wanted.chosen) : [],
  }
}

export interface Matched {
  /** All that a reading finds, in no order that matters. */
  readonly entries: Uint32Array
  /** Of each, as above; nothing where all are alike. */
  readonly scores: Float32Array | undefined
  /** The best of them in order, as a page would show them. */
  readonly best: readonly number[]
}

/** What a reading finds, for who counts and orders by himself. */
export const matchEntries = (index: SearchIndex, wanted: Pick<Wanted, 'readable' | 'reading'>): Matched => {
  const { entries, met } = hitsOf(index, wanted)
  if (!met || !wanted.reading) return { entries, scores: undefined, best: [] }
  const grams = gramsOf(index, wanted.readable)
  const best = bestOf(grams, wanted.reading, { met, kept: entries, count: RANKING.closely })
  return { entries, scores: met.scores, best: best.map(({ entry }) => entry) }
}

/** Where an entry stands among all that a reading finds, from 1; as far down as anybody looks. */
export const placeOf = (index: SearchIndex, wanted: Pick<Wanted, 'readable' | 'reading'>, entry: number) => {
  const hits = hitsOf(index, wanted)
  const count = Math.min(hits.entries.length, 5_000)
  const best =
    hits.met && wanted.reading
      ? bestOf(gramsOf(index, wanted.readable), wanted.reading, { met: hits.met, kept: hits.entries, count })
      : []
  const at = best.findIndex((one) => one.entry === entry)
  return { place: at < 0 ? null : at + 1, total: hits.entries.length, score: best[at]?.score ?? 0 }
}

const MAX_NEAREST = 5
/** Names that share at least something with a query that found nothing: what to try instead. */
export const nearestNames = (index: SearchIndex, readable: Bits, reading: Reading): string[] => {
  const grams = gramsOf(index, readable)
  const met = meetAny(grams, reading, readable)
  const best = bestOf(grams, reading, { met, kept: met.entries, count: MAX_NEAREST * 4 })
  return [...new Set(best.map(({ entry }) => index.names[entry]!))].slice(0, MAX_NEAREST)
}
