import type { ErrorCode } from '@sanjiang/contract'
import type { Dispatcher } from 'undici'
import type { AttachedService } from './snapshot.ts'

export type Answer =
  | {
      readonly ok: true
      readonly bytes: Buffer
      readonly type: string
      /** The provider says that there is no such record (404, 204). */
      readonly isAbsent: boolean
    }
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly detail: string
      /** The provider itself is in trouble, as against this one request: what the breaker counts. */
      readonly isTrouble: boolean
    }

export const failed = (code: ErrorCode, detail: string, isTrouble = true): Answer => ({
  ok: false,
  code,
  detail,
  isTrouble,
})

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_ABORTED'])
// A kept-alive connection that the provider closed in the same moment; nothing was answered, so a read may be repeated.
const CUT = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

const toFailure = (error: NodeJS.ErrnoException): Answer => {
  const code = error.code ?? error.name
  if (code === 'EGRESS_REFUSED') return failed('provider_unreachable', `提供方${error.message}`)
  if (TIMEOUTS.has(code)) return failed('provider_timeout', '提供方没有在约定时间内答复')
  if (error.name === 'HTTPParserError') return failed('provider_malformed', '提供方的回答不合 HTTP')
  return failed('provider_unreachable', `提供方无法连接（${code}）`)
}

const toRefusal = (status: number): Answer => {
  if (status >= 300 && status < 400) return failed('provider_failed', `提供方返回重定向（HTTP ${status}），不跟随`)
  const isTrouble = status >= 500 || status === 429 // a 4xx is about one request and must not cut off the others
  return failed('provider_failed', `提供方返回 HTTP ${status}`, isTrouble)
}

interface Course {
  readonly service: AttachedService
  done(answer: Answer): void
  /** Sends the same request once more; absent where it must not be repeated. */
  readonly repeat?: () => void
}

/** Collects one answer with undici's lowest-level interface: no stream, no promise per chunk. */
export class Collector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = []
  readonly #course: Course
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #size = 0
  #status = 0
  #type = ''
  #isSettled = false
  #isRepeated = false

  constructor(course: Course) {
    this.#course = course
    const { timeout_ms } = course.service
    this.#timer = setTimeout(
      () => this.#stop(failed('provider_timeout', `提供方 ${timeout_ms} 毫秒内没有答完`)),
      timeout_ms,
    )
  }

  #settle(answer: Answer): void {
    if (this.#isSettled) return
    this.#isSettled = true
    clearTimeout(this.#timer)
    this.#course.done(answer)
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
    const { max_bytes } = this.#course.service
    this.#size += chunk.length
    if (this.#size > max_bytes) this.#stop(failed('provider_too_large', `提供方返回超过 ${max_bytes} 字节`, false))
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#status === 404 || this.#status === 204)
      this.#settle({ ok: true, bytes: Buffer.alloc(0), type: '', isAbsent: true })
    else if (this.#status >= 200 && this.#status < 300) {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
      this.#settle({ ok: true, bytes, type: this.#type, isAbsent: false })
    } else this.#settle(toRefusal(this.#status))
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    const { repeat } = this.#course
    const { code = '' } = error as NodeJS.ErrnoException
    if (repeat && !this.#isSettled && !this.#isRepeated && this.#status === 0 && CUT.has(code)) {
      this.#isRepeated = true
      repeat()
    } else this.#settle(toFailure(error as NodeJS.ErrnoException))
  }
}
