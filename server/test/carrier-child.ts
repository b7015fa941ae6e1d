// A worker that moves editions on, as a process of its own, so that a test may kill it in the middle of a carry.
import { makeCtx, PLATFORM } from '#kernel/ctx.ts'
import { openHouse } from '#kernel/house.ts'
import { advanceEditions } from '#modules/opendata/index.ts'

const [databaseUrl, dataDir, publishDatabaseUrl] = process.argv.slice(2) as [string, string, string]
const site = {
  ...{ demo: true, dataDir, gatewayOrigin: '', exchangeUrl: 'http://127.0.0.1:9' },
  ...{ stageDatabaseUrl: databaseUrl, publishDatabaseUrl },
}
const house = await openHouse({ role: 'test', databaseUrl, site, logLevel: 'silent', modules: [] })
await advanceEditions(await makeCtx(house, PLATFORM, 'carrier'))
await house.close()
