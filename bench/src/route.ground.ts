// The exchange as an operator runs it: the door and two agents as processes, PostgreSQL with fsync on; nouns through the API.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { exchange } from '@sanjiang/contract'
import type { RequestDraft } from '@sanjiang/contract/sharing'
import pg from 'pg'
import { startPostgres } from '../../server/src/kernel/postgres.ts'
import { Wire } from '../../server/test/drill-exchange/wire.ts'
import { openWorld, type Voice, type World } from '../../server/test/harness.ts'
import { freePort } from '../../server/test/ports.ts'
import { ask, publish } from '../../server/test/sharing-ground.ts'
import { buildAgent } from '../../tools/build.agent.ts'
import { cpuOf, postmasterOf, start, stopAll } from './gateway.proc.ts'
import { fillSource, ITEMS, KEY, SOURCE_TABLE } from './snapshot.data.ts'

/** The agent as a department runs it: the bundle, started as its unit starts it. */
const AGENT = fileURLToPath(new URL('../../agent/dist/sanjiang-agent.mjs', import.meta.url))
const UNIT = readFileSync(new URL('../../deploy/systemd/sanjiang-agent.service', import.meta.url), 'utf8')
const FLAGS = /^ExecStart=\S+ (.*) \S+\.mjs run$/m.exec(UNIT)?.[1]?.split(' ') ?? []

/** Of a Linux process: the most memory it ever held. */
const peakMb = (pid: number): number => {
  const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0
  return Math.round(Number(kb) / 1024)
}

/** One department's agent in a folder of its own. */
export class AgentProcess {
  readonly #config: string
  #child: ChildProcess | null = null
  #said = ''
  id = ''

  constructor(folder: string) {
    this.#config = join(folder, 'agent.conf')
  }

