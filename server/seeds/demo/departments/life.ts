import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { generator, hash, pick } from '../random.ts'
import { type DepartmentDatabase, databaseUrl } from './databases.ts'
import { TOUCHED } from './tables.ts'

/** What happens in a registry while the platform looks on: one act each, as the department's own clerks would write it. */
type Act = (client: pg.Client, at: number) => Promise<unknown>

const somebody = (at: number) =>
  `(select gmsfhm from czrk.ry_jbxx where gmsfhm >= '63${String(at).padStart(2, '0')}' order by gmsfhm limit 1)`

const moves: Act = (client, at) =>
  client.query(
    `update czrk.ry_jbxx set hjdz = $1, qrrq = current_date, ${TOUCHED} = clock_timestamp() where gmsfhm = ${somebody(at)}`,
    [`青海省西宁市城中区七一路${(at % 190) + 1}号`],
  )
const corrects: Act = (client, at) =>
  client.query(`update czrk.ry_jbxx set xldm = $1, ${TOUCHED} = clock_timestamp() where gmsfhm = ${somebody(at)}`, [
    at % 2 ? '20' : '30',
  ])
const dies: Act = (client, at) =>
  client.query(`update czrk.ry_jbxx set swbs = true, ${TOUCHED} = clock_timestamp() where gmsfhm = ${somebody(at)}`)
/** Registered twice by mistake: the second registration is taken out again. */
const strikesOff: Act = (client, at) => client.query(`delete from czrk.ry_jbxx where gmsfhm = ${somebody(at)}`)

const changesStatus: Act = (client, at) =>
  client.query(
    `update djgl.e_baseinfo set regstate = $1, apprdate = current_date, ${TOUCHED} = clock_timestamp()
      where uniscid = (select uniscid from djgl.e_baseinfo order by md5(uniscid || $2::text) limit 1)`,
    [pick(generator(at), ['01', '01', '03']), String(at)],
  )

const ACTS: Readonly<Record<string, readonly Act[]>> = {
  gongan: [moves, corrects, moves, dies, moves, corrects, strikesOff],
  gongshang: [changesStatus],
}
const EVERY_MS = 15_000

/** Lets life go on in the registries until told to stop: a few changes a minute, deletes and corrections among them. */
export const liveOn = (databases: readonly DepartmentDatabase[], signal: AbortSignal): void => {
  const live = async (database: DepartmentDatabase, acts: readonly Act[]): Promise<void> => {
    for (let turn = 0; !signal.aborted; turn += 1) {
      await pause(EVERY_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const client = new pg.Client({ connectionString: databaseUrl(database), application_name: 'demo-registry' })
      client.on('error', () => undefined)
      try {
        await client.connect()
        await acts[turn % acts.length]!(client, hash('life', Date.now()) % 29)
      } catch {
        // The database is away: clerks cannot write either.
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  }
  for (const database of databases) {
    const acts = ACTS[database.department.database]
    if (acts) void live(database, acts)
  }
}
