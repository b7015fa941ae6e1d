import { PERMISSIONS, type Permission } from '@sanjiang/contract'
import type { Config } from '#config'
import { type Actor, type Ctx, type House, makeCtx } from '#kernel/ctx.ts'
import { type OpenHouse, openHouse } from '#kernel/house.ts'
import { closeProcessLog } from '#modules/ledger/index.ts'
import { MODULES } from '#roles/modules.ts'
import { siteOf } from '#roles/site.ts'

/** Who fills an empty platform: the platform itself, with every permission everywhere. Its facts bear this name. */
const SEEDER: Actor = {
  kind: 'system',
  person_id: null,
  name: '平台初始化',
  organ: null,
  roles: [],
  scopes: new Map(Object.keys(PERMISSIONS).map((permission) => [permission as Permission, 'all'])),
  session_id: null,
}

export const openSeedHouse = async (config: Config): Promise<OpenHouse> => {
  const house = await openHouse({
    role: 'seed',
    databaseUrl: config.databaseUrl,
    site: siteOf(config),
    logLevel: config.logLevel,
    modules: MODULES,
  })
  // Who looks at an application is sealed, also when it is the seeds that decide it.
  const close = async (): Promise<void> => {
    await closeProcessLog(house)
    await house.close()
  }
  return { ...house, close }
}

/** A ctx of the seeder; today as the platform has it now. */
export const seedCtx = (house: House): Promise<Ctx> => makeCtx(house, SEEDER, 'seed')
