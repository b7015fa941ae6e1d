import { readFileSync } from 'node:fs'
import { AdapterFault } from './adapter.ts'

export interface Tls {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
}

/** What a connection's `tls` asks for: `off`, `require` (unread by others), `verify` (and surely the server meant; `ca` names its authority's file). */
export const tlsOf = ({ tls = 'off', ca }: Readonly<Record<string, unknown>>): Tls | undefined => {
  if (tls === 'off') return undefined
  if (tls === 'require') return { rejectUnauthorized: false }
  if (tls !== 'verify') throw new AdapterFault('misconfigured', '连接参数 tls 应为 off、require 或 verify')
  if (ca === undefined) return { rejectUnauthorized: true }
  try {
    return { rejectUnauthorized: true, ca: readFileSync(String(ca), 'utf8') }
  } catch (error) {
    throw new AdapterFault('misconfigured', `连接参数 ca 指向的证书文件读不了:${String(ca)}`, { cause: error })
  }
}

const CODES =
  /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|HOSTNAME_MISMATCH|INVALID_CA|ERR_TLS_|ERR_SSL_|EPROTO|HANDSHAKE_)/

/** The sentence for a connection that could not be secured, or null. Drivers tell of it each in its own way. */
export const tlsTrouble = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null
  if (/does not support (SSL|secure)/.test(error.message)) return `数据库没有启用 TLS,而连接要求 TLS:${error.message}`
  const code = 'code' in error ? String(error.code) : ''
  return CODES.test(code) ? `数据库的 TLS 证书不能通过校验:${error.message}` : null
}
