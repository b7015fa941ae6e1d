/** How often one address may ask for a challenge or sign in: each costs a signature check before anybody is known. */
export interface Knocks {
  allows(address: string): boolean
}

const PER_SECOND = 50
const BURST = 200
const MAX_ADDRESSES = 10_000

export const openKnocks = (): Knocks => {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return {
    allows: (address) => {
      const now = Date.now()
      const bucket = buckets.get(address) ?? { tokens: BURST, at: now }
      bucket.tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1000) * PER_SECOND)
      bucket.at = now
      if (bucket.tokens < 1) return false
      bucket.tokens -= 1
      if (buckets.size >= MAX_ADDRESSES) buckets.delete(buckets.keys().next().value!)
      buckets.set(address, bucket)
      return true
    },
  }
}
