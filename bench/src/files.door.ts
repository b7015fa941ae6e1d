// The centre's door as a process of its own, as in operation. Arguments: database address, data folder.
import { openDoor } from '../../server/src/modules/exchange/index.ts'
import { MODULES } from '../../server/src/roles/modules.ts'

const [databaseUrl = '', dataDir = ''] = process.argv.slice(2)
const door = await openDoor({
  databaseUrl,
  dataDir,
  demo: true,
  host: '127.0.0.1',
  port: 0,
  logLevel: 'silent',
  modules: MODULES,
})
process.send?.({ address: door.address })
process.on('message', () => process.send?.({ cpu: process.cpuUsage(), peak: process.resourceUsage().maxRSS }))
process.on('disconnect', () => process.exit(0))
