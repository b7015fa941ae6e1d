import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { exchange } from '@sanjiang/contract'
import type { FeedDetail, FeedDraft, Reconciliation } from '@sanjiang/contract/exchange'
import { type Connection, createConnection } from 'mysql2/promise'
import pg from 'pg'
import { type MariadbServer, startMariadb } from '../../agent/src/adapters/mysql.server.ts'
import { cloneDatabase } from './cluster.ts'
import { Role } from './drill/role.ts'
import { AgentProcess } from './drill-exchange/node.ts'
import { feedDraft } from './exchange-ground.ts'
import { type OrganKey, openWorld, type Voice, type World } from './harness.ts'
import { freePort } from './ports.ts'
import { ask, type PublishedResource, publish } from './sharing-ground.ts'

const PATIENCE_MS = 120_000

export interface Party {
  readonly agent: AgentProcess
  readonly provider: Voice
  readonly consumer: Voice
  agentId: string
}

/** Two departments, one on MariaDB and one on PostgreSQL, each with its own agent; the door and the worker as processes. */
export class EnginesGround {
  readonly world: World
  readonly mariadb: MariadbServer
  readonly postgres: pg.Client
  readonly commerce: Party
  readonly tax: Party
  readonly #dir: string
  readonly #all: AsyncDisposableStack

  private constructor(parts: {
    world: World
    mariadb: MariadbServer
    postgres: pg.Client
    parties: readonly [Party, Party]
    dir: string
    all: AsyncDisposableStack
  }) {
    this.world = parts.world
    this.mariadb = parts.mariadb
    this.postgres = parts.postgres
    this.commerce = parts.parties[0]
    this.tax = parts.parties[1]
    this.#dir = parts.dir
    this.#all = parts.all
  }

  static async open(allow: { readonly mariadb: string; readonly postgres: string }): Promise<EnginesGround> {
    await using parts = new AsyncDisposableStack()
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-engines-'))
    parts.defer(() => rm(dir, { recursive: true, force: true }))
    const database = parts.adopt(await cloneDatabase(), (one) => one.drop().catch(() => undefined))
    const world = parts.adopt(await openWorld(), (one) => one.close())
    const mariadb = parts.adopt(await startMariadb({ isDurable: true }), (one) => one.stop())
    const { centre } = await startRoles(world, dir, parts)
    const postgres = parts.adopt(new pg.Client({ connectionString: database.url }), leave)
    await postgres.connect()
    const own = `kind = mysql\nsocket = ${mariadb.socket}\nuser = root\ndatabase = sj`
    const partyOf = async (organ: OrganKey, connection: string): Promise<Party> => {
      const connections = `[connection own]\n${connection}`
      const agent = parts.adopt(new AgentProcess({ dir: join(dir, organ), centre, connections }), (one) =>
        one.stop('SIGKILL'),
      )
      const [provider, consumer] = [await world.signIn(organ, 'provider'), await world.signIn(organ, 'consumer')]
      return { agent, provider, consumer, agentId: '' }
    }
    const parties = [
      await partyOf('commerce', `${own}\n[allow own]\n${allow.mariadb}`),
      await partyOf('social_security', `kind = postgres\nurl = ${database.url}\n[allow own]\n${allow.postgres}`),
    ] as const
    return new EnginesGround({ world, mariadb, postgres, parties, dir, all: parts.move() })
  }

  /** Says it to MariaDB as the department's own program would, in UTF-8 whatever the table is kept in. */
  async maria<T = unknown>(sql: string): Promise<T[]> {
    const connection: Connection = await createConnection({
      socketPath: this.mariadb.socket,
      user: 'root',
      charset: 'utf8mb4',
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      multipleStatements: true,
    })
    try {
      const [rows] = await connection.query(sql)
      return rows as T[]
    } finally {
      await connection.end()
    }
  }

  /** Both agents enrol with their one-time tokens and begin. */
  async enrol(): Promise<void> {
    for (const party of [this.commerce, this.tax]) {
      const { agent, token } = await party.provider.call(exchange.inviteAgent, { body: { name: '前置节点' } })
      party.agentId = agent.agent_id
      await party.agent.enrol(token)
      party.agent.start()
    }
    const said = 'select count(*)::int as n from exchange.agent where report is not null'
    await this.until('both agents', async () => (await this.world.sql<{ n: number }>(said))[0]?.n === 2)
  }

