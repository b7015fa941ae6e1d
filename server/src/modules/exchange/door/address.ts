import type { IncomingMessage } from 'node:http'
import type { BlockList } from 'node:net'
import { isIn, plainAddress } from '#kernel/address.ts'

/** The caller's address: the connection's, or — when that is a proxy the operator named — the last one the proxy added. */
export const addressOf = (request: IncomingMessage, proxies: BlockList): string => {
  const peer = plainAddress(request.socket.remoteAddress ?? '')
  const forwarded = request.headers['x-forwarded-for']
  if (forwarded === undefined || !isIn(proxies, peer)) return peer
  return plainAddress(String(forwarded).split(',').at(-1)!.trim())
}
