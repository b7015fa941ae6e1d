import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type DepartmentDatabase, departmentFolder } from './databases.ts'
import { RECEIVING } from './department.ts'

const AGENT = fileURLToPath(new URL('../../../../agent/src/main.ts', import.meta.url))

/** Where the loader leaves the one-time token, as an officer would copy it to the department's machine. */
export const tokenFile = (dataDir: string, database: Pick<DepartmentDatabase, 'department'>): string =>
  join(departmentFolder(dataDir, database.department), 'agent.token')

const READABLE: Readonly<Record<string, string>> = {
  gongan: 'read czrk.ry_jbxx = *',
  gongshang: 'read djgl.e_baseinfo = *',
}

const configText = (
  { department, engine, host, port, user }: DepartmentDatabase,
  centre: string,
): string => `# ${department.agent_name}
centre = ${centre}
state = state
spool_max = 1 GiB
spool_keep_free = 256 MiB

[connection ${department.database}]
kind = ${engine}
host = ${host}
port = ${port}
database = ${engine === 'mysql' ? RECEIVING : department.database}
user = ${user}
password_file = database.password

[allow ${department.database}]
${READABLE[department.database] ?? '# 只接收,不提供'}
write = ${department.receives}.*
`

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** One left behind by a killed supervisor would hold the state folder for ever. */
const endLeftover = async (file: string): Promise<void> => {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''))
  const command = pid > 0 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
  if (command.includes(AGENT)) process.kill(pid, 'SIGTERM')
}

const exitOf = (child: ChildProcess): Promise<number | null> => new Promise((done) => child.once('exit', done))

const PAUSE_MS = 2_000

/** Writes one department's configuration, enrols its agent once a token is there, and keeps it running. */
export const keepAgent = async (
  database: DepartmentDatabase,
  { dataDir, centre, signal }: { dataDir: string; centre: string; signal: AbortSignal },
): Promise<void> => {
  const folder = departmentFolder(dataDir, database.department)
  const config = join(folder, 'agent.conf')
  const token = tokenFile(dataDir, database)
  const pidFile = join(folder, 'agent.pid')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(config, configText(database, centre), { mode: 0o600 })
  await endLeftover(pidFile)
  const run = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [AGENT, ...args, '--config', config], {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    })
    writeFileSync(pidFile, String(child.pid))
    signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
    return child
  }
  while (!signal.aborted) {
    if (await isThere(token)) {
      const code = await exitOf(run('enrol', (await readFile(token, 'utf8')).trim()))
      if (code === 0) await rm(token)
    } else if (await isThere(join(folder, 'state', 'identity.json'))) await exitOf(run('run'))
    await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined)
  }
}
