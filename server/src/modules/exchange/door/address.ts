import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

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

const plain = (address: string): string =>
  address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address

/** The caller's address: the connection's, or — when that is a proxy the operator named — the last one the proxy added. */
export const addressOf = (request: IncomingMessage, proxies: BlockList): string => {
  const peer = plain(request.socket.remoteAddress ?? '')
  const forwarded = request.headers['x-forwarded-for']
  const family = isIP(peer)
  if (forwarded === undefined || family === 0 || !proxies.check(peer, family === 6 ? 'ipv6' : 'ipv4')) return peer
  return plain(String(forwarded).split(',').at(-1)!.trim())
}
