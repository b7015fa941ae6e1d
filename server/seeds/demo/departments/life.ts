import { setTimeout as pause } from 'node:timers/promises'
import { generator, hash, pick } from '../random.ts'
import { type Clerk, openClerk } from './clerk.ts'
import type { DepartmentDatabase } from './databases.ts'
import { TOUCHED } from './tables.ts'

/** What happens in a registry while the platform looks on: one act each, as the department's own clerks would write it. */
type Act = (clerk: Clerk, at: number) => Promise<unknown>

const somebody = (at: number) =>
  `(select gmsfhm from czrk.ry_jbxx where gmsfhm >= '63${String(at).padStart(2, '0')}' order by gmsfhm limit 1)`

const moves: Act = (clerk, at) =>
  clerk.say(
    `update czrk.ry_jbxx set hjdz = ?, qrrq = current_date, ${TOUCHED} = clock_timestamp() where gmsfhm = ${somebody(at)}`,
    [`青海省西宁市城中区七一路${(at % 190) + 1}号`],
  )
const corrects: Act = (clerk, at) =>
  clerk.say(`update czrk.ry_jbxx set xldm = ?, ${TOUCHED} = clock_timestamp() where gmsfhm = ${somebody(at)}`, [
    at % 2 ? '20' : '30',
  ])
const dies: Act = (clerk, at) =>
  clerk.say(`update czrk.ry_jbxx set swbs = true, ${TOUCHED} = clock_timestamp() where gmsfhm = ${somebody(at)}`)
/** Registered twice by mistake: the second registration is taken out again. */
const strikesOff: Act = (clerk, at) => clerk.say(`delete from czrk.ry_jbxx where gmsfhm = ${somebody(at)}`)

const SOME_FIRM = '(select uniscid from djgl.e_baseinfo order by md5(concat(uniscid, cast(? as char(12)))) limit 1)'

/** MariaDB does not read the table it writes in one statement: the clerk looks first. Hardly ever the same one twice. */
const someFirm = async (clerk: Clerk): Promise<string> => {
  const [row] = await clerk.say(`select ${SOME_FIRM} as uniscid`, [String(hash('firm', Date.now()))])
  return String(row?.uniscid ?? '')
}

const changesStatus: Act = async (clerk, at) => {
  const state = pick(generator(at), ['01', '01', '03'])
  const sql = `update djgl.e_baseinfo set regstate = ?, apprdate = current_date, ${TOUCHED} = current_timestamp(6) where uniscid = ?`
  await clerk.say(sql, [state, await someFirm(clerk)])
}
/** Entered twice by mistake and taken out again: a cursor does not see it, a reconciliation does. */
const takesOut: Act = async (clerk) =>
  clerk.say('delete from djgl.e_baseinfo where uniscid = ?', [await someFirm(clerk)])

const ACTS: Readonly<Record<string, readonly Act[]>> = {
  gongan: [moves, corrects, moves, dies, moves, corrects, strikesOff],
  gongshang: [changesStatus, changesStatus, changesStatus, changesStatus, changesStatus, takesOut],
}
const EVERY_MS = 15_000

/** Lets life go on in the registries until told to stop: a few changes a minute, deletes and corrections among them. */
export const liveOn = (databases: readonly DepartmentDatabase[], signal: AbortSignal): void => {
  const live = async (database: DepartmentDatabase, acts: readonly Act[]): Promise<void> => {
    for (let turn = 0; !signal.aborted; turn += 1) {
      await pause(EVERY_MS, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      const clerk = await openClerk(database).catch(() => null)
      try {
        if (clerk) await acts[turn % acts.length]!(clerk, hash('life', Date.now()) % 29)
      } catch {
        // The database is away: clerks cannot write either.
      } finally {
        await clerk?.end().catch(() => undefined)
      }
    }
  }
  for (const database of databases) {
    const acts = ACTS[database.department.database]
    if (acts) void live(database, acts)
  }
}
