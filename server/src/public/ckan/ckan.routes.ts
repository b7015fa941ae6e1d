import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { catalogueStamp, hasAlready, OPEN_TO_ALL, PREFLIGHT } from '../answer.ts'
import { jsonInForm, wordsOf } from '../posted.ts'
import { shelfOf } from '../shelf/shelf.ts'
import { type Site, SiteFault, type SiteRoutes } from '../site.ts'
import { ACTIONS, type Action, refuseWriting } from './ckan.actions.ts'
import { CkanFault } from './ckan.fault.ts'
import type { Params } from './ckan.params.ts'
import { JsonText } from './ckan.shelf.ts'

const JSON_TYPE = 'application/json;charset=utf-8'

interface Answer {
  readonly status: number
  readonly body: string
}

/** Before an action is known there is no envelope: CKAN answers with one JSON text. */
const badRequest = (why: string): Answer => ({ status: 400, body: JSON.stringify(`Bad request - ${why}`) })

class BadRequest extends Error {}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BadRequest(`JSON Error: Error decoding JSON data. Error: ${(error as Error).message.slice(0, 200)}`)
  }
}

const formOf = (text: string): unknown => {
  const json = jsonInForm(text)
  return json === undefined ? wordsOf(new URLSearchParams(text)) : parseJson(json)
}

const paramsOf = ({ method, query, body, headers }: FastifyRequest): Params => {
  const text = typeof body === 'string' ? body.trim() : ''
  if (method === 'GET' || method === 'HEAD' || text === '') return { ...(query as Params) }
  const isForm = /urlencoded/i.test(headers['content-type'] ?? '')
  const data = isForm ? formOf(text) : parseJson(text)
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new BadRequest('JSON Error: Request data JSON decoded to something that needs to be a dictionary.')
  return data as Params
}

const actionOf = (name: string): Action => {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (action) return action
  refuseWriting(name)
  throw new BadRequest(`Action name not known: ${name.slice(0, 100)}`)
}

const envelope = (help: string, outcome: string): string => `{"help":${JSON.stringify(help)},${outcome}}`

const failure = (help: string, error: unknown): Answer | undefined => {
  if (error instanceof BadRequest) return badRequest(error.message)
  const told = error instanceof SiteFault ? ckanFaultOf(error) : error
  if (!(told instanceof CkanFault)) return undefined
  return { status: told.status, body: envelope(help, `"success":false,"error":${JSON.stringify(told.error)}`) }
}

/** Refusals of the rows' own rules, in CKAN's classes. */
const ckanFaultOf = ({ status, message, field }: SiteFault): CkanFault => {
  if (status === 404 || status === 410)
    return new CkanFault(404, { message: `Not found: ${message}`, __type: 'Not Found Error' })
  if (status === 401 || status === 403)
    return new CkanFault(403, { message: `Access denied: ${message}`, __type: 'Authorization Error' })
  return new CkanFault(409, { [field ?? 'query']: [message], __type: 'Validation Error' })
}

const helpUrl = ({ origin }: Site, name: string): string =>
  `${origin}/api/3/action/help_show?name=${encodeURIComponent(name)}`

const run = async (site: Site, request: FastifyRequest): Promise<Answer> => {
  const { action: name } = request.params as { action: string }
  const help = helpUrl(site, name.slice(0, 100))
  try {
    const action = actionOf(name)
    const result = await action(site, paramsOf(request), request)
    const text = result instanceof JsonText ? result.text : JSON.stringify(result)
    return { status: 200, body: envelope(help, `"success":true,"result":${text}`) }
  } catch (error) {
    const told = failure(help, error)
    if (!told) throw error
    return told
  }
}

/** Answers that change without the catalogue changing carry no tag: those of rows, and those that ask by the hour. */
const isLasting = ({ url, query }: FastifyRequest): boolean =>
  !/\/datastore_/.test(url) && !JSON.stringify(query).includes('NOW')

const answer = async (site: Site, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  reply.headers(OPEN_TO_ALL).header('vary', 'Accept-Encoding')
  const isTagged = request.method !== 'POST' && isLasting(request)
  const tag = isTagged ? catalogueStamp(await shelfOf(site).look(), request) : undefined
  const said = tag && { etag: tag.etag, 'last-modified': tag.modified, 'cache-control': 'public, max-age=30' }
  if (tag && hasAlready(request, tag)) return reply.code(304).headers(said!).send()
  const { status, body } = await run(site, request)
  if (said && status === 200) reply.headers(said)
  else reply.header('cache-control', 'no-store')
  return reply.code(status).type(JSON_TYPE).send(body)
}

const failed = (site: Site, error: unknown, reply: FastifyReply): FastifyReply => {
  if (error instanceof SiteFault) {
    const told = { message: error.message, __type: 'Rate Limit Error' }
    return reply
      .headers(OPEN_TO_ALL)
      .type(JSON_TYPE)
      .code(error.status)
      .send(envelope(site.origin, `"success":false,"error":${JSON.stringify(told)}`))
  }
  const code = (error as { code?: string }).code
  const status = (error as { statusCode?: number }).statusCode
  reply.headers(OPEN_TO_ALL).type(JSON_TYPE)
  if (status !== undefined && status < 500) {
    const { body } = badRequest((error as Error).message)
    return reply.code(status).send(body)
  }
  site.log.error({ err: error }, 'action failed')
  const message = code === '57014' ? '查询太重，请缩小范围' : '暂时无法提供服务'
  const told = { message, __type: code === '57014' ? 'Search Error' : 'Internal Server Error' }
  return reply
    .code(code === '57014' ? 409 : 503)
    .send(envelope(site.origin, `"success":false,"error":${JSON.stringify(told)}`))
}

const addActions = (app: FastifyInstance, site: Site): void => {
  app.removeAllContentTypeParsers()
  // Clients differ in what they call their JSON; what it is, is seen from it.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body))
  app.setErrorHandler((error, _, reply) => failed(site, error, reply))
  for (const base of ['/api/3/action', '/api/action']) {
    app.route({
      method: ['GET', 'POST'],
      url: `${base}/:action`,
      handler: (request, reply) => answer(site, request, reply),
    })
    app.options(`${base}/:action`, async (_, reply) => reply.headers(PREFLIGHT).code(204).send())
  }
  for (const base of ['/api/3', '/api/3/', '/api'])
    app.get(base, async (_, reply) => reply.headers(OPEN_TO_ALL).type(JSON_TYPE).send('{"version":3}'))
}

/** CKAN's Action API, so that whoever reads portals with CKAN's clients reads this one unchanged. */
export const ckanRoutes: SiteRoutes = (app, site) => {
  app.register(async (inner) => addActions(inner, site))
}
