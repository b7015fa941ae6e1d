import { type Paged, readClock } from '@sanjiang/contract'
import type { Duty, DutyDetail } from '@sanjiang/contract/sharing'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { inTx, type Tx } from '#kernel/db.ts'
import { Fault, invalid } from '#kernel/fault.ts'
import { newId } from '#kernel/id.ts'
import { toPage } from '#kernel/page.ts'
import { record } from '#kernel/record.ts'
import type { SharingDutyWord } from '#kernel/tables.ts'
import { createResourceIn } from '#modules/catalog/index.ts'
import { lockDemandFor } from '../demand/demand.service.ts'
import { type DemandRow, lockDemand } from '../demand/demand.store.ts'
import { findResource } from '../resource.store.ts'
import { markDuty } from './duty.mark.ts'
import { assertDutyVerb, type DutyVerb, dutyRun } from './duty.rules.ts'
import {
  countDutyRows,
  type DutyRow,
  insertDuty,
  insertWord,
  listDutyRows,
  listRunning,
  lockDuty,
  updateDuty,
} from './duty.store.ts'
import { dutyStanding, readDuty, toDuty } from './duty.view.ts'

interface Said extends Partial<Pick<SharingDutyWord, 'reason_code' | 'basis_title' | 'basis_clause'>> {
  readonly kind: SharingDutyWord['kind']
  readonly text: string
}

/** The subject of an announcement: the duty as it stands after the change, at its new revision. */
interface Announced {
  readonly duty_id: string
  readonly demand_id: string
  readonly organ_id: string
  readonly demand_name: string
  readonly demander_organ_id: string
  readonly state: string
  readonly revision: number
  readonly clock_started_on: string
}

const VERBED: Record<string, string> = {
  assign: 'assigned',
  accept: 'accepted',
  refuse: 'refused',
  reassert: 'assigned',
  transfer: 'released',
  release: 'released',
}

const say = async (tx: Tx, ctx: Ctx, { duty, said }: { duty: Announced; said: Said }): Promise<void> => {
  await insertWord(tx, {
    word_id: newId(),
    duty_id: duty.duty_id,
    reason_code: null,
    basis_title: null,
    basis_clause: null,
    ...said,
    said_on: ctx.today,
    said_at: ctx.instant,
    organ_id: ctx.actor.organ?.organ_id ?? null,
    author_id: ctx.actor.person_id,
    author_name: ctx.actor.name,
  })
  const runs = { assigned: 'duty_answer', accepted: 'duty_compile' }[duty.state]
  await record(tx, ctx, {
    type: `sharing.duty.${VERBED[said.kind]}`,
    subject_kind: 'sharing.duty',
    subject_id: duty.duty_id,
    organ_id: duty.organ_id,
    after: {
      title: `责任清单：编制“${duty.demand_name}”`,
      demand_id: duty.demand_id,
      provider_organ_id: duty.organ_id,
      consumer_organ_id: duty.demander_organ_id,
      state: duty.state,
      revision: duty.revision,
      text: said.text,
      kind: said.kind,
      ...(runs ? { clock_rule: runs, clock_started_on: duty.clock_started_on } : {}),
    },
  })
}

const assertOrgan = async (tx: Tx, organId: string, { demander, today }: { demander: string; today: string }) => {
  const organ = await tx
    .selectFrom('identity.organ')
    .select('dissolved_on')
    .where('organ_id', '=', organId)
    .executeTakeFirst()
  if (!organ) throw invalid('organ_id', 'unknown_organ', '没有这个机构')
  if (organ.dissolved_on !== null && organ.dissolved_on <= today)
    throw invalid('organ_id', 'dissolved', `该机构已于 ${organ.dissolved_on} 撤销，请定其承继机构`)
  if (organId === demander) throw invalid('organ_id', 'own_demand', '需求方不能作自己需求的责任部门')
}

const startDuty = async (
  tx: Tx,
  ctx: Ctx,
  {
    demand,
    organ_id,
    note,
  }: { demand: Pick<DemandRow, 'demand_id' | 'name' | 'organ_id'>; organ_id: string; note: string },
): Promise<string> => {
  await assertOrgan(tx, organ_id, { demander: demand.organ_id, today: ctx.today })
  const duty = {
    duty_id: newId(),
    demand_id: demand.demand_id,
    organ_id,
    state: 'assigned',
    round: 1,
    note: note.trim(),
    assigned_on: ctx.today,
    assigned_by: ctx.actor.person_id,
    assigned_by_name: ctx.actor.name,
    clock_started_on: ctx.today,
    clock_stopped_on: null,
    accepted_on: null,
    resource_id: null,
    refusals: 0,
    revision: 1,
  }
  await insertDuty(tx, duty)
  await say(tx, ctx, {
    duty: { ...duty, demand_name: demand.name, demander_organ_id: demand.organ_id },
    said: { kind: 'assign', text: duty.note },
  })
  return duty.duty_id
}

