import type { Config } from '#config'
import { openDoor } from '#modules/exchange/index.ts'
import { type RunningRole, runRole } from '../supervisor/child.ts'
import { MODULES } from './modules.ts'

/** The agents' door. May run many times, each process on a port of its own, behind any balancer. */
export const startExchange = (config: Config): Promise<RunningRole> =>
  openDoor({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    demo: config.demo,
    host: config.host,
    port: config.exchangePort,
    logLevel: config.logLevel,
    trustedProxies: config.trustProxy,
    modules: MODULES,
  })

if (import.meta.main) await runRole('exchange', startExchange)
