// A worker's harvester alone, as a process of its own, so that a test may kill it in the middle of a run.
import { openHouse } from '#kernel/house.ts'
import { startHarvester } from '#modules/catalog/index.ts'

const [databaseUrl, dataDir] = process.argv.slice(2) as [string, string]
const site = { demo: true, dataDir, gatewayOrigin: '', exchangeUrl: 'http://127.0.0.1:9' }
const house = await openHouse({ role: 'test', databaseUrl, site, logLevel: 'silent', modules: [] })
startHarvester(house, { egressAllow: ['127.0.0.0/8'], leaseMs: 1000, manners: { firstWaitMs: 1 } })
