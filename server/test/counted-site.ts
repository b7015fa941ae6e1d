import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { loadRenderer } from '#roles/public.ts'
import { buildSite } from '../src/public/site.app.ts'
import type { PublicGround } from './public-ground.ts'

/** The same public database under a site whose statements are counted. */
export const countedSite = async ({ siteUrl }: PublicGround) => {
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
