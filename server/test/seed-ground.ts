import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenHouse, openHouse } from '#kernel/house.ts'
import { MODULES } from '#roles/modules.ts'
import { cloneDatabase } from './cluster.ts'

export interface SeedGround {
  readonly house: OpenHouse
  readonly url: string
  close(): Promise<void>
}

/** An empty, migrated platform, for what fills it. */
export const openSeedGround = async (demo: boolean): Promise<SeedGround> => {
  const database = await cloneDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'sanjiang-seed-'))
  const house = await openHouse({
    role: 'seed',
    databaseUrl: database.url,
    site: {
      ...{ demo, dataDir, gatewayOrigin: 'http://127.0.0.1:9', exchangeUrl: 'http://127.0.0.1:9' },
      stageDatabaseUrl: database.url,
    },
    logLevel: 'silent',
    modules: MODULES,
  })
  const close = async (): Promise<void> => {
    await house.close()
    await database.drop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { house, url: database.url, close }
}
