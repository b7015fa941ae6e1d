import { reaches } from '#kernel/ctx.ts'
import type { Attempt, Rank } from '../query.rules.ts'
import type { Reach } from '../resource.rules.ts'
import { type Bits, keepBits, listBits, noBits, setBit } from './bits.ts'
import { type Chosen, countFacets, type FacetCount } from './search.facet.ts'
import type { SearchIndex } from './search.index.ts'
import { documentsMeeting } from './search.match.ts'
import { type Before, firstOf, scoresOf, WORTH_NEAREST } from './search.rank.ts'

/** Living documents under a label the reader's organs bear: gate 2 of every search, suggestion and count. */
export const readableBits = (index: SearchIndex, { read, labels }: Reach): Bits => {
  const readable = noBits(index.count)
  const isOpen = Uint8Array.from(index.values.audience_path.values, (label) =>
    labels.includes(label) || reaches(read, label) ? 1 : 0,
  )
  const column = index.columns.audience_path
  for (let document = 0; document < index.count; document += 1)
    if (isOpen[column[document]!] === 1) setBit(readable, document)
  return keepBits(readable, index.alive)
}

export interface Wanted {
  readonly reach: Reach
  /** Tried one after the other until one finds something; none of them: everything is wanted. */
  readonly attempts: readonly Attempt[] | undefined
  readonly rank?: Rank
  readonly chosen: Chosen
  readonly order: 'relevance' | 'newest' | 'name'
  readonly offset: number
  readonly limit: number
}

export interface Found {
  /** The page's entries, in order. */
  readonly ids: readonly string[]
  readonly total: number
  readonly facets: readonly FacetCount[]
  readonly match: Attempt['match'] | 'every' | 'none'
}

const firstThatFinds = (
  index: SearchIndex,
  readable: Bits,
  attempts: Wanted['attempts'],
): { hits: Uint32Array; match: Found['match'] } => {
  if (attempts === undefined) return { hits: listBits(readable), match: 'every' }
  for (const { match, need } of attempts) {
    const hits = listBits(keepBits(documentsMeeting(index, need), readable))
    // Filters may leave nothing of what the words found; then the words were understood all the same.
    if (hits.length > 0) return { hits, match }
  }
  return { hits: new Uint32Array(), match: 'none' }
}

const orderOf = (index: SearchIndex, hits: Uint32Array, { order, rank }: Wanted): Before => {
  const { published, ids, names } = index
  const byDate: Before = (one, other) => {
    const [a, b] = [hits[one]!, hits[other]!]
    return published[a] !== published[b] ? published[a]! > published[b]! : ids[a]! < ids[b]!
  }
  if (order === 'name')
    return (one, other) => {
      const [a, b] = [hits[one]!, hits[other]!]
      return names[a] !== names[b] ? names[a]! < names[b]! : ids[a]! < ids[b]!
    }
  if (order === 'newest' || !rank || rank.lexemes.length === 0) return byDate
  const scores = scoresOf(index, hits, { rank })
  return (one, other) => (scores[one] !== scores[other] ? scores[one]! > scores[other]! : byDate(one, other))
}

export const findEntries = (index: SearchIndex, wanted: Wanted): Found => {
  const { hits, match } = firstThatFinds(index, readableBits(index, wanted.reach), wanted.attempts)
  const { kept, facets } = countFacets(index, hits, wanted.chosen)
  const first = firstOf(kept.length, wanted.offset + wanted.limit, orderOf(index, kept, wanted))
  return {
    ids: first.slice(wanted.offset).map((at) => index.ids[kept[at]!]!),
    total: kept.length,
    facets,
    match,
  }
}

/** Names that share at least something with a query that found nothing: what to try instead. */
export const nearestNames = (index: SearchIndex, reach: Reach, rank: Rank): string[] => {
  if (rank.lexemes.length === 0) return []
  const parts = rank.lexemes.map((one) => ({ kind: 'term', ...one }) as const)
  const hits = listBits(keepBits(documentsMeeting(index, { kind: 'any', parts }), readableBits(index, reach)))
  const scores = scoresOf(index, hits, { rank: { ...rank, marks: [] }, worth: WORTH_NEAREST })
  const first = firstOf(hits.length, 5, (one, other) =>
    scores[one] !== scores[other] ? scores[one]! > scores[other]! : index.ids[hits[one]!]! < index.ids[hits[other]!]!,
  )
  return first.map((at) => index.names[hits[at]!]!)
}
