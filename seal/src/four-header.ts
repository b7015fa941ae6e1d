import { equalSecret } from './bytes.ts'
import type { IncomingHeaders, TextMac } from './request-signature.ts'
import { SealError } from './seal-error.ts'

/** National platform's service call (domain §6.3): four headers, of which the body, path and purpose are not signed. */
export interface FourHeaders {
  /** Service. */
  readonly sid: string
  /** Caller: a UUID, or a UUID with `@` and a local suffix. */
  readonly rid: string
  /** Milliseconds since 1970, as text. */
  readonly rtime: string
  /** base64 of HMAC-SHA256(service key, sid + rid + rtime). */
  readonly sign: string
}

/** `gjgxjhpt_` is the national platform's; ours is `qhgxjhpt_`. */
export const FOUR_HEADER_PREFIXES = { national: 'gjgxjhpt_', own: 'qhgxjhpt_' } as const

const FORMS: Readonly<Record<keyof FourHeaders, RegExp>> = {
  sid: /^s_[0-9A-Za-z]{1,32}_[0-9A-Za-z]{1,32}$/,
  rid: /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?:@[0-9A-Za-z-]{1,32})?$/,
  // Exactly 13 digits: sid and rid have fixed ends, so sid + rid + rtime reads only one way.
  rtime: /^[1-9]\d{12}$/,
  sign: /^[A-Za-z0-9+/]{43}=$/,
}

export const signFourHeaders = (mac: TextMac, { sid, rid, rtime }: Omit<FourHeaders, 'sign'>): string =>
  mac(sid + rid + rtime)

/** The headers under a prefix, or undefined when none is there. Throws SealError naming a header missing or malformed. */
export const parseFourHeaders = (headers: IncomingHeaders, prefix: string): FourHeaders | undefined => {
  const names = Object.keys(FORMS) as (keyof FourHeaders)[]
  if (names.every((name) => headers[prefix + name] === undefined)) return undefined
  const read = (name: keyof FourHeaders): string => {
    const value = headers[prefix + name]
    if (typeof value === 'string' && FORMS[name].test(value)) return value
    throw new SealError('malformed', prefix + name, `请求头 ${prefix}${name} 缺失或格式不符`)
  }
  return { sid: read('sid'), rid: read('rid'), rtime: read('rtime'), sign: read('sign') }
}

/** `now` and `window` in milliseconds; the window is ±5 minutes by project agreement. */
export const verifyFourHeaders = (
  mac: TextMac,
  headers: FourHeaders,
  { now, window }: { now: number; window: number },
): 'valid' | 'stale' | 'wrong' => {
  if (Math.abs(now - Number(headers.rtime)) > window) return 'stale'
  return equalSecret(signFourHeaders(mac, headers), headers.sign) ? 'valid' : 'wrong'
}
