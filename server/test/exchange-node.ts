import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { AgentProcess } from './agent-process.ts'
import { cloneDatabase } from './cluster.ts'

/** A department's machine: its own database, and the agent's program beside it. */
export class Department extends AgentProcess {
  readonly #dir: string
  readonly #drop: () => Promise<void>
  readonly db: pg.Client
  /** Of its database, as its owner. */
  readonly url: string

  private constructor(parts: { dir: string; db: pg.Client; url: string; drop: () => Promise<void> }) {
    super(parts.dir)
    this.#dir = parts.dir
    this.db = parts.db
    this.url = parts.url
    this.#drop = parts.drop
  }

  /** A folder of its own besides, as the connection `folder`. */
  get folder(): string {
    return join(this.#dir, 'folder')
  }

  static async open(door: string, allow: string): Promise<Department> {
    await using parts = new AsyncDisposableStack()
    const database = parts.adopt(await cloneDatabase(), (one) => one.drop())
    const db = parts.adopt(new pg.Client({ connectionString: database.url }), (one) => one.end())
    await db.connect()
    const dir = await mkdtemp(join(tmpdir(), 'sanjiang-department-'))
    await mkdir(join(dir, 'folder'))
    const conf = `centre = ${door}\nstate = state\nspool_keep_free = 1 MiB\n[connection own]\nkind = postgres\nurl = ${database.url}\n[allow own]\n${allow}\n[connection folder]\nkind = file\nroot = ${join(dir, 'folder')}\n[allow folder]\nwrite = gongxiang/*\n`
    const department = new Department({ dir, db, url: database.url, drop: database.drop })
    await department.configure(conf)
    parts.move()
    return department
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
