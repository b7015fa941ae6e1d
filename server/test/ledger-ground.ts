import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Ctx, makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { type OpenHouse, openHouse } from '#kernel/house.ts'
import { type LogOptions, type LogWriter, ledger, type NodeKeys, openLog, openNodeKeys } from '#modules/ledger/index.ts'
import { cloneDatabase } from './cluster.ts'

/** What the ledger's own tests stand on: a database, a folder for keys, and the superuser who may tamper. */
export interface Ground {
  readonly url: string
  readonly house: OpenHouse
  readonly keys: NodeKeys
  readonly dataDir: string
  ctx(): Promise<Ctx>
  open(limits?: LogOptions['limits']): Promise<LogWriter>
  /** Runs SQL as the superuser. */
  tamper(sql: string, values?: unknown[]): Promise<pg.QueryResult>
  close(): Promise<void>
}

const asSuperuser = (url: string) => async (text: string, values?: unknown[]) => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.query(text, values)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** On a database of its own in the tests' cluster, or on `url` where a test brings its own cluster. */
export const openGround = async (url?: string): Promise<Ground> => {
  await using parts = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'sanjiang-ledger-'))
  parts.defer(() => rm(dataDir, { recursive: true, force: true }))
  const database = url ? { url, drop: async () => undefined } : await cloneDatabase()
  parts.defer(() => database.drop())
  const site = { demo: false, dataDir, gatewayOrigin: '', exchangeUrl: '' }
  const house = await openHouse({
    role: 'test',
    databaseUrl: database.url,
    site,
    logLevel: 'silent',
    modules: [ledger],
  })
  parts.defer(() => house.close())
  const keys = openNodeKeys(site)
  const all = parts.move()
  return {
    url: database.url,
    house,
    keys,
    dataDir,
    ctx: () => makeCtx(house, PLATFORM, 'test-trace'),
    open: async (limits) => {
      const writer = await openLog({ db: house.db, nodeId: keys.node_id, role: 'test', log: house.log, limits })
      return all.adopt(writer, (one) => one.close())
    },
    tamper: asSuperuser(database.url),
    close: () => all.disposeAsync(),
  }
}

/** A call's receipt as the gateway drafts it, told apart by `counter`. */
export const draftCall = (counter: number, more: Record<string, unknown> = {}) =>
  ({
    kind: 'call',
    body: {
      resource_code: '302015001/000007',
      provider_organ_id: '6300002001',
      consumer_organ_id: '6300002002',
      client_id: '0199a0c0-0000-7000-8000-000000000001',
      grant_id: '0199a0c0-0000-7000-8000-000000000002',
      case_no: `QH-2017-${counter}`,
      officer: '卓玛',
      purpose_code: 'service_item',
      purpose_ref: '630000-0101',
      outcome: 'answered',
      counter,
      ...more,
    },
  }) as const
