// The worker's builder of files alone, as a process of its own, so that its memory is its own.
import { makeLog } from '../../server/src/kernel/log.ts'
import { buildFiles } from '../../server/src/modules/opendata/file/file.service.ts'

const [publishDatabaseUrl] = process.argv.slice(2) as [string]
const site = { demo: false, dataDir: '', gatewayOrigin: '', exchangeUrl: '', publicUrl: 'https://data.example' }
// Files that take longer than one run of the worker are made by the next.
while ((await buildFiles({ site: { ...site, publishDatabaseUrl }, log: makeLog('bench', 'info') })) > 0);
