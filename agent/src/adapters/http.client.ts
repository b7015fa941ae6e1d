import { isUtf8 } from 'node:buffer'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { Agent, type Dispatcher, request } from 'undici'
import { LONGEST_WAIT_MS, waitBefore } from '../back-off.ts'
import { AdapterFault } from './adapter.ts'
import type { HttpConfig } from './http.config.ts'

export interface Answer {
  readonly text: string
  /** The header `Link`, or empty. */
  readonly link: string
}

/** Worth another try by itself. */
class Passing extends Error {
  readonly wait_ms: number | null
  constructor(message: string, options: { readonly cause?: unknown; readonly wait_ms?: number | null } = {}) {
    super(message, options)
    this.wait_ms = options.wait_ms ?? null
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: '连接被拒绝',
  ENOTFOUND: '域名解析不到',
  ETIMEDOUT: '连接超时',
  UND_ERR_CONNECT_TIMEOUT: '连接超时',
  UND_ERR_HEADERS_TIMEOUT: '没有在时限内答复',
  UND_ERR_BODY_TIMEOUT: '答复到一半停住了',
  ECONNRESET: '连接被对方切断',
  UND_ERR_SOCKET: '连接被对方切断',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: '答复比它自己说的短',
  DEPTH_ZERO_SELF_SIGNED_CERT: '证书是自签名的:请在配置里写 ca = 签发证书文件',
  SELF_SIGNED_CERT_IN_CHAIN: '证书不是由受信任的机构签发:请在配置里写 ca = 签发证书文件',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: '证书不是由受信任的机构签发:请在配置里写 ca = 签发证书文件',
  CERT_HAS_EXPIRED: '证书已过期',
  ERR_TLS_CERT_ALTNAME_INVALID: '证书上的名称与 base_url 不符',
}

const reasonOf = (error: unknown): string => {
  const { code, name, message } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError') return '没有在时限内答复'
  return REASONS[code ?? ''] ?? message
}

const MAX_REDIRECTS = 3
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

const saidWait = (header: string | undefined): number | null => {
  const seconds = Number(header)
  return header !== undefined && seconds >= 0 ? Math.min(LONGEST_WAIT_MS, seconds * 1000) : null
}

const headerOf = (response: Dispatcher.ResponseData, name: string): string => {
  const value = response.headers[name]
  return Array.isArray(value) ? value.join(', ') : (value ?? '')
}

/** Text of an answer: of the charset it names, else UTF-8, else GB18030; never with letters replaced. */
const decode = (bytes: Buffer, contentType: string): string => {
  const named = /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase()
  const isChinese = named !== undefined && /^(gb|x-gbk|cp936)/.test(named)
  if (!isChinese && isUtf8(bytes)) return bytes.toString('utf8').replace(/^\ufeff/, '')
  try {
    return new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new AdapterFault('misconfigured', `答复既不是 UTF-8 也不是 GB18030 的文字`, { cause: error })
  }
}

/** Asks one service, politely: so many requests a second, each bounded in time and size, none followed to another host. */
export class HttpClient {
  readonly #config: HttpConfig
  readonly #dispatcher: Agent
  #nextAt = 0

  constructor(config: HttpConfig) {
    this.#config = config
    const { ca, timeout_ms } = config
    const connect = { timeout: Math.min(timeout_ms, 10_000), ...(ca === null ? {} : { ca }) }
    this.#dispatcher = new Agent({ connections: 2, headersTimeout: timeout_ms, bodyTimeout: timeout_ms, connect })
  }

