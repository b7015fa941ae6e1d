import { openHouse } from '#kernel/house.ts'
import { makeMetrics } from '#kernel/metrics.ts'
import type { Module } from '#kernel/module.ts'
import { openLog, openNodeKeys } from '#modules/ledger/index.ts'
import { openDelivery } from '../delivery/open.ts'
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
}

/** One process of the agents' door: its own connections and its own log. Any number may run on one database. */
export const openDoor = async (options: DoorOptions): Promise<DoorServer> => {
  const { databaseUrl, dataDir, demo, logLevel, modules } = options
  const site = { demo, dataDir, gatewayOrigin: '' }
  const house = await openHouse({ role: 'exchange', databaseUrl, site, logLevel, modules })
  const keys = openNodeKeys(site)
  const ledger = await openLog({ db: house.db, nodeId: keys.node_id, role: 'exchange', log: house.log })
  const wakes = await listenForWakes(databaseUrl, house.log)
  const delivery = await openDelivery({ db: house.db, ledger, dataDir, today: () => house.clock.today() })
  const closing = new AbortController()
  const parts = { house, ledger, wakes, delivery, closing: closing.signal }
  const server = await openDoorServer(parts, { ...options, metrics: makeMetrics('exchange') })
  return {
    ...server,
    close: async () => {
      closing.abort()
      await server.close()
      await wakes.close()
      await ledger.close()
      await house.close()
    },
  }
}
