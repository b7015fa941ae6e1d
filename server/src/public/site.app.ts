import { createHash } from 'node:crypto'
import type { SiteRenderer } from '@sanjiang/contract/site'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import type pg from 'pg'
import { readEmptyAsNone } from '#kernel/http.ts'
import type { Log } from '#kernel/log.ts'
import { makeMetrics } from '#kernel/metrics.ts'
import { preferred } from './accept.ts'
import { keepPrivate } from './access.ts'
import { addressOf, withoutSlash } from './address.ts'
import { hasAlready, OPEN_TO_ALL, PREFLIGHT } from './answer.ts'
import { compressTexts } from './compress.ts'
import { faultView, MISSING, problemTitle, shownStatus } from './fault.view.ts'
import { readForms } from './form.ts'
import { lookOf } from './look.ts'
import type { RatePolicy } from './rate.rules.ts'
import { limitRate } from './rate.ts'
import { INTERFACES, PAGES } from './routes.ts'
import { areDatasetsKnown } from './shelf/shelf.ts'
import { Sightings } from './sightings.ts'
import { type Page, type Site, SiteFault } from './site.ts'
import { refuseUnparsed } from './unparsed.ts'
import { countUsage } from './usage.ts'

export interface SiteOptions {
  readonly pool: pg.Pool
  readonly renderer: SiteRenderer
  readonly log: Log
  readonly demo: boolean
  /** What stable addresses begin with; no slash at the end. */
  readonly origin: string
  readonly trustProxy: readonly string[]
  /** Who answers for the site, in the foot of every page: office, telephone, registration. */
  readonly imprint?: readonly string[]
  /** See `Site`; every second where nothing is said. */
  readonly followMs?: number
  /** What one address may ask for; without it, or with 0, nobody is limited. */
  readonly rate?: RatePolicy
}

// No script at all: every page is whole without one.
const CSP =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const SAFE = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}

const isAway = (error: unknown): boolean =>
  /ECONN|EHOST|ENET|ENOENT|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|57P0|53300|08[0P]0|terminat|timeout|not queryable/i.test(
    `${(error as { code?: string }).code} ${(error as Error).message}`,
  )
// 57014: the portal's own limit on how long a statement may run.
const isTooLong = (error: unknown): boolean => (error as { code?: string }).code === '57014'

const statusOf = (error: unknown): number => {
  if (error instanceof SiteFault) return error.status
  if (isTooLong(error)) return 422
  return (error as { statusCode?: number }).statusCode ?? (isAway(error) ? 503 : 500)
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22)

/** So long is asked for while the database is away: it is back within a minute or two, and nobody is to hammer it then. */
const AWAY_SECONDS = 30

/** When to come again, as the header says it. */
const waitOf = (error: unknown, reply: FastifyReply): number | null => {
  const asked = error instanceof SiteFault ? error.wait : undefined
  const wait = asked ?? (statusOf(error) === 503 ? AWAY_SECONDS : undefined)
  if (wait !== undefined) reply.header('retry-after', String(wait))
  return wait ?? null
}

const isNoJson = (error: unknown): boolean => (error as { code?: string }).code === 'FST_ERR_CTP_INVALID_JSON_BODY'

/** Refusals of interfaces, RFC 9457. */
const problemOf = (error: unknown) => {
  const status = statusOf(error)
  const title = problemTitle(status)
  if (error instanceof SiteFault)
    return { status, code: error.code, title, detail: error.message, ...(error.field ? { field: error.field } : {}) }
  if (isNoJson(error)) return { status, code: 'invalid', title, detail: '请求正文不是有效的 JSON', field: 'body' }
  if (isTooLong(error)) return { status, code: 'too_costly', title, detail: '查询太重，请缩小范围' }
  return { status, code: status >= 500 ? 'unavailable' : 'invalid', title, detail: faultView(status).detail }
}

/** Who is told to wait reads for how long; other refusals are put in the words of their status. */
const saidTo = (error: unknown): string | undefined =>
  error instanceof SiteFault && (error.wait !== undefined || isOfKey(error)) ? error.message : undefined

/** A key that is missing, wrong, run out or taken back: whoever pressed a button for a file is told on a page. */
const isOfKey = (error: unknown): boolean => error instanceof SiteFault && /^(key|access)_|^quota_/.test(error.code)

const wantsPage = ({ headers, method }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'POST') &&
  preferred(headers.accept, { data: ['application/json'], page: ['text/html'] }) === 'page'

const sendProblem = (error: unknown, reply: FastifyReply): FastifyReply => {
  const problem = problemOf(error)
  // What was said of the answer is not said of the refusal.
  for (const name of ['etag', 'last-modified']) reply.removeHeader(name)
  reply.headers(OPEN_TO_ALL).header('cache-control', 'no-store')
  waitOf(error, reply)
  return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(problem)
}

/** Below these nobody looks for a page, whatever is wrong with the rest of the address. */
const isInterface = ({ url }: { url: string }): boolean => /^\/(api|ogc)(\/|\?|$)/.test(url)

/** A browser's question whether a page of another site may read: what may not be read says so in its answer. */
const isAskedToRead = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && /^(GET|HEAD)$/.test(String(headers['access-control-request-method']))
const READING = { ...PREFLIGHT, 'access-control-allow-methods': 'GET, HEAD, OPTIONS' }

