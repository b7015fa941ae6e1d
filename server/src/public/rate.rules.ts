import { isIPv6 } from 'node:net'

/** So many units come back in a minute; half of them may be spent at once. */
export interface RatePolicy {
  readonly perMinute: number
}

export interface Spent {
  readonly isRefused: boolean
  readonly remaining: number
  /** Seconds until all is there again. */
  readonly reset: number
  /** Seconds until what was refused would be let through. */
  readonly wait: number
}

interface Bucket {
  units: number
  at: number
}

const MOST_CLIENTS = 20_000

/** Token buckets per client: bounded, those longest unseen forgotten first. */
export class Buckets {
  readonly capacity: number
  readonly #perMs: number
  readonly #buckets = new Map<string, Bucket>()
  readonly #most: number

  constructor({ perMinute }: RatePolicy, most = MOST_CLIENTS) {
    this.capacity = Math.max(1, Math.ceil(perMinute / 2))
    this.#perMs = perMinute / 60_000
    this.#most = most
  }

  get size(): number {
    return this.#buckets.size
  }

  #bucket(client: string, now: number): Bucket {
    const known = this.#buckets.get(client)
    const bucket = known ?? { units: this.capacity, at: now }
    bucket.units = Math.min(this.capacity, bucket.units + (now - bucket.at) * this.#perMs)
    bucket.at = now
    this.#buckets.delete(client)
    this.#buckets.set(client, bucket)
    if (this.#buckets.size > this.#most) this.#buckets.delete(this.#buckets.keys().next().value!)
    return bucket
  }

  /** Takes what a request costs, or refuses and takes nothing. */
  spend(client: string, cost: number, now: number): Spent {
    const bucket = this.#bucket(client, now)
    const isRefused = bucket.units < Math.min(cost, this.capacity)
    if (!isRefused) bucket.units -= cost
    const seconds = (units: number): number => Math.ceil(Math.max(0, units) / this.#perMs / 1000)
    return {
      isRefused,
      remaining: Math.max(0, Math.floor(bucket.units)),
      reset: seconds(this.capacity - bucket.units),
      wait: Math.max(1, seconds(Math.min(cost, this.capacity) - bucket.units)),
    }
  }

  /** What turned out to weigh more is owed, but never more than a full bucket. */
  charge(client: string, cost: number, now: number): void {
    const bucket = this.#bucket(client, now)
    bucket.units = Math.max(-this.capacity, bucket.units - cost)
  }
}

const hextets = (address: string): string[] => {
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before
  const after = tail === '' ? [] : tail.split(':')
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
}

/** Whom an address belongs to: of IPv6 a whole /64 is one house. */
export const clientOf = (ip: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)
  if (mapped) return mapped[1]!
  if (!isIPv6(ip)) return ip
  const plain = ip.split('%')[0]!
  return `${hextets(plain)
    .slice(0, 4)
    .map((one) => Number.parseInt(one, 16).toString(16))
    .join(':')}::/64`
}

/** What is not counted: what watches us, what every page needs, what robots must read. */
const FREE = /^\/(assets\/|healthz$|readyz$|metrics$|robots\.txt$)/

const COSTS: readonly (readonly [path: RegExp, units: number])[] = [
  [/^\/api\/(3\/)?action\/current_package_list_with_resources/, 5],
  [/^\/api\/(3\/)?action\/(package_search|datastore_search)/, 2],
  [/^\/api\/v1\/.*\/(rows|aggregate|export)/, 2],
  [/^\/ogc\/.*\/items/, 2],
  [/^\/datasets\/[^/]+\/preview/, 2],
  [/^\/(search|sitemap|sitemaps\/|dcat\/catalog)/, 2],
]
/** A robot that says so keeps to robots.txt, where a page in two seconds is asked for, and then never notices this. */
const ROBOT = /bot\b|crawl|spider|slurp/i
const ROBOT_FACTOR = 4

export const costOf = (path: string, agent: string): number => {
  if (FREE.test(path)) return 0
  const units = COSTS.find(([pattern]) => pattern.test(path))?.[1] ?? 1
  return ROBOT.test(agent) ? units * ROBOT_FACTOR : units
}

/** Bytes that left weigh too: a unit for each MiB. */
export const weightOf = (bytes: number): number => bytes / 2 ** 20
