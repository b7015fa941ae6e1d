import { API_PREFIX, type Endpoint, fillPath } from './endpoint.ts'
import type { Problem } from './errors.ts'

/** A refusal as the caller sees it; `problem` is the RFC 9457 body. */
export class CallFault extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'CallFault'
    this.problem = problem
  }
}

export interface CallerOptions {
  /** Origin to call, e.g. `http://127.0.0.1:8080`; empty in the browser. */
  readonly origin?: string
  readonly headers?: () => Record<string, string>
  readonly fetch?: typeof fetch
}

const queryText = (query: Record<string, unknown> = {}): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null && one !== '') search.append(name, String(one))
  return search.size > 0 ? `?${search}` : ''
}

/** Address of an endpoint with its parameters filled in. */
export const addressOf = <In>(ep: Endpoint<In, unknown>, input: NoInfer<In>): string => {
  const parts = input as { params?: Record<string, unknown>; query?: Record<string, unknown> }
  return API_PREFIX + fillPath(ep.path, parts.params) + queryText(parts.query)
}

const unreachable = (status: number, detail: string): Problem => ({
  type: 'about:blank',
  code: 'unavailable',
  status,
  title: '平台暂不可用',
  party: 'platform',
  detail,
  trace: '',
})

/** `call(endpoint, input)`: typed by the contract, no generated client. Throws `CallFault` on any refusal. */
export const makeCall =
  (options: CallerOptions = {}) =>
  async <In, Out>(ep: Endpoint<In, Out>, input: NoInfer<In>, signal?: AbortSignal): Promise<Out> => {
    const { body } = input as { body?: unknown }
    const send = options.fetch ?? fetch
    const answer = await send((options.origin ?? '') + addressOf(ep, input), {
      method: ep.method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers?.() },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      signal,
    }).catch((cause: Error) => {
      if (cause.name === 'AbortError') throw cause
      throw new CallFault(unreachable(0, '网络不通，或平台没有响应'))
    })
    if (answer.ok) return (ep.produces ? answer.text() : answer.json()) as Promise<Out>
    const problem = await answer.json().catch(() => unreachable(answer.status, `HTTP ${answer.status}`))
    throw new CallFault(problem as Problem)
  }
