import type { Config } from '#config'
import type { House } from '#kernel/ctx.ts'
import { type RunningRole, runRole } from '../../src/supervisor/child.ts'
import { openSeedHouse, seedCtx } from '../house.ts'
import { readMark, writeMark } from '../mark.ts'
import { attachOffers, ORIGIN_MARK } from './attach.ts'
import { moveHarvest } from './harvest.ts'
import { makeOffers, type Offer } from './registry/offers.ts'
import { type Serving, serveOffers } from './registry/serve.ts'

const originOf = (port: number): string => `http://127.0.0.1:${port}`

/** On the port of last time where it is free, so that attached services keep their addresses; else on any. */
const serve = async (offers: readonly Offer[], known: unknown): Promise<Serving> => {
  const port = typeof known === 'string' ? Number(new URL(known).port) : 0
  return serveOffers(offers, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    return serveOffers(offers, 0)
  })
}

const announce = async (
  house: House,
  offers: readonly Offer[],
  { origin, known }: { origin: string; known: unknown },
) => {
  if (origin === known) return
  await writeMark(house.db, ORIGIN_MARK, origin)
  if (!known) return
  await attachOffers(await seedCtx(house), offers, origin)
  await moveHarvest(await seedCtx(house), origin)
}

/** The demo's departments: one process on loopback that serves what each of them would serve itself. */
const startProviders = async (config: Config): Promise<RunningRole> => {
  const house = await openSeedHouse(config)
  const offers = makeOffers()
  const known = await readMark(house.db, ORIGIN_MARK)
  const serving = await serve(offers, known)
  const origin = originOf(serving.port)
  await announce(house, offers, { origin, known })
  await house.close()
  return { address: origin, close: serving.close }
}

if (import.meta.main) await runRole('providers', startProviders)
