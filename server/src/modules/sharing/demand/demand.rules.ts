import { codes } from '@sanjiang/contract'
import type { Demand, DemandStage } from '@sanjiang/contract/sharing'

/** What the actor is to a demand, from his roles' reach. */
export interface DemandStanding {
  readonly is_demander: boolean
  readonly is_authority: boolean
}

export interface DemandFace {
  readonly stage: DemandStage
  readonly duty_state: string | null
  /** State of the newest request filed for it. */
  readonly open_state: string | null
}

const OVER: readonly DemandStage[] = ['effect', 'withdrawn']
// What is granted already needs nobody to be made responsible for it.
const UNSUPPLIED: readonly DemandStage[] = ['filed', 'matched', 'picked', 'requested']

export type DemandVerb = 'withdraw' | 'match' | 'pick' | 'dismiss' | 'state_effect' | 'assign'

const isOpenTo = (verb: DemandVerb, { stage, duty_state }: DemandFace): boolean => {
  if (verb === 'state_effect') return stage === 'used' || stage === 'effect'
  if (verb === 'assign') return UNSUPPLIED.includes(stage) && duty_state === null
  return !OVER.includes(stage)
}

const VERBS: readonly DemandVerb[] = ['pick', 'match', 'dismiss', 'state_effect', 'assign', 'withdraw']

export const mayDo = (verb: DemandVerb, standing: DemandStanding): boolean =>
  verb === 'assign' ? standing.is_authority : standing.is_demander

/** Which verbs the actor may do now; the pages show exactly these. An assigned demand is again free once its duty is released. */
export const demandCan = (face: DemandFace, standing: DemandStanding): DemandVerb[] =>
  VERBS.filter((verb) => mayDo(verb, standing) && isOpenTo(verb, face))

export const isInState = isOpenTo

const OF_REQUEST: Record<string, Demand['turn']> = {
  submitted: 'provider',
  negotiating: 'provider',
  coordinating: 'authority',
}

/** Who has to move next. */
export const turnOf = ({ stage, duty_state, open_state }: DemandFace): Demand['turn'] => {
  if (OVER.includes(stage)) return 'nobody'
  if (stage === 'requested') return OF_REQUEST[open_state ?? ''] ?? 'demander'
  if (stage === 'filed') return 'authority'
  if (stage === 'assigned') return duty_state === 'refused' ? 'authority' : 'duty_organ'
  return 'demander'
}

export const daysUntil = (day: string, today: string): number => codes.parseDay(day) - codes.parseDay(today)
