import { setTimeout as pause } from 'node:timers/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Agent, type Dispatcher, request } from 'undici'
import type { Egress } from '#kernel/egress.ts'
import { SourceFailure } from './failure.ts'
import { toText } from './text.ts'

export interface Got {
  readonly status: number
  readonly text: string
  readonly type: string
  readonly etag: string | null
  /** Where it was finally found. */
  readonly url: string
  readonly notes: readonly string[]
}

export interface Manners {
  readonly requestsPerSecond: number
  readonly tries: number
  /** Before the second try; doubled each time, or what the source asks for. */
  readonly firstWaitMs: number
  readonly longestWaitMs: number
  readonly timeoutMs: number
  /** Of one answer, on the wire and unpacked. */
  readonly maxBytes: number
}

export const MANNERS: Manners = {
  requestsPerSecond: 5,
  tries: 5,
  firstWaitMs: 1000,
  longestWaitMs: 60_000,
  timeoutMs: 20_000,
  maxBytes: 64 * 1_048_576,
}

export interface Ask {
  readonly accept: string
  readonly etag?: string | null
  /** Made anew for every try: a signature holds for its moment. */
  readonly headers?: (path: string, query: string) => Readonly<Record<string, string>>
}

const MAX_REDIRECTS = 4
const REDIRECTS = new Set([301, 302, 303, 307, 308])
const AGAIN = new Set([408, 425, 429, 502, 503, 504])
const UNPACK: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`

const readAll = async (body: AsyncIterable<Buffer>, maxBytes: number, what: string): Promise<Buffer> => {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > maxBytes) throw new SourceFailure('bad', `${what}超过 ${megabytes(maxBytes)}，不再读取`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Bounded before and after unpacking, so that a small answer cannot grow without end. */
const bytesOf = async (answer: Dispatcher.ResponseData, maxBytes: number): Promise<Buffer> => {
  const coding = String(answer.headers['content-encoding'] ?? '').toLowerCase()
  if (coding === '' || coding === 'identity') return readAll(answer.body, maxBytes, '回答')
  const unpack = UNPACK[coding]
  if (!unpack) throw new SourceFailure('bad', `回答的压缩方式“${coding}”不支持`)
  const packed = await readAll(answer.body, maxBytes, '压缩的回答')
  const unpacked = unpack()
  unpacked.end(packed)
  try {
    return await readAll(unpacked as unknown as AsyncIterable<Buffer>, maxBytes, '解压后的回答')
  } catch (error) {
    if (error instanceof SourceFailure) throw error
    throw new SourceFailure('bad', `回答解压失败（${(error as NodeJS.ErrnoException).code ?? coding}）`)
  }
}

const waitAsked = (answer: Dispatcher.ResponseData): number | null => {
  const value = String(answer.headers['retry-after'] ?? '')
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}

class TryAgain extends Error {
  readonly waitMs: number | null
  constructor(message: string, waitMs: number | null) {
    super(message)
    this.waitMs = waitMs
  }
}

const failureOf = (status: number, excerpt: string): SourceFailure => {
  if (status === 401 || status === 403)
    return new SourceFailure('denied', `对方拒绝访问（HTTP ${status}），请检查鉴权`, { excerpt })
  if ([400, 404, 405, 410].includes(status))
    return new SourceFailure('absent', `对方没有这个地址（HTTP ${status}）`, { excerpt })
  return new SourceFailure('bad', `对方返回 HTTP ${status}`, { excerpt })
}

/** A polite reader of one source: paced, patient, bounded, and only through the egress door. */
export class SourceHttp {
  readonly #agent: Agent
  readonly #manners: Manners
  readonly #signal: AbortSignal
  readonly #header: Readonly<Record<string, string>>
  #nextAt = 0
  requests = 0

  constructor(
    egress: Egress,
    options: {
      readonly manners?: Partial<Manners>
      readonly signal: AbortSignal
      readonly header?: Record<string, string>
    },
  ) {
    this.#manners = { ...MANNERS, ...options.manners }
    this.#signal = options.signal
    this.#header = options.header ?? {}
    this.#agent = new Agent({ connect: egress.connect, connections: 2, maxResponseSize: this.#manners.maxBytes * 2 })
  }

  /** Asks until an answer comes; what is not there or not allowed is not asked twice. */
  async get(url: string, ask: Ask): Promise<Got> {
    const notes: string[] = []
    const { tries, firstWaitMs, longestWaitMs } = this.#manners
    for (let attempt = 1; ; attempt += 1) {
      try {
        const got = await this.#follow(url, ask)
        return { ...got, notes: [...notes, ...got.notes] }
      } catch (error) {
        if (this.#signal.aborted) throw new SourceFailure('stopped', '已停止')
        if (!(error instanceof TryAgain)) throw error
        if (attempt >= tries) throw new SourceFailure('away', `${error.message}；试了 ${attempt} 次`)
        notes.push(`${error.message}，第 ${attempt + 1} 次再试`)
        await this.#pause(Math.min(longestWaitMs, error.waitMs ?? firstWaitMs * 2 ** (attempt - 1)))
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#signal }).catch(() => undefined)
    if (this.#signal.aborted) throw new SourceFailure('stopped', '已停止')
  }

  async #pace(): Promise<void> {
    const now = Date.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + 1000 / this.#manners.requestsPerSecond
    if (at > now) await this.#pause(at - now)
  }

  async #follow(url: string, ask: Ask): Promise<Got> {
    const seen = new Set<string>()
    for (let at = new URL(url); ; ) {
      if (seen.has(at.href)) throw new SourceFailure('denied', '对方的重定向绕圈')
      if (seen.size > MAX_REDIRECTS) throw new SourceFailure('denied', `重定向超过 ${MAX_REDIRECTS} 次`)
      seen.add(at.href)
      // What authenticates us is for the origin it was entered for, and for nobody it points to.
      const isHome = at.origin === new URL(url).origin
      const answer = await this.#send(at, ask, isHome)
      const location = answer.headers.location
      if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string') return this.#read(answer, at)
      await answer.body.dump().catch(() => undefined)
      if (!URL.canParse(location, at.href)) throw new SourceFailure('denied', '对方的重定向地址无法解析')
      at = new URL(location, at)
      if (!/^https?:$/.test(at.protocol)) throw new SourceFailure('denied', `不跟随到 ${at.protocol}`)
    }
  }

  async #send(at: URL, { accept, etag, headers }: Ask, isHome: boolean): Promise<Dispatcher.ResponseData> {
    await this.#pace()
    this.requests += 1
    const own = isHome ? { ...this.#header, ...headers?.(at.pathname, at.search) } : {}
    try {
      return await request(at, {
        dispatcher: this.#agent,
        headersTimeout: this.#manners.timeoutMs,
        bodyTimeout: this.#manners.timeoutMs,
        signal: this.#signal,
        headers: {
          accept,
          'accept-encoding': 'gzip, deflate, br',
          'user-agent': 'sanjiang-harvest',
          ...(etag && isHome ? { 'if-none-match': etag } : {}),
          ...own,
        },
      })
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException
      if (code === 'EGRESS_REFUSED') throw new SourceFailure('denied', '来源地址不在允许的网段内')
      throw new TryAgain(`无法连接（${code ?? name}）`, null)
    }
  }

  async #read(answer: Dispatcher.ResponseData, at: URL): Promise<Got> {
    const { statusCode: status } = answer
    const type = String(answer.headers['content-type'] ?? '')
    const etag = answer.headers.etag === undefined ? null : String(answer.headers.etag)
    if (status === 304) {
      await answer.body.dump().catch(() => undefined)
      return { status, text: '', type, etag, url: at.href, notes: [] }
    }
    if (AGAIN.has(status)) {
      await answer.body.dump({ limit: 16_384 }).catch(() => undefined)
      throw new TryAgain(`对方返回 HTTP ${status}`, waitAsked(answer))
    }
    const bytes = await this.#bytes(answer)
    if (status !== 200) throw failureOf(status, bytes.subarray(0, 600).toString('utf8').slice(0, 300))
    return { status, ...toText(bytes, type), type, etag, url: at.href }
  }

  async #bytes(answer: Dispatcher.ResponseData): Promise<Buffer> {
    try {
      return await bytesOf(answer, this.#manners.maxBytes)
    } catch (error) {
      if (error instanceof SourceFailure) throw error
      throw new TryAgain(`回答没有读完（${(error as NodeJS.ErrnoException).code ?? 'ABORTED'}）`, null)
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}
