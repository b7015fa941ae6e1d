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
  stop(): Promise<void>
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const answersAt = (socket: string): boolean =>
  spawnSync('/usr/bin/mariadb-admin', ['--no-defaults', `--socket=${socket}`, 'ping'], { stdio: 'ignore' }).status === 0

/** A server of its own for one test, in a folder of its own, with nothing on the network. */
export const startMariadb = async (): Promise<MariadbServer> => {
  const dir = await mkdtemp(join(tmpdir(), 'sanjiang-mariadb-'))
  const data = join(dir, 'data')
  const socket = join(dir, 'mysql.sock')
  const own = userInfo().uid === 0 ? ['--user=root'] : []
  const made = spawnSync(
    '/usr/bin/mariadb-install-db',
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...own],
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stdout}${made.stderr}`)
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${socket}`,
    '--skip-networking',
    `--pid-file=${join(dir, 'pid')}`,
  ]
  const settings = ['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=64M', '--skip-log-bin', ...own]
  const child: ChildProcess = spawn(MARIADBD, [...args, ...settings], { stdio: 'ignore' })
  // A test that fails to stop it must not leave it behind.
  const onExit = (): void => void child.kill('SIGKILL')
  process.once('exit', onExit)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for (let tries = 0; !answersAt(socket); tries += 1) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`${MARIADBD} 没有启动`)
    await pause(100)
  }
  return {
    socket,
    stop: async () => {
      process.off('exit', onExit)
      child.kill('SIGTERM')
      await exited
      await rm(dir, { recursive: true, force: true })
    },
  }
}
