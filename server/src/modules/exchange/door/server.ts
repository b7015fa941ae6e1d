import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, BlockList } from 'node:net'
import { ERRORS } from '@sanjiang/contract'
import { toBlockList } from '#kernel/address.ts'
import { makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { Fault, PROBLEM_TYPE, toFault, toProblem } from '#kernel/fault.ts'
import type { Metrics } from '#kernel/metrics.ts'
import { refuseUnparsed } from '#kernel/unparsed.ts'
import { hashToken } from '../agent.service.ts'
import { addressOf } from './address.ts'
import { type DoorAnswer, type DoorParts, type DoorRequest, SENT } from './door.ts'
import { findSpeaker } from './door-agent.store.ts'
import { identifyPuller } from './pull.identify.ts'
import { type DoorRoute, findRoute, isKnownPath } from './routes.ts'

export interface DoorServer {
  readonly address: string
  readonly port: number
  close(): Promise<void>
}

// A head within 10 s; a body of 16 MiB over a slow line may take its ten minutes.
const LIMITS = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 600_000, keepAliveTimeout: 65_000 }
const MAX_CONNECTIONS = 4096
const MAX_HEADERS = 64
const IDLE_MS = 120_000
const PING_MS = 2000
const DRAIN_MS = 5000
const JSON_TYPE = 'application/json; charset=utf-8'
const BEARER = /^Bearer ([\w-]{20,200})$/

const inTime = <T>(work: Promise<T>, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Fault('unavailable', '数据库没有答复')), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })

const urlOf = (request: IncomingMessage): URL => {
  const address = request.url ?? '/'
  if (!URL.canParse(address, 'http://door')) throw new Fault('malformed', '请求地址无法解析')
  return new URL(address, 'http://door')
}

interface Heard {
  readonly who: { readonly id: string; readonly name: string; readonly organ_id: string }
  readonly route: DoorRoute
  readonly said: DoorRequest
}

class Door {
  readonly #parts: DoorParts
  readonly #metrics: Metrics
  readonly #proxies: BlockList

