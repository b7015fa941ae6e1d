import { sql } from 'kysely'
import { toBlockList } from '#kernel/address.ts'
import { makeClock } from '#kernel/clock.ts'
import { openDb, openPool } from '#kernel/db.ts'
import { makeEgress } from '#kernel/egress.ts'
import type { Log } from '#kernel/log.ts'
import { openLog, openNodeKeys, subjectHashes } from '#modules/ledger/index.ts'
import { keepBusinessDay } from './business-day.ts'
import { type BreakerLimits, openForwarder } from './forward.ts'
import { openKnocks } from './knocks.ts'
import { openQuotas } from './quota.ts'
import { openPlaneServer, type PlaneServer } from './server.ts'
import { openSessions } from './session.ts'
import { holdSnapshot } from './snapshot.ts'

export interface GatewayOptions {
  readonly databaseUrl: string
  readonly dataDir: string
  readonly demo: boolean
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** Networks that providers' addresses may lie in. */
  readonly egressAllow: readonly string[]
  /** Proxies before this gateway whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[]
  readonly breaker?: BreakerLimits
  readonly log: Log
}

// One connection writes receipts, one reads the policy, the rest are for quotas: calls themselves need none.
const CONNECTIONS = 6
const FOLLOW_MS = 500

/**
 * One gateway process: its own connections (as the role that may write receipts and quotas and nothing else), its own
 * log, sessions and snapshot. Any number may run beside it on the same database.
 */
export const openGateway = async (options: GatewayOptions): Promise<PlaneServer> => {
  const { dataDir, demo, log } = options
  const pool = openPool(options.databaseUrl, { role: 'sanjiang_gateway', name: 'sanjiang-gateway', max: CONNECTIONS })
  const db = openDb(pool)
  const keys = openNodeKeys({ demo, dataDir })
  const ledger = await openLog({ db, nodeId: keys.node_id, role: 'gateway', log })
  const snapshots = holdSnapshot(pool)
  await snapshots.follow(FOLLOW_MS)
  const quotas = openQuotas(pool)
  const forwarder = openForwarder(makeEgress(options.egressAllow), options.breaker)
  const parts = {
    snapshots,
    quotas,
    forwarder,
    ledger,
    log,
    dataDir,
    sessions: openSessions(),
    knocks: openKnocks(),
    proxies: toBlockList(options.trustedProxies ?? []),
    hashSubjects: (subjects: Parameters<typeof subjectHashes>[1]) => subjectHashes(keys, subjects),
    today: keepBusinessDay(makeClock(db, demo)),
    ping: async () => void (await sql`select 1`.execute(db)),
  }
  const server = await openPlaneServer(parts, options)
  return {
    ...server,
    close: async () => {
      await server.close()
      snapshots.stop()
      await forwarder.close()
      await quotas.close().catch((error: Error) => log.warn({ err: error }, 'quotas not returned'))
      await ledger.close()
      await db.destroy()
    },
  }
}
