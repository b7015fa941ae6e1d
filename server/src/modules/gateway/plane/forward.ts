import type { ErrorCode } from '@sanjiang/contract'
import { type Dispatcher, Pool } from 'undici'
import type { Egress } from './egress.ts'
import type { AttachedService } from './snapshot.ts'

export interface Outgoing {
  readonly path: string
  readonly body: string | null
}

export type Answer =
  | { readonly ok: true; readonly bytes: Buffer; readonly type: string }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string }

export interface Forwarder {
  send(service: AttachedService, outgoing: Outgoing): Promise<Answer>
  close(): Promise<void>
}

const failed = (code: ErrorCode, detail: string): Answer => ({ ok: false, code, detail })

/** One provider's bulkhead and circuit breaker: its slowness or death stays its own. */
interface Compartment {
  readonly pool: Pool
  active: number
  failures: number
  openUntil: number
  isProbing: boolean
}

const FAILURES_TO_OPEN = 5
const OPEN_MS = 10_000

const REASONS: Record<string, ErrorCode> = {
  UND_ERR_HEADERS_TIMEOUT: 'provider_timeout',
  UND_ERR_BODY_TIMEOUT: 'provider_timeout',
  UND_ERR_ABORTED: 'provider_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'provider_unreachable',
  EGRESS_REFUSED: 'provider_unreachable',
}

const toFailure = (error: NodeJS.ErrnoException): Answer => {
  const code = REASONS[error.code ?? ''] ?? 'provider_unreachable'
  const detail =
    error.code === 'EGRESS_REFUSED'
      ? error.message
      : code === 'provider_timeout'
        ? '提供方没有在约定时间内答复'
        : `提供方无法连接（${error.code ?? error.name}）`
  return failed(code, detail)
}

// Collects one answer with undici's lowest-level interface: no stream, no promise per chunk.
class Collector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = []
  readonly #service: AttachedService
  readonly #done: (answer: Answer) => void
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #size = 0
  #status = 0
  #type = ''
  #isSettled = false

  constructor(service: AttachedService, done: (answer: Answer) => void) {
    this.#service = service
    this.#done = done
    this.#timer = setTimeout(
      () => this.#stop(failed('provider_timeout', `提供方 ${service.timeout_ms} 毫秒内没有答完`)),
      service.timeout_ms,
    )
  }

  #settle(answer: Answer): void {
    if (this.#isSettled) return
    this.#isSettled = true
    clearTimeout(this.#timer)
    this.#done(answer)
  }

  #stop(answer: Answer): void {
    this.#settle(answer)
    this.#controller?.abort(new Error('stopped'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isSettled) controller.abort(new Error('stopped'))
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status
    this.#type = String(headers['content-type'] ?? '')
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > this.#service.max_bytes)
      this.#stop(failed('provider_too_large', `提供方返回超过 ${this.#service.max_bytes} 字节`))
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#status >= 200 && this.#status < 300) {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
      this.#settle({ ok: true, bytes, type: this.#type })
    } else if (this.#status === 404) this.#settle({ ok: true, bytes: Buffer.alloc(0), type: 'none' })
    else this.#settle(failed('provider_failed', `提供方返回 HTTP ${this.#status}`)) // redirects are not followed
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#settle(toFailure(error as NodeJS.ErrnoException))
  }
}

const originOf = (url: string): string => url.slice(0, url.indexOf('/', 8) < 0 ? undefined : url.indexOf('/', 8))

/** Sends calls on to providers: pooled connections, a bulkhead and a breaker per service, one time limit per call. */
export const openForwarder = (egress: Egress): Forwarder => {
  const compartments = new Map<string, Compartment>()

  const compartmentFor = (service: AttachedService): Compartment => {
    const key = `${service.service_id} ${service.version}`
    const found = compartments.get(key)
    if (found) return found
    const pool = new Pool(originOf(service.url), {
      connect: egress.connect,
      connections: Math.min(service.concurrency, 64),
      pipelining: 1,
      headersTimeout: service.timeout_ms,
      bodyTimeout: service.timeout_ms,
    })
    const made: Compartment = { pool, active: 0, failures: 0, openUntil: 0, isProbing: false }
    compartments.set(key, made)
    return made
  }

  const admit = (box: Compartment, service: AttachedService): Answer | null => {
    if (box.active >= service.concurrency)
      return failed('provider_suspended', `提供方并发已满（${service.concurrency}）`)
    if (box.failures < FAILURES_TO_OPEN) return null
    if (Date.now() < box.openUntil || box.isProbing)
      return failed('provider_suspended', '提供方连续失败，暂停转发，稍后自动试探')
    box.isProbing = true
    return null
  }

  const settle = (box: Compartment, answer: Answer): void => {
    box.active -= 1
    box.isProbing = false
    if (answer.ok) box.failures = 0
    else {
      box.failures += 1
      if (box.failures >= FAILURES_TO_OPEN) box.openUntil = Date.now() + OPEN_MS
    }
  }

  return {
    send: (service, { path, body }) => {
      const box = compartmentFor(service)
      const refused = admit(box, service)
      if (refused) return Promise.resolve(refused)
      box.active += 1
      return new Promise((resolve) => {
        const done = (answer: Answer): void => {
          settle(box, answer)
          resolve(answer)
        }
        const headers =
          body === null
            ? { accept: 'application/json' }
            : { accept: 'application/json', 'content-type': 'application/json' }
        box.pool.dispatch({ path, method: service.method, headers, body }, new Collector(service, done))
      })
    },
    close: async () => {
      await Promise.all([...compartments.values()].map(({ pool }) => pool.destroy()))
    },
  }
}
