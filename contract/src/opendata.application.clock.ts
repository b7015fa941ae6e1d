import type { Clock } from './clock.ts'
import { CALENDAR, type ClockEvent, type ClockState, foldClock, type Rule, ruleAt } from './codes.ts'

/** A provider's promise of a decision, in working days; it stands still while the applicant has the word. */
export interface PromiseRun {
  readonly days: number
  readonly source: string
  readonly events: readonly ClockEvent[]
}

const STATUTE = 'open_decide'

const toClock = (rule: Rule, state: ClockState): Clock => {
  const { started_on, due_on, used_days, left_days, overdue_days, light, stopped_on, on_time, provisional } = state
  const times = { started_on, due_on, used_days, left_days, overdue_days, light, stopped_on, on_time, provisional }
  return { rule_code: rule.code, clause: rule.clause, ...times }
}

/** How a promise stands on a date: a fold over its events; the promised days take the place of the rule's. */
export const readPromise = ({ days, source, events }: PromiseRun, today: string): Clock => {
  const rule = { ...ruleAt(STATUTE, events[0]!.on), days, clause: source }
  return toClock(rule, foldClock(events, rule, CALENDAR, today))
}

interface Happened {
  readonly verb: string
  readonly on: string
}

const EFFECTS: Readonly<Record<string, ClockEvent['type']>> = {
  received: 'started',
  noticed: 'paused',
  mended: 'resumed',
  approved: 'stopped',
  refused: 'stopped',
  lapsed: 'stopped',
  closed: 'stopped',
}

/** The promise's events among what happened to an application. */
export const promiseEvents = (steps: readonly Happened[]): ClockEvent[] =>
  steps.flatMap(({ verb, on }) => (EFFECTS[verb] ? [{ type: EFFECTS[verb], on }] : []))

/** A clock of one verb, stopped by any of others: the latest run of it, `null` where it never began. */
export const runOfSteps = (steps: readonly Happened[], starts: readonly string[], stops: readonly string[]) => {
  const from = steps.findLastIndex(({ verb }) => starts.includes(verb))
  if (from < 0) return null
  const stop = steps.slice(from).find(({ verb }) => stops.includes(verb))
  return { started_on: steps[from]!.on, stopped_on: stop?.on ?? null }
}
