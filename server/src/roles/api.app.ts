import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import * as contract from '@sanjiang/contract'
import { ERRORS } from '@sanjiang/contract'
import { type FastifyBaseLogger, type FastifyReply, fastify, LogController } from 'fastify'
import { Fault, PROBLEM_TYPE, toFault, toProblem } from '#kernel/fault.ts'
import type { OpenHouse } from '#kernel/house.ts'
import { makeMetrics } from '#kernel/metrics.ts'
import { type Mount, mountRoutes } from '#kernel/serve.ts'
import { refuseUnparsed } from '#kernel/unparsed.ts'
import { mountDocs } from './api.docs.ts'
import { mountPages } from './api.pages.ts'
import { MODULES } from './modules.ts'

export interface ApiOptions {
  readonly house: OpenHouse
  readonly authenticate: Mount['authenticate']
  readonly refused: Mount['refused']
  /** Whether what is answered from memory has been read; until then requests wait and balancers send none. */
  readonly isReady?: () => boolean
  /** Networks whose X-Forwarded-* headers are believed; without any, none is. */
  readonly trustProxy?: readonly string[]
  readonly compiles?: Mount['compiles']
}

const refuse = (thrown: Error, trace: string, reply: FastifyReply): void => {
  const fault = toFault(thrown)
  void reply.code(ERRORS[fault.code].status).type(PROBLEM_TYPE).send(toProblem(fault, trace))
}

const TRACE = /^[\w-]{8,64}$/

/** The staff API as an app: the same one in production and in tests. */
export const buildApi = async (options: ApiOptions) => {
  const { house, authenticate, refused, isReady, trustProxy = [], compiles } = options
  const metrics = makeMetrics('api')
  const app = fastify({
    loggerInstance: house.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_048_576,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    genReqId: (request) => {
      const given = String(request.headers['x-trace-id'] ?? '')
      return TRACE.test(given) ? given : randomUUID()
    },
    routerOptions: { maxParamLength: 256 },
    // An address that cannot even be decoded meets no route, hence no error handler.
    clientErrorHandler: refuseUnparsed,
    frameworkErrors: (thrown, request, reply) => refuse(thrown, request.id, reply as unknown as FastifyReply),
  })
  await app.register(cookie)
  app.addHook('onSend', async (request, reply) => {
    reply
      .header('x-trace-id', request.id)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  mountRoutes(app, {
    house,
    metrics,
    routes: MODULES.flatMap((module) => module.routes),
    authenticate,
    refused,
    compiles,
  })
  app.get('/healthz', async () => ({ alive: true }))
  app.get('/readyz', async () => {
    await house.ping()
    if (isReady?.() === false) throw new Fault('unavailable')
    return { ready: true }
  })
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
  mountDocs(app, contract)
  await mountPages(app)
  app.setNotFoundHandler(() => {
    throw new Fault('not_found')
  })
  return app
}
