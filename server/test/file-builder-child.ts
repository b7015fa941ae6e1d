// The builder of files alone, as a process of its own, so that a test may kill it in the middle of a file.
import { makeLog } from '#kernel/log.ts'
import { buildFiles } from '#modules/opendata/file/file.service.ts'

const [publishDatabaseUrl, publicUrl] = process.argv.slice(2) as [string, string]
const site = { demo: true, dataDir: '', gatewayOrigin: '', exchangeUrl: '', publishDatabaseUrl, publicUrl }
await buildFiles({ site, log: makeLog('test', 'silent') })
