import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Keeper {
  readonly name: string
  /** Resolves when the role first says it is ready. */
  readonly ready: Promise<string | undefined>
  readonly pid: () => number | undefined
  stop(): Promise<void>
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000
const STEADY_MS = 30_000 // a child that lived this long starts again without waiting

/**
 * A governed call makes some 40 KB of short-lived objects. With V8's default young generation part of them is copied to the
 * old one and collected there, which cost the gateway a tenth of its CPU.
 */
const GATEWAY = ['--max-semi-space-size=32']
/** Chunks make few objects, so a small young generation costs nothing, and its three spaces are a fifth of the door's memory. */
const EXCHANGE = ['--max-semi-space-size=2']
/**
 * Pieces of an export that have been sent lie outside the heap until the young generation is collected: by default every 32 MB of small
 * objects, and with them 60 MB of pieces. With 4 MB pages seemed to cost up to a tenth more processor time; with 8 an export grows by 15 MB too.
 */
const PUBLIC = ['--max-semi-space-size=8']
export const EXEC_ARGV: Readonly<Record<string, string[]>> = { gateway: GATEWAY, exchange: EXCHANGE, public: PUBLIC }

/**
 * Compiled code is kept from one start to the next. Without it every process strips the types of all its files again, which
 * costs a second of processor time and the memory of the stripper. Where the folder cannot be written Node goes without.
 * Two arenas instead of glibc's eight per core: buffers of a mebibyte, taken and given back by the four threads of the pool, left
 * holes in all of them, and the door's memory grew with the rows (264 MB after two million; with two arenas 198 after one).
 */
export const ROLE_ENV: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/sanjiang', import.meta.url)),
}

const ROLES = new URL('../roles/', import.meta.url)
/** The demo's departments are kept like a role, but they are no part of the platform. */
const DEMO: Readonly<Record<string, string>> = { providers: 'providers.ts', departments: 'departments/run.ts' }
const SEEDS = new URL('../../seeds/demo/', import.meta.url)
const fileOf = (name: string): string => {
  const demo = DEMO[name]
  return fileURLToPath(demo ? new URL(demo, SEEDS) : new URL(`${name}.ts`, ROLES))
}

/** Keeps one role running: starts it, starts it again with growing pauses when it dies, stops it when told. */
export const keepRole = (name: string, env: Record<string, string>, say: (line: string) => void): Keeper => {
  let child: ChildProcess | undefined
  let isStopping = false
  let pauseMs = FIRST_PAUSE_MS
  let timer: NodeJS.Timeout | undefined
  const { promise: ready, resolve } = Promise.withResolvers<string | undefined>()

  const start = (): void => {
    const startedAt = Date.now()
    child = fork(fileOf(name), [], {
      env: { ...ROLE_ENV, ...process.env, ...env },
      execArgv: [...process.execArgv, ...(EXEC_ARGV[name] ?? [])],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true, // Ctrl-C reaches the supervisor alone, which stops the roles in order
    })
    child.on('message', (message: { ready?: boolean; address?: string }) => {
      if (message.ready) resolve(message.address)
    })
    child.once('exit', (code, signal) => {
      if (isStopping) return
      if (Date.now() - startedAt > STEADY_MS) pauseMs = FIRST_PAUSE_MS
      say(`${name} 退出(${signal ?? code}),${pauseMs} 毫秒后重新启动`)
      timer = setTimeout(start, pauseMs)
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    })
  }

  start()
  return {
    name,
    ready,
    pid: () => child?.pid,
    stop: async () => {
      isStopping = true
      clearTimeout(timer)
      const running = child
      if (!running || running.exitCode !== null || running.signalCode !== null) return
      const gone = new Promise<void>((done) => running.once('exit', () => done()))
      running.kill('SIGTERM')
      const kill = setTimeout(() => running.kill('SIGKILL'), 12_000)
      await gone
      clearTimeout(kill)
    },
  }
}
