// A worker's messenger alone, as a process of its own, so that a test may kill it between sending and writing down that it was sent.
import { openHouse } from '#kernel/house.ts'
import { startMessenger } from '#modules/exchange/index.ts'

const [databaseUrl, dataDir] = process.argv.slice(2) as [string, string]
const site = { demo: true, dataDir, gatewayOrigin: '', exchangeUrl: 'http://127.0.0.1:9' }
const house = await openHouse({ role: 'test', databaseUrl, site, logLevel: 'silent', modules: [] })
startMessenger(house, ['127.0.0.0/8'])
