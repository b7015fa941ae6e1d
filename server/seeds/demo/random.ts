/**
 * Randomness for the demo province: a pure function of a seed and of what is being made, so that one person, firm or resource can be
 * made alone and comes out the same as in the whole set. Nothing here is fit for secrets.
 */
export const DEMO_SEED = 'sanjiang-demo-1'

/** FNV-1a over the parts, finished with murmur3's avalanche: 32 bits. */
export const hash = (...parts: readonly (string | number)[]): number => {
  let h = 0x811c9dc5
  for (const part of parts) {
    const text = `${part}`
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
    h = Math.imul(h ^ 0x1f, 0x01000193)
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A generator of numbers in [0, 1) (mulberry32). */
export const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** One of the list; the list must not be empty. */
export const pick = <T>(next: () => number, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T

/** The value whose share of the weights covers `at` ∈ [0, 1). */
export const weighted = <T>(at: number, choices: readonly (readonly [value: T, weight: number])[]): T => {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0)
  let left = at * total
  for (const [value, weight] of choices) {
    left -= weight
    if (left < 0) return value
  }
  return (choices.at(-1) as readonly [T, number])[0]
}

/** Whole number in [from, to]. */
export const between = (next: () => number, from: number, to: number): number =>
  from + Math.floor(next() * (to - from + 1))

/** `YYYY-MM-DD` of a day counted from 1970-01-01. */
export const dateOf = (epochDay: number): string => new Date(epochDay * 86400000).toISOString().slice(0, 10)
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86400000