  #spawn(...args: string[]): ChildProcess {
    const profile = process.env.BENCH_PROF ? ['--cpu-prof', '--cpu-prof-dir', process.env.BENCH_PROF] : []
    const child = spawn(process.execPath, [...FLAGS, ...profile, AGENT, ...args, '--config', this.#config])
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        this.#said = (this.#said + text).slice(-4_000)
      })
    return child
  }

  async enrol(voice: Voice, { name, text }: { name: string; text: string }): Promise<void> {
    const { agent, token } = await voice.call(exchange.inviteAgent, { body: { name } })
    this.id = agent.agent_id
    await mkdir(join(this.#config, '..'), { recursive: true, mode: 0o700 })
    await writeFile(this.#config, text, { mode: 0o600 })
    const [code] = await once(this.#spawn('enrol', token), 'close')
    if (code !== 0) throw new Error(`not enrolled: ${this.#said}`)
  }

  run(): void {
    this.#child = this.#spawn('run')
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get said(): string {
    return this.#said
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
}

export interface Usage {
  readonly supplier: number
  readonly exchange: number
  readonly consumer: number
  readonly postgres: number
}

export interface Table {
  readonly resource: Awaited<ReturnType<typeof publish>>
  readonly feed_id: string
}

export interface Reader {
  readonly subscription_id: string
  readonly feed_id: string
}

interface Parts {
  readonly dir: string
  readonly world: World
  readonly server: Awaited<ReturnType<typeof startPostgres>>
  readonly door: Door
  readonly police: Voice
  readonly civil: Voice
  /** Between the agents and the door, when bytes are counted. */
  readonly wire: Wire | null
}

const LIMIT_MS = 300_000
const DOOR = '../../server/src/roles/exchange.ts'
/** Takes reconciliations from step to step. */
const WORKER = '../../server/src/roles/worker.ts'

/** The door as a process, at one port however often it is started. */
class Door {
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null

  constructor(env: Record<string, string>) {
    this.#env = env
  }

  async start(): Promise<void> {
    this.#child = (await start(DOOR, [], this.#env)).child
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async kill(): Promise<void> {
    const child = this.#child as ChildProcess
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

/** The data's citizen numbers have no check digit, so the item must not be one whose name asks the border for it. */
export const itemOf = (column: string): string => (column === 'citizen_id' ? 'id_number' : column)

export class Route {
  readonly #parts: Parts
  readonly supplier: AgentProcess
  readonly consumer: AgentProcess
  readonly source: string
  readonly target: string

  private constructor(parts: Parts) {
    this.#parts = parts
    this.supplier = new AgentProcess(join(parts.dir, 'police'))
    this.consumer = new AgentProcess(join(parts.dir, 'civil'))
    this.source = parts.server.url('source')
    this.target = parts.server.url('target')
  }

  static async open(rows: number, { isReconciling = false } = {}): Promise<Route> {
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-bench-'))
    await buildAgent()
    const server = await startPostgres({ dir, settings: ['shared_preload_libraries=pg_stat_statements'] })
    try {
      return await Route.#raise({ dir, server, rows, isReconciling })
    } catch (error) {
      await stopAll()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
      throw error
    }
  }

  static async #raise({
    dir,
    server,
    rows,
    isReconciling,
  }: Pick<Parts, 'dir' | 'server'> & { rows: number; isReconciling: boolean }): Promise<Route> {
    // The test world's database is made on the server named here.
    process.env.TEST_DATABASE_URL = server.url('postgres')
    for (const name of ['source', 'target']) await query(server.url('postgres'), `create database ${name}`)
    await query(server.url('postgres'), 'create extension if not exists pg_stat_statements')
    const client = new pg.Client({ connectionString: server.url('source') })
    await client.connect()
    await fillSource(client, rows)
    await client.end()
    const world = await openWorld()
    const centre = await freePort()
    const names = ['PORT', 'GATEWAY_PORT', 'PUBLIC_PORT']
    const others = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, String(await freePort())] as const)),
    )
    const env = { ...others, EXCHANGE_PORT: String(centre), DATABASE_URL: world.url, DATA_DIR: world.dataDir }
    const door = new Door({ ...env, DEMO: '1', LOG_LEVEL: 'silent' })
    await door.start()
    if (isReconciling) await start(WORKER, [], { ...env, DEMO: '1', LOG_LEVEL: 'silent' })
    const wire = isReconciling ? await Wire.open(centre) : null
    const police = await world.signIn('police', 'provider')
    const civil = await world.signIn('civil_affairs', 'consumer')
    const route = new Route({ dir, world, server, door, police, civil, wire })
    try {
      await route.#enrol(`http://127.0.0.1:${wire?.port ?? centre}`)
      return route
    } catch (error) {
      await route.supplier.end('SIGKILL')
      await route.consumer.end('SIGKILL')
      throw error
    }
  }

  async #enrol(centre: string): Promise<void> {
    const { police, civil } = this.#parts
    const text = (url: string, allow: string) =>
      `centre = ${centre}\nstate = state\nspool_keep_free = 1 MiB\n[connection base]\nkind = postgres\nurl = ${url}\n[allow base]\n${allow}\n`
    await this.supplier.enrol(police, { name: '公安节点', text: text(this.source, `read ${SOURCE_TABLE} = *`) })
    await this.consumer.enrol(civil, { name: '民政节点', text: text(this.target, 'write = public.*') })
    this.supplier.run()
    this.consumer.run()
    await this.until('both agents', async () => {
      const rows = await this.sql(
        `select from exchange.agent where state = 'active' and jsonb_array_length(report -> 'connections') > 0`,
      )
      return rows.length === 2
    })
  }

  sql<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]> {
    return this.#parts.world.sql<T>(text, values)
  }

  async until(what: string, is: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + LIMIT_MS; !(await is()); await pause(20))
      if (Date.now() > end) {
        const troubles = await this.sql('select state, trouble, next_seq from exchange.subscription')
        throw new Error(`waited for ${what}: ${JSON.stringify(troubles)}\n${this.supplier.said}\n${this.consumer.said}`)
      }
  }

  /** kill -9 of both agents and the door at once, and all three started again. */
  async crash(): Promise<void> {
    const { door } = this.#parts
    await Promise.all([door.kill(), this.supplier.end('SIGKILL'), this.consumer.end('SIGKILL')])
    this.supplier.run()
    this.consumer.run()
    await door.start()
  }

  /** Through the lines between the agents and the door, both ways. */
  get passedBytes(): number {
    return this.#parts.wire?.passed ?? 0
  }

  get civil(): Voice {
    return this.#parts.civil
  }

  /** A fresh resource on the same table: its log begins with a snapshot of its own. */
  async attach(mode: 'snapshot' | 'changes' = 'snapshot'): Promise<Table> {
    const { world, police } = this.#parts
    const resource = await publish(world, {
      name: `人口信息${Date.now()}`,
      items: ITEMS.map(({ column, data_type, type, mask }) => ({
        name: column,
        name_en: itemOf(column),
        share_type: 'unconditional',
        mask_rule: mask ?? 'none',
        data_type,
        length: Number(/\((\d+)\)/.exec(type)?.[1] ?? 20),
      })),
    })
    const { feed_id } = await police.call(exchange.attachFeed, {
      body: {
        resource_id: resource.resource_id,
        agent_id: this.supplier.id,
        connection: 'base',
        relation: SOURCE_TABLE,
        bindings: ITEMS.map(({ column }) => ({ item: itemOf(column), column })),
        key: [KEY],
        mode,
        interval_seconds: 86_400,
        reject_threshold: 5,
        row_leaves: false,
      },
    })
    return { resource, feed_id }
  }

  async grant(
    { resource }: Table,
    names: readonly string[],
    row_conditions: RequestDraft['row_conditions'] = [],
  ): Promise<string> {
    const more = { access_mode: 'table', quota: { count: null, period: 'day' }, row_conditions } as const
    const { grant_ids } = await ask(this.#parts.civil, resource, { names, more })
    return grant_ids[0] as string
  }

  async subscribe({ feed_id }: Table, { grant_id, table }: { grant_id: string; table: string }): Promise<Reader> {
    const { subscription_id } = await this.#parts.civil.call(exchange.subscribe, {
      body: {
        grant_id,
        target_kind: 'table',
        agent_id: this.consumer.id,
        connection: 'base',
        target: `public.${table}`,
        may_create: true,
      },
    })
    return { subscription_id, feed_id }
  }

  /** Rows in the target's own commit, every chunk signed for: that is when a transfer is done. */
  async arrived({ subscription_id, feed_id }: Reader): Promise<void> {
    await this.until('the transfer', async () => {
      const rows = await this.sql(
        `select from exchange.subscription s join exchange.feed f using (feed_id)
           join exchange.run r on r.run_id = s.base_run_id
          where s.subscription_id = $1 and f.feed_id = $2 and r.state = 'finished'
            and exists (select from exchange.delivery d where d.subscription_id = s.subscription_id
              and d.kind = 'end' and d.accepted_at is not null)`,
        [subscription_id, feed_id],
      )
      return rows.length === 1
    })
  }

  usage(): Usage {
    return {
      supplier: cpuOf([this.supplier.pid]),
      exchange: cpuOf([this.#parts.door.pid]),
      consumer: cpuOf([this.consumer.pid]),
      postgres: cpuOf([postmasterOf(this.#parts.dir)]),
    }
  }

  peak(): Omit<Usage, 'postgres'> {
    return {
      supplier: peakMb(this.supplier.pid),
      exchange: peakMb(this.#parts.door.pid),
      consumer: peakMb(this.consumer.pid),
    }
  }

  async close(): Promise<void> {
    const { world, server, dir, wire } = this.#parts
    await this.supplier.end('SIGTERM')
    await this.consumer.end('SIGTERM')
    wire?.close()
    await stopAll()
    await world.close()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

export const query = async <T extends pg.QueryResultRow>(url: string, ...texts: string[]): Promise<T[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let last: pg.QueryResult<T> | undefined
    for (const text of texts) last = await client.query<T>(text)
    return last?.rows ?? []
  } finally {
    await client.end()
  }
}

export const given = (name: string, fallback: number): number =>
  process.argv.includes(name) ? Number(process.argv[process.argv.indexOf(name) + 1]) : fallback
export const isQuick = process.argv.includes('--quick')
export const ROWS = given('--rows', isQuick ? 200_000 : 2_000_000)
export const ROUNDS = given('--rounds', isQuick ? 2 : 5)
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
export const rounded = (value: number): number => Number(value.toFixed(2))
