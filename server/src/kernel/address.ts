import { BlockList, isIP } from 'node:net'

/** A list of addresses and networks as they are written: `10.1.2.3`, `10.1.0.0/16`, `fd00::/8`. */
export const toBlockList = (entries: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.trim().split('/')
    const family = isIP(address)
    if (family === 0) continue
    const kind = family === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, kind)
    else list.addSubnet(address, Number(bits), kind)
  }
  return list
}

/** IPv4 written as IPv6 (`::ffff:10.1.2.3`) is the IPv4 address it is. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address

export const isIn = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

const lists = new WeakMap<readonly string[], BlockList>()

/** Whether a caller's address stands in its list; an empty list holds nobody. */
export const isListed = (entries: readonly string[], address: string): boolean => {
  const list = lists.get(entries) ?? toBlockList(entries)
  lists.set(entries, list)
  return isIn(list, address)
}
