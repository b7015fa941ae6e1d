import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const DIST = fileURLToPath(new URL('../../../web/dist/staff/', import.meta.url))

// antd writes its styles into the page at run time, hence inline styles; scripts only from ourselves.
const CSP =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

/** Serves the built staff portal: hashed assets for ever, the shell for every page address. */
export const mountPages = async (app: FastifyInstance): Promise<void> => {
  if (!existsSync(DIST)) return
  await app.register(fastifyStatic, { root: DIST, wildcard: false, index: false, maxAge: '1y', immutable: true })
  app.get('/*', async (request, reply) => {
    if (request.url.startsWith('/api/') || /\.\w+$/.test(request.url.split('?')[0]!)) return reply.callNotFound()
    reply.header('content-security-policy', CSP).header('cache-control', 'no-cache').header('x-frame-options', 'DENY')
    return reply.sendFile('index.html', { maxAge: 0, immutable: false })
  })
}
