import { isIPv6 } from 'node:net'
import { Fault } from '#kernel/fault.ts'

const MAX_NETWORKS = 10_000

interface Bucket {
  tokens: number
  at: number
}

/** Whoever has an IPv6 address has 2⁶⁴ of them, so its first four groups count. */
const networkOf = (address: string): string => {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head.split(':').filter(Boolean)
  const behind = tail?.split(':').filter(Boolean) ?? []
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length)
  return [...groups, ...Array<string>(zeros).fill('0'), ...behind].slice(0, 4).join(':')
}

/**
 * So many tries a minute for one network, in memory and per process: tokens have 160 bits and signatures cannot be guessed,
 * this only keeps one place from spending our time. The network seen longest ago is forgotten first.
 */
export class Throttle {
  readonly #perMinute: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  assertMayTry(address: string): void {
    const now = Date.now()
    const network = networkOf(address)
    const bucket = this.#buckets.get(network) ?? { tokens: this.#perMinute, at: now }
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + ((now - bucket.at) / 60_000) * this.#perMinute)
    bucket.at = now
    this.#buckets.delete(network)
    if (this.#buckets.size >= MAX_NETWORKS) this.#buckets.delete(this.#buckets.keys().next().value!)
    this.#buckets.set(network, bucket)
    if (bucket.tokens < 1) throw new Fault('rate_limited')
    bucket.tokens -= 1
  }
}
