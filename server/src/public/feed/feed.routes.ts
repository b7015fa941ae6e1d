import { SITE_NAME } from '@sanjiang/contract/site.name'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { catalogueStamp, sendAnswer, stampOf } from '../answer.ts'
import { datasetIri, pageOf } from '../dcat/dcat.dataset.ts'
import { findShelved, listShelved, type ShelvedDataset } from '../shelf/shelf.store.ts'
import { shelfOf } from '../shelf/shelf.ts'
import { type Site, SiteFault, type SiteRoutes, slugOf } from '../site.ts'
import { type AtomEntry, toAtom } from './atom.ts'

const ATOM = 'application/atom+xml; charset=utf-8'
const NEWEST = 50

const midnight = (day: string): string => `${day}T00:00:00+08:00`

const withdrawalOf = (dataset: ShelvedDataset, origin: string): AtomEntry => ({
  id: `${datasetIri(origin, dataset.slug)}-withdrawn`,
  title: `${dataset.title}（已撤回）`,
  updated: dataset.changed_at,
  href: pageOf(origin, dataset.slug),
  summary: `${dataset.withdrawn_on} 撤回：${dataset.withdrawn_reason}`,
  author: dataset.organ_name,
})

const datasetEntry = (dataset: ShelvedDataset, origin: string): AtomEntry => {
  if (dataset.state === 'withdrawn') return withdrawalOf(dataset, origin)
  const { slug, title, content, edition, changed_at, released_on, organ_name, theme_title } = dataset
  const data = edition ? `第 ${edition.edition_no} 版，数据截至 ${edition.data_on}，${edition.row_count} 行。` : ''
  return {
    id: datasetIri(origin, slug),
    title,
    updated: changed_at,
    published: midnight(released_on),
    href: pageOf(origin, slug),
    summary: data + content.summary,
    author: organ_name,
    categories: [theme_title, ...content.keywords],
  }
}

const sendFeed = (site: Site) => async (request: FastifyRequest, reply: FastifyReply) => {
  const snapshot = await shelfOf(site).look()
  const { open, withdrawn, changedAt } = snapshot
  const newest = [...open, ...withdrawn].sort((a, b) => b.change_no - a.change_no).slice(0, NEWEST)
  return sendAnswer(request, reply, {
    type: ATOM,
    stamp: catalogueStamp(snapshot, request),
    body: async () => {
      const datasets = await listShelved(
        site.pool,
        newest.map(({ dataset_id }) => dataset_id),
      )
      return toAtom({
        id: `${site.origin}/feed.atom`,
        title: `${SITE_NAME}：新发布与有变动的数据集`,
        updated: changedAt,
        self: `${site.origin}/feed.atom`,
        page: `${site.origin}/`,
        entries: datasets.map((dataset) => datasetEntry(dataset, site.origin)),
      })
    },
  })
}

/** What happened to one dataset: its editions, newest first, and its end. */
const eventsOf = (dataset: ShelvedDataset, origin: string): AtomEntry[] => {
  const { slug, title, organ_name, editions } = dataset
  const told = editions.map(({ edition_no, data_on, row_count, carried_at, note }) => ({
    id: `${pageOf(origin, slug)}#edition-${edition_no}`,
    title: `${title}：第 ${edition_no} 版`,
    updated: carried_at,
    href: `${pageOf(origin, slug)}/versions`,
    summary: `数据截至 ${data_on}，${row_count} 行。${note}`,
    author: organ_name,
  }))
  return dataset.state === 'withdrawn' ? [withdrawalOf(dataset, origin), ...told] : told
}

const sendDatasetFeed = (site: Site) => async (request: FastifyRequest, reply: FastifyReply) => {
  const dataset = await findShelved(site.pool, slugOf(request))
  if (!dataset) throw new SiteFault(404, 'not_found', { detail: '没有这个数据集' })
  const self = `${pageOf(site.origin, dataset.slug)}/feed.atom`
  return sendAnswer(request, reply, {
    type: ATOM,
    stamp: stampOf(`${dataset.dataset_id} ${dataset.change_no} atom`, dataset.changed_at),
    body: () =>
      toAtom({
        id: self,
        title: `${dataset.title}：新的版次`,
        updated: dataset.changed_at,
        self,
        page: pageOf(site.origin, dataset.slug),
        entries: eventsOf(dataset, site.origin),
      }),
  })
}

/** What is new, for whoever follows: the whole catalogue, and each dataset. */
export const feedRoutes: SiteRoutes = (app, site) => {
  app.get('/feed.atom', sendFeed(site))
  app.get('/datasets/:slug/feed.atom', sendDatasetFeed(site))
}
