import type { SiteThread } from '@sanjiang/contract/site.intake'

/** Neighbouring characters of a text: what Chinese words are found by without a dictionary. */
export const pairsOf = (text: string): string[] => {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
  const pairs = plain.split(' ').flatMap((word) => {
    const letters = [...word]
    return letters.length === 1 ? letters : letters.slice(1).map((letter, at) => `${letters[at]}${letter}`)
  })
  return [...new Set(pairs)].filter(Boolean).slice(0, 200)
}

/** What share of the asked pairs a wish holds; its title counts twice. */
const nearness = (asked: readonly string[], { title, text }: SiteThread): number => {
  const [names, words] = [new Set(pairsOf(title)), new Set(pairsOf(text))]
  const points = asked.reduce((sum, pair) => sum + (names.has(pair) ? 2 : words.has(pair) ? 1 : 0), 0)
  return points / (asked.length * 2)
}

const NEAR = 0.2

/** Wishes that read like what is asked, nearest first; those most supported before their equals. */
export const similarTo = (q: string, wishes: readonly SiteThread[]): SiteThread[] => {
  const asked = pairsOf(q)
  if (asked.length === 0) return []
  return wishes
    .map((wish) => ({ wish, near: nearness(asked, wish) }))
    .filter(({ near }) => near >= NEAR)
    .sort((one, other) => other.near - one.near || other.wish.support_count - one.wish.support_count)
    .map(({ wish }) => wish)
}
