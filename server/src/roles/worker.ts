import type { Config } from '#config'
import { openHouse } from '#kernel/house.ts'
import { startHarvester } from '#modules/catalog/index.ts'
import { startClerk, startMessenger } from '#modules/exchange/index.ts'
import { startProber } from '#modules/gateway/index.ts'
import { openAccessLog, openNodeKeys, startCheckpointing } from '#modules/ledger/index.ts'
import { startPuller } from '#modules/opendata/index.ts'
import { type RunningRole, runRole } from '../supervisor/child.ts'
import { MODULES } from './modules.ts'
import { siteOf } from './site.ts'

/** Work nobody waits for: jobs that events called for, work by the clock, the exchange's runs, a signed checkpoint every second. */
export const startWorker = async (config: Config): Promise<RunningRole> => {
  const house = await openHouse({
    role: 'worker',
    databaseUrl: config.databaseUrl,
    site: siteOf(config),
    logLevel: config.logLevel,
    modules: MODULES,
  })
  const access = await openAccessLog(house, 'worker')
  const checkpointing = startCheckpointing(house, openNodeKeys(house.site))
  await house.jobs.work(house)
  const clerk = startClerk(house)
  const messenger = startMessenger(house, config.egressAllow)
  const prober = startProber(house, config.egressAllow)
  const harvester = startHarvester(house, { egressAllow: config.egressAllow })
  const puller = startPuller(house)
  return {
    close: async () => {
      // A job still at work would open the log again behind its closing; the last checkpoint signs it closed.
      await clerk.stop()
      await messenger.stop()
      await prober.stop()
      await harvester.stop()
      await puller.stop()
      await house.jobs.stop()
      await access.close()
      await checkpointing.stop()
      await house.close()
    },
  }
}

if (import.meta.main) await runRole('worker', startWorker)
