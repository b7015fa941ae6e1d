import {
  applyLayer,
  type CatalogStandard,
  diffStandards,
  type Edition,
  type EditionDetail,
  type LayerChange,
  layerFaults,
  type StandardChange,
} from '@sanjiang/contract/catalog'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { record } from '#kernel/record.ts'
import { assertEffectKnown } from '../effect/effect.service.ts'
import { findCurrentKey, getBody } from '../standard.store.ts'
import { assertEditionVerb, type EditionVerb, editionCan, phaseOf } from './edition.rules.ts'
import {
  closeEdition,
  type EditionKey,
  type EditionRow,
  findEdition,
  insertDraft,
  lastAdopted,
  lastVersion,
  listEditionRows,
  lockEdition,
  lockStandard,
  prepareClasses,
  updateEdition,
} from './edition.store.ts'
import { followIn } from './follow.service.ts'
import { assertSound, baseOf, layerOf } from './layer.service.ts'

const toEdition = (ctx: Ctx, row: EditionRow, inForce: number | null): Edition => {
  const { standard_id: id, layer: _, state: __, editors: ___, ...head } = row
  const phase = phaseOf(row, inForce, ctx.today)
  return {
    ...head,
    id,
    phase,
    is_current: phase === 'in_force',
    change_count: layerOf(row).length,
    can: editionCan(row, ctx.actor),
  }
}

const inForceOf = async (db: Db, standardId: string): Promise<number | null> => {
  const key = await findCurrentKey(db)
  return key?.standard_id === standardId ? key.version : null
}

export const listEditions = async (ctx: Ctx): Promise<Edition[]> => {
  const key = await findCurrentKey(ctx.db)
  const rows = await listEditionRows(ctx.db)
  return rows.map((row) => toEdition(ctx, row, row.standard_id === key?.standard_id ? key.version : null))
}

const toDetail = async (ctx: Ctx, row: EditionRow): Promise<EditionDetail> => {
  const base = await baseOf(ctx.db, row)
  return {
    edition: toEdition(ctx, row, await inForceOf(ctx.db, row.standard_id)),
    layer: layerOf(row),
    base: base && { version: base.version, title: base.title, document_no: base.document_no },
    faults: base ? layerFaults(base, layerOf(row)) : [],
  }
}

const showEdition = async (ctx: Ctx, db: Db, key: EditionKey): Promise<EditionDetail> => {
  const row = await findEdition(db, key)
  if (!row) throw new Fault('not_found')
  return toDetail({ ...ctx, db }, row)
}

export const getEdition = (ctx: Ctx, key: EditionKey): Promise<EditionDetail> => showEdition(ctx, ctx.db, key)

export const diffEditions = async (
  ctx: Ctx,
  standard: string,
  { from, to }: { from: number; to: number },
): Promise<StandardChange[]> =>
  diffStandards(await getBody(ctx.db, standard, from), await getBody(ctx.db, standard, to))

const told = (row: Pick<EditionRow, 'title' | 'dialect' | 'version'>, more: object = {}) => ({
  title: `${row.title}（${row.dialect}）第 ${row.version} 版`,
  ...more,
})

const recordEdition = (tx: Tx, ctx: Ctx, { verb, key, after }: { verb: string; key: EditionKey; after: object }) =>
  record(tx, ctx, {
    type: `catalog.edition.${verb}`,
    subject_kind: 'catalog.edition',
    subject_id: `${key.standard}.${key.version}`,
    after,
  })

/** A draft starts as what is in force says: the same national base, the same layer, a number of its own. */
export const draftEdition = (ctx: Ctx, standard: string, note: string): Promise<EditionDetail> =>
  inTx(ctx, async (tx, inner) => {
    await lockStandard(tx, standard)
    const current = await inForceOf(tx, standard)
    const from = current === null ? undefined : await findEdition(tx, { standard, version: current })
    if (!from) throw new Fault('not_found')
    const base = await getBody(tx, standard, from.base_version ?? from.version)
    const version = (await lastVersion(tx, standard)) + 1
    const { person_id, name } = inner.actor
    const body = { ...applyLayer(base, layerOf(from)), version, dialect: from.dialect, effective_from: inner.today }
    await insertDraft(tx, {
      body,
      layer: layerOf(from),
      note,
      base_version: base.version,
      from_version: from.version,
      author_name: name,
      editors: person_id ? [person_id] : [],
      instant: inner.instant,
    })
    await recordEdition(tx, inner, { verb: 'drafted', key: { standard, version }, after: told(body) })
    return showEdition(inner, tx, { standard, version })
  })

