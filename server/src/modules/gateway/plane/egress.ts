import { lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { buildConnector } from 'undici'

/** The one door outwards for addresses that people typed in: only networks the operator allowed (architecture §5). */
export interface Egress {
  /** Fault text for an address that is refused outright, or null. Names are judged when they are resolved. */
  refuses(url: string): string | null
  readonly connect: buildConnector.connector
}

const NEVER = ['169.254.0.0/16', '0.0.0.0/8', '224.0.0.0/4'] // link-local (cloud metadata), this host, multicast

const toList = (cidrs: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [address, bits] = cidr.split('/')
    list.addSubnet(address!, Number(bits), isIP(address!) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

/** Addresses are checked after resolution, at connect time, so that a name cannot change its mind in between. */
export const makeEgress = (allow: readonly string[]): Egress => {
  const allowed = toList(allow)
  const never = toList(NEVER)
  const mayReach = (address: string): boolean => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    return allowed.check(address, family) && !never.check(address, family)
  }
  const guardedLookup: typeof lookup = ((
    host: string,
    options: object,
    done: (error: Error | null, ...rest: unknown[]) => void,
  ) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error)
      const reachable = found.filter(({ address }) => mayReach(address))
      if (reachable.length === 0)
        return done(Object.assign(new Error(`${host} 不在允许的网段内`), { code: 'EGRESS_REFUSED' }))
      const first = reachable[0]!
      return (options as { all?: boolean }).all ? done(null, reachable) : done(null, first.address, first.family)
    })) as never
  const dial = buildConnector({ timeout: 2000, lookup: guardedLookup } as buildConnector.BuildOptions)
  return {
    refuses: (url) => {
      const { hostname, protocol, username } = new URL(url)
      if (protocol !== 'http:' && protocol !== 'https:') return '只允许 http 与 https'
      if (username) return '地址里不能带账号口令'
      const bare = hostname.replace(/^\[|\]$/g, '')
      return isIP(bare) && !mayReach(bare) ? `${bare} 不在允许的网段内` : null
    },
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) && !mayReach(host)) {
        callback(Object.assign(new Error(`${host} 不在允许的网段内`), { code: 'EGRESS_REFUSED' }), null)
        return
      }
      dial(options, callback)
    },
  }
}
