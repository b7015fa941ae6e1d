import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hasAlready, PREFLIGHT } from '../answer.ts'
import { SiteFault } from '../site.ts'
import type { OpenRows } from './row.access.ts'

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
  app.options(url, async (_, reply) => reply.headers(PREFLIGHT).code(204).send())
  app.route({
    method: others,
    url,
    handler: async () => {
      throw new SiteFault(405, 'method_not_allowed', { detail: `这个地址可用的方法是 ${methods.join('、')}` })
    },
  })
}
