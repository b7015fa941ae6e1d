import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendAnswer, stampOf } from '../answer.ts'
import { openOf } from '../dataset.fault.ts'
import { findShelved, type ShelvedDataset } from '../shelf/shelf.store.ts'
import { type Site, SiteFault, type SiteRoutes, slugOf } from '../site.ts'
import { csvwOf, dataPackageOf } from './describe.rules.ts'

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
  const dataset = openOf(await findShelved(site.pool, slugOf(request)))
  const text = JSON.stringify(of(dataset, site.origin))
  const stamp = stampOf(`${dataset.dataset_id} ${dataset.change_no} ${name}`, dataset.changed_at)
  return sendAnswer(request, reply, { type, stamp, body: () => text })
}

/** A dataset's files described for programs that read tables. */
export const describeRoutes: SiteRoutes = (app, site) => {
  for (const description of DESCRIPTIONS)
    app.get(`/datasets/:slug/${description.name}`, (request, reply) => send(site, description, { request, reply }))
}