const lockFor = async (
  tx: Tx,
  ctx: Ctx,
  { key, verb }: { key: EditionKey; verb: EditionVerb },
): Promise<EditionRow> => {
  await lockStandard(tx, key.standard)
  const row = await lockEdition(tx, key)
  if (!row) throw new Fault('not_found')
  assertEditionVerb(verb, row, ctx.actor)
  return row
}

interface Saved {
  readonly revision: number
  readonly dialect: string
  readonly note: string
  readonly layer: readonly LayerChange[]
}

// What cannot be laid over the base is kept, but makes no standard of its own until it is mended.
const bodyOf = (
  base: CatalogStandard,
  layer: readonly LayerChange[],
  head: Partial<CatalogStandard>,
): CatalogStandard => ({
  ...applyLayer(base, layerFaults(base, layer).length > 0 ? [] : layer),
  ...head,
})

export const saveEdition = (ctx: Ctx, key: EditionKey, saved: Saved): Promise<EditionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { key, verb: 'save' })
    if (row.revision !== saved.revision) throw new Fault('stale')
    const base = (await baseOf(tx, row))!
    const { dialect, note, layer } = saved
    const me = inner.actor.person_id
    await updateEdition(tx, key, {
      dialect,
      note,
      layer,
      body: bodyOf(base, layer, { version: row.version, dialect, effective_from: row.effective_from }),
      editors: me === null || row.editors.includes(me) ? row.editors : [...row.editors, me],
      installed_at: inner.instant,
    })
    await recordEdition(tx, inner, {
      verb: 'saved',
      key,
      after: told({ ...row, dialect }, { changes: layer.length }),
    })
    return showEdition(inner, tx, key)
  })

export const withdrawEdition = (ctx: Ctx, key: EditionKey, reason: string): Promise<EditionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { key, verb: 'withdraw' })
    await updateEdition(tx, key, { state: 'withdrawn', withdraw_reason: reason })
    await recordEdition(tx, inner, { verb: 'withdrawn', key, after: told(row, { reason }) })
    return showEdition(inner, tx, key)
  })

interface Adoption {
  readonly revision: number
  readonly effective_from: string
  readonly transition_until: string
}

const assertDates = (ctx: Ctx, last: { effective_from: string }, { effective_from, transition_until }: Adoption) => {
  if (effective_from < ctx.today) throw invalid('effective_from', 'past', `施行日不能早于今天（${ctx.today}）`)
  if (effective_from <= last.effective_from)
    throw invalid('effective_from', 'overlap', `已有版次自 ${last.effective_from} 起施行，新版须在其后`)
  if (transition_until < effective_from) throw invalid('transition_until', 'order', '过渡期不能早于施行日')
}

/** Adopted by a second person, after its effect on every entry is known; from its day on it is what everything follows. */
export const adoptEdition = (ctx: Ctx, key: EditionKey, adoption: Adoption): Promise<EditionDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { key, verb: 'adopt' })
    if (row.revision !== adoption.revision) throw new Fault('stale')
    const last = await lastAdopted(tx, key.standard)
    if (last.version !== row.from_version)
      throw new Fault('conflict', `起草后已采纳第 ${last.version} 版，请据它另起草稿`)
    assertDates(inner, last, adoption)
    const base = (await baseOf(tx, row))!
    await assertSound(tx, row)
    await assertEffectKnown(tx, key, row.revision)
    const { effective_from, transition_until } = adoption
    const body = bodyOf(base, layerOf(row), { version: row.version, dialect: row.dialect, effective_from })
    await updateEdition(tx, key, {
      body,
      state: 'adopted',
      effective_from,
      transition_until,
      adopted_by: inner.actor.person_id,
      adopted_by_name: inner.actor.name,
      adopted_on: inner.today,
      installed_at: inner.instant,
    })
    await closeEdition(tx, { standard: key.standard, version: last.version }, effective_from)
    await prepareClasses(tx, body)
    await recordEdition(tx, inner, { verb: 'adopted', key, after: told(row, { effective_from, transition_until }) })
    await followIn(tx, inner)
    return showEdition(inner, tx, key)
  })
