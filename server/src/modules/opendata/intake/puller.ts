import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { type Ctx, type House, makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { carryAccess, pullUses } from '../application/access.service.ts'
import { overPublic } from '../connection.ts'
import { carryKeeping } from '../keeping.ts'
import { handleSubmissions, pullSubmissions } from './pull.service.ts'
import { carryClock, carryReplies } from './reply.service.ts'

const EVERY_MS = 2000
const AWAY_MS = 15_000

/** One turn (`opendata.intake.pull`): fetch, make matters of what came, say what is to be said. */
export const pullOnce = async (ctx: Ctx, client: pg.Client): Promise<number> => {
  await carryClock(ctx, client)
  await carryKeeping(ctx, client)
  const pulled = await pullSubmissions(ctx, client)
  await handleSubmissions(ctx)
  await carryAccess(ctx, client)
  await pullUses(ctx, client)
  return pulled + (await carryReplies(ctx, client))
}

/** The worker's puller: every two seconds while the public side answers; one that is away holds nothing up inside. */
export const startPuller = (house: House): { stop(): Promise<void> } => {
  const over = new AbortController()
  const turn = async (client: pg.Client): Promise<void> => {
    while (!over.signal.aborted) {
      const count = await pullOnce(await makeCtx(house, PLATFORM, 'intake'), client)
      if (count === 0) await pause(EVERY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const run = async (): Promise<void> => {
    if (!house.site.publishDatabaseUrl) return
    while (!over.signal.aborted) {
      await makeCtx(house, PLATFORM, 'intake')
        .then((ctx) => overPublic(ctx, turn))
        .catch((error: Error) => {
          if (!over.signal.aborted) house.log.warn({ err: error }, 'intake waits')
        })
      await pause(AWAY_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      over.abort()
      await running
    },
  }
}
