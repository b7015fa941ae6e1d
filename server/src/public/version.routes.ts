import { citationOf } from '@sanjiang/contract/site.citation'
import { findDataset } from './dataset.store.ts'
import { listEditions } from './file.store.ts'
import { SiteFault, type SiteRoutes, textOf } from './site.ts'

const beijingDate = (instant: string | Date): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(instant))

/** Editions of a dataset as data: files, what changed, how to cite it. */
export const versionRoutes: SiteRoutes = (app, { pool, origin }) => {
  app.get('/datasets/:slug/versions.json', async (request, reply) => {
    const slug = textOf((request.params as { slug: string }).slug, 64)
    const found = await findDataset(pool, slug)
    if (!found) throw new SiteFault(404, 'not_found', { detail: '没有这个数据集' })
    if (found.state === 'withdrawn')
      throw new SiteFault(410, 'withdrawn', {
        detail: `数据集已于 ${found.withdrawn_on} 撤回：${found.withdrawn_reason}`,
      })
    const versions = await listEditions(pool, slug)
    const [newest] = versions
    const citation = newest
      ? citationOf({
          slug,
          title: found.title,
          organ_name: found.organ_name,
          edition_no: newest.edition_no,
          carried_on: beijingDate(newest.carried_at),
          cited_on: beijingDate(new Date()),
          url: `${origin}/datasets/${slug}`,
        })
      : null
    const absolute = versions.map((one) => ({
      ...one,
      files: one.files.map((file) => ({ ...file, href: origin + file.href })),
    }))
    return reply
      .headers({ 'cache-control': 'public, max-age=60', 'access-control-allow-origin': '*' })
      .send({ slug, title: found.title, citation, versions: absolute })
  })
}
