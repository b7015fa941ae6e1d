import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './ports.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const READY = '三江已就绪'

/** A platform running as an operator runs it: the supervisor and its children, as real processes. */
export interface Platform {
  readonly child: ChildProcess
  readonly origin: string
  readonly gateway: string
  readonly publicSide: string
  output(): string
  /** Resolves with the exit code. */
  readonly exited: Promise<number | null>
  /** The pid of a role's process, by its command line. */
  pidOf(role: string): number | undefined
  /** Sends SIGINT and waits. */
  stop(): Promise<number | null>
}

/** Pids whose parent is `parent`. */
export const childrenOf = (parent: number): { pid: number; command: string }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
        if (ppid !== parent) return []
        return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
      } catch {
        return [] // gone between the listing and the look
      }
    })

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^\S+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

export interface PlatformOptions {
  readonly dataDir: string
  readonly env?: Record<string, string>
}

/** Starts the supervisor; does not wait. */
export const spawnPlatform = async ({ dataDir, env = {} }: PlatformOptions): Promise<Platform> => {
  const [port, gatewayPort, exchangePort, publicPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  const child = spawn(process.execPath, ['server/src/start.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: String(port),
      GATEWAY_PORT: String(gatewayPort),
      EXCHANGE_PORT: String(exchangePort),
      PUBLIC_PORT: String(publicPort),
      DATA_DIR: dataDir,
      DEMO: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const note = (chunk: Buffer) => {
    text += chunk
  }
  child.stdout.on('data', note)
  child.stderr.on('data', note)
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return {
    child,
    origin: `http://127.0.0.1:${port}`,
    gateway: `http://127.0.0.1:${gatewayPort}`,
    publicSide: `http://127.0.0.1:${publicPort}`,
    output: () => text,
    exited,
    pidOf: (role) => childrenOf(child.pid!).find(({ command }) => command.includes(`roles/${role}.ts`))?.pid,
    stop: () => {
      child.kill('SIGINT')
      return exited
    },
  }
}

/** Waits until `isTrue` says so; throws after `ms` with what it was waiting for. */
export const until = async (what: string, isTrue: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> => {
  const deadline = Date.now() + ms
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for ${what}`)
    await pause(50)
  }
}

/** Starts a platform and waits until it says it is ready. */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  const platform = await spawnPlatform(options)
  const failed = platform.exited.then((code) => {
    throw new Error(`the platform exited with ${code}:\n${platform.output()}`)
  })
  failed.catch(() => undefined)
  try {
    await Promise.race([until('the platform', () => platform.output().includes(READY), 80_000), failed])
    return platform
  } catch (error) {
    // Left running it would keep the test's process from ending.
    await platform.stop()
    throw error
  }
}

export const answers = (address: string): Promise<boolean> =>
  fetch(address).then(
    (answer) => answer.ok,
    () => false,
  )
