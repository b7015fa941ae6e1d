import type { Ctx } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { beginEffect } from '../effect/effect.service.ts'
import { findCurrentKey, getBody, replaceClasses, replaceElementCodes } from '../standard.store.ts'
import { findEdition, findMaterialised, lockStandard, markMaterialised } from './edition.store.ts'

/**
 * Tree and code lists become those of the version in force, and the list of entries to bring up to it is drawn up. Whoever checks an
 * entry asks the date himself, so nothing is judged by the wrong version in between.
 */
export const followIn = async (tx: Tx, ctx: Ctx): Promise<boolean> => {
  const key = await findCurrentKey(tx)
  if (!key) return false
  await lockStandard(tx, key.standard_id)
  const now = await findMaterialised(tx)
  if (now?.standard_id === key.standard_id && now.version === key.version) return false
  const edition = { standard: key.standard_id, version: key.version }
  const body = await getBody(tx, key.standard_id, key.version)
  await markMaterialised(tx, edition)
  await replaceClasses(tx, body)
  await replaceElementCodes(tx, body)
  await record(tx, ctx, {
    type: 'catalog.standard.installed',
    subject_kind: 'catalog.standard',
    subject_id: `${key.standard_id}.${key.version}`,
    before: { version: now?.version ?? null },
    after: { title: body.title, version: key.version, classes: body.classification.length },
  })
  const row = (await findEdition(tx, edition))!
  if (row.transition_until !== null) await beginEffect(tx, ctx, { row, purpose: 'transition' })
  return true
}

/** By the clock, and whenever the business date is moved. */
export const followStandard = async (ctx: Ctx): Promise<void> => {
  const isNew = await inTx(ctx, (tx, inner) => followIn(tx, inner))
  if (isNew) ctx.log.info('the standard in force has changed')
}
