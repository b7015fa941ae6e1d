import '@fastify/cookie'
import type { Readable } from 'node:stream'
import type { Access, Endpoint, FieldFault } from '@sanjiang/contract'
import { API_PREFIX, ERRORS } from '@sanjiang/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { type Actor, type Ctx, type House, hasPermission, makeCtx, PLATFORM } from './ctx.ts'
import { Fault, PROBLEM_TYPE, toFault, toProblem } from './fault.ts'
import { readEmptyAsNone } from './http.ts'
import type { Metrics } from './metrics.ts'
import { bodyValidator, textValidator } from './validate.ts'

/** What a handler may know of the connection; it never sends, it returns. */
export interface Http {
  readonly ip: string
  readonly userAgent: string
  readonly cookies: Readonly<Record<string, string | undefined>>
  setCookie(name: string, value: string, maxAgeSeconds: number): void
  clearCookie(name: string): void
}

/** A streamed answer, for endpoints that say what they `produce`. */
export interface Download {
  readonly filename: string
  readonly stream: Readable
}

type Handler = (ctx: Ctx, input: never, http: Http) => Promise<unknown>
export interface Route {
  readonly endpoint: Endpoint<never, unknown>
  readonly handle: Handler
}

/** Binds an endpoint to its service: `serve(catalog.submitResource, (ctx, { params }) => submitResource(ctx, params.id))`. */
export const serve = <In, Out>(
  ep: Endpoint<In, Out>,
  handle: (ctx: Ctx, input: NoInfer<In>, http: Http) => Promise<NoInfer<Out>>,
): Route => ({ endpoint: ep as never, handle: handle as Handler })

export const download = (filename: string, stream: Readable): never => ({ filename, stream }) as never

/** Outcome of looking at a request's credentials: nobody, or an actor and the page token its writes must carry. */
export interface Identified {
  readonly actor: Actor
  readonly csrf: string
}

export interface Refusal {
  readonly actor: Actor
  readonly permission: Access
  readonly code: string
  readonly path: string
  readonly ip: string
}

export interface Mount {
  readonly house: House
  readonly metrics: Metrics
  readonly routes: readonly Route[]
  authenticate(request: { cookies: Http['cookies']; ip: string }): Promise<Identified | null>
  /** Told of every refusal of a signed-in person, for the access log. */
  refused(refusal: Refusal): void
  /**
   * When schemas become functions: at the start, so that a bad one is noticed there and no caller waits for it; or when an
   * endpoint is first called, for whoever opens many APIs and asks little of each.
   */
  readonly compiles?: 'at_start' | 'at_first_call'
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor
  }
}

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** Gate 1, before the body is read: who is calling (401), and may they do this kind of thing at all (403). */
const gate =
  (mount: Mount, permission: Access) =>
  async (request: FastifyRequest): Promise<void> => {
    if (permission === 'public') return
    const found = await mount.authenticate({ cookies: request.cookies, ip: request.ip })
    if (!found) throw new Fault('unauthenticated')
    request.actor = found.actor
    if (!isSafe(request.method) && request.headers['x-csrf-token'] !== found.csrf) throw new Fault('csrf')
    if (permission !== 'session' && !hasPermission(found.actor, permission)) throw new Fault('forbidden')
  }

const httpOf = (request: FastifyRequest, reply: FastifyReply): Http => ({
  ip: request.ip,
  userAgent: String(request.headers['user-agent'] ?? '').slice(0, 300),
  cookies: request.cookies,
  setCookie: (name, value, maxAge) =>
    void reply.setCookie(name, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: request.protocol === 'https',
      maxAge,
    }),
  clearCookie: (name) => void reply.clearCookie(name, { path: '/' }),
})

const RULES: Record<string, string> = {
  required: '必填',
  additionalProperties: '没有这个字段',
  minLength: '不能为空或太短',
  maxLength: '超过长度上限',
  pattern: '格式不符合要求',
  format: '格式不符合要求',
  enum: '不在允许的取值之内',
  type: '类型不对',
  minimum: '小于下限',
  maximum: '大于上限',
  minItems: '至少要有一项',
  maxItems: '项数过多',
}

