import { base64, equalSecret, utf8 } from './bytes.ts'
import type { HashAlg, Hasher } from './hasher.ts'
import { pureSha256 } from './hasher.ts'
import { hmac } from './hmac.ts'
import { SealError } from './seal-error.ts'

// HTTP Message Signatures (RFC 9421), the one profile the gateway speaks: always these components in this order, so that
// both sides build the signature base with one template and nothing can be left out by the caller.

export type RequestAlg = 'hmac-sha256' | 'hmac-sm3'

/** Text in, base64 of the keyed hash of its UTF-8 bytes out. */
export type TextMac = (text: string) => string

export interface SignedHeaders {
  readonly 'content-digest': string
  readonly 'sanjiang-purpose': string
  /** Empty when the purpose needs no case. */
  readonly 'sanjiang-case': string
  readonly 'sanjiang-officer': string
  readonly 'sanjiang-counter': string
}

export interface RequestToSign {
  readonly method: string
  /** As sent, percent-encoded. */
  readonly path: string
  /** As sent, with the leading `?`; empty when there is none. */
  readonly query: string
  readonly headers: SignedHeaders
}

export interface SignatureParams {
  /** Seconds since 1970. */
  readonly created: number
  /** The session. */
  readonly keyid: string
  readonly alg: RequestAlg
}

const COVERED = ['content-digest', 'sanjiang-purpose', 'sanjiang-case', 'sanjiang-officer', 'sanjiang-counter'] as const
const COMPONENTS = ['@method', '@path', '@query', ...COVERED].map((name) => `"${name}"`).join(' ')
const LABEL = 'sj'
/** Names of the two headers the client sends besides those it covers. */
export const SIGNATURE_HEADERS = { input: 'signature-input', signature: 'signature' } as const

const PARAMS = /^;created=([1-9]\d{0,11});keyid="([A-Za-z0-9._:-]{1,128})";alg="(hmac-sha256|hmac-sm3)"$/
const SIGNATURE = new RegExp(`^${LABEL}=:([A-Za-z0-9+/]{43}=):$`)
/** Visible ASCII without spaces at the ends; Chinese is percent-encoded by the client. A line break would split the base. */
const FIELD = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/
const COUNTER = /^[1-9]\d{0,15}$/

const paramsText = ({ created, keyid, alg }: SignatureParams): string =>
  `(${COMPONENTS});created=${created};keyid="${keyid}";alg="${alg}"`

/** The text that is signed (RFC 9421 §2.5). The method and path stand as sent; an absent query is `?` (§2.2.7). */
export const signatureBase = ({ method, path, query, headers }: RequestToSign, params: SignatureParams): string =>
  `"@method": ${method}\n"@path": ${path}\n"@query": ${query === '' ? '?' : query}\n` +
  `"content-digest": ${headers['content-digest']}\n"sanjiang-purpose": ${headers['sanjiang-purpose']}\n` +
  `"sanjiang-case": ${headers['sanjiang-case']}\n"sanjiang-officer": ${headers['sanjiang-officer']}\n` +
  `"sanjiang-counter": ${headers['sanjiang-counter']}\n"@signature-params": ${paramsText(params)}`

/** RFC 9530 value of a body; the empty body has one too, and GET sends it. */
export const contentDigest = (sha256: Hasher, body: Uint8Array): string => `sha-256=:${base64(sha256.hash(body))}:`

export const EMPTY_CONTENT_DIGEST: string = contentDigest(pureSha256, new Uint8Array(0))

/** A TextMac over any hasher; the server passes a faster one of its own (`@sanjiang/seal/node`). */
export const textMac = (hasher: Hasher, key: Uint8Array): TextMac => {
  const mac = hmac(hasher, key)
  return (text) => base64(mac(utf8(text)))
}

/** The hash a request algorithm is built on. */
export const hashOf = (alg: RequestAlg): HashAlg => (alg === 'hmac-sm3' ? 'sm3' : 'sha256')

/** The two headers to send. Throws SealError naming the header that cannot be signed. */
export const signRequest = (
  request: RequestToSign,
  params: SignatureParams,
  mac: TextMac,
): { 'signature-input': string; signature: string } => {
  const refused = refusedHeader(request.headers)
  if (refused !== undefined) throw new SealError('malformed', refused.field, refused.message)
  if (!PARAMS.test(paramsText(params).slice(COMPONENTS.length + 2)))
    throw new SealError('malformed', 'params', 'created、keyid 或 alg 不合规')
  const signature = mac(signatureBase(request, params))
  return { 'signature-input': `${LABEL}=${paramsText(params)}`, signature: `${LABEL}=:${signature}:` }
}