  publish(organ: OrganKey, name: string, items: Parameters<typeof publish>[1] & object): Promise<PublishedResource> {
    return publish(this.world, { ...items, organ, name })
  }

  attach(party: Party, resource: PublishedResource, draft: Partial<FeedDraft>): Promise<FeedDetail> {
    const body = feedDraft(resource, party.agentId, { connection: 'own', reject_threshold: 90, ...draft })
    return party.provider.call(exchange.attachFeed, { body })
  }

  /** Asks for all these items under one grant, and has them loaded into a table of its own. */
  async subscribe(party: Party, resource: PublishedResource, target: string): Promise<string> {
    const names = Object.keys(resource.item)
    const more = { access_mode: 'table' as const, quota: { count: null, period: 'day' as const } }
    const request = await ask(party.consumer, resource, { names, more })
    const { subscription_id } = await party.consumer.call(exchange.subscribe, {
      body: {
        grant_id: request.grant_ids[0] ?? '',
        target_kind: 'table',
        agent_id: party.agentId,
        connection: 'own',
        target,
        may_create: true,
        reconcile_hours: 0,
      },
    })
    return subscription_id
  }

  /** Asks for reconciliations until one says what is waited for. */
  async reconciled(party: Party, subscriptionId: string, state: Reconciliation['state']): Promise<Reconciliation> {
    const params = { id: subscriptionId }
    let found: Reconciliation | undefined
    await this.until(`a reconciliation that ends ${state}`, async () => {
      const { rows } = await party.consumer.call(exchange.listReconciliations, { params, query: {} })
      found = rows.find((one) => one.state === state)
      if (found || rows[0]?.state === 'running') return found !== undefined
      await party.consumer.call(exchange.reconcile, { params, body: {} })
      return false
    })
    return found as Reconciliation
  }

  async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    let last: unknown
    for (const end = Date.now() + PATIENCE_MS; ; await pause(150)) {
      const is = await isTrue().catch((error: unknown) => {
        last = error
        return false
      })
      if (is) return
      if (Date.now() > end) throw new Error(`waited for ${what}; ${last ?? ''}\n${await this.#state()}`)
    }
  }

  async #state(): Promise<string> {
    const rows = [
      ...(await this.world.sql('select relation, state, head, supplied, trouble from exchange.feed')),
      ...(await this.world.sql('select kind, state, rows, trouble from exchange.run order by ordered_at desc limit 6')),
      ...(await this.world.sql('select state, target, next_seq, trouble from exchange.subscription')),
      ...(await this.world.sql('select state, missing, surplus, changed, trouble from exchange.reconciliation')),
    ]
    const words = [this.commerce, this.tax].map(({ agent }) => `${agent.dir}: ${agent.said.slice(-1_500)}`)
    const log = await readFile(join(this.#dir, 'roles.log'), 'utf8').catch(() => '')
    return [...rows.map((row) => JSON.stringify(row)), ...words, log.slice(-2_000)].join('\n')
  }

  close(): Promise<void> {
    return this.#all.disposeAsync()
  }
}

/** The agents are gone by now, and what they held of the database goes with them. */
const leave = async (postgres: pg.Client): Promise<void> => {
  await pause(50)
  await postgres
    .query(
      'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and not active',
    )
    .catch(() => undefined)
  await postgres.end()
}

const startRoles = async (world: World, dir: string, parts: AsyncDisposableStack): Promise<{ centre: string }> => {
  const ports = ['EXCHANGE_PORT', 'PORT', 'GATEWAY_PORT', 'PUBLIC_PORT']
  const env: Record<string, string> = { DATA_DIR: world.dataDir, DEMO: '1', LOG_LEVEL: 'warn' }
  for (const name of ports) env[name] = String(await freePort())
  const databasePort = (): number => Number(new URL(world.url).port)
  const options = { env, databaseUrl: world.url, databasePort, log: join(dir, 'roles.log') }
  for (const name of ['exchange', 'worker'] as const)
    parts.adopt(await Role.start({ name, ...options }), (one) => one.stop())
  return { centre: `http://127.0.0.1:${env.EXCHANGE_PORT}` }
}
