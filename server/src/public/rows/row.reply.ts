import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hasAlready } from '../answer.ts'
import { SiteFault } from '../site.ts'
import type { OpenRows } from './row.access.ts'

/** Pages of other sites may read these answers. */
export const OPEN_TO_ALL = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, If-None-Match',
  'access-control-expose-headers': 'ETag, Link, X-Total-Count',
}

export const tagOf = ({ digest, edition_no, note }: OpenRows, request: FastifyRequest): string => {
  const asked = [
    digest,
    edition_no,
    note,
    request.url,
    request.method === 'POST',
    request.headers.accept ?? '',
    request.body ?? null,
  ]
  return `"${createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 22)}"`
}

/** The same question to the same edition has the same answer: told apart without asking it. */
export const isKnown = (request: FastifyRequest, tag: string): boolean => hasAlready(request, { etag: tag })

/** A group's own refusals of methods; an address nobody knows is told by the site. */
export const refuseOthers = (app: FastifyInstance, url: string, methods: readonly string[]): void => {
  const others = ['POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !methods.includes(one))
  app.options(url, async (_, reply) => reply.headers(OPEN_TO_ALL).code(204).send())
  app.route({
    method: others,
    url,
    handler: async () => {
      throw new SiteFault(405, 'method_not_allowed', { detail: `这个地址可用的方法是 ${methods.join('、')}` })
    },
  })
}
