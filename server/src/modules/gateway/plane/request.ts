import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { PLANE } from '@sanjiang/contract/gateway'
import { isIn, plainAddress, type toBlockList } from '#kernel/address.ts'
import { Fault } from '#kernel/fault.ts'

/** The address of a request, taken apart as it was sent; nothing is decoded, so nothing can be decoded twice. */
export interface Target {
  readonly path: string
  /** With the leading `?`; empty when there is none. */
  readonly query: string
}

const VISIBLE = /^\/[\x21\x22\x24-\x7e]*$/ // no spaces, no control characters, no fragment
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/

export const readTarget = (url: string): Target => {
  if (!VISIBLE.test(url)) throw new Fault('malformed', '请求地址须为以 / 开头的可见 ASCII 字符')
  if (url.includes('%') && BAD_ESCAPE.test(url)) throw new Fault('malformed', '请求地址的百分号编码无效')
  const at = url.indexOf('?')
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at) }
}

const CODE = new RegExp(`^${PLANE.prefix}/([123]\\d{5}[0-9A-Z]{0,12})-(\\d{1,10})$`)

/** `/gateway/v1/302015001-000007` → `302015001/000007`; anything else is not an address of a resource. */
export const readCode = (path: string): string | undefined => {
  const found = CODE.exec(path)
  return found ? `${found[1]}/${found[2]}` : undefined
}

const TRACE = /^[\w-]{8,64}$/

export const traceOf = ({ headers }: IncomingMessage): string => {
  const given = headers[PLANE.headers.trace]
  return typeof given === 'string' && TRACE.test(given) ? given : randomUUID()
}

/**
 * The caller's address: the connection's, or — when that is a proxy the operator named — the last one the proxy added.
 */
export const addressOf = (request: IncomingMessage, proxies: ReturnType<typeof toBlockList>): string => {
  const peer = plainAddress(request.socket.remoteAddress ?? '')
  const forwarded = request.headers['x-forwarded-for']
  if (forwarded === undefined || !isIn(proxies, peer)) return peer
  return plainAddress(String(forwarded).split(',').at(-1)!.trim())
}
