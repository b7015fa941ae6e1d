import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { isAlive } from '#kernel/alive.ts'
import { freePort } from '#kernel/free-port.ts'

// Debian's package mariadb-server, started for one department of the demo as the embedded PostgreSQL is: under a folder of its own,
// detached from its starter, found again by its pid file after kill -9.

const SERVER = '/usr/sbin/mariadbd'
const INSTALL = '/usr/bin/mariadb-install-db'

export const hasMariadb = (): boolean => existsSync(SERVER) && existsSync(INSTALL)

export interface MariadbPlace {
  readonly dir: string
  /** The one account of it, and the databases that account owns; the first is kept in GBK, as old systems are. */
  readonly user: string
  readonly password: string
  readonly schemas: readonly string[]
}

export interface Mariadb {
  readonly port: number
  stop(): Promise<void>
}

interface Running {
  readonly pid: number
  readonly port: number
}

/** Of this folder: a number alone may since be somebody else's. */
const isOurs = async (dir: string, pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(join(dir, 'data'))

const leftBehind = async (dir: string): Promise<Running | null> => {
  const [pid, port] = (await readFile(join(dir, 'running'), 'utf8').catch(() => '')).split(' ').map(Number)
  return pid && port && isAlive(pid) && (await isOurs(dir, pid)) ? { pid, port } : null
}

const asRoot = (): string[] => (process.getuid?.() === 0 ? ['--user=root'] : [])

/** Our own mark is written last: an installation killed in the middle is begun anew. */
const install = async (dir: string): Promise<void> => {
  const [data, mark] = [join(dir, 'data'), join(dir, 'sanjiang.ready')]
  if (existsSync(mark)) return
  await rm(data, { recursive: true, force: true })
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const args = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=socket', '--skip-test-db']
  const made = spawnSync(INSTALL, [...args, ...asRoot()], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${`${made.stdout}${made.stderr}`.trim().slice(-500)}`)
  await writeFile(mark, '')
}

/** Said by the server to itself at every start, before it takes the first connection. */
const initText = ({ user, password, schemas }: MariadbPlace): string => {
  const account = `'${user}'@'127.0.0.1'`
  return [
    `create user if not exists ${account} identified by '${password}';`,
    `alter user ${account} identified by '${password}';`,
    ...schemas.flatMap((schema, place) => [
      `create database if not exists ${schema} character set ${place === 0 ? 'gbk' : 'utf8mb4'};`,
      `grant all on ${schema}.* to ${account};`,
    ]),
    '',
  ].join('\n')
}

const answers = async (port: number, { user, password }: MariadbPlace): Promise<boolean> => {
  const connection = await createConnection({ host: '127.0.0.1', port, user, password, connectTimeout: 2000 }).catch(
    () => null,
  )
  await connection?.end().catch(() => undefined)
  return connection !== null
}

const launch = async (place: MariadbPlace, port: number): Promise<Running> => {
  const { dir } = place
  const init = join(dir, 'init.sql')
  await writeFile(init, initText(place), { mode: 0o600 })
  const log = openSync(join(dir, 'mariadb.log'), 'a', 0o600)
  const args = [
    '--no-defaults',
    `--datadir=${join(dir, 'data')}`,
    // Nobody speaks to it there, but it insists on one, and a path that is not too long.
    `--socket=/tmp/sanjiang-mariadb-${port}.sock`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--init-file=${init}`,
    '--innodb-buffer-pool-size=64M',
    '--skip-log-bin',
    ...asRoot(),
  ]
  const child: ChildProcess = spawn(SERVER, args, { detached: true, stdio: ['ignore', log, log] })
  child.on('error', () => undefined)
  child.unref()
  const running = { pid: child.pid ?? 0, port }
  await writeFile(join(dir, 'running'), `${running.pid} ${port}`)
  for (let tries = 0; tries < 300; tries += 1) {
    if (await answers(port, place)) return running
    if (child.exitCode !== null || child.pid === undefined) break
    await pause(100)
  }
  throw new Error(`MariaDB 没有启动,见 ${join(dir, 'mariadb.log')}`)
}

const WATCH_MS = 1_000
const STOP_MS = 8_000

const end = async ({ pid }: Running): Promise<void> => {
  if (!isAlive(pid)) return
  process.kill(pid, 'SIGTERM')
  for (const until = Date.now() + STOP_MS; isAlive(pid) && Date.now() < until; ) await pause(50)
}

/** Starts it, or takes over the one that a killed process left; started again on its port whenever it dies. */
export const keepMariadb = async (place: MariadbPlace): Promise<Mariadb> => {
  await install(place.dir)
  const left = await leftBehind(place.dir)
  let running = left && (await answers(left.port, place)) ? left : null
  if (running === null && left !== null) await end(left)
  running ??= await launch(place, await freePort())
  const { port } = running
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      await pause(WATCH_MS, undefined, { signal: over.signal }).catch(() => undefined)
      if (over.signal.aborted || isAlive((running as Running).pid)) continue
      running = await launch(place, port).catch(() => running)
    }
  })()
  return {
    port,
    stop: async () => {
      over.abort()
      await watching
      await end(running as Running)
    },
  }
}
