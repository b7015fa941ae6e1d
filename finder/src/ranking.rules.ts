import { type Grams, idfOf } from './grams.ts'
import type { Reading, Way, Word } from './reading.rules.ts'

/** What tells one hit from another; chosen by the judged queries in `bench/` that are not held out. */
export const RANKING = {
  /** Share of what was asked for, by rarity, that a partial hit must hold … */
  share: 0.5,
  /** … and where somebody asked in whole sentences, of which much is said around the thing. */
  looseShare: 0.3,
  /** Where nothing holds half, this is better than nothing. */
  littleShare: 0.34,
  /** Rarity given to what no entry holds. */
  unknown: 4,
  /** Pairs of one word overlap: beside the rarest the others count so much. */
  further: 0.35,
  mostRarity: 12,
  /** A word that stands whole, and an entry that holds every word. */
  wholeWord: 1.2,
  everyWord: 0.12,
  wholeName: 1.2,
  beginning: 0.35,
  inName: 0.3,
  density: 0.5,
  head: 0.06,
  item: 0.6,
  /** The same entry of another place or year steps back a little, so that a page shows different things. */
  alike: 0.02,
  mostAlike: 4,
  /** The names of so many are looked at closely. */
  closely: 300,
  /** Fewer hits than this that hold everything are followed by those that hold most. */
  enough: 10,
  /** … and what follows them must hold this share of what was asked for, unless it was asked in whole sentences. */
  shareBeside: 0.55,
} as const

/** Not quite 1, because shares are added up from fractions. */
export const WHOLE = 0.999

/** Rarity of a group of which any one will do. */
export const weightOf = (grams: Grams, group: readonly string[]): number => {
  const count = group.reduce((sum, gram) => sum + grams.frequencyOf(gram), 0)
  return count === 0 ? Math.min(RANKING.unknown, idfOf(grams, 1)) : idfOf(grams, count)
}

/** How much it says that a word is held, whichever way. */
export const rarityOf = (grams: Grams, { ways: [first], weight }: Word): number => {
  if (!first) return weight * RANKING.unknown
  const rarities = first.grams.map((group) => weightOf(grams, group))
  const most = Math.max(...rarities)
  const others = rarities.reduce((sum, one) => sum + one, 0) - most
  return weight * Math.min(most + RANKING.further * others, RANKING.mostRarity)
}

/** What one way of a word scores: its own characters may stand in part, any other way is met as a whole or not at all. */
export const scoreOfWay = (way: Way, { share, said }: { share: number; said: number }): number => {
  const isWhole = share > WHOLE
  if (!isWhole && way.how !== 'itself') return 0
  return said * way.factor * (isWhole ? RANKING.wholeWord : 1)
}

/** A known organ is met by being that organ; that its words stand in the entry too says a little more. */
export const together = (way: Way, before: number, score: number): number =>
  way.how === 'organ' ? score + before * 0.5 : Math.max(before, score)

/** Score that the name earns, part by part. */
export const nameParts = (grams: Grams, { q, words }: Reading, entry: number) => {
  const name = grams.nameOf(entry)
  const head = grams.headOf(entry)
  const whole = words.map(({ text }) => text).join('')
  let inName = 0
  let characters = 0
  let first = 0
  for (const { ways, weight } of words) {
    const met = ways.find(({ text, how }) => how !== 'place' && head.includes(text))
    if (!met) continue
    inName += weight * met.factor
    characters += met.text.length
    if (head.startsWith(met.text)) first = RANKING.head
  }
  return {
    whole: name === q || name === whole ? RANKING.wholeName : name.startsWith(q) ? RANKING.beginning : 0,
    words: (RANKING.inName * inName) / Math.max(1, words.length),
    density: RANKING.density * Math.min(1, characters / Math.max(1, head.length)),
    head: first,
  }
}

export interface Scored {
  readonly entry: number
  readonly score: number
}

const byId = (grams: Grams, a: Scored, b: Scored): number => (grams.idOf(a.entry) < grams.idOf(b.entry) ? -1 : 1)

/** Looks closely at the best: their names, the item that was asked for, and that not all of them are the same. */
export const lookClosely = (grams: Grams, reading: Reading, best: readonly Scored[]): Scored[] => {
  const holders = new Set<number>()
  if (reading.item) grams.each(reading.item, (entry) => holders.add(entry))
  const named = best.map(({ entry, score }) => {
    const { whole, words, density, head } = nameParts(grams, reading, entry)
    return { entry, score: score + whole + words + density + head + (holders.has(entry) ? RANKING.item : 0) }
  })
  const seen = new Map<string, number>()
  return named
    .toSorted(
      (a, b) => b.score - a.score || grams.nameOf(a.entry).length - grams.nameOf(b.entry).length || byId(grams, a, b),
    )
    .map(({ entry, score }) => {
      const head = grams.headOf(entry)
      const before = seen.get(head) ?? 0
      seen.set(head, before + 1)
      return { entry, score: score - Math.min(before, RANKING.mostAlike) * RANKING.alike }
    })
    .toSorted((a, b) => b.score - a.score || byId(grams, a, b))
}
