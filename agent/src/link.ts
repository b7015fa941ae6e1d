import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Problem } from '@sanjiang/contract/errors'
import { DOOR, type DoorSession, doorText } from '@sanjiang/contract/exchange.door'
import type * as t from 'typebox'
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'
import { waitBefore } from './back-off.ts'
import type { AgentConfig } from './config.ts'
import { isFull } from './durable.ts'
import { type AgentKey, type Identity, newProposal, writeIdentity } from './identity.ts'
import { VERSION } from './version.ts'

/** The centre did not answer: nothing is known of what it did. Told in a sentence, tried again. */
export class Away extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Away'
  }
}

/** The centre answered no. */
export class Refused extends Error {
  readonly code: string
  readonly status: number
  readonly problem: Partial<Problem>
  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `交换平台答复 ${status}`)
    this.name = 'Refused'
    this.code = problem.code ?? ''
    this.status = status
    this.problem = problem
  }
}

/** A copy restored from a backup: this process must not go on. */
export const isFenced = (error: unknown): boolean => error instanceof Refused && error.code === 'agent_fenced'

/** Worth another try by itself: the centre is away, busy or restarting, this machine's clock will be put right or its disk emptied. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Away ||
  isFull(error) ||
  (error instanceof Refused && (error.status >= 500 || error.status === 429 || error.code === 'clock_skew'))

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: '连接被拒绝:地址或端口不对,或平台没有运行',
  ENOTFOUND: '域名解析不到',
  EAI_AGAIN: '域名解析暂不可用',
  ETIMEDOUT: '连接超时:网络不通或被防火墙丢弃',
  UND_ERR_CONNECT_TIMEOUT: '连接超时:网络不通或被防火墙丢弃',
  UND_ERR_HEADERS_TIMEOUT: '平台没有在时限内答复',
  UND_ERR_BODY_TIMEOUT: '平台答复到一半停住了',
  ECONNRESET: '连接被对方切断',
  UND_ERR_SOCKET: '连接被对方切断',
  EHOSTUNREACH: '没有到平台的路由',
  ENETUNREACH: '没有到平台的路由',
  DEPTH_ZERO_SELF_SIGNED_CERT: '平台证书是自签名的:请在配置里写 ca = 签发证书文件',
  SELF_SIGNED_CERT_IN_CHAIN: '平台证书不是由受信任的机构签发:请在配置里写 ca = 签发证书文件',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: '平台证书不是由受信任的机构签发:请在配置里写 ca = 签发证书文件',
  CERT_HAS_EXPIRED: '平台证书已过期',
  ERR_TLS_CERT_ALTNAME_INVALID: '平台证书上的名称与 centre 地址不符',
}

/** Why a connection did not come about, in a sentence. */
export const reasonOf = (error: unknown): string => {
  for (
    let one = error as NodeJS.ErrnoException | undefined;
    one;
    one = one.cause as NodeJS.ErrnoException | undefined
  ) {
    if (one.code && REASONS[one.code]) return REASONS[one.code] as string
    const first = (one as { errors?: NodeJS.ErrnoException[] }).errors?.[0]
    if (first?.code && REASONS[first.code]) return REASONS[first.code] as string
  }
  return (error as Error).message
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD'
  readonly path: string
  readonly query?: Record<string, string | number>
  readonly json?: unknown
  readonly bytes?: readonly Buffer[]
  readonly signal?: AbortSignal
  /** Longer than a long poll may last. */
  readonly timeoutMs?: number
}

export interface Reply {
  readonly status: number
  readonly bytes: Buffer
  /** The centre's clock as its answer says it. */
  readonly date?: string
}

const openDispatcher = ({ ca, proxy }: AgentConfig): Dispatcher => {
  const tls = ca === null ? {} : { ca }
  const options = { connections: 16, pipelining: 1, keepAliveTimeout: 30_000, bodyTimeout: 60_000 }
  if (proxy !== null) return new ProxyAgent({ uri: proxy, requestTls: tls, ...options })
  return new Agent({ ...options, connect: { ...tls, timeout: 10_000 } })
}

type Opened = Pick<AgentConfig, 'centre' | 'ca' | 'proxy' | 'state'>

/** Everything the agent says to the centre. It dials out and nothing else; each request may be said again. */
export class Link {
  readonly #config: Opened
  readonly #dispatcher: Dispatcher
  readonly #key: AgentKey
  #identity: Identity | null
  /** What this process signed in with; repeated to renew. */
  #proof: { epoch: number; proposal: string } | null = null
  #session: t.Static<typeof DoorSession> | null = null
  #signingIn: Promise<void> | null = null

  constructor(config: AgentConfig, key: AgentKey, identity: Identity | null) {
    this.#config = config
    this.#dispatcher = openDispatcher(config)
    this.#key = key
    this.#identity = identity
  }

