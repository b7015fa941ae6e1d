import type { FastifyReply, FastifyRequest } from 'fastify'
import { catalogueStamp, sendAnswer } from '../answer.ts'
import { pageOf } from '../dcat/dcat.dataset.ts'
import { type Snapshot, shelfOf } from '../shelf/shelf.ts'
import { SiteFault, type SiteRoutes } from '../site.ts'
import { xml } from './atom.ts'

const XML = 'application/xml; charset=utf-8'
const NAMESPACE = 'http://www.sitemaps.org/schemas/sitemap/0.9'
/** As many as one sitemap may list. */
const PER_MAP = 50_000
const PAGES = [
  '/',
  '/search',
  '/organs',
  '/wishes',
  '/showcase',
  '/statistics',
  '/developers',
  '/licences',
  '/accessibility',
]
/** Seconds a polite robot waits between pages. */
const CRAWL_DELAY = 2

interface Place {
  readonly loc: string
  readonly lastmod?: string
}

const placesOf = ({ open }: Snapshot, origin: string): Place[] => [
  ...PAGES.map((path) => ({ loc: origin + path })),
  ...open.map(({ slug, changed_at }) => ({ loc: pageOf(origin, slug), lastmod: changed_at })),
]

const placeXml = (tag: string, { loc, lastmod }: Place): string =>
  `<${tag}><loc>${xml(loc)}</loc>${lastmod ? `<lastmod>${lastmod}</lastmod>` : ''}</${tag}>`

const listXml = (kind: 'urlset' | 'sitemapindex', places: readonly Place[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${kind} xmlns="${NAMESPACE}">\n${places
    .map((place) => placeXml(kind === 'urlset' ? 'url' : 'sitemap', place))
    .join('\n')}\n</${kind}>\n`

/** One list while it is allowed to be one, else a list of lists. */
export const sitemapOf = (snapshot: Snapshot, origin: string, perMap = PER_MAP): string => {
  const places = placesOf(snapshot, origin)
  if (places.length <= perMap) return listXml('urlset', places)
  const maps = Array.from({ length: Math.ceil(places.length / perMap) }, (_, at) => ({
    loc: `${origin}/sitemaps/${at + 1}.xml`,
  }))
  return listXml('sitemapindex', maps)
}

/** The n-th list, counted from one; nothing beyond the last. */
export const sitemapPart = (
  snapshot: Snapshot,
  origin: string,
  { no, perMap = PER_MAP }: { no: number; perMap?: number },
) => {
  const places = placesOf(snapshot, origin).slice((no - 1) * perMap, no * perMap)
  return places.length === 0 ? undefined : listXml('urlset', places)
}

interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly snapshot: Snapshot
}

const sendMap = ({ request, reply, snapshot }: Asked, text: string) =>
  sendAnswer(request, reply, { type: XML, stamp: catalogueStamp(snapshot, request), body: () => text })

const robotsOf = (origin: string): string => `User-agent: *
Crawl-delay: ${CRAWL_DELAY}
Disallow: /search?
Disallow: /api/
Disallow: /status
Disallow: /apply

# 要全部目录，请取 ${origin}/dcat/catalog.ttl；要数据，请取整份文件。
Sitemap: ${origin}/sitemap.xml
`

/** What search engines and polite robots ask first. */
export const sitemapRoutes: SiteRoutes = (app, site) => {
  app.get('/sitemap.xml', async (request, reply) => {
    const snapshot = await shelfOf(site).look()
    return sendMap({ request, reply, snapshot }, sitemapOf(snapshot, site.origin))
  })
  app.get('/sitemaps/:no.xml', async (request, reply) => {
    const { no } = request.params as { no: string }
    const snapshot = await shelfOf(site).look()
    const part = /^[1-9]\d{0,4}$/.test(no) ? sitemapPart(snapshot, site.origin, { no: Number(no) }) : undefined
    if (part === undefined) throw new SiteFault(404, 'not_found', { detail: '没有这一张站点地图' })
    return sendMap({ request, reply, snapshot }, part)
  })
  app.get('/robots.txt', async (_, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('text/plain; charset=utf-8').send(robotsOf(site.origin)),
  )
}
