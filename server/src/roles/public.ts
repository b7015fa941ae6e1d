import { existsSync } from 'node:fs'
import type { SiteRenderer } from '@sanjiang/contract/site'
import type { Config } from '#config'
import { openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { buildSite } from '../public/site.app.ts'
import { type RunningRole, runRole } from '../supervisor/child.ts'

const RENDERER = new URL('../../../web/dist/public/public-server.js', import.meta.url)

/** What a stranger asks may cost the portal this long and no longer. */
export const STATEMENT_MS = 10_000

export const loadRenderer = async (): Promise<SiteRenderer> => {
  if (!existsSync(RENDERER)) throw new Error('公共页面还没有构建:npm run build')
  return (await import(RENDERER.href)) as SiteRenderer
}

/** The public portal: a process that is given its own database and no other. May run many times. */
export const startPublic = async (config: Config): Promise<RunningRole> => {
  const log = makeLog('public', config.logLevel)
  const pool = openPool(config.publicDatabaseUrl, { name: 'sanjiang-public', statementMs: STATEMENT_MS })
  const app = buildSite({
    pool,
    log,
    renderer: await loadRenderer(),
    demo: config.demo,
    origin: config.publicUrl,
    imprint: config.publicImprint,
    trustProxy: config.trustProxy,
    rate: { perMinute: config.publicRate },
  })
  await app.listen({ port: config.publicPort, host: config.host })
  return {
    address: `http://${config.host}:${config.publicPort}`,
    close: async () => {
      await app.close()
      await pool.end()
    },
  }
}

if (import.meta.main) await runRole('public', startPublic)
