import { type ClockRun, codes, readClock } from '@sanjiang/contract'

export interface Crossing {
  readonly mark: 'yellow' | 'red'
  readonly on: string
}

/**
 * The first business dates on which the clock stood yellow and red, up to `today` or the day it stopped. They follow
 * from the rule alone, so a mark is dated right even when the task that records it ran days later.
 */
export const crossingsOf = (run: ClockRun, today: string): Crossing[] => {
  const running = { ...run, stopped_on: null }
  const until = run.stopped_on !== null && run.stopped_on < today ? run.stopped_on : today
  const found: Crossing[] = []
  for (let day = run.started_on; day <= until; day = codes.addDays(day, 1)) {
    const { light } = readClock(running, day)
    if (light === 'yellow' && found.length === 0) found.push({ mark: 'yellow', on: day })
    if (light === 'red') return [...found, { mark: 'red', on: day }]
  }
  return found
}
