// A worker's puller alone, as a process of its own, so that a test may kill it in the middle of what it fetches.
import { openHouse } from '#kernel/house.ts'
import { startPuller } from '#modules/opendata/index.ts'

const [databaseUrl, dataDir, publishDatabaseUrl] = process.argv.slice(2) as [string, string, string]
const site = { demo: true, dataDir, gatewayOrigin: '', exchangeUrl: 'http://127.0.0.1:9', publishDatabaseUrl }
const house = await openHouse({ role: 'test', databaseUrl, site, logLevel: 'silent', modules: [] })
startPuller(house)
