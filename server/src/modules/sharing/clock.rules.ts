import { codes } from '@sanjiang/contract'
import type { Clock } from '@sanjiang/contract/sharing'

/** One statutory clock of this module: which rule, from which business date, and when it stopped if it did. */
export interface ClockRun {
  readonly rule_code: 'share_reply' | 'correction_verify'
  readonly started_on: string
  readonly stopped_on: string | null
}

/** How a clock stands on a business date: a fold over its two events, nothing stored (architecture §8). */
export const readClock = (run: ClockRun, today: string): Clock => {
  const rule = codes.ruleAt(run.rule_code, run.started_on)
  const started = { type: 'started', on: run.started_on } as const
  const events = run.stopped_on ? [started, { type: 'stopped', on: run.stopped_on } as const] : [started]
  const state = codes.foldClock(events, rule, codes.CALENDAR, today)
  return {
    rule_code: rule.code,
    clause: rule.clause,
    started_on: run.started_on,
    due_on: state.due_on,
    used_days: state.used_days,
    left_days: state.left_days,
    overdue_days: state.overdue_days,
    light: state.light,
    stopped_on: state.stopped_on,
    on_time: state.on_time,
    provisional: state.provisional,
  }
}

export interface Crossing {
  readonly mark: 'yellow' | 'red'
  readonly on: string
}

const nextDay = (date: string): string => codes.formatDay(codes.parseDay(date) + 1)

/**
 * The first business dates on which the clock stood yellow and red, up to `today` or the day it stopped. They follow
 * from the rule alone, so a mark is dated right even when the task that records it ran days later.
 */
export const crossingsOf = (run: ClockRun, today: string): Crossing[] => {
  const running = { ...run, stopped_on: null }
  const until = run.stopped_on !== null && run.stopped_on < today ? run.stopped_on : today
  const found: Crossing[] = []
  for (let day = run.started_on; day <= until; day = nextDay(day)) {
    const { light } = readClock(running, day)
    if (light === 'yellow' && found.length === 0) found.push({ mark: 'yellow', on: day })
    if (light === 'red') return [...found, { mark: 'red', on: day }]
  }
  return found
}
