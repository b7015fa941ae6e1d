import type { ClockRun } from '@sanjiang/contract'
import type { DutyState } from '@sanjiang/contract/sharing'
import { Fault } from '#kernel/fault.ts'

export interface DutyStanding {
  readonly is_organ: boolean
  readonly is_authority: boolean
  /** He may also compile entries for the organ. */
  readonly is_compiler: boolean
}

export interface DutyFace {
  readonly state: string
  readonly resource_id: string | null
}

const VERBS = {
  accept: { by: 'is_organ', from: ['assigned'] },
  refuse: { by: 'is_organ', from: ['assigned', 'accepted'] },
  compile: { by: 'is_compiler', from: ['accepted'] },
  coordinate: { by: 'is_authority', from: ['refused'] },
} as const satisfies Record<string, { by: keyof DutyStanding; from: readonly DutyState[] }>

export type DutyVerb = keyof typeof VERBS

const isOpenTo = (verb: DutyVerb, { state, resource_id }: DutyFace): boolean =>
  (VERBS[verb].from as readonly string[]).includes(state) &&
  // One entry is enough, and what is being compiled is no longer refused.
  !((verb === 'compile' || verb === 'refuse') && resource_id !== null)

export const dutyCan = (face: DutyFace, standing: DutyStanding): DutyVerb[] =>
  (Object.keys(VERBS) as DutyVerb[]).filter((verb) => standing[VERBS[verb].by] && isOpenTo(verb, face))

export const assertDutyVerb = (verb: DutyVerb, face: DutyFace, standing: DutyStanding): void => {
  if (!standing[VERBS[verb].by]) throw new Fault('forbidden')
  if (!isOpenTo(verb, face)) throw new Fault('wrong_state')
}

interface Dated {
  readonly state: string
  readonly clock_started_on: string
  readonly clock_stopped_on: string | null
  readonly accepted_on: string | null
  /** First publication of the entry compiled for it. */
  readonly published_on: string | null
}

/** First the time to accept or refuse, then the time to publish; an entry that was there before counts as published that day. */
export const dutyRun = (row: Dated): ClockRun => {
  if (row.accepted_on === null)
    return { rule_code: 'duty_answer', started_on: row.clock_started_on, stopped_on: row.clock_stopped_on }
  const stopped_on =
    row.published_on === null || row.published_on > row.accepted_on ? row.published_on : row.accepted_on
  return { rule_code: 'duty_compile', started_on: row.accepted_on, stopped_on }
}
