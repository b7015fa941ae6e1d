import { Fault } from '#kernel/fault.ts'

const PER_MINUTE = 30
const MAX_ADDRESSES = 10_000

interface Bucket {
  tokens: number
  at: number
}

// In memory and per process on purpose: the lockout in the database is the real guard, this only keeps one address from
// spending all our Argon2 time. Bounded: the oldest address is forgotten first.
const buckets = new Map<string, Bucket>()

/** Refuses (429) an address that tries to log in more than 30 times a minute. */
export const assertMayTry = (address: string): void => {
  const now = Date.now()
  const bucket = buckets.get(address) ?? { tokens: PER_MINUTE, at: now }
  bucket.tokens = Math.min(PER_MINUTE, bucket.tokens + ((now - bucket.at) / 60_000) * PER_MINUTE)
  bucket.at = now
  buckets.delete(address)
  if (buckets.size >= MAX_ADDRESSES) buckets.delete(buckets.keys().next().value!)
  buckets.set(address, bucket)
  if (bucket.tokens < 1) throw new Fault('rate_limited', '登录尝试过于频繁，请稍后再试')
  bucket.tokens -= 1
}
