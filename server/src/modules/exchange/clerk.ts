import { setTimeout as pause } from 'node:timers/promises'
import type { Ctx, House } from '#kernel/ctx.ts'
import { makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { announceNews } from './notice/announce.service.ts'
import { startDueReconciliations, stepReconciliations } from './reconciliation.service.ts'
import { lookAtClock } from './schedule.service.ts'

/** Cron goes by minutes, and a department may ask for less. */
const EVERY_MS = 1_000

type Duty = (ctx: Ctx) => Promise<void>
const DUTIES: readonly Duty[] = [lookAtClock, announceNews, startDueReconciliations, stepReconciliations]

/** Every duty locks what it works on, so that several clerks would only be busier; one fault does not keep the others from theirs. */
const doDuties = async (house: House): Promise<void> => {
  for (const duty of DUTIES)
    try {
      await duty(await makeCtx(house, PLATFORM, 'clerk'))
    } catch (error) {
      house.log.error({ err: error, duty: duty.name }, 'exchange duty failed')
    }
}

export interface Clerk {
  stop(): Promise<void>
}

/** The exchange's work by the clock, in the worker: passes that are due, feeds that stand still, reconciliations taken further. */
export const startClerk = (house: House): Clerk => {
  const over = new AbortController()
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await doDuties(house)
      await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: () => {
      over.abort()
      return running
    },
  }
}
