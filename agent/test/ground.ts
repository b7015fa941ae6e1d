import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WantedFeed, WantedItem, WantedLoad } from '@sanjiang/contract/exchange.door'
import pg from 'pg'
import { cloneDatabase, type TestDatabase } from '../../server/test/cluster.ts'
import { TestDoor } from './door.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export const item = (name: string, change: Partial<WantedItem> = {}): WantedItem => ({
  item: name,
  data_type: 'C',
  length: null,
  is_key: false,
  is_required: false,
  check: null,
  mask_rule: 'none',
  ...change,
})

export const ITEMS = [
  item('id', { data_type: 'I', is_key: true }),
  item('name', { mask_rule: 'name', length: 40 }),
  item('credit_code', { check: 'credit_code' }),
]

const COLUMNS = [
  { name: 'id', title: '编号', data_type: 'I' as const, length: null },
  { name: 'name', title: '姓名', data_type: 'C' as const, length: 40 },
  { name: 'credit_code', title: '信用代码', data_type: 'C' as const, length: null },
]

export interface Ran {
  readonly code: number | null
  readonly text: string
}

/** One agent, a source and a target database, and a centre: all real but the last, which is small. */
export class Ground {
  readonly door: TestDoor
  readonly source: pg.Client
  readonly target: pg.Client
  readonly dir: string
  readonly #databases: readonly TestDatabase[]
  #child: ChildProcess | null = null
  said = ''

  private constructor(parts: { door: TestDoor; clients: pg.Client[]; dir: string; databases: TestDatabase[] }) {
    this.door = parts.door
    this.source = parts.clients[0] as pg.Client
    this.target = parts.clients[1] as pg.Client
    this.dir = parts.dir
    this.#databases = parts.databases
  }

  static async open(): Promise<Ground> {
    const databases = [await cloneDatabase(), await cloneDatabase()]
    const clients = databases.map(({ url }) => new pg.Client({ connectionString: url }))
    for (const client of clients) await client.connect()
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-agent-'))
    const ground = new Ground({ door: await TestDoor.open(), clients, dir, databases })
    const [source, target] = databases as [TestDatabase, TestDatabase]
    await ground.source.query('create table person (id bigint primary key, name text, credit_code text)')
    await ground.configure(`
[connection 人口库]
kind = postgres
url = ${source.url}
[allow 人口库]
read public.person = *
[connection 目标库]
kind = postgres
url = ${target.url}
[allow 目标库]
write = public.*`)
    return ground
  }

  async configure(connections: string): Promise<void> {
    const text = `centre = ${this.door.url}\nstate = state\nspool_keep_free = 1 MiB\n${connections}\n`
    await writeFile(join(this.dir, 'agent.conf'), text, { mode: 0o600 })
  }

  /** Runs one command to its end. */
  run(...args: string[]): Promise<Ran> {
    const child = spawn(process.execPath, [MAIN, ...args, '--config', join(this.dir, 'agent.conf')])
    let text = ''
    child.stdout.on('data', (piece: Buffer) => {
      text += piece
    })
    child.stderr.on('data', (piece: Buffer) => {
      text += piece
    })
    return new Promise((done) => child.once('exit', (code) => done({ code, text })))
  }

  async enrol(): Promise<void> {
    const { code, text } = await this.run('enrol', this.door.token)
    assert.equal(code, 0, text)
  }

  start(): void {
    const child = spawn(process.execPath, [MAIN, 'run', '--config', join(this.dir, 'agent.conf')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => {
        this.said += piece
      })
    this.#child = child
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return child?.exitCode ?? null
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
    child.kill(signal)
    return ended
  }

  /** Exit code of the running agent, when it ends by itself. */
  ended(): Promise<number | null> {
    const child = this.#child as ChildProcess
    return child.exitCode !== null ? Promise.resolve(child.exitCode) : new Promise((done) => child.once('exit', done))
  }

  copyState(name: string): Promise<void> {
    return cp(join(this.dir, 'state'), join(this.dir, name), { recursive: true })
  }

  async restoreState(name: string): Promise<void> {
    await rm(join(this.dir, 'state'), { recursive: true })
    await cp(join(this.dir, name), join(this.dir, 'state'), { recursive: true })
  }

  async until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
    for (const until = Date.now() + 60_000; !(await is()); ) {
      if (Date.now() > until) {
        const troubles = this.door.reports.at(-1)
        assert.fail(`没有等到:${what}\n${this.said}\n${JSON.stringify(troubles, null, 1)}`)
      }
      await new Promise((done) => setTimeout(done, 50))
    }
  }

  async rowsOf(client: pg.Client, table: string): Promise<string> {
    const { rows } = await client
      .query(`select id, name, credit_code from ${table} order by id`)
      .catch(() => ({ rows: [] }))
    return JSON.stringify(rows)
  }

  async isEqual(): Promise<boolean> {
    return (await this.rowsOf(this.source, 'person')) === (await this.rowsOf(this.target, 'copy'))
  }

  read(file: string): Promise<string> {
    return readFile(join(this.dir, file), 'utf8')
  }

  async close(): Promise<void> {
    await this.end('SIGKILL')
    await this.source.end()
    await this.target.end()
    await this.door.close()
    for (const database of this.#databases) {
      const admin = new pg.Client({ connectionString: database.url })
      await admin.connect()
      await admin
        .query(
          'select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = current_database() and not active',
        )
        .catch(() => {})
      await admin.end()
      await database.drop().catch(() => {})
    }
    await rm(this.dir, { recursive: true, force: true })
  }
}

export const wantedFeed = (mode: WantedFeed['mode'], change: Partial<WantedFeed> = {}): WantedFeed => ({
  feed_id: randomUUID(),
  version: 1,
  connection: '人口库',
  relation: 'public.person',
  bindings: ITEMS.map((one) => ({ item: one.item, column: one.item })),
  items: ITEMS,
  mode,
  cursor_item: null,
  interval_seconds: 60,
  reject_threshold: 50,
  is_reading: true,
  runs: [],
  head: 0,
  ...change,
})

export const wantedLoad = (feed_id: string, base_run_id: string, change: Partial<WantedLoad> = {}): WantedLoad => ({
  subscription_id: randomUUID(),
  grant_id: randomUUID(),
  feed_id,
  base_run_id,
  target_kind: 'table',
  connection: '目标库',
  target: 'public.copy',
  may_create: true,
  file_format: null,
  columns: COLUMNS,
  key: ['id'],
  is_loading: true,
  generation: 1,
  from_seq: 0,
  head: 0,
  ...change,
})

export const order = (kind: WantedFeed['runs'][number]['kind'], keys?: string[]): WantedFeed['runs'][number] => ({
  run_id: randomUUID(),
  kind,
  after: null,
  ...(keys ? { keys } : {}),
})
