import { BYTE_ORDER_MARK } from '@sanjiang/contract/site.file'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { OPEN_TO_ALL } from '../answer.ts'
import { dispositionOf } from '../file.rules.ts'
import { clientOf } from '../rate.rules.ts'
import { type OpenRows, readable, withRows } from '../rows/row.access.ts'
import { refuseOthers } from '../rows/row.reply.ts'
import { fault } from '../rows/row.rules.ts'
import { readRowQuery } from '../rows/row-ask.rules.ts'
import type { RowQuery } from '../rows/row-query.rules.ts'
import { type Site, type SiteRoutes, textOf } from '../site.ts'
import { ExportGate } from './export.gate.ts'
import { copyText, type ExportFormat } from './export.rules.ts'
import { type ExportLimits, openExport } from './export.store.ts'

const MEDIA: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
}
const LIMITS: ExportLimits = { totalMs: 10 * 60_000, stallMs: 30_000 }
/** The rest of the pool is for questions that are answered at once. */
const SHARE = 0.3

/** Words of a page of rows mean nothing where all of them are asked for. */
const PAGED = ['limit', 'offset', 'after', 'include_total', 'edition']

const questionOf = (request: FastifyRequest): { query: RowQuery; isMarked: boolean } => {
  const { bom, ...words } = request.query as Record<string, unknown>
  const paged = PAGED.find((one) => words[one] !== undefined)
  if (paged) throw fault('not_paged', paged, `导出是全部行，不用 ${paged}；要一页一页地读，请用 /api/v1/datasets`)
  const { query } = readRowQuery(words, false)
  return { query: { ...query, limit: null, offset: 0 }, isMarked: ['1', 'true'].includes(textOf(bom, 5)) }
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

interface Asked {
  readonly format: ExportFormat
  readonly gate: ExportGate
}

const headersOf = ({ slug, title, edition_no }: OpenRows, format: ExportFormat) => ({
  'content-type': MEDIA[format],
  'content-disposition': dispositionOf(`${slug}_${edition_no}_export`, `${title}_第${edition_no}版_导出`, format),
  'cache-control': 'no-store',
})

const open = async (site: Site, dataset: OpenRows, { asked, exchange }: { asked: Asked; exchange: Exchange }) => {
  const { query, isMarked } = questionOf(exchange.request)
  const leave = asked.gate.enter(clientOf(exchange.request.ip))
  const onEnd = (error: Error | undefined): void => {
    leave()
    if (error) site.log.info({ dataset: dataset.slug, reason: error.message }, 'export ended early')
  }
  try {
    return await withRows(site, dataset, (current) =>
      openExport(site.pool, {
        text: copyText(current, query, asked.format),
        before: isMarked && asked.format === 'csv' ? BYTE_ORDER_MARK : '',
        ...{ limits: LIMITS, onEnd },
      }),
    )
  } catch (error) {
    leave()
    throw error
  }
}

const sendExport = async (site: Site, asked: Asked, { request, reply }: Exchange): Promise<FastifyReply> => {
  const dataset = await readable(site, request)
  if (request.method === 'HEAD') return reply.headers(headersOf(dataset, asked.format)).send()
  const stream = await open(site, dataset, { asked, exchange: { request, reply } })
  return reply.headers(headersOf(dataset, asked.format)).send(stream)
}

/** All rows that meet conditions, straight from the table: what no file was made for. */
export const exportRoutes: SiteRoutes = (app, site) => {
  const gate = new ExportGate(Math.max(1, Math.floor((site.pool.options.max ?? 10) * SHARE)))
  app.addHook('onRequest', async (_, reply) => void reply.headers(OPEN_TO_ALL))
  for (const format of ['csv', 'jsonl'] as const) {
    const url = `/datasets/:slug/export.${format}`
    app.route({
      ...{ method: ['GET', 'HEAD'], url, exposeHeadRoute: false },
      handler: (request, reply) => sendExport(site, { format, gate }, { request, reply }),
    })
    refuseOthers(app, url, ['GET', 'HEAD'])
  }
}
