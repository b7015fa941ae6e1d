import { SealError } from './seal-error.ts'

// HTTP Message Signatures (RFC 9421) of a client that pulls what it was told of: each request is signed with the client's own
// Ed25519 key, so that any door can judge it without a session. One profile, components in a fixed order as at the gateway.

export interface PullToSign {
  readonly method: string
  /** As sent, percent-encoded. */
  readonly path: string
  /** As sent, with the leading `?`; empty when there is none. */
  readonly query: string
  /** RFC 9530 value of the body; GET sends that of the empty one. */
  readonly digest: string
  /** Grows with every request about a subscription; milliseconds since 1970 will do. */
  readonly counter: number
}

export interface PullParams {
  /** Seconds since 1970. */
  readonly created: number
  /** Id of the client's public key. */
  readonly key_id: string
}

export const PULL_HEADERS = {
  digest: 'content-digest',
  counter: 'sanjiang-counter',
  input: 'signature-input',
  signature: 'signature',
} as const

const LABEL = 'sj'
const COMPONENTS = '"@method" "@path" "@query" "content-digest" "sanjiang-counter"'
const INPUT = new RegExp(`^${LABEL}=\\(${COMPONENTS}\\);created=([1-9]\\d{0,11});keyid="([0-9a-f]{16})";alg="ed25519"$`)
const SIGNATURE = new RegExp(`^${LABEL}=:([A-Za-z0-9+/]{86}==):$`)
const DIGEST = /^sha-256=:[A-Za-z0-9+/]{43}=:$/
const COUNTER = /^[1-9]\d{0,15}$/

const paramsText = ({ created, key_id }: PullParams): string =>
  `(${COMPONENTS});created=${created};keyid="${key_id}";alg="ed25519"`

/** The text that is signed (RFC 9421 §2.5). */
export const pullBase = ({ method, path, query, digest, counter }: PullToSign, params: PullParams): string =>
  `"@method": ${method}\n"@path": ${path}\n"@query": ${query === '' ? '?' : query}\n` +
  `"content-digest": ${digest}\n"sanjiang-counter": ${counter}\n"@signature-params": ${paramsText(params)}`

/** The headers to send; `sign` gives base64 of the Ed25519 signature over the text's UTF-8 bytes. */
export const signPull = (
  request: PullToSign,
  params: PullParams,
  sign: (text: string) => string,
): Record<string, string> => ({
  [PULL_HEADERS.digest]: request.digest,
  [PULL_HEADERS.counter]: String(request.counter),
  [PULL_HEADERS.input]: `${LABEL}=${paramsText(params)}`,
  [PULL_HEADERS.signature]: `${LABEL}=:${sign(pullBase(request, params))}:`,
})

export interface ParsedPull extends PullParams {
  readonly digest: string
  readonly counter: number
  /** Base64. */
  readonly signature: string
}

const refuse = (field: string, message: string): SealError => new SealError('malformed', field, message)

const one = (headers: Readonly<Record<string, unknown>>, name: string): string => {
  const value = headers[name]
  if (typeof value !== 'string' || value === '') throw refuse(name, `缺少请求头 ${name}，或它出现多次`)
  return value
}

/** Reads what a request says of itself without judging it; throws SealError naming the header. */
export const parsePull = (headers: Readonly<Record<string, unknown>>): ParsedPull => {
  const params = INPUT.exec(one(headers, PULL_HEADERS.input))
  if (!params)
    throw refuse(
      PULL_HEADERS.input,
      `Signature-Input 应为 ${LABEL}=(${COMPONENTS});created=秒;keyid="公钥标识";alg="ed25519"`,
    )
  const signature = SIGNATURE.exec(one(headers, PULL_HEADERS.signature))?.[1]
  if (signature === undefined) throw refuse(PULL_HEADERS.signature, `Signature 应为 ${LABEL}=:<64 字节的 base64>:`)
  const digest = one(headers, PULL_HEADERS.digest)
  if (!DIGEST.test(digest))
    throw refuse(PULL_HEADERS.digest, 'Content-Digest 应为 sha-256=:<32 字节的 base64>:（RFC 9530）')
  const counter = one(headers, PULL_HEADERS.counter)
  if (!COUNTER.test(counter) || !Number.isSafeInteger(Number(counter)))
    throw refuse(PULL_HEADERS.counter, 'sanjiang-counter 应为从 1 起的整数')
  return { created: Number(params[1]), key_id: params[2] as string, digest, counter: Number(counter), signature }
}
