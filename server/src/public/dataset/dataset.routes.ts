import type { SiteHead, SiteView } from '@sanjiang/contract/site'
import { pageOf } from '../dcat/dcat.dataset.ts'
import { wantsRdf } from '../dcat/negotiate.ts'
import { MISSING } from '../fault.view.ts'
import { datasetHead } from '../feed/describe.rules.ts'
import { listEditions } from '../file.store.ts'
import { qualityView } from '../quality/quality.view.ts'
import { findShelved, type ShelvedDataset } from '../shelf/shelf.store.ts'
import { type Page, type Site, type SiteRoutes, slugOf } from '../site.ts'
import { countQuestions } from '../thread.store.ts'
import { citationFor } from './citation.ts'
import { examplesFor } from './example.ts'
import { drawingOf, previewOf } from './preview.ts'
import { findOpen, listApps, type OpenDataset } from './top.store.ts'

type Words = Readonly<Record<string, unknown>>

/** What a tab shows below the head that all of them share. */
type Tab = (site: Site, dataset: OpenDataset, query: Words) => Promise<SiteView>

const overview: Tab = async ({ pool, origin }, dataset) => {
  const { top } = dataset
  const { slug } = top.content
  const [preview, drawing, threads, apps, editions] = await Promise.all([
    previewOf(pool, dataset, {}),
    drawingOf(pool, dataset),
    countQuestions(pool, slug),
    listApps(pool, slug),
    listEditions(pool, slug),
  ])
  const citation = citationFor({ ...top.content, today: dataset.today }, editions, origin)
  return { page: 'dataset', top, preview, drawing, citation, threads, apps: apps.length }
}

const TABS: Readonly<Record<string, Tab>> = {
  '': overview,
  '/preview': async ({ pool }, dataset, query) => ({
    page: 'dataset_preview',
    top: dataset.top,
    preview: await previewOf(pool, dataset, query),
  }),
  '/fields': async (_, { top, columns }) => ({ page: 'dataset_fields', top, columns }),
  '/downloads': async ({ pool }, { top }) => {
    const versions = await listEditions(pool, top.content.slug)
    return { page: 'dataset_downloads', top, version: versions.find(({ is_current }) => is_current) ?? null }
  },
  '/api': async (site, dataset) => ({
    page: 'dataset_api',
    top: dataset.top,
    origin: site.origin,
    dataset_id: dataset.dataset_id,
    ...(await examplesFor(site, dataset)),
  }),
  '/apps': async ({ pool }, { top }) => ({ page: 'dataset_apps', top, apps: await listApps(pool, top.content.slug) }),
  '/versions': async ({ pool }, { top }) => ({
    page: 'dataset_versions',
    top,
    versions: await listEditions(pool, top.content.slug),
  }),
}

const headOf = (origin: string, dataset: ShelvedDataset, path: string): SiteHead =>
  path === '' ? datasetHead(dataset, origin) : { canonical: `${pageOf(origin, dataset.slug)}${path}` }

// A newer edition may take the table's place between looking it up and reading it.
const isGone = (error: unknown): boolean => (error as { code?: string }).code === '42P01'

/** A dataset and its tabs, each an address of its own: what is withdrawn answers 410 at all of them. */
export const datasetRoutes: SiteRoutes = (app, site) => {
  for (const [path, tab] of Object.entries(TABS))
    app.get(`/datasets/:slug${path}`, async (request, reply) => {
      const syntax = path === '' ? wantsRdf(request.headers.accept) : null
      if (path === '') reply.header('vary', 'Accept')
      const slug = slugOf(request)
      if (syntax) return reply.redirect(`/datasets/${encodeURIComponent(slug)}.${syntax}`, 303)
      const show = async (): Promise<Page> => {
        const found = await findOpen(site.pool, slug)
        if (!found) return MISSING
        if ('page' in found) return { status: 410, view: found }
        const dataset = await findShelved(site.pool, slug)
        if (dataset?.state !== 'open') return MISSING
        const judged = { ...found, top: { ...found.top, quality: qualityView(dataset) } }
        const view = await tab(site, judged, request.query as Words)
        return { status: 200, view, head: headOf(site.origin, dataset, path) }
      }
      return site.send(request, reply, await show().catch((error) => (isGone(error) ? show() : Promise.reject(error))))
    })
}
