import { randomInt } from 'node:crypto'

const FIRST_MS = 500
export const LONGEST_WAIT_MS = 60_000

/** Milliseconds before the next try after so many. Full jitter: hundreds of agents whose centre comes back must not come back together. */
export const waitBefore = (attempt: number): number =>
  FIRST_MS / 2 + randomInt(Math.min(LONGEST_WAIT_MS, FIRST_MS * 2 ** Math.min(attempt, 10)))
