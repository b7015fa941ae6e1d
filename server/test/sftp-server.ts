import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'

const SSHD = '/usr/sbin/sshd'

export const hasSshd = existsSync(SSHD)

/** Debian's own sshd on loopback, with keys of its own, for whoever runs the test. */
export const openSftpServer = async (dir: string) => {
  await mkdir(dir, { recursive: true })
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)], { stdio: 'ignore' })
  await writeFile(join(dir, 'authorized'), await readFile(join(dir, 'user.pub')), { mode: 0o600 })
  const port = await freePort()
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized')}`,
    `PidFile ${join(dir, 'pid')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'StrictModes no',
    'UsePAM no',
    'Subsystem sftp internal-sftp',
  ]
  await writeFile(join(dir, 'sshd_config'), `${config.join('\n')}\n`)
  // Its place to be without rights before the login, made by the package's service otherwise.
  await mkdir('/run/sshd', { recursive: true }).catch(() => undefined)
  const child: ChildProcess = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'sshd_config')], { stdio: 'ignore' })
  const ended = new Promise((done) => child.once('exit', done))
  for (let tries = 0; tries < 200 && !(await answers(port)); tries++) await new Promise((done) => setTimeout(done, 50))
  const said = execFileSync('ssh-keygen', ['-lf', join(dir, 'host.pub')], { encoding: 'utf8' })
  const host_key = /SHA256:\S+/.exec(said)?.[0] ?? ''
  return {
    /** Lines of an agent's connection. */
    settings: (root: string): string =>
      [
        `root = ${root}`,
        'host = 127.0.0.1',
        `port = ${port}`,
        `username = ${userInfo().username}`,
        `private_key_file = ${join(dir, 'user')}`,
        `host_key = ${host_key}`,
      ].join('\n'),
    close: async (): Promise<void> => {
      child.kill()
      await ended
    },
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    const end = (is: boolean) => {
      socket.destroy()
      done(is)
    }
    socket.once('data', () => end(true))
    socket.once('error', () => end(false))
    socket.setTimeout(2_000, () => end(false)) // whoever took the port meanwhile may have nothing to say
  })
