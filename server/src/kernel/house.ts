import { sql } from 'kysely'
import { makeClock } from './clock.ts'
import type { House, Site } from './ctx.ts'
import { type DbOptions, openDb, openPool } from './db.ts'
import { openJobs } from './jobs.ts'
import { makeLog } from './log.ts'
import type { Module } from './module.ts'

export interface HouseOptions {
  readonly role: string
  readonly databaseUrl: string
  readonly site: Site
  readonly logLevel: string
  readonly modules: readonly Module[]
  /** Whom the process works as in the database; the application itself when left out. */
  readonly databaseRole?: DbOptions['role']
  /** How long a demo's business date is believed before it is read again. */
  readonly dateKeptMs?: number
}

export interface OpenHouse extends House {
  /** Throws when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Opens what a process lives on — database, clock, jobs, log — and closes it in reverse order. */
export const openHouse = async (options: HouseOptions): Promise<OpenHouse> => {
  const log = makeLog(options.role, options.logLevel)
  const { databaseRole = 'sanjiang_app' } = options
  const pool = openPool(options.databaseUrl, { role: databaseRole, name: `sanjiang-${options.role}` })
  const db = openDb(pool)
  const tasks = options.modules.flatMap((module) => module.tasks)
  const jobs = await openJobs(pool, tasks, { log, isWorker: options.role === 'worker' })
  return {
    db,
    log,
    jobs,
    site: options.site,
    clock: makeClock(db, options.site.demo, options.dateKeptMs),
    ping: async () => void (await sql`select 1`.execute(db)),
    close: async () => {
      await jobs.stop()
      await db.destroy()
    },
  }
}
