import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Debian's package mariadb-server. */
export const MARIADBD = '/usr/sbin/mariadbd'

export const hasMariadb = (): boolean => existsSync(MARIADBD)

export interface MariadbServer {
  readonly socket: string
  /** kill -9, and a start over the same files. */
  crash(): Promise<void>
  stop(): Promise<void>
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const answersAt = (socket: string): boolean =>
  spawnSync('/usr/bin/mariadb-admin', ['--no-defaults', `--socket=${socket}`, 'ping'], { stdio: 'ignore' }).status === 0

const install = (data: string, own: readonly string[]): void => {
  const made = spawnSync(
    '/usr/bin/mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...own],
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout}${made.stderr}`)
}

/** A server of its own for one test, in a folder of its own, with nothing on the network; durable where it is to be killed. */
export const startMariadb = async ({ isDurable = false } = {}): Promise<MariadbServer> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-mariadb-'))
  const [data, socket] = [join(dir, 'data'), join(dir, 'mysql.sock')]
  const own = userInfo().uid === 0 ? ['--user=root'] : []
  install(data, own)
  const places = [`--datadir=${data}`, `--socket=${socket}`, '--skip-networking', `--pid-file=${join(dir, 'pid')}`]
  const flush = `--innodb-flush-log-at-trx-commit=${isDurable ? 1 : 0}`
  const settings = [flush, '--innodb-buffer-pool-size=64M', '--skip-log-bin', ...own]
  let child: ChildProcess
  let exited: Promise<void>
  const launch = async (): Promise<void> => {
    child = spawn(MARIADBD, ['--no-defaults', ...places, ...settings], { stdio: 'ignore' })
    exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    for (let tries = 0; !answersAt(socket); tries += 1) {
      if (tries > 300 || child.exitCode !== null) throw new Error(`${MARIADBD} 没有启动`)
      await pause(100)
    }
  }
  await launch()
  // A test that fails to stop it must not leave it behind.
  const onExit = (): void => void child.kill('SIGKILL')
  process.once('exit', onExit)
  return {
    socket,
    crash: async () => {
      child.kill('SIGKILL')
      await exited
      await launch()
    },
    stop: async () => {
      process.off('exit', onExit)
      child.kill('SIGTERM')
      await exited
      await rm(dir, { recursive: true, force: true })
    },
  }
}