/** Joins the caller's transaction. Of two who assign at once the demand's lock lets one through. */
export const assignDutyIn = async (
  tx: Tx,
  ctx: Ctx,
  { id, organ_id, note }: { id: string; organ_id: string; note: string },
): Promise<string> => {
  const demand = await lockDemandFor(tx, ctx, { id, verb: 'assign' })
  return startDuty(tx, ctx, { demand, organ_id, note })
}

export const assignDuty = (ctx: Ctx, id: string, body: { organ_id: string; note: string }): Promise<DutyDetail> =>
  inTx(ctx, async (tx, inner) => readDuty(inner, await assignDutyIn(tx, inner, { id, ...body })))

const lockFor = async (tx: Tx, ctx: Ctx, { id, verb }: { id: string; verb: DutyVerb }): Promise<DutyRow> => {
  const scope = scopeOf(ctx.actor, 'sharing.request.read')
  const row = await lockDuty(tx, scope, id)
  if (!row) throw new Fault('not_found')
  assertDutyVerb(verb, row, dutyStanding(ctx.actor, row))
  const demand = await lockDemand(tx, 'all', row.demand_id)
  if (demand?.withdrawn_on) throw new Fault('wrong_state', '需求已撤回')
  return row
}

const change = async (
  tx: Tx,
  ctx: Ctx,
  { row, to, said }: { row: DutyRow; to: Partial<DutyRow>; said: Said },
): Promise<void> => {
  const { duty_id, revision } = row
  const { state, round, clock_started_on, clock_stopped_on, accepted_on, resource_id, refusals } = { ...row, ...to }
  await updateDuty(tx, duty_id, {
    state,
    round,
    clock_started_on,
    clock_stopped_on,
    accepted_on,
    resource_id,
    refusals,
  })
  const duty = { ...row, ...to, revision: revision + 1 }
  await say(tx, ctx, { duty: { ...duty, clock_started_on: duty.accepted_on ?? duty.clock_started_on }, said })
}

const assertOwnEntry = async (tx: Tx, row: DutyRow, resourceId: string): Promise<void> => {
  const entry = await findResource(tx, resourceId)
  if (!entry) throw invalid('resource_id', 'published', '没有这个已发布的资源')
  if (entry.provider_organ_id !== row.organ_id)
    throw invalid('resource_id', 'own_resource', '只能指明责任部门自己的条目')
}

/** The organ takes it on, naming an entry it has published already where there is one. */
export const acceptDutyIn = async (
  tx: Tx,
  ctx: Ctx,
  { id, resource_id = null }: { id: string; resource_id?: string | null },
): Promise<void> => {
  const row = await lockFor(tx, ctx, { id, verb: 'accept' })
  if (resource_id) await assertOwnEntry(tx, row, resource_id)
  await markDuty(tx, ctx, { ...row, clock_stopped_on: ctx.today })
  const to = { state: 'accepted', accepted_on: ctx.today, clock_stopped_on: ctx.today, resource_id }
  await change(tx, ctx, { row, to, said: { kind: 'accept', text: resource_id ? '已有发布的条目' : '认领，限期编目' } })
}

export const acceptDuty = (ctx: Ctx, id: string, body: { resource_id?: string | null }): Promise<DutyDetail> =>
  inTx(ctx, async (tx, inner) => {
    await acceptDutyIn(tx, inner, { id, ...body })
    return readDuty(inner, id)
  })

const MAX_NAME = 60

/** Drafts the entry with what the demand already says; the compiler goes on from there. */
export const compileDuty = (ctx: Ctx, id: string): Promise<{ resource_id: string }> =>
  inTx(ctx, async (tx, inner) => {
    const row = await lockFor(tx, inner, { id, verb: 'compile' })
    const resource_id = await createResourceIn(tx, inner, {
      provider_organ_id: row.organ_id,
      name: row.demand_name.slice(0, MAX_NAME),
      summary: row.demand_description,
      items: row.demand_items.map((name) => ({ name })),
    })
    await updateDuty(tx, id, { resource_id })
    await record(tx, inner, {
      type: 'sharing.duty.entry_drafted',
      subject_kind: 'sharing.duty',
      subject_id: id,
      organ_id: row.organ_id,
      after: { resource_id, revision: row.revision + 1 },
    })
    return { resource_id }
  })

