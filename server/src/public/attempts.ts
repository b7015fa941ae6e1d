import { SiteFault } from './site.ts'

const MOST = 10
const WINDOW_MS = 10 * 60_000
const MOST_ADDRESSES = 20_000

interface Count {
  wrong: number
  since: number
}

/** Wrong codes by address: who guesses is told to wait, others are not. A code has fifty bits; this keeps the database quiet. */
const counts = new Map<string, Count>()

const countOf = (address: string): Count => {
  const known = counts.get(address)
  if (known && Date.now() - known.since < WINDOW_MS) return known
  if (counts.size >= MOST_ADDRESSES) counts.clear()
  const fresh = { wrong: 0, since: Date.now() }
  counts.set(address, fresh)
  return fresh
}

export const assertMayTry = (address: string): void => {
  if (countOf(address).wrong >= MOST)
    throw new SiteFault(429, 'too_many_wrong_codes', { detail: '查询码错误次数过多，请十分钟后再试' })
}

export const noteWrong = (address: string): void => {
  countOf(address).wrong += 1
}