  get identity(): Identity {
    if (this.#identity === null) throw new Error('没有身份')
    return this.#identity
  }

  get epoch(): number {
    return this.#session?.epoch ?? this.identity.epoch
  }

  async #dial(ask: Ask, token?: string): Promise<Dispatcher.ResponseData> {
    const url = new URL(this.#config.centre + ask.path)
    for (const [name, value] of Object.entries(ask.query ?? {})) url.searchParams.set(name, String(value))
    // Given piece by piece: joining megabytes costs as much as sending them.
    const body = ask.bytes ? Readable.from(ask.bytes) : ask.json === undefined ? null : JSON.stringify(ask.json)
    const length = ask.bytes?.reduce((sum, piece) => sum + piece.length, 0)
    const type = ask.bytes ? 'application/octet-stream' : 'application/json'
    return request(url, {
      method: ask.method,
      dispatcher: this.#dispatcher,
      headersTimeout: ask.timeoutMs ?? 30_000,
      signal: ask.signal ?? null,
      headers: {
        ...(body === null ? {} : { 'content-type': type }),
        ...(length === undefined ? {} : { 'content-length': String(length) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'user-agent': `sanjiang-agent/${VERSION}`,
      },
      body,
    })
  }

  #away(ask: Ask, error: unknown): unknown {
    if (ask.signal?.aborted) return ask.signal.reason
    return new Away(`连接不上交换平台 ${this.#config.centre}:${reasonOf(error)}`, { cause: error })
  }

  /** One request without a session: enrolment, sign-in, and what `check` tries. */
  async send(ask: Ask, token?: string): Promise<Reply> {
    let reply: Reply
    try {
      const { statusCode, headers, body } = await this.#dial(ask, token)
      reply = { status: statusCode, bytes: Buffer.from(await body.arrayBuffer()), date: String(headers.date ?? '') }
    } catch (error) {
      throw this.#away(ask, error)
    }
    if (reply.status >= 400) throw new Refused(reply.status, problemOf(reply))
    return reply
  }

  /** The pieces of an answer as they come, so that what arrived before a cut is not lost; null for no content. */
  async stream(ask: Ask): Promise<AsyncGenerator<Buffer> | null> {
    return this.#withSession(async (token) => {
      let answer: Dispatcher.ResponseData
      try {
        answer = await this.#dial(ask, token)
        if (answer.statusCode === 200) return this.#pieces(ask, answer)
        const reply = { status: answer.statusCode, bytes: Buffer.from(await answer.body.arrayBuffer()), date: '' }
        if (reply.status < 400) return null
        throw new Refused(reply.status, problemOf(reply))
      } catch (error) {
        throw error instanceof Refused ? error : this.#away(ask, error)
      }
    })
  }

  async *#pieces(ask: Ask, { body }: Dispatcher.ResponseData): AsyncGenerator<Buffer> {
    try {
      for await (const piece of body) yield piece as Buffer
    } catch (error) {
      throw this.#away(ask, error)
    }
  }

  async #withSession<T>(work: (token: string) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#token())
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error
      this.#session = null
      return work(await this.#token())
    }
  }

  /** A request within the session; signs in first or again when it must. */
  ask(ask: Ask): Promise<Reply> {
    return this.#withSession((token) => this.send(ask, token))
  }

  async askJson<T>(ask: Ask): Promise<T> {
    const { bytes } = await this.ask(ask)
    return JSON.parse(bytes.toString('utf8')) as T
  }

  /** Signs in now, for whoever only wants to know whether it can. */
  async signIn(): Promise<void> {
    await this.#ensureSession()
  }

  async #token(): Promise<string> {
    await this.#ensureSession()
    return (this.#session as t.Static<typeof DoorSession>).token
  }

  #ensureSession(): Promise<void> {
    // Thirty seconds early: the centre's clock may run ahead of ours.
    const isFresh = this.#session !== null && Date.parse(this.#session.expires_at) - Date.now() > 30_000
    if (isFresh) return Promise.resolve()
    this.#signingIn ??= this.#signIn().finally(() => {
      this.#signingIn = null
    })
    return this.#signingIn
  }

  /**
   * A process begins with a proposal of its own, so a copy of the state that signed in meanwhile is told apart. One left
   * unanswered by a crash is settled first: the centre may or may not have taken it.
   */
  async #signIn(): Promise<void> {
    if (this.#proof !== null) {
      this.#session = await this.#prove(this.#proof)
      return
    }
    if (this.identity.pending !== null)
      await this.#confirm(await this.#prove({ epoch: this.identity.epoch, proposal: this.identity.pending }))
    const proof = { epoch: this.identity.epoch, proposal: newProposal() }
    await this.#keep({ ...this.identity, pending: proof.proposal })
    const session = await this.#prove(proof)
    await this.#confirm(session)
    this.#proof = proof
    this.#session = session
  }

  async #prove(proof: { epoch: number; proposal: string }): Promise<t.Static<typeof DoorSession>> {
    const said = { agent_id: this.identity.agent_id, ...proof, created: Math.floor(Date.now() / 1000) }
    const signature = this.#key.sign(doorText.signIn(said))
    const json = { ...said, version: VERSION, signature }
    const { bytes } = await this.send({ method: 'POST', path: DOOR.sessions, json })
    return JSON.parse(bytes.toString('utf8'))
  }

  #confirm({ epoch }: { epoch: number }): Promise<void> {
    return this.#keep({ ...this.identity, epoch, pending: null })
  }

  async #keep(identity: Identity): Promise<void> {
    await writeIdentity(this.#config.state, identity)
    this.#identity = identity
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy()
  }
}

const problemOf = ({ status, bytes }: Pick<Reply, 'status' | 'bytes'>): Partial<Problem> => {
  try {
    return JSON.parse(bytes.toString('utf8')) as Partial<Problem>
  } catch {
    return { title: `交换平台答复 ${status}` }
  }
}

export interface Patience {
  readonly signal: AbortSignal
  /** Told before each wait, and with null when it has gone well again. */
  readonly onTrouble?: (error: unknown) => void
}

/** Tries until it is done, however many weeks the centre stays away; what it answered no to is thrown at once. */
export const persist = async <T>(work: () => Promise<T>, { signal, onTrouble }: Patience): Promise<T> => {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      const result = await work()
      if (attempt > 0) onTrouble?.(null)
      return result
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error
      onTrouble?.(error)
      await pause(waitBefore(attempt), undefined, { signal })
    }
  }
}