interface Refusal {
  readonly reason_code: NonNullable<DutyDetail['words'][number]['reason_code']>
  readonly text: string
  readonly basis_title: string
  readonly basis_clause: string
}

/** Only with a coded reason, its words and its legal ground (domain R03); then the sharing authority says what holds. */
export const refuseDutyIn = async (tx: Tx, ctx: Ctx, { id, ...refusal }: Refusal & { id: string }): Promise<void> => {
  const row = await lockFor(tx, ctx, { id, verb: 'refuse' })
  const text = refusal.text.trim()
  if (text.length < 10) throw invalid('text', 'minLength', '说明不少于 10 个字', '国发〔2016〕51号 第十条')
  const stopped = { ...row, clock_stopped_on: row.clock_stopped_on ?? ctx.today }
  await markDuty(tx, ctx, stopped)
  const to = {
    state: 'refused',
    accepted_on: null,
    clock_stopped_on: stopped.clock_stopped_on,
    refusals: row.refusals + 1,
  }
  await change(tx, ctx, { row, to, said: { kind: 'refuse', ...refusal, text } })
}

export const refuseDuty = (ctx: Ctx, id: string, refusal: Refusal): Promise<DutyDetail> =>
  inTx(ctx, async (tx, inner) => {
    await refuseDutyIn(tx, inner, { id, ...refusal })
    return readDuty(inner, id)
  })

interface Coordination {
  readonly outcome: 'reassert' | 'transfer' | 'release'
  readonly text: string
  readonly organ_id?: string | null
}

/** Joins the caller's transaction; returns the duty that stands afterwards: the same one, or that of the organ it went to. */
export const coordinateDutyIn = async (
  tx: Tx,
  ctx: Ctx,
  { id, outcome, text, organ_id }: Coordination & { id: string },
): Promise<string> => {
  const row = await lockFor(tx, ctx, { id, verb: 'coordinate' })
  const said = { kind: outcome, text: text.trim() }
  if (outcome === 'reassert') {
    const to = { state: 'assigned', round: row.round + 1, clock_started_on: ctx.today, clock_stopped_on: null }
    await change(tx, ctx, { row, to, said })
    return id
  }
  if (outcome === 'transfer' && !organ_id) throw invalid('organ_id', 'required', '请选择转交的部门')
  if (outcome === 'transfer' && organ_id === row.organ_id) throw invalid('organ_id', 'same_organ', '转交须换一个部门')
  await change(tx, ctx, { row, to: { state: 'released' }, said })
  if (outcome === 'release') return id
  const demand = { demand_id: row.demand_id, name: row.demand_name, organ_id: row.demander_organ_id }
  return startDuty(tx, ctx, { demand, organ_id: organ_id!, note: said.text })
}

export const coordinateDuty = (ctx: Ctx, id: string, body: Coordination): Promise<DutyDetail> =>
  inTx(ctx, async (tx, inner) => readDuty(inner, await coordinateDutyIn(tx, inner, { id, ...body })))

interface ListQuery {
  readonly state?: Duty['state']
  readonly organ_id?: string
  readonly after?: string
  readonly limit?: number
}

export const listDuties = async (ctx: Ctx, { limit = 20, ...query }: ListQuery): Promise<Paged<Duty>> => {
  const rows = await listDutyRows(ctx.db, { ...query, scope: scopeOf(ctx.actor, 'sharing.request.read'), limit })
  const page = toPage(rows, limit, (row) => [row.assigned_on, row.duty_id])
  return { rows: page.rows.map((row) => toDuty(ctx, row)), next: page.next }
}

/** How each responsible organ stands; lateness is read off the clocks, not kept. */
export const countDuties = async (ctx: Ctx) => {
  const scope = scopeOf(ctx.actor, 'sharing.request.read')
  const overdue = new Map<string, number>()
  for (const row of await listRunning(ctx.db, scope))
    if (readClock(dutyRun(row), ctx.today).light === 'red')
      overdue.set(row.organ_id, (overdue.get(row.organ_id) ?? 0) + 1)
  const rows = await countDutyRows(ctx.db, scope)
  return rows.map((row) => ({ ...row, overdue: overdue.get(row.organ_id) ?? 0 }))
}
