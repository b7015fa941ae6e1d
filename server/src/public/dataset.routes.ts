import type pg from 'pg'
import { findDataset } from './dataset.store.ts'
import { faultView } from './fault.view.ts'
import { type Page, type SiteRoutes, textOf } from './site.ts'

const datasetPage = async (pool: pg.Pool, slug: string): Promise<Page> => {
  const found = await findDataset(pool, slug)
  if (!found) return { status: 404, view: faultView(404) }
  const { content, released_on, release_no, title, organ_name, withdrawn_on, withdrawn_reason } = found
  if (found.state === 'open') return { status: 200, view: { page: 'dataset', content, released_on, release_no } }
  return {
    status: 410,
    view: { page: 'tombstone', title, organ_name, withdrawn_on: withdrawn_on!, reason: withdrawn_reason! },
  }
}

export const datasetRoutes: SiteRoutes = (app, { pool, send }) => {
  app.get('/datasets/:slug', async (request, reply) =>
    send(request, reply, await datasetPage(pool, textOf((request.params as { slug: string }).slug, 64))),
  )
}
