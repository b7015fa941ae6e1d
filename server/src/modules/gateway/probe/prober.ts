import { setTimeout as pause } from 'node:timers/promises'
import { type House, makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { openProbe, probeServices, reportServices } from './probe.service.ts'

const EVERY_MS = 60_000

/** The worker's prober: every minute it knocks where it is time, and tells the catalogue. */
export const startProber = (house: House, egressAllow: readonly string[]): { stop(): Promise<void> } => {
  const over = new AbortController()
  const dispatcher = openProbe(egressAllow)
  const beat = async (): Promise<void> => {
    const ctx = await makeCtx(house, PLATFORM, 'prober')
    await probeServices(ctx, dispatcher)
    await reportServices(ctx)
  }
  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await beat().catch((error: Error) => {
        if (!over.signal.aborted) house.log.error({ err: error }, 'probe failed')
      })
      await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      over.abort()
      await dispatcher.destroy()
      await running
    },
  }
}
