import type { Rank } from '../query.rules.ts'
import { type SearchIndex, WORD } from './search.index.ts'
import { lexemesMeant } from './search.match.ts'

/** What it is worth that a lexeme stands in these places: name, items, organ and keywords, summary. */
export type Worth = readonly [name: number, item: number, word: number, summary: number]
export const WORTH: Worth = [1, 0.4, 0.2, 0.05]
/** What to try instead of a query that found nothing is said by its name. */
export const WORTH_NEAREST: Worth = [1, 0.3, 0.1, 0]

const WHOLE_NAME = 8
const BEGINNING_OF_NAME = 4
const IN_NAME = 3
const ALL_MARKS = 2
const PER_CHARACTER = 0.002

/** Per combination of places: the best counts in full, the others a little. */
const worthOfPlaces = (worth: Worth): Float64Array =>
  Float64Array.from({ length: 16 }, (_, places) => {
    const values = worth.filter((__, place) => ((places >>> place) & 1) === 1).toSorted((a, b) => b - a)
    return values.reduce((sum, value, at) => sum + value / (1 + at * 3), 0) * 0.6
  })

/** Where in each hit the words stand: adds up their worth, and notes by bit which of them its name holds. */
const addWords = (
  index: SearchIndex,
  hits: Uint32Array,
  { rank, worth }: { rank: Rank; worth: Worth },
): { scores: Float64Array; named: Uint32Array } => {
  const scores = new Float64Array(hits.length)
  const named = new Uint32Array(hits.length)
  const values = worthOfPlaces(worth).map((one) => one / rank.lexemes.length)
  const places = new Uint8Array(index.count)
  const provider = index.columns.provider_organ_id
  for (const [bit, { lexeme, isPrefix }] of rank.lexemes.entries()) {
    places.fill(0)
    const bearers = new Uint8Array(index.values.provider_organ_id.values.length)
    for (const number of lexemesMeant(index, lexeme, isPrefix)) {
      for (const value of index.terms.read(number)) places[value >>> 4]! |= value & 15
      for (const organId of index.organsByLexeme.get(number) ?? []) {
        const known = index.values.provider_organ_id.find(organId)
        if (known !== undefined) bearers[known] = WORD
      }
    }
    for (let at = 0; at < hits.length; at += 1) {
      const hit = hits[at]!
      const standing = places[hit]! | bearers[provider[hit]!]!
      scores[at]! += values[standing]!
      if ((standing & 1) === 1) named[at]! |= 1 << bit
    }
  }
  return { scores, named }
}

/** Whole name, then its beginning, then anywhere in it. */
const likeness = (folded: string, text: string): number => {
  if (folded === text) return WHOLE_NAME
  if (folded.startsWith(text)) return BEGINNING_OF_NAME
  return folded.includes(text) ? IN_NAME : 0
}

/** Names first, then how many of the words they hold, then where the words stand; short names before long ones. */
export const scoresOf = (
  index: SearchIndex,
  hits: Uint32Array,
  { rank, worth = WORTH }: { rank: Rank; worth?: Worth },
): Float64Array => {
  const { scores, named } = addWords(index, hits, { rank, worth })
  const marks = rank.marks.map((mark) => mark.reduce((bits, one) => bits | (1 << one), 0))
  const every = rank.lexemes.reduce((bits, _, bit) => bits | (1 << bit), 0)
  const perMark = marks.length > 0 ? ALL_MARKS / marks.length : 0
  const { starts } = index.letters.all
  for (let at = 0; at < hits.length; at += 1) {
    const hit = hits[at]!
    const held = named[at]!
    let score = -(starts[hit + 1]! - starts[hit]!) * PER_CHARACTER
    for (const mark of marks) if ((held & mark) === mark) score += perMark
    // A name that lacks one of the lexemes cannot hold the whole.
    if ((held & every) === every) score += likeness(index.foldedNames[hit]!, rank.text)
    scores[at]! += score
  }
  return scores
}

export type Before = (one: number, other: number) => boolean

/** The first `count` of `0 … length - 1` in the order of `before`: a heap with the last of those kept on top. */
export const firstOf = (length: number, count: number, before: Before): number[] => {
  const heap: number[] = []
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let last = at
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && before(heap[last]!, heap[child]!)) last = child
      if (last === at) return
      ;[heap[at], heap[last]] = [heap[last]!, heap[at]!]
      at = last
    }
  }
  for (let one = 0; one < length; one += 1) {
    if (heap.length < count) {
      heap.push(one)
      if (heap.length === count) for (let at = count >>> 1; at >= 0; at -= 1) sink(at)
    } else if (count > 0 && before(one, heap[0]!)) {
      heap[0] = one
      sink(0)
    }
  }
  return heap.sort((one, other) => (before(one, other) ? -1 : 1))
}