const addInterfaces = (app: FastifyInstance, site: Site): void => {
  for (const routes of INTERFACES)
    app.register(async (inner) => {
      inner.setErrorHandler((error, request, reply) => {
        // Whoever follows a link to a file that is gone is a person, and is told why on a page.
        if (error instanceof SiteFault && wantsPage(request) && !isInterface(request)) {
          const { status, message: said } = error
          return site.send(request, reply, { status, view: faultView(status, { said, wait: waitOf(error, reply) }) })
        }
        if (statusOf(error) >= 500) site.log.error({ err: error }, 'interface failed')
        return sendProblem(error, reply)
      })
      routes(inner, site)
    })
}

const addHouse = (app: FastifyInstance, site: Site, metrics: ReturnType<typeof makeMetrics>): void => {
  app.get('/healthz', async () => ({ alive: true }))
  app.get('/readyz', async (_, reply) => {
    await site.pool.query('select 1 from site.dataset limit 1')
    return areDatasetsKnown(site) ? { ready: true } : reply.code(503).send({ ready: false })
  })
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}

const MOST_DRAWN = 500

/** Pages of refusals are drawn once: whoever is refused most often, a crawler, is to cost least. */
const keepDrawn = () => {
  const drawn = new Map<string, string>()
  return (key: string, draw: () => string): string => {
    const html = drawn.get(key) ?? draw()
    if (drawn.size >= MOST_DRAWN) drawn.clear()
    drawn.set(key, html)
    return html
  }
}

const makeSite = (options: SiteOptions, style: string): Site => {
  const { pool, renderer, log, demo, origin, rate, followMs = 1_000, imprint = [] } = options
  const sightings = new Sightings()
  const drawFault = keepDrawn()
  const send = (request: FastifyRequest, reply: FastifyReply, { status, view, head, isFresh }: Page): FastifyReply => {
    const look = lookOf(request.headers.cookie)
    const draw = () => renderer.renderPage(view, { style, demo, imprint, look, ...(head ? { head } : {}) })
    const html = view.page === 'fault' && !head ? drawFault(JSON.stringify([view, look]), draw) : draw()
    const etag = `"${digest(html)}"`
    const isKept = status === 200 && !isFresh
    const { is_large, is_contrast } = look
    const page = digest(`${request.url}\n${is_large}${is_contrast}`)
    const modified = isKept ? sightings.since(page, etag, Date.now()) : undefined
    if (modified) reply.header('last-modified', modified)
    reply
      .headers(SAFE)
      .header('etag', etag)
      .header('vary', ['Cookie', reply.getHeader('vary')].filter(Boolean).join(', '))
      .header('cache-control', isKept ? 'public, max-age=60' : 'no-store')
    if (isKept && hasAlready(request, { etag, ...(modified ? { modified } : {}) })) return reply.code(304).send()
    return reply.code(status).type('text/html; charset=utf-8').send(html)
  }
  return { pool, log, demo, origin, followMs, perMinute: rate?.perMinute ?? 0, send }
}

/** The public portal (T4.2): reads its own database, writes no page that needs a script, knows nothing of the inside. */
export const buildSite = (options: SiteOptions) => {
  const { renderer, log, trustProxy } = options
  const style = `/assets/site-${digest(renderer.STYLE).slice(0, 12)}.css`
  const site = makeSite(options, style)
  const metrics = makeMetrics('public')
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 65_536,
    rewriteUrl: ({ url = '/' }) => addressOf(url),
    clientErrorHandler: refuseUnparsed({
      headers: SAFE,
      isInterface,
      page: () =>
        renderer.renderPage(faultView(400), { style, demo: options.demo, imprint: [], look: lookOf(undefined) }),
    }),
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    frameworkErrors: (error, asked, answer) => {
      const [request, reply] = [asked as FastifyRequest, answer as unknown as FastifyReply]
      return isInterface(request)
        ? sendProblem(error, reply.headers(SAFE))
        : site.send(request, reply, { status: 400, view: faultView(400) })
    },
  })
  // An address that cannot even be decoded meets no hook, hence `send` says it as well.
  app.addHook('onSend', async (_, reply) => void reply.headers(SAFE))
  limitRate(app, options.rate ?? null)
  keepPrivate(app, site)
  compressTexts(app)
  app.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.url ?? 'none'
    metrics.requests.observe({ endpoint, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error)
    if (status >= 500) log.error({ err: error }, 'page failed')
    if (isInterface(request)) return sendProblem(error, reply)
    const view = faultView(status, { said: saidTo(error), wait: waitOf(error, reply) })
    return site.send(request, reply, { status: shownStatus(status), view })
  })
  const detail = `没有这个接口，有哪些接口见 ${site.origin}/developers`
  app.setNotFoundHandler((request, reply) => {
    if (isAskedToRead(request)) return reply.headers(READING).code(204).send()
    const moved = ['GET', 'HEAD'].includes(request.method) ? withoutSlash(request.url) : undefined
    if (moved) return reply.redirect(moved, 301)
    return isInterface(request)
      ? sendProblem(new SiteFault(404, 'not_found', { detail }), reply)
      : site.send(request, reply, MISSING)
  })
  app.get(style, async (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type('text/css; charset=utf-8')
      .send(renderer.STYLE),
  )
  const usage = countUsage(app, site)
  addHouse(app, site, metrics)
  readForms(app)
  readEmptyAsNone(app)
  for (const routes of PAGES) routes(app, site)
  addInterfaces(app, site)
  return Object.assign(app, { usage })
}
