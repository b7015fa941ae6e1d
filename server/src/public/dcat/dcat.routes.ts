import { LICENCES } from '@sanjiang/contract/opendata'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { catalogueStamp, dailyStamp, sendAnswer } from '../answer.ts'
import { findShelved, listShelved } from '../shelf/shelf.store.ts'
import { type Snapshot, shelfOf } from '../shelf/shelf.ts'
import { type Site, SiteFault, type SiteRoutes, slugOf, textOf } from '../site.ts'
import { catalogueDocument, pageAfter } from './dcat.catalogue.ts'
import { datasetDocument, putLicence, putOrgan, putPlace, putTheme, putThemes } from './dcat.dataset.ts'
import { SYNTAXES, type Syntax, syntaxFor } from './negotiate.ts'
import { RdfDocument, toJsonLd, toTurtle } from './rdf.ts'

const WRITE: Readonly<Record<Syntax, (document: RdfDocument) => string>> = { ttl: toTurtle, jsonld: toJsonLd }

const catalogueUrl = (origin: string, syntax: Syntax, after: string): string =>
  `${origin}/dcat/catalog.${syntax}${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`

const sendCatalogue = (site: Site, syntax: Syntax) => async (request: FastifyRequest, reply: FastifyReply) => {
  const { origin, pool } = site
  const after = textOf((request.query as Record<string, unknown>).after, 64)
  const snapshot = await shelfOf(site).look()
  const { spines, next } = pageAfter(snapshot, after)
  const first = catalogueUrl(origin, syntax, '')
  const nextUrl = next === null ? null : catalogueUrl(origin, syntax, next)
  const links = [`<${first}>; rel="first"`, ...(nextUrl ? [`<${nextUrl}>; rel="next"`] : [])]
  return sendAnswer(request, reply, {
    type: SYNTAXES[syntax],
    stamp: catalogueStamp(snapshot, request),
    headers: { link: links.join(', ') },
    body: async () => {
      const datasets = await listShelved(
        pool,
        spines.map(({ dataset_id }) => dataset_id),
      )
      const self = catalogueUrl(origin, syntax, after)
      return WRITE[syntax](catalogueDocument({ origin, snapshot, datasets, self, first, next: nextUrl }))
    },
  })
}

const sendDataset = (site: Site, syntax: Syntax) => async (request: FastifyRequest, reply: FastifyReply) => {
  const slug = slugOf(request)
  const dataset = await findShelved(site.pool, slug)
  if (!dataset) throw new SiteFault(404, 'not_found', { detail: '没有这个数据集' })
  return sendAnswer(request, reply, {
    status: dataset.state === 'open' ? 200 : 410,
    type: SYNTAXES[syntax],
    stamp: dailyStamp(`${dataset.dataset_id} ${dataset.change_no} ${syntax}`, {
      changedAt: dataset.changed_at,
      today: dataset.today,
    }),
    body: () => WRITE[syntax](datasetDocument(dataset, site.origin)),
  })
}

/** The words other documents name: each dereferences to what it means. */
const WORDS: Readonly<Record<string, (into: RdfDocument, snapshot: Snapshot, origin: string) => void>> = {
  organs: (into, { open }, origin) => {
    for (const { organ_name } of open) putOrgan(into, organ_name, origin)
  },
  themes: (into, { open }, origin) => {
    putThemes(into, origin)
    for (const { theme_title } of open) putTheme(into, theme_title, origin)
  },
  licences: (into, _, origin) => {
    for (const id of LICENCES.codes) putLicence(into, id, origin)
  },
  places: (into, _, origin) => {
    putPlace(into, origin)
  },
}

const sendWords = (site: Site, name: string) => async (request: FastifyRequest, reply: FastifyReply) => {
  const syntax = syntaxFor(request.headers.accept)
  const snapshot = await shelfOf(site).look()
  return sendAnswer(request, reply, {
    type: SYNTAXES[syntax],
    stamp: catalogueStamp(snapshot, request),
    headers: { vary: 'Accept' },
    body: () => {
      const into = new RdfDocument()
      WORDS[name]!(into, snapshot, site.origin)
      return WRITE[syntax](into)
    },
  })
}

/** The catalogue as DCAT-AP 3.0.1: page by page, and every dataset at an address of its own. */
export const dcatRoutes: SiteRoutes = (app, site) => {
  for (const syntax of Object.keys(SYNTAXES) as Syntax[]) {
    app.get(`/dcat/catalog.${syntax}`, sendCatalogue(site, syntax))
    app.get(`/datasets/:slug.${syntax}`, sendDataset(site, syntax))
  }
  app.get('/dcat/catalog', (request, reply) => {
    const syntax = syntaxFor(request.headers.accept)
    return reply.header('vary', 'Accept').redirect(`/dcat/catalog.${syntax}`, 303)
  })
  for (const name of Object.keys(WORDS)) app.get(`/dcat/${name}`, sendWords(site, name))
}
