import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendAnswer, stampOf } from '../answer.ts'
import { findShelved, type ShelvedDataset } from '../shelf/shelf.store.ts'
import { type Site, SiteFault, type SiteRoutes, textOf } from '../site.ts'
import { csvwOf, dataPackageOf } from './describe.rules.ts'

const findOpen = async ({ pool }: Site, request: FastifyRequest): Promise<ShelvedDataset> => {
  const found = await findShelved(pool, textOf((request.params as { slug: string }).slug, 64))
  if (!found) throw new SiteFault(404, 'not_found', { detail: '没有这个数据集' })
  if (found.state === 'open') return found
  throw new SiteFault(410, 'withdrawn', { detail: `数据集已于 ${found.withdrawn_on} 撤回：${found.withdrawn_reason}` })
}

interface Description {
  readonly name: string
  readonly type: string
  of(dataset: ShelvedDataset, origin: string): object
}

const csvw = (dataset: ShelvedDataset, origin: string): object => {
  const csv = dataset.files.find(({ format }) => format === 'csv')
  if (!csv) throw new SiteFault(404, 'not_found', { detail: '这个数据集没有 CSV 文件' })
  return csvwOf(dataset, csv, origin)
}

const DESCRIPTIONS: readonly Description[] = [
  { name: 'datapackage.json', type: 'application/json; charset=utf-8', of: dataPackageOf },
  { name: 'csvw.json', type: 'application/csvm+json; charset=utf-8', of: csvw },
]

const send = async (
  site: Site,
  { name, type, of }: Description,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
) => {
  const dataset = await findOpen(site, request)
  const text = JSON.stringify(of(dataset, site.origin))
  const stamp = stampOf(`${dataset.dataset_id} ${dataset.change_no} ${name}`, dataset.changed_at)
  return sendAnswer(request, reply, { type, stamp, body: () => text })
}

/** A dataset's files described for programs that read tables. */
export const describeRoutes: SiteRoutes = (app, site) => {
  for (const description of DESCRIPTIONS)
    app.get(`/datasets/:slug/${description.name}`, (request, reply) => send(site, description, { request, reply }))
}
