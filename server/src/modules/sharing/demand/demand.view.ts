import { type Clock, readClock } from '@sanjiang/contract'
import type { Candidate, Demand, DemandDetail, DemandRequest, DemandStage, Effect } from '@sanjiang/contract/sharing'
import { type Actor, type Ctx, reaches, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { readDuties } from '../duty/duty.view.ts'
import { formatBasis } from '../request.rules.ts'
import { listCandidates } from './candidate.store.ts'
import { type DemandFace, type DemandStanding, daysUntil, demandCan, turnOf } from './demand.rules.ts'
import { type DemandRow, findDemand, listDemandGrants, listDemandRequests, listEffects } from './demand.store.ts'

export const standingOf = (actor: Actor, row: DemandRow): DemandStanding => ({
  is_demander: reaches(scopeOf(actor, 'sharing.demand.file'), row.organ_path),
  is_authority: scopeOf(actor, 'sharing.duty.assign').length > 0,
})

export const faceOf = (row: DemandRow): DemandFace => ({
  stage: row.stage as DemandStage,
  duty_state: row.duty_state,
  open_state: row.open_state,
})

export const toDemand = (ctx: Ctx, row: DemandRow): Demand => ({
  ...(row as unknown as Demand),
  turn: turnOf(faceOf(row)),
  days_left: daysUntil(row.wanted_on, ctx.today),
  can: demandCan(faceOf(row), standingOf(ctx.actor, row)),
})

const readCandidates = async (ctx: Ctx, row: DemandRow): Promise<Candidate[]> => {
  const rows = await listCandidates(ctx.db, row.demand_id, row.organ_path)
  return rows.map(({ share_basis, ...one }) => ({
    ...(one as unknown as Candidate),
    withheld_basis: one.share_type === 'withheld' ? formatBasis(share_basis) : null,
  }))
}

const readRequests = async (ctx: Ctx, demandId: string): Promise<DemandRequest[]> => {
  const rows = await listDemandRequests(ctx.db, demandId)
  if (rows.length === 0) return []
  const grants = await listDemandGrants(
    ctx.db,
    rows.map(({ request_id }) => request_id),
  )
  return rows.map(({ clock_started_on, clock_stopped_on, ...one }) => ({
    ...(one as unknown as DemandRequest),
    clock:
      clock_started_on === null
        ? null
        : readClock(
            { rule_code: 'share_reply', started_on: clock_started_on, stopped_on: clock_stopped_on },
            ctx.today,
          ),
    grants: grants
      .filter(({ request_id }) => request_id === one.request_id)
      .map((grant) => grant as unknown as DemandRequest['grants'][number]),
  }))
}

/** The demander owes a word on what came of it, from the first use on. */
export const effectClock = (row: Pick<DemandRow, 'used_on' | 'effect_on'>, today: string): Clock | null =>
  row.used_on === null
    ? null
    : readClock({ rule_code: 'effect_state', started_on: row.used_on, stopped_on: row.effect_on }, today)

/** A demand with every record its stages rest on. `not_found` when out of the actor's reach. */
export const readDemand = async (ctx: Ctx, demandId: string): Promise<DemandDetail> => {
  const row = await findDemand(ctx.db, scopeOf(ctx.actor, 'sharing.request.read'), demandId)
  if (!row) throw new Fault('not_found')
  return {
    ...toDemand(ctx, row),
    candidates: await readCandidates(ctx, row),
    requests: await readRequests(ctx, demandId),
    duties: await readDuties(ctx, demandId),
    effects: (await listEffects(ctx.db, demandId)) as unknown as Effect[],
    effect_clock: effectClock(row, ctx.today),
  }
}
