import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../agent/src/main.ts', import.meta.url))
const CLOCK = new URL('./clock.child.ts', import.meta.url).href
const AGAIN_MS = 200
const KEPT_WORDS = 6_000

export interface NodeOptions {
  readonly dir: string
  readonly centre: string
  /** Sections `[connection …]` and `[allow …]` of its file. */
  readonly connections: string
}

/** A department's agent as a process of its own, beside its own folder; started again whenever it dies, as systemd would. */
export class AgentProcess {
  readonly dir: string
  readonly #options: NodeOptions
  /** Ends other than by our hand. */
  readonly faults: string[] = []
  said = ''
  #child: ChildProcess | undefined
  #killed = false
  #isStopping = true
  #clockMs = 0
  #top = ''

  constructor(options: NodeOptions) {
    this.#options = options
    this.dir = options.dir
  }

  /** Its one file; `more` are settings above the connections. */
  async configure(more = ''): Promise<void> {
    this.#top = more
    await mkdir(this.dir, { recursive: true })
    const { centre, connections } = this.#options
    const text = `centre = ${centre}\nstate = state\n${more || 'spool_keep_free = 0 MiB'}\n${connections}\n`
    await writeFile(this.#config, text, { mode: 0o600 })
  }

  get #config(): string {
    return join(this.dir, 'agent.conf')
  }

  /** Runs one command to its end. */
  run(...args: string[]): Promise<{ code: number | null; text: string }> {
    const child = this.#spawn(args)
    let text = ''
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (piece: Buffer) => {
        text += piece
      })
    return new Promise((done) => child.once('exit', (code) => done({ code, text })))
  }

  async enrol(token: string): Promise<void> {
    await this.configure(this.#top)
    const { code, text } = await this.run('enrol', token)
    if (code !== 0) throw new Error(`enrolment ended with ${code}: ${text}`)
  }

  #spawn(args: readonly string[], config = this.#config): ChildProcess {
    const shift = this.#clockMs === 0 ? [] : ['--import', CLOCK]
    return spawn(process.execPath, [...shift, MAIN, ...args, '--config', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, DRILL_CLOCK_MS: String(this.#clockMs) },
    })
  }

  start(): void {
    this.#isStopping = false
    const child = this.#spawn(['run'])
    this.#killed = false
    let words = ''
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (piece: Buffer) => {
        words = (words + piece).slice(-KEPT_WORDS)
        this.said = (this.said + piece).slice(-KEPT_WORDS)
      })
    child.once('exit', (code, signal) => {
      if (this.#isStopping) return
      if (!this.#killed)
        this.faults.push(`agent ${this.dir.split('/').at(-1)} ended with ${code ?? signal}: ${words.slice(-1_500)}`)
      setTimeout(() => {
        if (!this.#isStopping) this.start()
      }, AGAIN_MS)
    })
    this.#child = child
  }

  /** kill -9; what keeps it starts it again. */
  kill(): void {
    this.#killed = true
    this.#child?.kill('SIGKILL')
  }

  /** Dies and comes back with another clock, or another configuration. */
  async again({ clockMs = 0, settings = '' }: { clockMs?: number; settings?: string } = {}): Promise<void> {
    this.#clockMs = clockMs
    await this.configure(settings)
    this.kill()
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await gone
  }

  copyState(name: string): Promise<void> {
    return cp(join(this.dir, 'state'), join(this.dir, name), { recursive: true })
  }

  /** Runs a copy of the state, as a machine restored from a backup would; resolves with its exit code. */
  async runCopy(name: string): Promise<{ code: number | null; text: string }> {
    await this.stop()
    await cp(join(this.dir, 'state'), join(this.dir, 'state.kept'), { recursive: true })
    await rm(join(this.dir, 'state'), { recursive: true })
    await cp(join(this.dir, name), join(this.dir, 'state'), { recursive: true })
    const ended = await this.run('run')
    await rm(join(this.dir, 'state'), { recursive: true })
    await cp(join(this.dir, 'state.kept'), join(this.dir, 'state'), { recursive: true })
    return ended
  }
}
