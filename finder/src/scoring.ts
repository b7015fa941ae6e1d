import { type Bits, hasBit, listBits, noBits, setBit } from './bits.ts'
import { type Grams, WEIGHT_OF } from './grams.ts'
import { RANKING, rarityOf, scoreOfWay, together, WHOLE, weightOf } from './ranking.rules.ts'
import type { Reading, Way, Word } from './reading.rules.ts'

/** Entries in the order in which they were met. */
interface List {
  readonly entries: Uint32Array
  count: number
}

const FLOATS = ['share', 'well', 'best', 'held', 'said', 'sum', 'heldSum'] as const
const LISTS = ['touched', 'seen', 'met', 'hits'] as const
type Scratch = Record<(typeof FLOATS)[number], Float32Array> &
  Record<(typeof LISTS)[number], List> & { readonly wholes: Uint8Array; readonly groups: Uint8Array }

const makeScratch = (size: number): Scratch =>
  ({
    ...Object.fromEntries(FLOATS.map((name) => [name, new Float32Array(size)])),
    ...Object.fromEntries(LISTS.map((name) => [name, { entries: new Uint32Array(size), count: 0 }])),
    wholes: new Uint8Array(size),
    groups: new Uint8Array(size),
  }) as Scratch

// Arrays by entry, all nought between queries: a query is answered in one go, so no two ever share them.
let kept = makeScratch(1024)
const scratchFor = (size: number): Scratch => {
  if (kept.share.length < size) kept = makeScratch(size * 2)
  return kept
}

const push = (list: List, entry: number): void => {
  list.entries[list.count++] = entry
}

interface Group {
  readonly grams: readonly string[]
  /** What this group is of its way, by rarity. */
  readonly part: number
  /** How many groups came before it. */
  readonly place: number
}

const addGroup = (grams: Grams, scratch: Scratch, way: Way, group: Group): void => {
  const { share, well, best, groups, touched, seen } = scratch
  const { part, place } = group
  const { fields } = way
  // A way that must be met whole looks only at entries that met every group before.
  const before = way.how === 'itself' ? 0 : place
  seen.count = 0
  const add = (entry: number, places: number): void => {
    const value = WEIGHT_OF[places & fields]! * part
    const earlier = best[entry]!
    if (value <= earlier || groups[entry]! < before) return
    if (earlier === 0) {
      if (groups[entry] === 0) push(touched, entry)
      share[entry]! += part
      groups[entry]! += 1
      push(seen, entry)
    }
    well[entry]! += value - earlier
    best[entry] = value
  }
  for (const gram of group.grams) grams.each(gram, add)
  for (let at = 0; at < seen.count; at += 1) best[seen.entries[at]!] = 0
}

const addWay = (grams: Grams, scratch: Scratch, way: Way): void => {
  const { share, well, held, said, groups, touched, met } = scratch
  const weights = way.grams.map((group) => weightOf(grams, group))
  const total = weights.reduce((sum, one) => sum + one, 0)
  const parts = way.grams.map((group, at) => ({ grams: group, part: weights[at]! / total }))
  const isPartly = way.how === 'itself'
  if (!isPartly && way.grams.some((group) => group.every((gram) => grams.frequencyOf(gram) === 0))) return
  // The rarest first: what lacks it is out at once.
  if (!isPartly) parts.sort((a, b) => b.part - a.part)
  touched.count = 0
  for (const [place, group] of parts.entries()) addGroup(grams, scratch, way, { ...group, place })
  for (let at = 0; at < touched.count; at += 1) {
    const entry = touched.entries[at]!
    const score = scoreOfWay(way, { share: share[entry]!, said: well[entry]! })
    if (score > 0) {
      if (said[entry] === 0) push(met, entry)
      said[entry] = together(way, said[entry]!, score)
      if (share[entry]! > held[entry]!) held[entry] = share[entry]!
    }
    share[entry] = 0
    well[entry] = 0
    groups[entry] = 0
  }
}