export interface RequestRefusal {
  readonly ok: false
  readonly code: 'unsigned' | 'malformed' | 'digest' | 'stale' | 'wrong'
  readonly field: string
  /** Chinese; says which rule of RFC 9421 or of ours. */
  readonly message: string
}

export interface ParsedSignature extends SignatureParams {
  readonly ok: true
  /** base64 */
  readonly signature: string
  readonly counter: number
  readonly headers: SignedHeaders
}

/** Incoming headers with lower-case names, as Node gives them. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

const refuse = (code: RequestRefusal['code'], field: string, message: string): RequestRefusal => ({
  ok: false,
  code,
  field,
  message,
})

const refusedHeader = (headers: SignedHeaders): RequestRefusal | undefined => {
  for (const name of COVERED)
    if (!FIELD.test(headers[name])) return refuse('malformed', name, `${name} 只能含可见 ASCII 字符，中文请百分号编码`)
  if (!COUNTER.test(headers['sanjiang-counter']) || !Number.isSafeInteger(Number(headers['sanjiang-counter'])))
    return refuse('malformed', 'sanjiang-counter', 'sanjiang-counter 应为从 1 起的整数')
  return undefined
}

const coveredHeaders = (headers: IncomingHeaders): SignedHeaders | RequestRefusal => {
  const found: Record<string, string> = {}
  for (const name of COVERED) {
    const value = headers[name]
    if (value === undefined)
      return refuse('unsigned', name, `缺少请求头 ${name}（RFC 9421 §2.1：被签名的字段必须存在）`)
    if (typeof value !== 'string') return refuse('malformed', name, `请求头 ${name} 出现多次`)
    found[name] = value
  }
  const covered = found as unknown as SignedHeaders
  return refusedHeader(covered) ?? covered
}

/** Reads a request's signature without judging it: `keyid` tells which session's key to judge it with. */
export const parseRequestSignature = (headers: IncomingHeaders): ParsedSignature | RequestRefusal => {
  const { [SIGNATURE_HEADERS.input]: input, [SIGNATURE_HEADERS.signature]: signature } = headers
  if (typeof input !== 'string' || input === '')
    return refuse('unsigned', 'signature-input', '缺少请求头 Signature-Input')
  if (typeof signature !== 'string' || signature === '') return refuse('unsigned', 'signature', '缺少请求头 Signature')
  const start = `${LABEL}=(${COMPONENTS})`
  if (!input.startsWith(start))
    return refuse('malformed', 'signature-input', `Signature-Input 应以 ${start} 开头（覆盖全部规定组件，次序固定）`)
  const params = PARAMS.exec(input.slice(start.length))
  if (params === null)
    return refuse(
      'malformed',
      'signature-input',
      'Signature-Input 的参数应为 created、keyid、alg，次序固定（RFC 9421 §2.3）',
    )
  const value = SIGNATURE.exec(signature)?.[1]
  if (value === undefined) return refuse('malformed', 'signature', `Signature 应为 ${LABEL}=:<32 字节的 base64>:`)
  const covered = coveredHeaders(headers)
  if ('ok' in covered) return covered
  const [, created, keyid, alg] = params as unknown as [string, string, string, RequestAlg]
  const counter = Number(covered['sanjiang-counter'])
  return { ok: true, created: Number(created), keyid, alg, signature: value, counter, headers: covered }
}

export interface RequestFacts {
  readonly method: string
  readonly path: string
  readonly query: string
  /** Content-Digest of the body as received; made by `contentDigest`. */
  readonly digest: string
  /** Seconds since 1970. */
  readonly now: number
}

/**
 * Judges a parsed signature with its session's key: time window, body, then the signature itself. The counter's newness
 * and the session's algorithm are the caller's to check. `skew` in seconds.
 */
export const verifyRequest = (
  parsed: ParsedSignature,
  facts: RequestFacts,
  { mac, skew }: { mac: TextMac; skew: number },
): { readonly ok: true } | RequestRefusal => {
  if (Math.abs(facts.now - parsed.created) > skew)
    return refuse('stale', 'signature-input', `created 与网关时间相差超过 ${skew} 秒`)
  if (parsed.headers['content-digest'] !== facts.digest)
    return refuse('digest', 'content-digest', 'Content-Digest 与收到的请求体不符（RFC 9530）')
  const { method, path, query } = facts
  const base = signatureBase({ method, path, query, headers: parsed.headers }, parsed)
  return equalSecret(mac(base), parsed.signature) ? { ok: true } : refuse('wrong', 'signature', '签名不成立')
}