  constructor(parts: DoorParts, { metrics, proxies }: { metrics: Metrics; proxies: BlockList }) {
    this.#parts = parts
    this.#metrics = metrics
    this.#proxies = proxies
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const trace = randomUUID()
    const begun = performance.now()
    response.once('close', () => this.#count(request, response, (performance.now() - begun) / 1000))
    try {
      const answer = await this.#answer(request, response, trace)
      if (answer !== SENT) this.#send(response, answer, trace)
    } catch (thrown) {
      this.#refuse({ request, response, trace }, thrown)
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, trace: string): Promise<DoorAnswer> {
    const parts = this.#parts
    const { pathname, searchParams } = urlOf(request)
    if (pathname === '/healthz') return { alive: true }
    if (pathname === '/readyz') return this.#ready()
    if (pathname === '/metrics') return this.#figures(response)
    const found = findRoute(request.method ?? '', pathname)
    if (!found) throw new Fault(isKnownPath(pathname) ? 'method_not_allowed' : 'not_found')
    const ctx = await makeCtx(parts.house, PLATFORM, trace)
    const address = addressOf(request, this.#proxies)
    const said = { parts, ctx, params: found.params, query: searchParams, address, request, response }
    const { route } = found
    if (route.by === 'anyone') return route.handle(said)
    if (route.by === 'client') {
      const puller = await identifyPuller(said)
      const who = { id: puller.by.client_id, name: puller.name, organ_id: puller.organ_id }
      return this.#hear({ who, route, said }, () => route.handle({ ...said, puller }))
    }
    const agent = await this.#speaker(request, ctx.instant)
    return this.#hear({ who: { ...agent, id: agent.agent_id }, route, said }, () => route.handle({ ...said, agent }))
  }

  /** Who is known and refused what it asked for is remembered; that it must look for its place again is not worth it. */
  async #hear({ who, route, said }: Heard, answer: () => Promise<DoorAnswer>): Promise<DoorAnswer> {
    try {
      return await answer()
    } catch (thrown) {
      const { code } = toFault(thrown)
      const isWorthIt = [401, 403, 409].includes(ERRORS[code].status) && code !== 'out_of_order'
      const { id, name, organ_id } = who
      const actor = { ...PLATFORM, person_id: id, name, organ: { organ_id, name: '', path: '' } }
      const refusal = { actor, permission: 'session', code, path: route.path, ip: said.address } as const
      if (isWorthIt) this.#parts.access.seal(refusal)
      throw thrown
    }
  }

  #count(request: IncomingMessage, response: ServerResponse, seconds: number): void {
    const path = URL.canParse(request.url ?? '', 'http://door') ? urlOf(request).pathname : ''
    const endpoint = findRoute(request.method ?? '', path)?.route.path ?? 'none'
    this.#metrics.requests.observe({ endpoint, status: String(response.statusCode) }, seconds)
  }

  async #speaker(request: IncomingMessage, instant: string) {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1]
    const speaker = token && (await findSpeaker(this.#parts.house.db, hashToken(token), instant))
    if (!speaker) throw new Fault('session_unknown')
    return speaker
  }

  async #ready(): Promise<DoorAnswer> {
    if (this.#parts.closing.aborted) throw new Fault('unavailable', '正在停止')
    await inTime(this.#parts.house.ping(), PING_MS)
    return { ready: true }
  }

  async #figures(response: ServerResponse): Promise<DoorAnswer> {
    const { registry } = this.#metrics
    response.writeHead(200, { 'content-type': registry.contentType })
    response.end(await registry.metrics())
    return SENT
  }

  #send(response: ServerResponse, answer: object | null, trace: string): void {
    const head = { 'x-trace-id': trace, 'cache-control': 'no-store', ...this.#connection() }
    if (answer === null) {
      response.writeHead(204, head)
      response.end()
      return
    }
    const body = JSON.stringify(answer)
    response.writeHead(200, { ...head, 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) })
    response.end(body)
  }

  #connection(): Record<string, string> {
    return this.#parts.closing.aborted ? { connection: 'close' } : {}
  }

  #refuse(
    { request, response, trace }: { request: IncomingMessage; response: ServerResponse; trace: string },
    thrown: unknown,
  ): void {
    const fault = toFault(thrown)
    const { status } = ERRORS[fault.code]
    this.#metrics.refusals.inc({ code: fault.code })
    if (status >= 500) this.#parts.house.log.error({ err: fault.cause ?? fault, trace }, `door: ${fault.code}`)
    // Half an answer is out: only cutting it tells the reader that it is not whole.
    if (response.headersSent) return void response.destroy()
    const body = JSON.stringify(toProblem(fault, trace))
    // An unread body would be taken for the next request.
    const cut = request.complete ? this.#connection() : { connection: 'close' }
    const head = { 'x-trace-id': trace, 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body) }
    response.writeHead(status, { ...head, ...cut })
    response.end(body)
  }
}

interface Listening {
  readonly host: string
  readonly port: number
  readonly metrics: Metrics
  readonly trustedProxies?: readonly string[]
}

/** Listens for agents; `port` 0 takes any that is free. */
export const openDoorServer = async (
  parts: DoorParts,
  { host, port, metrics, trustedProxies = [] }: Listening,
): Promise<DoorServer> => {
  const door = new Door(parts, { metrics, proxies: toBlockList(trustedProxies) })
  const server = createServer(LIMITS, (request, response) => void door.handle(request, response))
  server.maxConnections = MAX_CONNECTIONS
  server.maxHeadersCount = MAX_HEADERS
  server.timeout = IDLE_MS
  server.on('clientError', refuseUnparsed)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 1024 }, resolve)
  })
  const bound = server.address() as AddressInfo
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    port: bound.port,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}
