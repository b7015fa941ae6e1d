// The database server of one run of tests, thrown away with it.
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../server/src/kernel/postgres.ts'

// Each test file has a database of its own, and making one is making a thousand files: ten times as quick in memory.
const MEMORY = '/dev/shm'
const ENOUGH = 6 * 2 ** 30
const NAME = 'sanjiang-run-'

const folder = async (): Promise<string> => {
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= ENOUGH ? MEMORY : tmpdir()
}

const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already.
  }
}

/** What runs that were killed have left behind. */
const sweep = async (base: string): Promise<void> => {
  for (const name of await readdir(base)) {
    const owner = name.startsWith(NAME) ? Number(name.slice(NAME.length).split('-')[0]) : 0
    if (!(owner > 0) || existsSync(`/proc/${owner}`)) continue
    const left = await readFile(join(base, name, 'postgres/postmaster.pid'), 'utf8').catch(() => '')
    if (left !== '') kill(Number(left.split('\n')[0]), 'SIGQUIT')
    await rm(join(base, name), { recursive: true, force: true })
  }
}

export const openDatabase = async (): Promise<{ url: string; close(): Promise<void> }> => {
  const base = await folder()
  await sweep(base)
  const dir = await mkdtemp(join(base, `${NAME}${process.pid}-`))
  const server = await startPostgres({ dir, settings: ['fsync=off', 'max_connections=300'] })
  return {
    url: server.url('postgres'),
    close: async () => {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
