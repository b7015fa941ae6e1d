import { PERMISSIONS, type Permission } from '@sanjiang/contract'
import type { Config } from '#config'
import { type Actor, type Ctx, type House, makeCtx } from '#kernel/ctx.ts'
import { type OpenHouse, openHouse } from '#kernel/house.ts'
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

export const openSeedHouse = (config: Config): Promise<OpenHouse> =>
  openHouse({
    role: 'seed',
    databaseUrl: config.databaseUrl,
    site: siteOf(config),
    logLevel: config.logLevel,
    modules: MODULES,
  })

/** A ctx of the seeder; today as the platform has it now. */
export const seedCtx = (house: House): Promise<Ctx> => makeCtx(house, SEEDER, 'seed')
