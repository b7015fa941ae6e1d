import { addWorking, type Calendar, countWorking, isProvisional } from './calendar.ts'
import { formatDay, parseDay } from './day.ts'
import type { Rule } from './rule.ts'

/** What happens to a statutory clock. An event takes effect at the end of its day: the day it starts or resumes is not counted. */
export interface ClockEvent {
  readonly type: 'started' | 'paused' | 'resumed' | 'stopped'
  readonly on: string
}

/** `stopped`: done. `idle`: paused, or not yet begun. */
export type Light = 'green' | 'yellow' | 'red' | 'stopped' | 'idle'

export interface ClockState {
  readonly started_on: string
  readonly due_on: string
  readonly stopped_on: string | null
  readonly used_days: number
  readonly left_days: number
  readonly overdue_days: number
  readonly light: Light
  /** Null while it runs. */
  readonly on_time: boolean | null
  /** It touches a year whose days off have not been announced. */
  readonly provisional: boolean
}

/** Stretches in which the clock runs: days after `from` up to and including `until`; null — still running. */
interface Stretch {
  readonly from: number
  readonly until: number | null
}

interface Run {
  readonly started: number
  readonly stretches: readonly Stretch[]
  readonly stopped: number | null
}

const runOf = (events: readonly ClockEvent[]): Run => {
  const stretches: Stretch[] = []
  let started: number | undefined
  let stopped: number | null = null
  let open: number | null = null
  for (const event of events) {
    const on = parseDay(event.on)
    if (stopped !== null || (started !== undefined && event.type === 'started')) continue
    if (event.type === 'started') started = on
    if (started === undefined) throw new RangeError(`a clock is ${event.type} before it is started`)
    const closes = event.type === 'paused' || event.type === 'stopped'
    if (closes && open !== null) stretches.push({ from: open, until: on })
    open = closes ? null : (open ?? on)
    if (event.type === 'stopped') stopped = on
  }
  if (started === undefined) throw new RangeError('a clock without a start')
  if (open !== null) stretches.push({ from: open, until: null })
  return { started, stretches, stopped }
}

/** The day the last of `days` falls on. A clock that stands still is shown as if it went on from its last counted day. */
const dueDay = (run: Run, days: number, calendar: Calendar): number => {
  let left = days
  let from = run.started
  for (const stretch of run.stretches) {
    if (stretch.until === null) return addWorking(calendar, stretch.from, left)
    const counted = countWorking(calendar, stretch.from, stretch.until)
    if (counted >= left) return addWorking(calendar, stretch.from, left)
    left -= counted
    from = stretch.until
  }
  return addWorking(calendar, from, left)
}

const usedDays = (run: Run, calendar: Calendar, today: number): number =>
  run.stretches.reduce((sum, { from, until }) => sum + countWorking(calendar, from, Math.min(until ?? today, today)), 0)

const lightOf = (state: { used: number; isDone: boolean; stands: boolean }, rule: Rule): Light => {
  if (state.isDone) return 'stopped'
  if (state.used > rule.days) return 'red'
  if (state.stands) return 'idle'
  const isNear = state.used >= rule.days * rule.yellow_used || rule.days - state.used <= rule.yellow_left
  return isNear ? 'yellow' : 'green'
}

/** Where a clock stands on a date: a fold over its events, the dated rule and the working calendar; nothing about lateness is kept. */
export const foldClock = (events: readonly ClockEvent[], rule: Rule, calendar: Calendar, today: string): ClockState => {
  const now = parseDay(today)
  const run = runOf(events.filter((event) => event.type === 'started' || event.on <= today))
  const used = usedDays(run, calendar, now)
  const due = dueDay(run, rule.days, calendar)
  const isDone = run.stopped !== null
  const stands = run.started > now || run.stretches.at(-1)?.until !== null
  return {
    started_on: formatDay(run.started),
    due_on: formatDay(due),
    stopped_on: run.stopped === null ? null : formatDay(run.stopped),
    used_days: used,
    left_days: Math.max(rule.days - used, 0),
    overdue_days: Math.max(used - rule.days, 0),
    light: lightOf({ used, isDone, stands }, rule),
    on_time: isDone ? used <= rule.days : null,
    provisional: isProvisional(calendar, run.started) || isProvisional(calendar, due),
  }
}