const toField = (error: FastifySchemaValidationError, part: string): FieldFault => {
  const params = error.params as { missingProperty?: string; additionalProperty?: string; allowedValues?: string[] }
  const leaf = params.missingProperty ?? params.additionalProperty
  const path = [...error.instancePath.split('/').slice(1), ...(leaf ? [leaf] : [])].join('.')
  const rule = error.keyword
  const hint = params.allowedValues ? `（${params.allowedValues.slice(0, 12).join('、')}）` : ''
  return { field: path || part, rule, message: (RULES[rule] ?? error.message ?? rule) + hint }
}

const send = (mount: Mount, request: FastifyRequest, reply: FastifyReply, thrown: unknown): void => {
  const { validation, validationContext } = thrown as {
    validation?: FastifySchemaValidationError[]
    validationContext?: string
  }
  const fields = validation?.map((error) => toField(error, validationContext ?? 'body'))
  const fault = fields ? new Fault('invalid', undefined, { fields }) : toFault(thrown)
  const { status } = ERRORS[fault.code]
  mount.metrics.refusals.inc({ code: fault.code })
  if (status >= 500) request.log.error({ err: fault.cause ?? fault }, fault.code)
  if (request.actor !== PLATFORM && (status === 403 || status === 409))
    mount.refused({
      actor: request.actor,
      permission: (request.routeOptions.config as { permission?: Access }).permission ?? 'session',
      code: fault.code,
      path: request.routeOptions.url ?? '',
      ip: request.ip,
    })
  void reply.code(status).type(PROBLEM_TYPE).send(toProblem(fault, request.id))
}

/** Fastify warns of schema parts that are there and undefined. */
const present = (parts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))

type Validator = ReturnType<typeof bodyValidator>

/** Compiled when it is first asked. */
const later = (compile: () => Validator): Validator => {
  let validator: Validator | undefined
  const ask = (data: unknown) => {
    validator ??= compile()
    const is = validator(data)
    ask.errors = validator.errors
    return is
  }
  ask.errors = undefined as Validator['errors']
  return ask as Validator
}

/** What leaves is written by its schema, as it is when that was compiled at the start. */
const writeLater = (response: object) => async (_: FastifyRequest, reply: FastifyReply, payload: unknown) => {
  if (reply.statusCode === 200) reply.serializer(reply.compileSerializationSchema(response as Record<string, unknown>))
  return payload
}

const register = (app: FastifyInstance, mount: Mount, { endpoint: ep, handle }: Route): void => {
  const { params, query, body, response, permission, produces } = ep
  const isLater = mount.compiles === 'at_first_call'
  const written = produces ? undefined : response
  app.route({
    method: ep.method,
    url: API_PREFIX + ep.path,
    bodyLimit: ep.body_limit,
    config: { permission },
    schema: present({ params, querystring: query, body, response: isLater ? undefined : written && { 200: written } }),
    validatorCompiler: ({ schema, httpPart }) => {
      const compile = () => (httpPart === 'body' ? bodyValidator : textValidator)(schema as object)
      return isLater ? later(compile) : compile()
    },
    preSerialization: isLater && written ? writeLater(written) : [],
    onRequest: gate(mount, permission),
    handler: async (request, reply) => {
      const ctx = await makeCtx(mount.house, request.actor, request.id)
      const input = { params: request.params, query: request.query, body: request.body } as never
      const answer = await handle(ctx, input, httpOf(request, reply))
      if (!produces) return answer
      const { filename, stream } = answer as Download
      reply.type(produces).header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`)
      return stream
    },
  })
}

/** Puts the routes on an app: both gates, one error handler, one access record per refusal, one timing per request. */
export const mountRoutes = (app: FastifyInstance, mount: Mount): void => {
  app.decorateRequest('actor')
  readEmptyAsNone(app)
  app.addHook('onRequest', async (request) => {
    request.actor = PLATFORM
  })
  app.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.url ?? 'none'
    mount.metrics.requests.observe({ endpoint, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
  app.setErrorHandler((thrown, request, reply) => send(mount, request, reply, thrown))
  for (const route of mount.routes) register(app, mount, route)
}
