import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mayRead } from '../access.ts'
import { OPEN_TO_ALL } from '../answer.ts'
import { type OpenRows, openRowsOf } from '../rows/row.access.ts'
import { isKnown, refuseOthers, tagOf } from '../rows/row.reply.ts'
import { findRows, type RowPage } from '../rows/row.service.ts'
import { findRowDataset, listPlaced } from '../rows/row.store.ts'
import type { Raw } from '../rows/row-ask.rules.ts'
import { placeOf } from '../rows/row-filter.rules.ts'
import { type Site, SiteFault, type SiteRoutes, textOf } from '../site.ts'
import * as document from './ogc.document.rules.ts'
import { type AskedItems, featureOf, readItem, readItemQuery } from './ogc.item.rules.ts'
import { findExtent } from './ogc.store.ts'

const BASE = '/ogc'
/** More datasets with places than this are not listed; a listing has no pages in the standard. */
const MAX_COLLECTIONS = 1000
/** Extents not yet known are worked out for so many in one answer. */
const MAX_EXTENTS = 50

const baseOf = ({ origin }: Site): string => `${origin}${BASE}`

const placedRows = async (site: Site): Promise<OpenRows[]> =>
  (await listPlaced(site.pool, MAX_COLLECTIONS)).map(openRowsOf).filter((one) => placeOf(one) !== null)

const find = async ({ pool }: Site, request: FastifyRequest): Promise<OpenRows> => {
  const { id } = request.params as { id: string }
  const dataset = openRowsOf(await findRowDataset(pool, textOf(id, 64)))
  if (!placeOf(dataset)) throw new SiteFault(404, 'not_found', { detail: '这个数据集没有坐标，不是要素集' })
  return dataset
}

const collections = async (site: Site) => {
  const base = baseOf(site)
  const all: unknown[] = []
  for (const [index, dataset] of (await placedRows(site)).entries())
    all.push(document.collectionOf(base, dataset, index < MAX_EXTENTS ? await findExtent(site.pool, dataset) : null))
  const self = { href: `${base}/collections`, rel: 'self', type: document.JSON_TYPE, title: '要素集' }
  return { links: [self], collections: all }
}

const pageLinks = (site: Site, request: FastifyRequest, { dataset, next }: RowPage): document.OgcLink[] => {
  const url = `${document.collectionUrl(baseOf(site), dataset.slug)}/items`
  const words = new URLSearchParams(request.url.split('?')[1] ?? '')
  const self = { href: words.size > 0 ? `${url}?${words}` : url, rel: 'self', type: document.GEO, title: '本页' }
  const collection = {
    href: document.collectionUrl(baseOf(site), dataset.slug),
    rel: 'collection',
    type: document.JSON_TYPE,
    title: dataset.title,
  }
  for (const [name, value] of Object.entries(next ?? {})) words.set(name, String(value))
  return [
    self,
    collection,
    ...(next ? [{ href: `${url}?${words}`, rel: 'next', type: document.GEO, title: '下一页' }] : []),
  ]
}

const itemsText = (page: RowPage, { crs }: AskedItems, links: readonly document.OgcLink[]): string => {
  const features = page.rows.map((cells) => `${featureOf({ ...page, crs }, cells)}}`)
  const head = {
    type: 'FeatureCollection',
    links,
    numberReturned: features.length,
    ...(page.total?.is_exact ? { numberMatched: page.total.count } : {}),
  }
  return `${JSON.stringify(head).slice(0, -1)},"features":[${features.join(',\n')}]}`
}

