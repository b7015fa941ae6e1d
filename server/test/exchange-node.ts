import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exchange } from '@sanjiang/contract'
import pg from 'pg'
import { cloneDatabase } from './cluster.ts'
import type { Voice } from './harness.ts'

const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url))

/** A department's machine: its own database, and the agent's program beside it. */
export class Department {
  readonly #dir: string
  readonly #drop: () => Promise<void>
  readonly db: pg.Client
  #child: ChildProcess | null = null
  agentId = ''
  said = ''

  private constructor(parts: { dir: string; db: pg.Client; drop: () => Promise<void> }) {
    this.#dir = parts.dir
    this.db = parts.db
    this.#drop = parts.drop
  }

  /** A folder of its own besides, as the connection `folder`. */
  get folder(): string {
    return join(this.#dir, 'folder')
  }

  static async open(door: string, allow: string): Promise<Department> {
    const database = await cloneDatabase()
    const db = new pg.Client({ connectionString: database.url })
    await db.connect()
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-department-'))
    await mkdir(join(dir, 'folder'))
    const conf = `centre = ${door}\nstate = state\nspool_keep_free = 1 MiB\n[connection own]\nkind = postgres\nurl = ${database.url}\n[allow own]\n${allow}\n[connection folder]\nkind = file\nroot = ${join(dir, 'folder')}\n[allow folder]\nwrite = gongxiang/*\n`
    await writeFile(join(dir, 'agent.conf'), conf, { mode: 0o600 })
    return new Department({ dir, db, drop: database.drop })
  }

  #spawn(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...args, '--config', join(this.#dir, 'agent.conf')])
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (piece: Buffer) => {
        this.said += piece
      })
    return child
  }

  /** Carries the officer's word to the machine and starts its agent. */
  async join(voice: Voice): Promise<void> {
    const { agent, token } = await voice.call(exchange.inviteAgent, { body: { name: '前置节点' } })
    this.agentId = agent.agent_id
    const enrolment = this.#spawn('enrol', token)
    assert.equal(await new Promise((done) => enrolment.once('exit', done)), 0, this.said)
    this.start()
  }

  start(): void {
    this.#child = this.#spawn('run')
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    child.kill(signal)
    await ended
  }

  async close(): Promise<void> {
    await this.end('SIGKILL')
    await this.db
      .query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active')
      .catch(() => undefined)
    await this.db.end()
    await this.#drop().catch(() => undefined)
    await rm(this.#dir, { recursive: true, force: true })
  }
}
