import type { Config } from '#config'
import { makeLog } from '#kernel/log.ts'
import { openGateway } from '#modules/gateway/index.ts'
import { type RunningRole, runRole } from '../supervisor/child.ts'

/** The data plane for departments' applications. May run many times, each process on a port of its own. */
export const startGateway = (config: Config): Promise<RunningRole> =>
  openGateway({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    demo: config.demo,
    host: config.host,
    port: config.gatewayPort,
    egressAllow: config.egressAllow,
    trustedProxies: config.trustProxy,
    log: makeLog('gateway', config.logLevel),
  })

if (import.meta.main) await runRole('gateway', startGateway)
