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
  await using parts = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'sanjiang-seed-'))
  parts.defer(() => rm(dataDir, { recursive: true, force: true }))
  const database = parts.adopt(await cloneDatabase(), (one) => one.drop())
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
  parts.defer(() => house.close())
  const all = parts.move()
  return { house, url: database.url, close: () => all.disposeAsync() }
}
