import { FIELD_NAMES, FIELDS, type Grams, maskAt, WEIGHT_OF } from './grams.ts'
import { nameParts, RANKING, rarityOf, scoreOfWay, together, WHOLE, weightOf } from './ranking.rules.ts'
import type { Reading, Way, Word } from './reading.rules.ts'

const titlesOf = (mask: number): string[] =>
  FIELD_NAMES.filter((name) => mask & FIELDS[name].bit).map((name) => FIELDS[name].title)

/** Marks of whole names are not for reading. */
const readable = (gram: string): string => gram.replace(/^[o@i]:/, '')

const explainWay = (grams: Grams, way: Way, entry: number) => {
  const weights = way.grams.map((group) => weightOf(grams, group))
  const total = weights.reduce((sum, one) => sum + one, 0)
  const groups = way.grams.map((group, at) => {
    const held = group
      .map((gram) => ({ gram, mask: maskAt(grams, gram, entry) & way.fields }))
      .toSorted((a, b) => WEIGHT_OF[b.mask]! - WEIGHT_OF[a.mask]!)[0]!
    return { gram: readable(held.gram), mask: held.mask, rarity: weights[at]! }
  })
  const share = groups.reduce((sum, { mask, rarity }) => sum + (mask === 0 ? 0 : rarity / total), 0)
  const said = groups.reduce((sum, { mask, rarity }) => sum + (WEIGHT_OF[mask]! * rarity) / total, 0)
  return {
    how: way.how,
    text: way.text,
    factor: way.factor,
    share,
    score: scoreOfWay(way, { share, said }),
    grams: groups.map(({ gram, mask, rarity }) => ({ gram, rarity, fields: titlesOf(mask) })),
  }
}

const explainWord = (grams: Grams, word: Word, entry: number) => {
  const ways = word.ways.map((way) => explainWay(grams, way, entry))
  const said = word.ways.reduce((sum, way, at) => (ways[at]!.score > 0 ? together(way, sum, ways[at]!.score) : sum), 0)
  const isWhole = ways.some(({ score, share }) => score > 0 && share > WHOLE)
  return { text: word.text, rarity: rarityOf(grams, word), ways, said, isWhole, isGeneral: word.weight < 1 }
}

/** Why an entry scored what it did: the same arithmetic as the search's own, for one entry, with its parts kept apart. */
export const explainScore = (grams: Grams, reading: Reading, entry: number) => {
  const words = reading.words.map((word) => explainWord(grams, word, entry))
  const total = words.reduce((sum, { rarity }) => sum + rarity, 0)
  const isFull = words.every(({ isWhole, isGeneral }) => isWhole || isGeneral)
  const name = nameParts(grams, reading, entry)
  const parts = [
    ...words.map(({ text, said, rarity }) => ({ title: `“${text}”的命中`, score: (said * rarity) / total })),
    { title: '含全部检索词', score: isFull ? RANKING.everyWord : 0 },
    { title: '名称就是或开头就是检索词', score: name.whole },
    { title: '名称里有检索词', score: name.words },
    { title: '检索词占名称的比重', score: name.density },
    { title: '名称以检索词打头', score: name.head },
    { title: '有同名信息项', score: reading.item && maskAt(grams, reading.item, entry) > 0 ? RANKING.item : 0 },
  ]
  return { words, parts: parts.filter(({ score }) => score !== 0) }
}
