import type { Problem } from '@sanjiang/contract'
import { type CallAnswer, codeInUrl, type GatewaySession, PLANE, purposeHeader } from '@sanjiang/contract/gateway'
import {
  contentDigest,
  type SignedHeaders,
  signFourHeaders,
  signInText,
  signRequest,
  type TextMac,
} from '@sanjiang/seal'
import { nodeHasher, nodeTextMac } from '@sanjiang/seal/node'
import { DUTY, signText, type TestClientRow, type TestResource } from './gateway-ground.ts'

export interface CallOrder {
  readonly resource: TestResource
  readonly method?: 'GET' | 'POST'
  /** With the leading `?`. */
  readonly query?: string
  readonly body?: string
  readonly purpose?: { readonly code: string; readonly ref: string }
  readonly case_no?: string
  readonly officer?: string
  readonly counter?: number
  readonly created?: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface Called {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly problem?: Problem
  readonly answer?: CallAnswer
}

export interface SignedCall {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Record<string, string>
  readonly body?: string
}

const SHA256 = nodeHasher('sha256')

const read = async (response: Response): Promise<Called> => {
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  const parsed = type.includes('json') ? JSON.parse(text) : undefined
  const problem = type.startsWith('application/problem+json') ? (parsed as Problem) : undefined
  return {
    status: response.status,
    headers: response.headers,
    text,
    problem,
    answer: response.status === 200 ? (parsed as CallAnswer) : undefined,
  }
}

/** A department's application as it would be written: signs in at one gateway, then signs every call. */
export class GatewayClient {
  readonly #origin: string
  readonly #client: TestClientRow
  #session: GatewaySession | undefined
  #mac: TextMac = () => ''
  #counter = 0

  constructor(origin: string, client: TestClientRow) {
    this.#origin = origin
    this.#client = client
  }

  async signIn(more: { created?: number; nonce?: string } = {}): Promise<Called> {
    const { nonce } = (await (await fetch(this.#origin + PLANE.challenge)).json()) as { nonce: string }
    const { client_id, key_id, privateKey } = this.#client
    const claim = { client_id, key_id, nonce: more.nonce ?? nonce, created: more.created ?? nowSeconds() }
    const body = JSON.stringify({ ...claim, signature: signText(privateKey, signInText(claim)) })
    const done = await read(await fetch(this.#origin + PLANE.sessions, { method: 'POST', body }))
    if (done.status === 201) {
      this.#session = JSON.parse(done.text) as GatewaySession
      this.#mac = nodeTextMac('sha256', Buffer.from(this.#session.secret, 'base64'))
      this.#counter = 0
    }
    return done
  }

  get session(): GatewaySession {
    return this.#session!
  }

  /** A signed call, not yet sent: tests tamper with it on the way. */
  sign(order: CallOrder): SignedCall {
    const method = order.method ?? 'GET'
    const path = `${PLANE.prefix}/${codeInUrl(order.resource.code)}`
    const { code, ref } = order.purpose ?? { code: 'business_collaboration', ref: DUTY }
    this.#counter += 1
    const signed: SignedHeaders = {
      'content-digest': contentDigest(SHA256, Buffer.from(order.body ?? '')),
      'sanjiang-purpose': purposeHeader({ code, ref }),
      'sanjiang-case': encodeURIComponent(order.case_no ?? ''),
      'sanjiang-officer': encodeURIComponent(order.officer ?? '卓玛'),
      'sanjiang-counter': String(order.counter ?? this.#counter),
    }
    const request = { method, path, query: order.query ?? '', headers: signed }
    const params = {
      created: order.created ?? nowSeconds(),
      keyid: this.#session?.session_id ?? 'none',
      alg: 'hmac-sha256',
    } as const
    const headers = { ...signed, ...signRequest(request, params, this.#mac), ...order.headers }
    return { url: this.#origin + path + request.query, method, headers, body: order.body }
  }

  async call(order: CallOrder): Promise<Called> {
    return send(this.sign(order))
  }

  /** Under the national platform's four headers (domain §6.3). */
  async callFour(resource: TestResource, sid: string, more: { rtime?: number; prefix?: string } = {}): Promise<Called> {
    const { rid, secret } = this.#client
    const { rtime = Date.now(), prefix = 'qhgxjhpt_' } = more
    const claim = { sid, rid, rtime: String(rtime) }
    const headers = {
      [`${prefix}sid`]: sid,
      [`${prefix}rid`]: rid,
      [`${prefix}rtime`]: claim.rtime,
      [`${prefix}sign`]: signFourHeaders(nodeTextMac('sha256', Buffer.from(secret)), claim),
    }
    return send({ url: `${this.#origin}${PLANE.prefix}/${codeInUrl(resource.code)}`, method: 'GET', headers })
  }
}

export const send = async ({ url, method, headers, body }: SignedCall): Promise<Called> =>
  read(await fetch(url, { method, headers, body }))

export const nowSeconds = (): number => Math.floor(Date.now() / 1000)
