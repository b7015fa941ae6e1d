import { openHouse } from '#kernel/house.ts'
import { makeMetrics } from '#kernel/metrics.ts'
import type { Module } from '#kernel/module.ts'
import { openAccessLog, processLog } from '#modules/ledger/index.ts'
import { Blobs } from '../blob/blob.service.ts'
import { openDelivery } from '../delivery/open.ts'
import { registerLag } from './lag.metrics.ts'
import { type DoorServer, openDoorServer } from './server.ts'
import { listenForWakes } from './wakes.ts'

export interface DoorOptions {
  readonly databaseUrl: string
  readonly dataDir: string
  readonly demo: boolean
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly logLevel: string
  readonly modules: readonly Module[]
  /** Proxies before this door whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[]
}

const ROLE = 'exchange'

/** One process of the agents' door: its own connections and its own log. Any number may run on one database. */
export const openDoor = async (options: DoorOptions): Promise<DoorServer> => {
  const { databaseUrl, dataDir, demo, logLevel, modules } = options
  const site = { demo, dataDir, gatewayOrigin: '', exchangeUrl: '' }
  const house = await openHouse({
    role: ROLE,
    databaseRole: 'sanjiang_exchange',
    databaseUrl,
    site,
    logLevel,
    modules,
  })
  const ledger = await processLog(house, ROLE)
  const access = await openAccessLog(house, ROLE)
  const wakes = await listenForWakes(databaseUrl, house.log)
  const delivery = await openDelivery({ db: house.db, ledger, dataDir, today: () => house.clock.today() })
  const closing = new AbortController()
  const { db, clock } = house
  const blobs = new Blobs({ db, dataDir, today: () => clock.today(), now: () => new Date().toISOString() })
  const parts = { house, ledger, access, wakes, delivery, blobs, closing: closing.signal }
  const metrics = makeMetrics(ROLE)
  registerLag(metrics.registry, db)
  const server = await openDoorServer(parts, { ...options, metrics })
  return {
    ...server,
    close: async () => {
      closing.abort()
      await server.close()
      await wakes.close()
      await blobs.stop()
      await access.close()
      await house.close()
    },
  }
}