interface Answering {
  readonly site: Site
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** The dataset where the answer is still to be made; nothing where the reader has it already. */
const begin = async ({ site, request, reply }: Answering): Promise<OpenRows | undefined> => {
  const dataset = await find(site, request)
  await mayRead(site, request, dataset)
  const tag = tagOf(dataset, request)
  reply.headers({ etag: tag, 'cache-control': 'public, max-age=60', vary: 'Accept, Accept-Encoding' })
  return isKnown(request, tag) ? undefined : dataset
}

const sendGeo = (reply: FastifyReply, crs: string, text: string): FastifyReply =>
  reply.header('content-crs', `<${crs}>`).type(document.GEO).send(text)

const items = async (answering: Answering): Promise<FastifyReply> => {
  const { site, request, reply } = answering
  const dataset = await begin(answering)
  if (!dataset) return reply.code(304).send()
  const asked = readItemQuery(dataset, request.query as Raw)
  const page = await findRows(site, dataset, asked)
  const links = pageLinks(site, request, page)
  const next = links.find(({ rel }) => rel === 'next')
  if (next) reply.header('link', `<${next.href}>; rel="next"; type="${document.GEO}"`)
  return sendGeo(reply, asked.crs, itemsText(page, asked, links))
}

const item = async (answering: Answering): Promise<FastifyReply> => {
  const { site, request, reply } = answering
  const dataset = await begin(answering)
  if (!dataset) return reply.code(304).send()
  const { featureId } = request.params as { featureId: string }
  const absent = () => new SiteFault(404, 'not_found', { detail: '没有这个要素' })
  if (!/^\d{1,15}$/.test(featureId)) throw absent()
  const asked = readItem(dataset, featureId, request.query as Raw)
  const page = await findRows(site, dataset, asked)
  const [cells] = page.rows
  if (!cells) throw absent()
  const collection = document.collectionUrl(baseOf(site), dataset.slug)
  const links: document.OgcLink[] = [
    { href: `${collection}/items/${featureId}`, rel: 'self', type: document.GEO },
    { href: collection, rel: 'collection', type: document.JSON_TYPE, title: dataset.title },
  ]
  return sendGeo(reply, asked.crs, `${featureOf({ ...page, crs: asked.crs }, cells)},"links":${JSON.stringify(links)}}`)
}

/** The standard answers a wrong parameter with 400. */
const asStandard = async (reply: Promise<FastifyReply>): Promise<FastifyReply> =>
  reply.catch((error: unknown) => {
    if (!(error instanceof SiteFault) || error.status !== 422) throw error
    const { code, message: detail, field } = error
    throw new SiteFault(400, code, { detail, ...(field ? { field } : {}) })
  })

const addDocuments = (app: FastifyInstance, site: Site): void => {
  const base = baseOf(site)
  for (const url of [BASE, `${BASE}/`]) app.get(url, async () => document.landing(base))
  app.get(`${BASE}/conformance`, async () => ({ conformsTo: document.CONFORMANCE }))
  app.get(`${BASE}/api`, async (_, reply) =>
    reply.type(document.OPENAPI).send(JSON.stringify(document.openApi(base, await placedRows(site)))),
  )
  app.get(`${BASE}/collections`, async () => collections(site))
}

/** OGC API – Features over the datasets that have places: parts 1 (core, OpenAPI, GeoJSON) and 2 (reference systems). */
export const ogcRoutes: SiteRoutes = (app, site) => {
  app.addHook('onRequest', async (_, reply) => void reply.headers(OPEN_TO_ALL))
  addDocuments(app, site)
  const one = `${BASE}/collections/:id`
  app.get(one, async (request) => {
    const dataset = await find(site, request)
    return document.collectionOf(baseOf(site), dataset, await findExtent(site.pool, dataset))
  })
  app.get(`${one}/items`, (request, reply) => asStandard(items({ site, request, reply })))
  app.get(`${one}/items/:featureId`, (request, reply) => asStandard(item({ site, request, reply })))
  const all = [
    '',
    '/',
    '/conformance',
    '/api',
    '/collections',
    '/collections/:id',
    '/collections/:id/items',
    '/collections/:id/items/:featureId',
  ]
  for (const url of all) refuseOthers(app, `${BASE}${url}`, ['GET'])
}
