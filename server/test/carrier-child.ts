// A worker at one of its works, as a process of its own, so that a test may kill it in the middle.
import { type Ctx, makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { openHouse } from '#kernel/house.ts'
import { advanceEditions, followSources } from '#modules/opendata/index.ts'
import { overPublic } from '../src/modules/opendata/connection.ts'
import { pullOnce } from '../src/modules/opendata/intake/puller.ts'

const WORKS = {
  advance: advanceEditions,
  follow: followSources,
  pull: (ctx: Ctx) => overPublic(ctx, (client) => pullOnce(ctx, client)),
} as const
export type Work = keyof typeof WORKS

const [databaseUrl, dataDir, publishDatabaseUrl, work] = process.argv.slice(2) as [string, string, string, Work]
const site = {
  ...{ demo: true, dataDir, gatewayOrigin: '', exchangeUrl: 'http://127.0.0.1:9' },
  ...{ stageDatabaseUrl: databaseUrl, publishDatabaseUrl },
}
const house = await openHouse({ role: 'test', databaseUrl, site, logLevel: 'silent', modules: [] })
await WORKS[work](await makeCtx(house, PLATFORM, 'carrier'))
await house.close()
