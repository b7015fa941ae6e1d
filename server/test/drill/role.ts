import { type ChildProcess, fork } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Door } from './door.ts'

export type RoleName = 'api' | 'gateway' | 'worker' | 'exchange'

export interface RoleOptions {
  readonly name: RoleName
  readonly env: Readonly<Record<string, string>>
  readonly databaseUrl: string
  /** Where the database listens now. */
  readonly databasePort: () => number
  /** File for what it logs; else it is not kept. */
  readonly log?: string
}

const FILES = new URL('../../src/roles/', import.meta.url)
const AGAIN_MS = 100

/** One role as a process of its own, behind a door of its own, started again at once whenever it dies. */
export class Role {
  readonly name: RoleName
  readonly door: Door
  /** Times it was killed by us. */
  kills = 0
  /** Ends other than by our hand. */
  readonly faults: string[] = []
  readonly #options: RoleOptions
  #child: ChildProcess | undefined
  #isReady = false
  #isStopping = false
  #killed = false
  #last = ''

  private constructor(options: RoleOptions, door: Door) {
    this.#options = options
    this.name = options.name
    this.door = door
  }

  static async start(options: RoleOptions): Promise<Role> {
    const role = new Role(options, await Door.open(options.databasePort))
    role.#fork()
    try {
      await role.ready()
      return role
    } catch (error) {
      await role.stop()
      throw error
    }
  }

  #fork(): void {
    const url = new URL(this.#options.databaseUrl)
    url.port = String(this.door.port)
    const env = { ...process.env, ...this.#options.env, DATABASE_URL: url.href, NODE_TEST_CONTEXT: undefined }
    let said = ''
    const log = this.#options.log === undefined ? undefined : openSync(this.#options.log, 'a')
    const child = fork(fileURLToPath(new URL(`${this.name}.ts`, FILES)), [], {
      env,
      execArgv: [],
      stdio: ['ignore', log ?? 'ignore', 'pipe', 'ipc'],
    })
    if (log !== undefined) closeSync(log)
    child.stderr!.on('data', (chunk) => {
      said = (said + chunk).slice(-2_000)
    })
    child.on('message', () => {
      this.#isReady = true
    })
    child.once('exit', (code) => {
      const wasReady = this.#isReady
      this.#isReady = false
      if (this.#isStopping) return
      // One that finds no database while starting may end and be started again; one at work must bear its absence.
      if (wasReady && !this.#killed) this.faults.push(`${this.name} exited with ${code}: ${said}`)
      this.#last = said
      this.#killed = false
      setTimeout(() => {
        if (!this.#isStopping) this.#fork()
      }, AGAIN_MS)
    })
    this.#child = child
  }

  async ready(ms = 150_000): Promise<void> {
    const deadline = Date.now() + ms
    while (!this.#isReady) {
      if (Date.now() > deadline) throw new Error(`${this.name} not ready in ${ms} ms: ${this.#last}`)
      await pause(20)
    }
  }

  /** kill -9. */
  kill(): void {
    this.kills += 1
    this.#killed = true
    this.#isReady = false
    this.#child!.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    const child = this.#child!
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }
    this.door.close()
  }
}
