import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ERRORS } from '@sanjiang/contract'
import { Fault } from '#kernel/fault.ts'
import { refuseUnparsed } from '#kernel/unparsed.ts'
import { answerRequest, type ServerParts } from './answer.ts'
import { inTime } from './in-time.ts'
import { makePlaneMetrics, type PlaneMetrics } from './metrics.ts'
import { jsonReply, problemReply, type Reply, sendReply, textReply, toPlaneFault } from './reply.ts'
import { traceOf } from './request.ts'

export interface PlaneServer {
  readonly address: string
  readonly port: number
  /** Takes no new connections, lets calls under way end, cuts what is left after a while. */
  close(): Promise<void>
}

// Against slow and greedy connections: a head within 10 s, a whole request within 30 s, 4096 connections at most.
const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
}
const MAX_CONNECTIONS = 4096
const MAX_HEADERS = 64
const IDLE_MS = 120_000
const DRAIN_MS = 8000
const PING_MS = 2000

class Plane {
  readonly #parts: ServerParts
  readonly #metrics: PlaneMetrics
  #inFlight = 0
  isDraining = false

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#metrics = makePlaneMetrics({
      inFlight: () => this.#inFlight,
      policyVersion: () => parts.snapshots.current().version,
    })
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const trace = traceOf(request)
    const begun = performance.now()
    this.#inFlight += 1
    const send = (reply: Reply): void => {
      this.#inFlight -= 1
      sendReply({ request, response, trace, isLast: this.isDraining }, reply)
    }
    this.#answer(request, trace).then(
      (reply) => {
        this.#metrics.count('ok')
        this.#metrics.observe((performance.now() - begun) / 1000)
        send(reply)
      },
      (thrown: unknown) => send(this.#refusal(thrown, trace)),
    )
  }

  async #answer(request: IncomingMessage, trace: string): Promise<Reply> {
    if (request.url!.startsWith('/gateway/')) return answerRequest(this.#parts, request, trace)
    if (request.url === '/healthz') return jsonReply({ alive: true })
    if (request.url === '/readyz') return this.#ready()
    if (request.url === '/metrics') return this.#figures()
    return answerRequest(this.#parts, request, trace)
  }

  async #ready(): Promise<Reply> {
    if (this.isDraining) throw new Fault('unavailable', '正在停止')
    await inTime(this.#parts.ping(), PING_MS)
    return jsonReply({ ready: true, policy_version: this.#parts.snapshots.current().version })
  }

  async #figures(): Promise<Reply> {
    const { registry } = this.#metrics
    return textReply(registry.contentType, await registry.metrics())
  }

  #refusal(thrown: unknown, trace: string): Reply {
    const fault = toPlaneFault(thrown)
    this.#metrics.count(fault.code)
    if (ERRORS[fault.code].party === 'platform')
      this.#parts.log.error({ err: fault.cause ?? fault, trace }, `gateway: ${fault.code}`)
    return problemReply(fault, trace)
  }
}

/** Listens for departments' applications; `port` 0 takes any that is free. */
export const openPlaneServer = async (
  parts: ServerParts,
  { host, port }: { host: string; port: number },
): Promise<PlaneServer> => {
  const plane = new Plane(parts)
  const server = createServer(LIMITS, (request, response) => plane.handle(request, response))
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
    close: () => {
      plane.isDraining = true
      return new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        server.closeIdleConnections()
      })
    },
  }
}