  /** An address below the base; one that a service's own link names must not lead elsewhere. */
  below(path: string, from: URL = this.#config.base): URL {
    const { base } = this.#config
    const root = base.href.replace(/[?#].*$/, '').replace(/\/+$/, '')
    const url = path.startsWith('/') && from === base ? new URL(root + path) : new URL(path, from)
    if (url.origin !== base.origin)
      throw new AdapterFault('not_allowed', `接口指向另一台主机 ${url.origin},不予跟随(只访问 ${base.origin})`)
    return url
  }

  async get(url: URL, signal: AbortSignal): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      await this.#turn(signal)
      try {
        return await this.#ask(url, signal)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof Passing)) throw error
        if (attempt >= this.#config.retries)
          throw new AdapterFault('unreachable', `接口 ${url.origin}:${error.message}(试了 ${attempt + 1} 次)`, {
            cause: error,
          })
        await pause(error.wait_ms ?? waitBefore(attempt), undefined, { signal })
      }
    }
  }

  /** One request after the other at the agreed rate, whoever asks. */
  async #turn(signal: AbortSignal): Promise<void> {
    const now = Date.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + 1000 / this.#config.per_second
    if (at > now) await pause(at - now, undefined, { signal })
  }

  async #ask(first: URL, signal: AbortSignal): Promise<Answer> {
    let url = first
    for (let hops = 0; ; hops += 1) {
      const response = await this.#send(url, signal)
      const { statusCode } = response
      if (statusCode < 300 || statusCode >= 400) return this.#read(response, url)
      await response.body.dump().catch(() => undefined)
      const location = headerOf(response, 'location')
      if (location === '' || hops >= MAX_REDIRECTS)
        throw new AdapterFault('misconfigured', `接口 ${url.pathname} 一再转向(${statusCode})`)
      url = this.below(location, url)
    }
  }

  async #send(url: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { headers, timeout_ms } = this.#config
    // However slowly it drips, an answer has so long as a whole.
    const whole = AbortSignal.any([signal, AbortSignal.timeout(timeout_ms * 4)])
    try {
      return await request(url, { method: 'GET', headers, dispatcher: this.#dispatcher, signal: whole })
    } catch (error) {
      signal.throwIfAborted()
      throw new Passing(reasonOf(error), { cause: error })
    }
  }

  async #read(response: Dispatcher.ResponseData, url: URL): Promise<Answer> {
    const { statusCode } = response
    if (statusCode !== 200) {
      await response.body.dump().catch(() => undefined)
      if (PASSING.has(statusCode))
        throw new Passing(`答复 ${statusCode}`, { wait_ms: saidWait(headerOf(response, 'retry-after') || undefined) })
      if (statusCode === 401 || statusCode === 403)
        throw new AdapterFault('denied', `接口 ${url.pathname} 拒绝了本节点的凭证(${statusCode})`)
      if (statusCode === 404) throw new AdapterFault('no_such_relation', `接口没有 ${url.pathname}(404)`)
      throw new AdapterFault('misconfigured', `接口 ${url.pathname} 答复 ${statusCode}`)
    }
    const bytes = await this.#bytes(response, url)
    return { text: decode(bytes, headerOf(response, 'content-type')), link: headerOf(response, 'link') }
  }

  async #bytes(response: Dispatcher.ResponseData, url: URL): Promise<Buffer> {
    const { max_page_bytes } = this.#config
    const tooLong = (): AdapterFault =>
      new AdapterFault('misconfigured', `接口 ${url.pathname} 一次答复超过 ${max_page_bytes >> 20} MiB,请减小每页行数`)
    const parts: Buffer[] = []
    let length = 0
    try {
      for await (const part of response.body) {
        length += part.length
        if (length > max_page_bytes) throw tooLong()
        parts.push(part)
      }
    } catch (error) {
      if (error instanceof AdapterFault) throw error
      throw new Passing(`答复到一半断了:${reasonOf(error)}`, { cause: error })
    }
    const encoding = headerOf(response, 'content-encoding')
    const bytes = Buffer.concat(parts)
    if (encoding === '' || encoding === 'identity') return bytes
    if (encoding !== 'gzip') throw new AdapterFault('misconfigured', `接口的答复用 ${encoding} 压缩,本节点只认 gzip`)
    try {
      return gunzipSync(bytes, { maxOutputLength: max_page_bytes })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLong()
      throw new Passing('压缩的答复已损坏', { cause: error })
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy()
  }
}
