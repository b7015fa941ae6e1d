import type { Clock } from '#kernel/clock.ts'
import { inTime } from './in-time.ts'

const DAY_MS = 86_400_000
const SHANGHAI_MS = 8 * 3_600_000
const KEPT_MS = 500 // a demo's new business date is followed within this time
const READ_MS = 5000

const untilMidnight = (now: number): number => DAY_MS - ((now + SHANGHAI_MS) % DAY_MS)

/** The business date without a promise per call: kept for half a second, and never over midnight. */
export const keepBusinessDay = (clock: Clock): (() => string | Promise<string>) => {
  let day = ''
  let keptUntil = 0
  const read = async (): Promise<string> => {
    const asked = Date.now()
    day = await inTime(clock.today(), READ_MS)
    keptUntil = asked + Math.min(KEPT_MS, untilMidnight(asked))
    return day
  }
  return () => (Date.now() < keptUntil ? day : read())
}
