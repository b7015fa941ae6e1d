import type { Paged } from '@sanjiang/contract'
import { nameKey } from '@sanjiang/contract/catalog'
import type { Demand, DemandDetail, DemandDraft, DemandStage, EffectDraft } from '@sanjiang/contract/sharing'
import { type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import { matchDemandNow } from './candidate.service.ts'
import { dismiss } from './candidate.store.ts'
import { type DemandVerb, isInState, mayDo } from './demand.rules.ts'
import {
  countDemandRows,
  type DemandFilter,
  type DemandRow,
  insertDemand,
  insertEffect,
  listDemandRows,
  lockDemand,
  nextDemandNo,
  updateDemand,
} from './demand.store.ts'
import { faceOf, readDemand, standingOf, toDemand } from './demand.view.ts'

/** Locks a demand in the actor's reach and checks that he may do `verb` to it now. */
export const lockDemandFor = async (
  tx: Tx,
  ctx: Ctx,
  { id, verb }: { id: string; verb: DemandVerb },
): Promise<DemandRow> => {
  const row = await lockDemand(tx, scopeOf(ctx.actor, 'sharing.request.read'), id)
  if (!row) throw new Fault('not_found')
  if (!mayDo(verb, standingOf(ctx.actor, row))) throw new Fault('forbidden')
  if (!isInState(verb, faceOf(row))) throw new Fault('wrong_state')
  return row
}

export const demanderOf = (ctx: Ctx): NonNullable<Ctx['actor']['organ']> => {
  const { organ } = ctx.actor
  if (!organ || !reaches(scopeOf(ctx.actor, 'sharing.demand.file'), organ.path))
    throw new Fault('forbidden', '在本机构没有提出需求的权限')
  return organ
}

const assertSupplier = async (tx: Tx, supplierId: string | null, organId: string): Promise<void> => {
  if (supplierId === null) return
  if (supplierId === organId) throw invalid('supplier_organ_id', 'own_organ', '预计提供方不能是本机构')
  const known = await tx
    .selectFrom('identity.organ')
    .select('organ_id')
    .where('organ_id', '=', supplierId)
    .executeTakeFirst()
  if (!known) throw invalid('supplier_organ_id', 'unknown_organ', '没有这个机构')
}

/** Joins the caller's transaction; candidates are looked for once it stands. */
export const fileDemandIn = async (
  tx: Tx,
  ctx: Ctx,
  draft: DemandDraft & { readonly supplier_text?: string },
): Promise<string> => {
  const organ = demanderOf(ctx)
  const name = draft.name.trim()
  if (nameKey(name) === '') throw invalid('name', 'name', '名称须含文字')
  if (draft.wanted_on < ctx.today) throw invalid('wanted_on', 'past', '希望得到的日期不能早于今天')
  const supplier = draft.supplier_organ_id ?? null
  await assertSupplier(tx, supplier, organ.organ_id)
  const demand_id = newId()
  await insertDemand(tx, {
    demand_id,
    demand_no: await nextDemandNo(tx, ctx.today),
    organ_id: organ.organ_id,
    name,
    name_key: nameKey(name),
    description: (draft.description ?? '').trim(),
    items: [...new Set((draft.items ?? []).map((item) => item.trim()).filter(Boolean))],
    purpose_code: draft.purpose_code,
    purpose_ref: draft.purpose_ref.trim(),
    inner_unit: (draft.inner_unit ?? '').trim(),
    supplier_organ_id: supplier,
    supplier_text: draft.supplier_text ?? '',
    access_mode: draft.access_mode ?? 'api',
    frequency: draft.frequency ?? 'occasional',
    urgency: draft.urgency ?? 'normal',
    wanted_on: draft.wanted_on,
    is_obtained: draft.is_obtained ?? false,
    filed_on: ctx.today,
    filed_at: ctx.instant,
    filed_by: ctx.actor.person_id,
    filed_by_name: ctx.actor.name,
    withdrawn_on: null,
    withdraw_code: null,
    withdraw_text: null,
  })
  await record(tx, ctx, {
    type: 'sharing.demand.filed',
    subject_kind: 'sharing.demand',
    subject_id: demand_id,
    organ_id: organ.organ_id,
    after: { title: `${organ.name}需要“${name}”`, consumer_organ_id: organ.organ_id, supplier_organ_id: supplier },
  })
  return demand_id
}

export const fileDemand = async (ctx: Ctx, draft: DemandDraft): Promise<DemandDetail> => {
  const id = await inTx(ctx, (tx, inner) => fileDemandIn(tx, inner, draft))
  await matchDemandNow(ctx, id)
  return readDemand(ctx, id)
}

/** Looks again at the demander's wish; the catalogue's own changes do so without being asked. */
export const matchDemand = async (ctx: Ctx, id: string): Promise<DemandDetail> => {
  await inTx(ctx, (tx, inner) => lockDemandFor(tx, inner, { id, verb: 'match' }))
  await matchDemandNow(ctx, id)
  return readDemand(ctx, id)
}

export const withdrawDemand = (
  ctx: Ctx,
  id: string,
  { code, text = '' }: { code: 'met_elsewhere' | 'not_needed' | 'repeated'; text?: string },
): Promise<DemandDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockDemandFor(tx, inner, { id, verb: 'withdraw' })
    await updateDemand(tx, id, { withdrawn_on: inner.today, withdraw_code: code, withdraw_text: text.trim() })
    await record(tx, inner, {
      type: 'sharing.demand.withdrawn',
      subject_kind: 'sharing.demand',
      subject_id: id,
      organ_id: row.organ_id,
      before: { stage: row.stage },
      after: { code, text: text.trim() },
    })
    return readDemand(inner, id)
  })

