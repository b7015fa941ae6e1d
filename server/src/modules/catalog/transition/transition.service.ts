import { hasErrors, type Transition } from '@sanjiang/contract/catalog'
import { CALENDAR, workingDaysBetween } from '@sanjiang/contract/codes'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { judge } from '../check.service.ts'
import { type EffectRow, findLatestEffect } from '../effect/effect.store.ts'
import { gatherCopyFacts } from '../effect/facts.store.ts'
import { announce } from '../publish.service.ts'
import { reachOf } from '../resource.rules.ts'
import { findResource, updateResource } from '../resource.store.ts'
import { lockFor } from '../review.service.ts'
import { getJudge } from '../standard.service.ts'
import { findCurrentKey, listScheduled } from '../standard.store.ts'
import { findVersion } from '../version.store.ts'
import { countTransition, listTransitional, type TransitionalRow } from './transition.store.ts'

const toTransition = (row: TransitionalRow, today: string): Transition => ({
  standard_id: row.standard_id,
  version: row.version,
  title: `${row.title}（${row.dialect}）第 ${row.version} 版`,
  effective_from: row.effective_from,
  transition_until: row.transition_until,
  working_days_left: workingDaysBetween(CALENDAR, today, row.transition_until),
  is_over: today > row.transition_until,
})

export interface Current {
  readonly transition: Transition
  readonly effect: EffectRow
}

/** The transition people are in: that of the version in force while it lasts, else of the next one, else the last that ended. */
export const findTransition = async (db: Db, today: string): Promise<Current | undefined> => {
  const key = await findCurrentKey(db)
  if (!key) return undefined
  const known = (await listTransitional(db, key.standard_id, key.version)).map((row) => toTransition(row, today))
  const transition = known.find(({ is_over }) => !is_over) ?? known[0]
  if (!transition) return undefined
  const effect = await findLatestEffect(db, transition.standard_id, transition.version)
  return effect && { transition, effect }
}

export const getTransition = async ({ db, today }: Ctx) => {
  const current = await findTransition(db, today)
  if (!current) return null
  const { transition, effect } = current
  return { transition, effect_id: effect.effect_id, organs: await countTransition(db, effect.effect_id) }
}

/**
 * What a published entry still lacks. Until the period is over only those who compile it are told; after that its findings count and
 * everybody who may read the entry sees them.
 */
export const getResourceTransition = async (ctx: Ctx, id: string) => {
  const { db, today } = ctx
  const row = await findResource(db, reachOf(ctx.actor), id)
  if (!row) throw new Fault('not_found')
  const current = await findTransition(db, today)
  if (!current || row.published_version === null) return null
  const { transition } = current
  if (!row.may_work && !transition.is_over) return null
  const published = (await findVersion(db, id, row.published_version))!
  if (published.standard_version >= transition.version) return null
  const content = published.content as Parameters<typeof judge>[1]
  const by = await getJudge(db, transition.standard_id, transition.version)
  const [facts] = await gatherCopyFacts(db, [{ content, resource_id: id, code: row.code }])
  const findings = judge(by, content, facts!)
  return hasErrors(findings) ? { transition, findings } : null
}

/** By which version a working copy is judged and will be published: the one in force, or the next adopted one. */
export const chooseStandard = (ctx: Ctx, id: string, version: number) =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'save' })
    const key = (await findCurrentKey(tx))!
    const scheduled = await listScheduled(tx, key.standard_id)
    if (version !== key.version && !scheduled.includes(version))
      throw invalid('version', 'in_force', '只能按现行的或已采纳待施行的版次编制')
    const change = { standard_id: key.standard_id, standard_version: version, updated_at: inner.instant }
    await updateResource(tx, id, change)
    await record(tx, inner, {
      type: 'catalog.resource.saved',
      subject_kind: 'catalog.resource',
      subject_id: id,
      organ_id: row.provider_organ_id,
      before: { standard_version: row.standard_version },
      after: announce({ ...row, ...change }, { standard_version: version }),
    })
    return { standard_id: key.standard_id, version }
  })
