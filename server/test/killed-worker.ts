import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Work } from './carrier-child.ts'

const CHILD = fileURLToPath(new URL('./carrier-child.ts', import.meta.url))

interface Killed {
  readonly work: Work
  /** Database inside, data folder, public database as its owner. */
  readonly worker: readonly [url: string, dataDir: string, publishUrl: string]
  /** Where it is to wait, and for what: `share` lets it read and lock rows, not write. */
  readonly url: string
  readonly table: string
  readonly mode?: 'share' | 'access exclusive'
}

/** Kills a worker while it waits for a lock that the test holds on a table, and lets go. */
export const killWorker = async ({ work, worker, url, table, mode = 'access exclusive' }: Killed): Promise<void> => {
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query('begin')
  await holder.query(`lock table ${table} in ${mode} mode`)
  const child = fork(CHILD, [...worker, work], { stdio: 'inherit' })
  const died = once(child, 'exit')
  const isWaiting = async () =>
    (await holder.query(`select from pg_locks where not granted and relation = '${table}'::regclass`)).rows.length > 0
  while (!(await isWaiting())) {
    if (child.exitCode !== null) throw new Error(`the worker was done before it came to ${table}`)
    await pause(20)
  }
  child.kill('SIGKILL')
  await died
  // What it had asked for last would else be done without it once the lock is gone.
  await holder.query(
    `select pg_terminate_backend(pid) from pg_locks where not granted and relation = '${table}'::regclass`,
  )
  await holder.query('rollback')
  await holder.end()
}
