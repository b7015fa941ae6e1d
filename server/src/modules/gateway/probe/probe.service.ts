import { Agent, request } from 'undici'
import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { makeEgress } from '#kernel/egress.ts'
import { reportFacts } from '#modules/catalog/index.ts'
import { type Knock, knockOfError, knockOfStatus } from './probe.rules.ts'
import { FACTS, keepKnock, listFacts, listUnprobed } from './probe.store.ts'

const EVERY_MS = 300_000
const KNOCK_MS = 5_000
const AT_ONCE = 8
/** More than this wait for the next beat. */
const BEAT = 200

export const openProbe = (egressAllow: readonly string[]): Agent =>
  new Agent({ connect: makeEgress(egressAllow).connect, headersTimeout: KNOCK_MS, connections: 1 })

/** Asks only whether anybody is there: no parameter, no credential, no redirect, nothing of the answer but its status. */
const knock = async (dispatcher: Agent, url: string): Promise<Knock> => {
  try {
    const { origin, pathname } = new URL(url)
    const { statusCode, body } = await request(origin + pathname, {
      dispatcher,
      method: 'HEAD',
      headers: { 'user-agent': 'sanjiang-probe' },
      signal: AbortSignal.timeout(KNOCK_MS),
    })
    body.on('error', () => undefined)
    await body.dump().catch(() => undefined)
    return knockOfStatus(statusCode)
  } catch (error) {
    return knockOfError(error as NodeJS.ErrnoException)
  }
}

const earlier = (instant: string, ms: number): string => new Date(Date.parse(instant) - ms).toISOString()

/**
 * Knocks at every service that has not been knocked at for five minutes. Each result stands by itself, so whoever is stopped
 * goes on with those that still wait.
 */
export const probeServices = async (ctx: Ctx, dispatcher: Agent, everyMs = EVERY_MS): Promise<number> => {
  const due = await listUnprobed(ctx.db, { before: earlier(ctx.instant, everyMs), limit: BEAT })
  for (let from = 0; from < due.length; from += AT_ONCE)
    await Promise.all(
      due.slice(from, from + AT_ONCE).map(async ({ service_id: serviceId, url }) => {
        const result = await knock(dispatcher, url)
        const kept = { serviceId, knock: result, today: ctx.today, at: ctx.instant }
        await inTx(ctx, (tx) => keepKnock(tx, kept))
      }),
    )
  return due.length
}

/** Tells the catalogue how its entries can be had by interface. */
export const reportServices = (ctx: Ctx): Promise<void> =>
  inTx(ctx, async (tx) => reportFacts(tx, { kinds: FACTS, facts: await listFacts(tx, ctx.today) }))
