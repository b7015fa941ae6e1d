import { codeInUrl, type GatewaySession, PLANE, purposeHeader, type SignIn } from '@sanjiang/contract/gateway'
import {
  base64,
  contentDigest,
  fromBase64,
  pureSha256,
  type SignedHeaders,
  signatureBase,
  signInText,
  signRequest,
  textMac,
  utf8,
} from '@sanjiang/seal'
import type { ClientKeyPair } from '../../client-key.ts'

/** A request as it goes to the gateway; all of it is shown to whoever tries. */
export interface GatewayRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** The sign-in: the sentence signed with the private key, and the request that carries the signature. */
export const signIn = (key: ClientKeyPair, claim: Omit<SignIn, 'signature' | 'key_id'>) => {
  const text = signInText({ ...claim, key_id: key.key_id })
  const body: SignIn = { ...claim, key_id: key.key_id, signature: base64(key.sign(utf8(text))) }
  const request: GatewayRequest = {
    method: 'POST',
    path: PLANE.sessions,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  return { text, request }
}

export interface CallOrder {
  readonly resource_code: string
  readonly method: 'GET' | 'POST'
  readonly parameters: Readonly<Record<string, string>>
  readonly purpose: { readonly code: string; readonly ref: string }
  readonly case_no: string
  readonly officer: string
  readonly grant_id: string
  readonly counter: number
}

/** One call signed under a session (RFC 9421): the base that was signed, and the request with its signature. */
export const signCall = (session: GatewaySession, order: CallOrder) => {
  const given = Object.entries(order.parameters).filter(([, value]) => value !== '')
  const isPost = order.method === 'POST'
  const query = isPost || given.length === 0 ? '' : `?${new URLSearchParams(given)}`
  const body = isPost ? JSON.stringify(Object.fromEntries(given)) : ''
  const path = `${PLANE.prefix}/${codeInUrl(order.resource_code)}`
  const signed: SignedHeaders = {
    'content-digest': contentDigest(pureSha256, utf8(body)),
    'sanjiang-purpose': purposeHeader(order.purpose),
    'sanjiang-case': encodeURIComponent(order.case_no),
    'sanjiang-officer': encodeURIComponent(order.officer),
    'sanjiang-counter': String(order.counter),
  }
  const target = { method: order.method, path, query, headers: signed }
  const params = { created: nowSeconds(), keyid: session.session_id, alg: 'hmac-sha256' } as const
  const signature = signRequest(target, params, textMac(pureSha256, fromBase64(session.secret)))
  const request: GatewayRequest = {
    method: order.method,
    path: path + query,
    headers: {
      ...signed,
      ...signature,
      [PLANE.headers.grant]: order.grant_id,
      ...(isPost ? { 'content-type': 'application/json' } : {}),
    },
    body: isPost ? body : undefined,
  }
  return { base: signatureBase(target, params), request }
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The same request for a terminal; the address of the gateway is the reader's own. */
export const curlOf = ({ method, path, headers, body }: GatewayRequest): string =>
  [
    `curl -sS -X ${method} "$GATEWAY"${quote(path)}`,
    ...Object.entries(headers).map(([name, value]) => `  -H ${quote(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`  --data-raw ${quote(body)}`]),
  ].join(' \\\n')

export const requestText = ({ method, path, headers, body }: GatewayRequest): string =>
  [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['', body]),
  ].join('\n')
