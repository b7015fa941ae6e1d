import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { buildConnector } from 'undici'
import { isIn, plainAddress, toBlockList } from './address.ts'

/** The one door outwards for addresses that people typed in: only networks the operator allowed (architecture §5). */
export interface Egress {
  readonly connect: buildConnector.connector
}

// Link-local (cloud metadata among it), this host, multicast: whatever the operator allowed.
const NEVER = ['169.254.0.0/16', '0.0.0.0/8', '224.0.0.0/4', 'fe80::/10', '::/128', 'ff00::/8']

const REFUSAL = '地址不在允许的网段内'
const refused = (): Error => Object.assign(new Error(REFUSAL), { code: 'EGRESS_REFUSED' })

/** Addresses are checked after resolution, at connect time, so that a name cannot change its mind in between. */
export const makeEgress = (allow: readonly string[]): Egress => {
  const allowed = toBlockList(allow)
  const never = toBlockList(NEVER)
  const mayReach = (given: string): boolean => {
    const address = plainAddress(given)
    return isIn(allowed, address) && !isIn(never, address)
  }
  const guardedLookup: typeof lookup = ((
    host: string,
    options: object,
    done: (error: Error | null, ...rest: unknown[]) => void,
  ) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error)
      const reachable = found.filter(({ address }) => mayReach(address))
      if (reachable.length === 0) return done(refused())
      const first = reachable[0]!
      return (options as { all?: boolean }).all ? done(null, reachable) : done(null, first.address, first.family)
    })) as never
  const dial = buildConnector({ timeout: 2000, lookup: guardedLookup } as buildConnector.BuildOptions)
  return {
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) && !mayReach(host)) {
        callback(refused(), null)
        return
      }
      dial(options, callback)
    },
  }
}
