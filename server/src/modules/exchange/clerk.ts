import { setTimeout as pause } from 'node:timers/promises'
import type { Ctx, House } from '#kernel/ctx.ts'
import { makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { startDueReconciliations, stepReconciliations } from './reconciliation.service.ts'

const EVERY_MS = 1_000

type Duty = (ctx: Ctx) => Promise<void>
const DUTIES: readonly Duty[] = [startDueReconciliations, stepReconciliations]

/** Every duty locks what it works on, so that several clerks would only be busier; one fault does not keep the others from theirs. */
export const doDuties = async (house: House): Promise<void> => {
  for (const duty of DUTIES)
    try {
      await duty(await makeCtx(house, PLATFORM, 'clerk'))
    } catch (error) {
      house.log.error({ err: error, duty: duty.name }, 'exchange duty failed')
    }
}

/** Takes reconciliations further every second. Returns what ends it. */
export const startClerk = (house: House): (() => Promise<void>) => {
  const over = new AbortController()
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await doDuties(house)
      await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return () => {
    over.abort()
    return running
  }
}
