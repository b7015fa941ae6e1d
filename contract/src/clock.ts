import * as t from 'typebox'
import { CALENDAR, foldClock, type RuleCode, ruleAt } from './codes.ts'
import { IsoDate, nullable } from './values.ts'

/** A statutory clock as shown: which rule and clause, from when to when, and how it stands on the business date. */
export const Clock = t.Object({
  rule_code: t.String(),
  clause: t.String(),
  started_on: IsoDate,
  due_on: IsoDate,
  used_days: t.Integer(),
  left_days: t.Integer(),
  overdue_days: t.Integer(),
  light: t.Unsafe<'green' | 'yellow' | 'red' | 'stopped' | 'idle'>(t.String()),
  stopped_on: nullable(IsoDate),
  on_time: nullable(t.Boolean()),
  /** The working calendar of the due year has not been announced yet. */
  provisional: t.Boolean(),
})
export type Clock = t.Static<typeof Clock>

/** One statutory clock: which rule, from which business date, and when it stopped if it did. */
export interface ClockRun {
  readonly rule_code: RuleCode
  readonly started_on: string
  readonly stopped_on: string | null
}

/** How a clock stands on a business date: a fold over its two events, nothing stored (architecture §8). */
export const readClock = (run: ClockRun, today: string): Clock => {
  const rule = ruleAt(run.rule_code, run.started_on)
  const started = { type: 'started', on: run.started_on } as const
  const events = run.stopped_on ? [started, { type: 'stopped', on: run.stopped_on } as const] : [started]
  const { due_on, used_days, left_days, overdue_days, light, on_time, provisional } = foldClock(
    events,
    rule,
    CALENDAR,
    today,
  )
  return {
    rule_code: rule.code,
    clause: rule.clause,
    started_on: run.started_on,
    due_on,
    used_days,
    left_days,
    overdue_days,
    light,
    stopped_on: run.stopped_on,
    on_time,
    provisional,
  }
}
