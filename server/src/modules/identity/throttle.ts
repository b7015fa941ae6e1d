import { isIPv6 } from 'node:net'
import { Fault } from '#kernel/fault.ts'

const PER_MINUTE = 30
const MAX_NETWORKS = 10_000
const MAX_AT_ONCE = 64

interface Bucket {
  tokens: number
  at: number
}

// In memory and per process on purpose: the lockout in the database is the real guard, this only keeps one place from
// spending all our Argon2 time. Bounded: the network seen longest ago is forgotten first.
const buckets = new Map<string, Bucket>()

/** Whoever has an IPv6 address has 2⁶⁴ of them: the network counts. IPv4 mapped into IPv6 counts as IPv4. */
export const networkOf = (address: string): string => {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::')
  const mapped = /^ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(tail ?? '')
  if (head === '' && mapped) return mapped[1]!
  const groups = head === '' ? [] : head.split(':')
  const behind = tail ? tail.split(':').length : 0
  const filled = tail === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - groups.length - behind)).fill('0')]
  const whole = tail ? [...filled, ...tail.split(':')] : filled
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** Refuses (429) a network that tries to log in more than 30 times a minute. */
export const assertMayTry = (address: string): void => {
  const now = Date.now()
  const network = networkOf(address)
  const bucket = buckets.get(network) ?? { tokens: PER_MINUTE, at: now }
  bucket.tokens = Math.min(PER_MINUTE, bucket.tokens + ((now - bucket.at) / 60_000) * PER_MINUTE)
  bucket.at = now
  buckets.delete(network)
  if (buckets.size >= MAX_NETWORKS) buckets.delete(buckets.keys().next().value!)
  buckets.set(network, bucket)
  if (bucket.tokens < 1) throw new Fault('rate_limited', '登录尝试过于频繁，请稍后再试')
  bucket.tokens -= 1
}

let running = 0

/** Lets 64 passwords be looked at at once: a flood from everywhere is refused at the door, and sessions go on working. */
export const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= MAX_AT_ONCE) throw new Fault('rate_limited', '登录的人太多，请稍后再试')
  running += 1
  try {
    return await work()
  } finally {
    running -= 1
  }
}
