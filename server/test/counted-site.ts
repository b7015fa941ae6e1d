import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { loadRenderer } from '#roles/public.ts'
import { buildSite, type SiteOptions } from '../src/public/site.app.ts'
import type { PublicGround } from './public-ground.ts'

/** The same public database under a site whose statements are counted. */
export const countedSite = async ({ siteUrl }: PublicGround, more: Partial<SiteOptions> = {}) => {
  const pool = openPool(siteUrl, { name: 'counted', max: 3 })
  let sent = 0
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
  pool.query = ((...args: unknown[]) => {
    sent += 1
    return query(...args)
  }) as never
  const app = buildSite({
    pool,
    renderer: await loadRenderer(),
    log: makeLog('public', 'silent'),
    demo: false,
    origin: 'http://data.test',
    trustProxy: [],
    followMs: 0,
    ...more,
  })
  return {
    app,
    statements: (): number => sent,
    close: async () => {
      await app.close()
      await pool.end()
    },
  }
}

/** The same public database under a site that really listens, at the address its catalogue begins with. */
export const listeningSite = async (ground: PublicGround) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const address = `http://127.0.0.1:${port}`
  const site = await countedSite(ground, { origin: address })
  await site.app.listen({ port, host: '127.0.0.1' })
  return { ...site, address }
}
