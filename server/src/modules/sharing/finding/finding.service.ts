import { type Clock, type ClockRun, readClock } from '@sanjiang/contract'
import { SHARING_FINDINGS, type SharingFinding, type SharingFindingKind } from '@sanjiang/contract/sharing'
import { type Ctx, type Scope, scopeOf } from '#kernel/ctx.ts'
import { dutyRun } from '../duty/duty.rules.ts'
import { type DutyRow, listRunning } from '../duty/duty.store.ts'
import {
  listIdleGrants,
  listOpenCorrections,
  listRefusedRequests,
  listStuckDemands,
  type Suspect,
} from './finding.store.ts'

/** How long each may last before it is out of order: dated rule data. Two refusals, and business held up, are at once. */
const RULES: Partial<Record<SharingFindingKind, ClockRun['rule_code']>> = {
  granted_unconnected: 'grant_connect',
  connected_unused: 'grant_use',
  used_stopped: 'grant_idle',
  effect_unstated: 'effect_state',
  demand_unanswered: 'demand_answer',
  correction_overdue: 'correction_verify',
}

const AUTHORITY = '共享主管部门'

const toFinding = (suspect: Suspect, clock: Clock | null): SharingFinding => ({
  ...suspect,
  kind: suspect.kind as SharingFindingKind,
  mover_name: suspect.mover_name ?? AUTHORITY,
  age_days: clock?.used_days ?? 0,
  clock,
})

const clockOf = (suspect: Suspect, today: string): Clock | null => {
  const rule_code = RULES[suspect.kind as SharingFindingKind]
  return rule_code ? readClock({ rule_code, started_on: suspect.since, stopped_on: null }, today) : null
}

/** A suspicion that has lasted longer than its rule allows is a finding. */
const judge = (suspects: readonly Suspect[], today: string): SharingFinding[] =>
  suspects.flatMap((suspect) => {
    const clock = clockOf(suspect, today)
    return clock === null || clock.light === 'red' ? [toFinding(suspect, clock)] : []
  })

const overdue = (duties: readonly DutyRow[], today: string): SharingFinding[] =>
  duties.flatMap((duty) => {
    const clock = readClock(dutyRun(duty), today)
    if (clock.light !== 'red') return []
    const subject: Suspect = {
      kind: 'duty_overdue',
      subject_kind: 'sharing.demand',
      subject_id: duty.demand_id,
      title: duty.demand_name,
      mover_organ_id: duty.organ_id,
      mover_name: duty.organ_name,
      other_name: duty.demander_name,
      since: clock.started_on,
    }
    return [toFinding(subject, clock)]
  })

const findAll = async (ctx: Ctx, scope: Scope): Promise<SharingFinding[]> => {
  const { db, today } = ctx
  const suspects = [
    ...(await listIdleGrants(db, scope, today)),
    ...(await listStuckDemands(db, scope)),
    ...(await listRefusedRequests(db, scope)),
    ...(await listOpenCorrections(db, scope)),
  ]
  return [...judge(suspects, today), ...overdue(await listRunning(db, scope), today)]
}

interface Query {
  readonly kind?: SharingFindingKind
  readonly organ_id?: string
  readonly limit?: number
}

/** What is out of order between supply and demand, oldest first; nothing of it is stored, so the facts alone clear it. */
export const listSharingFindings = async (ctx: Ctx, { kind, organ_id, limit = 100 }: Query) => {
  const all = await findAll(ctx, scopeOf(ctx.actor, 'sharing.request.read'))
  const mine = all.filter((one) => organ_id === undefined || one.mover_organ_id === organ_id)
  const shown = mine.filter((one) => kind === undefined || one.kind === kind)
  shown.sort((a, b) => a.since.localeCompare(b.since) || a.subject_id.localeCompare(b.subject_id))
  return {
    rows: shown.slice(0, limit),
    total: shown.length,
    kinds: SHARING_FINDINGS.codes
      .map((code) => ({ code, count: mine.filter((one) => one.kind === code).length }))
      .filter(({ count }) => count > 0),
  }
}
