import { OPEN_TO_ALL } from './answer.ts'
import { citationFor } from './dataset/citation.ts'
import { openOf } from './dataset.fault.ts'
import { listEditions } from './file.store.ts'
import { findShelved } from './shelf/shelf.store.ts'
import { type SiteRoutes, slugOf } from './site.ts'

/** Editions of a dataset as data: files, what changed, how to cite it. */
export const versionRoutes: SiteRoutes = (app, { pool, origin }) => {
  app.get('/datasets/:slug/versions.json', async (request, reply) => {
    const dataset = openOf(await findShelved(pool, slugOf(request)))
    const { slug, title } = dataset
    const editions = await listEditions(pool, slug)
    const versions = editions.map((one) => ({
      ...one,
      files: one.files.map((file) => ({ ...file, href: origin + file.href })),
    }))
    return reply
      .headers({ ...OPEN_TO_ALL, 'cache-control': 'public, max-age=60' })
      .send({ slug, title, citation: citationFor(dataset, editions, origin), versions })
  })
}
