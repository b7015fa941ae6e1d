import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from '../drill/chance.ts'
import type { Standing } from './ground.ts'
import type { DrillSite } from './site.ts'
import type { Terms } from './view.ts'

export interface Drill {
  readonly site: DrillSite
  readonly chance: Chance
  /** Bytes that a whole transfer takes on the provider's line. */
  readonly volume: number
  /** An agent of its own kind each time, for terms that a fault uses up. */
  subscribe(terms: Terms): Promise<Standing>
  /** The place lain in wait at was not come to. */
  missed(name: string): void
  /** A promise that the fault itself has shown broken. */
  broken(what: string): void
}

export interface FaultKind {
  readonly name: string
  /** How often among others. */
  readonly weight: number
  /** Does it and heals it; what the healing brings is looked at later. */
  strike(drill: Drill): Promise<void>
}

export const SHORT_MS = 1_200
/** A place that was not reached in this time is let go: chance does not always lead there. */
const REACH_MS = 10_000

/** Whether it came to that in time. */
export const within = (reached: Promise<void>): Promise<boolean> =>
  Promise.race([reached.then(() => true), pause(REACH_MS, false, { ref: false })])