/** Adds a word to what entries have scored. General words bring no entry in that nothing else has. */
const addWord = (grams: Grams, scratch: Scratch, word: Word): number => {
  const { held, said, sum, heldSum, wholes, met, hits } = scratch
  const rarity = rarityOf(grams, word)
  const isGeneral = word.weight < 1 && hits.count > 0
  met.count = 0
  for (const way of word.ways) addWay(grams, scratch, way)
  for (let at = 0; at < met.count; at += 1) {
    const entry = met.entries[at]!
    if (!isGeneral || sum[entry] !== 0) {
      if (sum[entry] === 0) push(hits, entry)
      sum[entry]! += said[entry]! * rarity
      heldSum[entry]! += held[entry]! * rarity
      if (word.weight === 1 && held[entry]! > WHOLE) wholes[entry]! += 1
    }
    said[entry] = 0
    held[entry] = 0
  }
  return rarity
}

export interface Met {
  /** Entries in the order of their numbers, each with its score. */
  readonly entries: Uint32Array
  readonly scores: Float32Array
  /** Those that hold every word, and how many they are. */
  readonly whole: Bits
  readonly full: number
  /** The largest share of what was asked for that any of them holds. */
  readonly most: number
}

interface Sums {
  readonly scratch: Scratch
  readonly size: number
  readonly least: number
  readonly needed: number
  readonly isLoose: boolean
  readonly total: number
}

const wholeAmong = ({ scratch, size, needed }: Sums, readable: Bits): { whole: Bits; full: number } => {
  const { hits, wholes } = scratch
  const whole = noBits(size)
  let full = 0
  for (let at = 0; at < hits.count; at += 1) {
    const entry = hits.entries[at]!
    if (wholes[entry]! < needed || !hasBit(readable, entry)) continue
    setBit(whole, entry)
    full += 1
  }
  return { whole, full }
}

const harvest = (sums: Sums, readable: Bits): Met => {
  const { scratch, size, least, needed, total, isLoose } = sums
  const { sum, heldSum, wholes, hits } = scratch
  const { whole, full } = wholeAmong(sums, readable)
  const beside = full > 0 && !isLoose ? Math.max(least, total * RANKING.shareBeside) : least
  const asked = full >= RANKING.enough ? Number.POSITIVE_INFINITY : beside
  const taken = noBits(size)
  for (let at = 0; at < hits.count; at += 1) {
    const entry = hits.entries[at]!
    if ((wholes[entry]! >= needed || heldSum[entry]! >= asked) && hasBit(readable, entry)) setBit(taken, entry)
  }
  const chosen = listBits(taken)
  const scores = new Float32Array(chosen.length)
  let most = 0
  for (let at = 0; at < chosen.length; at += 1) {
    const entry = chosen[at]!
    most = Math.max(most, heldSum[entry]! / total)
    scores[at] = sum[entry]! / total + (wholes[entry]! >= needed ? RANKING.everyWord : 0)
  }
  for (let at = 0; at < hits.count; at += 1) {
    const entry = hits.entries[at]!
    sum[entry] = 0
    heldSum[entry] = 0
    wholes[entry] = 0
  }
  return { entries: chosen, scores, whole, full, most }
}

const meetShare = (grams: Grams, reading: Reading, { share, readable }: { share: number; readable: Bits }): Met => {
  const scratch = scratchFor(grams.size)
  scratch.hits.count = 0
  const words = reading.words.toSorted((a, b) => b.weight - a.weight)
  const total = words.reduce((sum, word) => sum + addWord(grams, scratch, word), 0)
  const needed = words.filter(({ weight }) => weight === 1).length
  const isLoose = reading.dropped.length > 0
  return harvest({ scratch, size: grams.size, least: total * share, needed, total, isLoose }, readable)
}

/** Entries that meet a reading: those that hold everything, and where they are few those that hold most. */
export const meet = (grams: Grams, reading: Reading, readable: Bits): Met =>
  meetShare(grams, reading, { share: reading.dropped.length > 0 ? RANKING.looseShare : RANKING.share, readable })

/** Entries that hold a fair part of a reading by which nothing held half. */
export const meetLittle = (grams: Grams, reading: Reading, readable: Bits): Met =>
  meetShare(grams, reading, { share: RANKING.littleShare, readable })

/** Entries that hold anything of what was asked for. */
export const meetAny = (grams: Grams, reading: Reading, readable: Bits): Met =>
  meetShare(grams, reading, { share: 0, readable })