export const dismissCandidate = (
  ctx: Ctx,
  id: string,
  { resource_id, text }: { resource_id: string; text: string },
): Promise<DemandDetail> =>
  inTx(ctx, async (tx, inner) => {
    await lockDemandFor(tx, inner, { id, verb: 'dismiss' })
    const words = text.trim()
    const row = { demandId: id, resourceId: resource_id, today: inner.today, text: words, name: inner.actor.name }
    if (!(await dismiss(tx, row))) throw new Fault('not_found', '没有这个候选资源')
    await record(tx, inner, {
      type: 'sharing.demand.candidate_dismissed',
      subject_kind: 'sharing.demand',
      subject_id: id,
      after: { resource_id, text: words },
    })
    return readDemand(inner, id)
  })

/** What the data achieved, in figures: the last link of the chain, and the only one that somebody has to say. */
export const stateEffect = (ctx: Ctx, id: string, draft: EffectDraft): Promise<DemandDetail> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockDemandFor(tx, inner, { id, verb: 'state_effect' })
    if (draft.until_on < draft.from_on) throw invalid('until_on', 'period', '统计期止不能早于统计期起')
    if (draft.until_on > inner.today) throw invalid('until_on', 'future', '统计期止不能晚于今天')
    if (draft.until_on < row.used_on!) throw invalid('until_on', 'before_use', `数据自 ${row.used_on} 起使用`)
    await insertEffect(tx, {
      ...draft,
      text: draft.text.trim(),
      effect_id: newId(),
      demand_id: id,
      stated_on: inner.today,
      stated_at: inner.instant,
      stated_by: inner.actor.person_id,
      stated_by_name: inner.actor.name,
    })
    await record(tx, inner, {
      type: 'sharing.demand.effect_stated',
      subject_kind: 'sharing.demand',
      subject_id: id,
      organ_id: row.organ_id,
      after: { title: row.name, ...draft },
    })
    return readDemand(inner, id)
  })

interface ListQuery extends DemandFilter {
  readonly order?: 'newest' | 'wanted'
  readonly after?: string
  readonly limit?: number
}

export const listDemands = async (ctx: Ctx, query: ListQuery): Promise<Paged<Demand>> => {
  const { order = 'newest', limit = 20, ...rest } = query
  const scope = scopeOf(ctx.actor, 'sharing.request.read')
  const rows = await listDemandRows(ctx.db, { ...rest, scope, order, limit })
  const page = toPage(rows, limit, (row) => [order === 'wanted' ? row.wanted_on : row.filed_on, row.demand_id])
  return { rows: page.rows.map((row) => toDemand(ctx, row)), next: page.next }
}

const sumBy = <K extends string>(rows: readonly { count: number }[], keyOf: (row: never) => K): [K, number][] => {
  const sums = new Map<K, number>()
  for (const row of rows) sums.set(keyOf(row as never), (sums.get(keyOf(row as never)) ?? 0) + row.count)
  return [...sums]
}

/** One reading of the counts serves all three facets. */
export const countDemands = async (ctx: Ctx, filter: DemandFilter) => {
  const rows = await countDemandRows(ctx.db, scopeOf(ctx.actor, 'sharing.request.read'), filter)
  const names = new Map(rows.map(({ organ_id, name }) => [organ_id, name]))
  type Row = (typeof rows)[number]
  return {
    stages: sumBy(rows, (row: Row) => row.stage as DemandStage).map(([code, count]) => ({ code, count })),
    urgencies: sumBy(rows, (row: Row) => row.urgency as Demand['urgency']).map(([code, count]) => ({ code, count })),
    organs: sumBy(rows, (row: Row) => row.organ_id)
      .map(([organ_id, count]) => ({ organ_id, name: names.get(organ_id) ?? '', count }))
      .sort((a, b) => b.count - a.count || a.organ_id.localeCompare(b.organ_id))
      .slice(0, 50),
  }
}
