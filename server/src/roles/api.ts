import type { AddressInfo } from 'node:net'
import type { Config } from '#config'
import { openHouse } from '#kernel/house.ts'
import { followCatalog } from '#modules/catalog/index.ts'
import { authenticate } from '#modules/identity/index.ts'
import { openAccessLog } from '#modules/ledger/index.ts'
import { type RunningRole, runRole } from '../supervisor/child.ts'
import { buildApi } from './api.app.ts'
import { MODULES } from './modules.ts'
import { siteOf } from './site.ts'

/** The staff portal and the management API. */
export const startApi = async (config: Config): Promise<RunningRole> => {
  const house = await openHouse({
    role: 'api',
    databaseUrl: config.databaseUrl,
    site: siteOf(config),
    logLevel: config.logLevel,
    modules: MODULES,
  })
  const access = await openAccessLog(house, 'api')
  const following = followCatalog(house)
  const app = await buildApi({
    house,
    isReady: following.isReady,
    authenticate: authenticate(house),
    refused: (refusal) => access.seal(refusal),
    trustProxy: config.trustProxy,
  })
  await app.listen({ port: config.port, host: config.host })
  const { port } = app.server.address() as AddressInfo
  return {
    address: `http://${config.host}:${port}`,
    close: async () => {
      await app.close()
      await following.stop()
      await access.close()
      await house.close()
    },
  }
}

if (import.meta.main) await runRole('api', startApi)
