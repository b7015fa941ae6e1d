import { createHash } from 'node:crypto'
import type { SiteRenderer, SiteView } from '@sanjiang/contract/site'
import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, fastify, LogController } from 'fastify'
import type pg from 'pg'
import type { Log } from '#kernel/log.ts'
import { makeMetrics } from '#kernel/metrics.ts'
import { countDatasets, findDataset, listNewest, listThemes, searchDatasets } from './dataset.store.ts'

export interface SiteOptions {
  readonly pool: pg.Pool
  readonly renderer: SiteRenderer
  readonly log: Log
  readonly demo: boolean
  readonly trustProxy: readonly string[]
}

// No script at all: every page is whole without one.
const CSP =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const SAFE = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}
const PER_PAGE = 20
const MAX_FROM = 10_000

const wordsOf = (q: string): string[] => q.normalize('NFKC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 12)

const textOf = (value: unknown, max: number): string =>
  typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, max) : ''

const FAULTS: Readonly<Record<number, readonly [title: string, detail: string]>> = {
  400: ['请求无法解析', '地址或参数不符合要求。'],
  404: ['没有找到这一页', '地址可能有误，或内容已移走。可以从首页检索。'],
  405: ['不支持这种请求', '请用页面上的链接或表单访问。'],
  503: ['暂时无法提供服务', '数据库正在恢复，请稍后再试。'],
  500: ['页面出错', '平台的问题，已记录；请稍后再试。'],
}

const faultView = (status: number): SiteView => {
  const [title, detail] = FAULTS[status] ?? FAULTS[500]!
  return { page: 'fault', status, title, detail }
}

const homeView = async (pool: pg.Pool): Promise<SiteView> => {
  const [{ as_of, ...counts }, themes, newest] = await Promise.all([
    countDatasets(pool),
    listThemes(pool),
    listNewest(pool, 6),
  ])
  return { page: 'home', counts, themes, newest, as_of }
}

const searchView = async (pool: pg.Pool, query: Readonly<Record<string, unknown>>): Promise<SiteView> => {
  const q = textOf(query.q, 200)
  const theme = textOf(query.theme, 100)
  const from = Math.min(Math.max(0, Math.trunc(Number(textOf(query.from, 8)) || 0)), MAX_FROM)
  const [found, themes] = await Promise.all([
    searchDatasets(pool, { words: wordsOf(q), theme, from, limit: PER_PAGE }),
    listThemes(pool),
  ])
  return { page: 'search', q, theme, from, limit: PER_PAGE, themes, ...found }
}

const datasetView = async (pool: pg.Pool, slug: string): Promise<{ status: number; view: SiteView }> => {
  const found = await findDataset(pool, slug)
  if (!found) return { status: 404, view: faultView(404) }
  const { content, released_on, release_no, title, organ_name, withdrawn_on, withdrawn_reason } = found
  if (found.state === 'open') return { status: 200, view: { page: 'dataset', content, released_on, release_no } }
  return {
    status: 410,
    view: { page: 'tombstone', title, organ_name, withdrawn_on: withdrawn_on!, reason: withdrawn_reason! },
  }
}

const isAway = (error: unknown): boolean =>
  /ECONNREFUSED|57P0[123]|ECONNRESET|terminat|timeout/i.test(
    `${(error as { code?: string }).code} ${(error as Error).message}`,
  )

/** The public portal (T4.2): reads its own database, writes no page that needs a script, knows nothing of the inside. */
export const buildSite = ({ pool, renderer, log, demo, trustProxy }: SiteOptions) => {
  const style = `/assets/site-${createHash('sha256').update(renderer.STYLE).digest('hex').slice(0, 12)}.css`
  const metrics = makeMetrics('public')
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 65_536,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    frameworkErrors: (_, request, reply) =>
      send(request as FastifyRequest, reply as unknown as FastifyReply, { status: 400, view: faultView(400) }),
  })
  const send = (request: FastifyRequest, reply: FastifyReply, { status, view }: { status: number; view: SiteView }) => {
    const html = renderer.renderPage(view, { style, demo })
    const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
    reply
      .headers(SAFE)
      .header('etag', etag)
      .header('cache-control', status === 200 ? 'public, max-age=60' : 'no-store')
    if (status === 200 && request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.code(status).type('text/html; charset=utf-8').send(html)
  }
  // An address that cannot even be decoded meets no hook, hence `send` says it as well.
  app.addHook('onSend', async (_, reply) => void reply.headers(SAFE))
  app.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.url ?? 'none'
    metrics.requests.observe({ endpoint, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
  app.setErrorHandler((error, request, reply) => {
    const given = (error as { statusCode?: number }).statusCode ?? 500
    const status = isAway(error) ? 503 : given
    if (status >= 500) log.error({ err: error }, 'page failed')
    return send(request, reply, { status: FAULTS[status] ? status : 400, view: faultView(status) })
  })
  app.setNotFoundHandler((request, reply) => send(request, reply, { status: 404, view: faultView(404) }))
  app.get('/', async (request, reply) => send(request, reply, { status: 200, view: await homeView(pool) }))
  app.get('/search', async (request, reply) =>
    send(request, reply, { status: 200, view: await searchView(pool, request.query as Record<string, unknown>) }),
  )
  app.get('/datasets/:slug', async (request, reply) =>
    send(request, reply, await datasetView(pool, textOf((request.params as { slug: string }).slug, 64))),
  )
  app.get('/accessibility', async (request, reply) =>
    send(request, reply, { status: 200, view: { page: 'accessibility' } }),
  )
  app.get(style, async (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type('text/css; charset=utf-8')
      .send(renderer.STYLE),
  )
  app.get('/healthz', async () => ({ alive: true }))
  app.get('/readyz', async () => {
    await pool.query('select 1 from site.dataset limit 1')
    return { ready: true }
  })
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
  return app
}
