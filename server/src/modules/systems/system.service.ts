import type { Paged } from '@sanjiang/contract'
import type { System, SystemChange, SystemDraft, SystemQuery } from '@sanjiang/contract/systems'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { getStandingOrgan } from '#modules/identity/index.ts'
import { type Survey, surveyFaults, toSurvey } from './system.rules.ts'
import {
  countSystems,
  findSystem,
  insertSystem,
  listSystemRows,
  lockSystem,
  type SystemRow,
  updateSystem,
} from './system.store.ts'

/** The row as the contract shows it, with what this person may do to it: buttons follow the same rules as the server. */
const toSystem = (ctx: Ctx, { organ_path, ...row }: SystemRow): System => ({
  ...row,
  can: reaches(scopeOf(ctx.actor, 'systems.system.edit'), organ_path) ? ['change'] : [],
})

export const getSystem = async (ctx: Ctx, id: string): Promise<System> => {
  const row = await findSystem(ctx.db, scopeOf(ctx.actor, 'systems.system.read'), id)
  if (!row) throw new Fault('not_found')
  return toSystem(ctx, row)
}

export const listSystems = async (ctx: Ctx, query: SystemQuery): Promise<Paged<System>> => {
  const scope = scopeOf(ctx.actor, 'systems.system.read')
  const limit = query.limit ?? 20
  const [rows, total] = await Promise.all([
    listSystemRows(ctx.db, scope, { ...query, limit }),
    countSystems(ctx.db, scope, query),
  ])
  const page = toPage(rows, limit, (row) => [row.system_id])
  return { ...page, rows: page.rows.map((row) => toSystem(ctx, row)), total }
}

const assertSurvey = (ctx: Ctx, survey: Survey): void => {
  const fields = surveyFaults(survey, ctx.today)
  if (fields.length > 0) throw new Fault('invalid', undefined, { fields })
}

/** An organ enters a system of its own, or of an organ below it, in the register (T1.1). */
export const registerSystem = (ctx: Ctx, draft: SystemDraft): Promise<System> =>
  inTx(ctx, async (tx, inner) => {
    const organ = await getStandingOrgan(tx, draft.organ_id, inner.today)
    if (!reaches(scopeOf(inner.actor, 'systems.system.edit'), organ.path))
      throw invalid('organ_id', 'reach', '只能为本机构或下级机构登记')
    const survey = toSurvey(draft)
    assertSurvey(inner, survey)
    const system_id = newId()
    await insertSystem(tx, {
      ...survey,
      system_id,
      organ_id: draft.organ_id,
      version: 1,
      registered_on: inner.today,
      changed_at: inner.instant,
    })
    await record(tx, inner, {
      type: 'systems.system.registered',
      subject_kind: 'systems.system',
      subject_id: system_id,
      organ_id: draft.organ_id,
      after: survey,
    })
    return getSystem(inner, system_id)
  })

/** Faults: `not_found` out of reach, `forbidden` where one may read only, `stale` when somebody else was faster. */
export const changeSystem = (ctx: Ctx, id: string, change: SystemChange): Promise<System> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockSystem(tx, scopeOf(inner.actor, 'systems.system.read'), id)
    if (!row) throw new Fault('not_found')
    if (!reaches(scopeOf(inner.actor, 'systems.system.edit'), row.organ_path)) throw new Fault('forbidden')
    if (row.version !== change.version) throw new Fault('stale')
    const survey = toSurvey(change)
    assertSurvey(inner, survey)
    await updateSystem(tx, id, { ...survey, version: row.version + 1, changed_at: inner.instant })
    await record(tx, inner, {
      type: 'systems.system.changed',
      subject_kind: 'systems.system',
      subject_id: id,
      organ_id: row.organ_id,
      before: toSurvey(row),
      after: survey,
    })
    return getSystem(inner, id)
  })
