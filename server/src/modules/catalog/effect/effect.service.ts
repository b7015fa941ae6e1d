import type { Effect, Outcome, Standard } from '@sanjiang/contract/catalog'
import { PLATFORM_RULES } from '@sanjiang/contract/catalog.rule-table'
import type { Ctx } from '#kernel/ctx.ts'
import { type Db, inTx, type Tx } from '#kernel/db.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { parseCursor, toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { assertEditionVerb } from '../edition/edition.rules.ts'
import { type EditionKey, type EditionRow, findEdition, lockEdition } from '../edition/edition.store.ts'
import { assertSound } from '../edition/layer.service.ts'
import { reachOf } from '../resource.rules.ts'
import { getStandardVersion } from '../standard.service.ts'
import { findCurrentKey } from '../standard.store.ts'
import {
  type CountRow,
  countBy,
  countByOrgan,
  countOutcomes,
  countSubjects,
  dropOlder,
  type EffectRow,
  endRunning,
  findEffect,
  findLatestEffect,
  insertEffect,
  listEffectCopies,
} from './effect.store.ts'

interface Begun {
  readonly row: EditionRow
  readonly purpose: 'trial' | 'transition'
}

/** Orders a run; the worker does it batch by batch, and a new run takes the place of an unfinished one. */
export const beginEffect = async (tx: Tx, ctx: Ctx, { row, purpose }: Begun): Promise<EffectRow> => {
  const { standard_id, version, revision } = row
  const against = purpose === 'transition' ? row.from_version : (await findCurrentKey(tx))?.version
  await endRunning(tx, { standardId: standard_id, version, instant: ctx.instant })
  const effect: EffectRow = {
    effect_id: newId(),
    standard_id,
    version,
    standard_revision: revision,
    against_version: against ?? version,
    purpose,
    state: 'running',
    total: await countSubjects(tx),
    done: 0,
    last_id: null,
    started_on: ctx.today,
    started_at: ctx.instant,
    finished_at: null,
    started_by_name: ctx.actor.name,
  }
  await insertEffect(tx, effect)
  await dropOlder(tx, effect)
  await record(tx, ctx, {
    type: 'catalog.effect.started',
    subject_kind: 'catalog.effect',
    subject_id: effect.effect_id,
    after: { standard_id, version, purpose, total: effect.total },
  })
  return effect
}

const titled = (counts: readonly CountRow[], titleOf: (key: string) => string): CountRow[] =>
  counts.map((one) => ({ ...one, title: titleOf(one.key) }))

const titlesIn = ({ fields, item_fields, census_fields, rules }: Standard) => {
  const titles = new Map([
    ...fields.map(({ key, title }) => [key, title] as const),
    ...item_fields.map(({ key, title }) => [`items.${key}`, `信息项：${title}`] as const),
    ...census_fields.map(({ key, title }) => [`census.${key}`, title] as const),
    ...rules.map(({ id, title }) => [id, title] as const),
    ...Object.entries(PLATFORM_RULES).map(([id, { title }]) => [id, title] as const),
  ])
  return (key: string): string => titles.get(key) ?? key
}

const toEffect = async (db: Db, row: EffectRow, edition: EditionRow): Promise<Effect> => {
  const titleOf = titlesIn(await getStandardVersion(db, row.standard_id, row.version))
  const { purpose: _, last_id: __, standard_revision, state, ...shown } = row
  const isOutdated = edition.state === 'draft' && standard_revision !== edition.revision
  return {
    ...shown,
    state: isOutdated ? 'outdated' : (state as 'running' | 'done'),
    outcomes: await countOutcomes(db, row.effect_id),
    rules: titled(await countBy(db, row.effect_id, 'rule'), titleOf),
    fields: titled(await countBy(db, row.effect_id, 'field'), titleOf),
    organs: await countByOrgan(db, row.effect_id),
  }
}

export const startEffect = (ctx: Ctx, key: EditionKey): Promise<Effect> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockEdition(tx, key)
    if (!row) throw new Fault('not_found')
    assertEditionVerb('try', row, inner.actor)
    await assertSound(tx, row)
    return toEffect(tx, await beginEffect(tx, inner, { row, purpose: 'trial' }), row)
  })

export const getEffect = async ({ db }: Ctx, { standard, version }: EditionKey): Promise<Effect | null> => {
  const edition = await findEdition(db, { standard, version })
  if (!edition) throw new Fault('not_found')
  const row = await findLatestEffect(db, standard, version)
  return row ? toEffect(db, row, edition) : null
}

/** Nothing is adopted whose effect on what is there nobody has seen (T2.1). */
export const assertEffectKnown = async (tx: Tx, { standard, version }: EditionKey, revision: number): Promise<void> => {
  const row = await findLatestEffect(tx, standard, version)
  if (row?.state !== 'done' || row.standard_revision !== revision)
    throw new Fault('wrong_state', '须先对全部条目试算本草稿的影响，并待试算完成')
}

interface ListQuery {
  readonly outcome?: Outcome
  readonly rule?: string
  readonly field?: string
  readonly organ_id?: string
  readonly after?: string
  readonly limit?: number
}

export const listEffectEntries = async (ctx: Ctx, id: string, query: ListQuery) => {
  if (!(await findEffect(ctx.db, id))) throw new Fault('not_found')
  const { outcome, rule, field, organ_id, after, limit = 20 } = query
  const rows = await listEffectCopies(ctx.db, id, {
    reach: reachOf(ctx.actor),
    outcome,
    rule,
    field,
    organId: organ_id,
    after: after === undefined ? undefined : (parseCursor(after, 2).map(String) as [string, string]),
    limit,
  })
  return toPage(rows, limit, (row) => [row.resource_id, row.copy])
}
