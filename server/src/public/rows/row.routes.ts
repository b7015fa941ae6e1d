import { STATUS_ABOUT } from '@sanjiang/contract/site.status'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { preferred } from '../accept.ts'
import { OPEN_TO_ALL } from '../answer.ts'
import { jsonInForm, wordsOf } from '../posted.ts'
import type { Site, SiteRoutes } from '../site.ts'
import { describe, type OpenRows, readable } from './row.access.ts'
import { isKnown, refuseOthers, tagOf } from './row.reply.ts'
import { fault } from './row.rules.ts'
import { findGroups, findRows, type RowPage } from './row.service.ts'
import { csvOf, jsonLinesOf, jsonRow } from './row-answer.rules.ts'
import { bodyOf, jsonOfText, type Raw, readAggregateQuery, readRowQuery } from './row-ask.rules.ts'
import { columnsOf } from './row-column.rules.ts'
import { openApiOf } from './row-openapi.rules.ts'

export const BASE = '/api/v1/datasets'
type Format = 'json' | 'csv' | 'jsonl'

const MEDIA: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl; charset=utf-8',
}

const OFFERS: Readonly<Record<Format, readonly string[]>> = {
  json: ['application/json'],
  csv: ['text/csv'],
  jsonl: ['application/jsonl', 'application/x-ndjson', 'application/ndjson'],
}

/** By the end of the address, else by what the reader says it takes. */
const formatOf = ({ url, headers }: FastifyRequest): Format => {
  const path = url.split('?')[0]!
  if (path.endsWith('.csv')) return 'csv'
  if (path.endsWith('.jsonl')) return 'jsonl'
  if (path.endsWith('.json')) return 'json'
  return preferred(headers.accept, OFFERS) ?? 'json'
}

const NOTE = '空值（null）是没有填写，或为保护个人和商业秘密而隐去。'
/** Where the data tell which. */
const STATUS_NOTE = `空值（null）为何为空见状态列：${STATUS_ABOUT}。合计、平均等只计入有值的单元格。`

const noteOf = ({ columns, note }: OpenRows): string =>
  (columns.some(({ status_of }) => status_of !== undefined) ? STATUS_NOTE : NOTE) + note

/** Where the next page is; a question in a body is asked again with `next_page` added to it. */
const nextUrl = ({ origin }: Site, request: FastifyRequest, { dataset, next }: RowPage): string | null => {
  if (!next || request.method === 'POST') return null
  const [path, query = ''] = request.url.split('?')
  const words = new URLSearchParams(query)
  if ('after' in next) words.delete('offset')
  for (const [name, value] of Object.entries(next)) words.set(name, String(value))
  return `${origin}${BASE}/${encodeURIComponent(dataset.slug)}/${path!.split('/').at(-1)}?${words}`
}

const jsonOf = (page: RowPage, next: string | null): string => {
  const { dataset, outputs, rows, total } = page
  const head = {
    dataset: dataset.slug,
    edition_no: dataset.edition_no,
    data_on: dataset.data_on,
    total: total?.count ?? null,
    total_is_exact: total?.is_exact ?? null,
    count: rows.length,
    next,
    next_page: page.next,
    note: noteOf(dataset),
  }
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${rows.map((cells) => jsonRow(outputs, cells)).join(',\n')}]}`
}

const writePage = (site: Site, request: FastifyRequest, page: RowPage): string => {
  const format = formatOf(request)
  if (format === 'csv') return csvOf(page.outputs, page.rows)
  return format === 'jsonl' ? jsonLinesOf(page.outputs, page.rows) : jsonOf(page, nextUrl(site, request, page))
}

interface Asking {
  readonly words: Raw
  readonly isBody: boolean
}

/** A form asks in the words of an address; what `curl -d` calls a form may be JSON. */
const formIn = (text: string): Asking => {
  const json = jsonInForm(text.trim())
  return json === undefined
    ? { words: wordsOf(new URLSearchParams(text)), isBody: false }
    : { words: bodyOf(jsonOfText(json)), isBody: true }
}

/** In the address or in a body: what stands in both would be asked by halves. */
const askedIn = ({ method, query, body }: FastifyRequest): Asking => {
  const words = query as Raw
  if (method !== 'POST' || body === undefined || body === null || body === '') return { words, isBody: false }
  const twice = Object.keys(words).find((name) => name !== 'key')
  if (twice !== undefined)
    throw fault('given_twice', twice.slice(0, 64), '有请求正文时，条件都写在正文里，不写在地址里')
  return typeof body === 'string' ? formIn(body) : { words: bodyOf(body), isBody: true }
}

type Find = (site: Site, dataset: OpenRows, asking: Asking) => Promise<RowPage>

const answer = async (site: Site, find: Find, { request, reply }: { request: FastifyRequest; reply: FastifyReply }) => {
  const dataset = await readable(site, request)
  const tag = tagOf(dataset, request)
  reply.headers({ etag: tag, 'cache-control': 'public, max-age=60', vary: 'Accept, Accept-Encoding' })
  if (isKnown(request, tag)) return reply.code(304).send()
  const page = await find(site, dataset, askedIn(request))
  const next = nextUrl(site, request, page)
  if (next) reply.header('link', `<${next}>; rel="next"`)
  if (page.total) reply.header('x-total-count', String(page.total.count))
  return reply.type(MEDIA[formatOf(request)]).send(writePage(site, request, page))
}

const rows: Find = (site, dataset, { words, isBody }) => findRows(site, dataset, readRowQuery(words, isBody))
const groups: Find = (site, dataset, { words, isBody }) =>
  findGroups(site, dataset, readAggregateQuery(dataset, words, isBody))

const addQuestion = (app: FastifyInstance, site: Site, { path, find }: { path: string; find: Find }): void => {
  for (const suffix of ['', '.json', '.csv', '.jsonl']) {
    const url = `${BASE}/:slug/${path}${suffix}`
    app.get(url, (request, reply) => answer(site, find, { request, reply }))
    app.post(url, (request, reply) => answer(site, find, { request, reply }))
    refuseOthers(app, url, ['GET', 'POST'])
  }
}

/** Forms of pages are read into their fields before anybody asks; here the text itself is wanted. */
const readFormsAsText = (app: FastifyInstance): void => {
  const type = 'application/x-www-form-urlencoded'
  app.removeContentTypeParser(type)
  app.addContentTypeParser(type, { parseAs: 'string' }, (_, text, done) => done(null, text))
}

/** Rows of datasets as data: choose, filter, sort, count up; never SQL. */
export const rowRoutes: SiteRoutes = (app, site) => {
  app.addHook('onRequest', async (_, reply) => void reply.headers(OPEN_TO_ALL))
  readFormsAsText(app)
  addQuestion(app, site, { path: 'rows', find: rows })
  addQuestion(app, site, { path: 'aggregate', find: groups })
  app.get(`${BASE}/:slug/columns`, async (request) => columnsOf(await describe(site, request)))
  app.get(`${BASE}/:slug/openapi.json`, async (request) => openApiOf(await describe(site, request), site.origin))
  for (const path of ['columns', 'openapi.json']) refuseOthers(app, `${BASE}/:slug/${path}`, ['GET'])
}
