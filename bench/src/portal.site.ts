// The public portal as a process of its own, its statements counted; tells its address and answers how many it sent.
import { openPool } from '../../server/src/kernel/db.ts'
import { makeLog } from '../../server/src/kernel/log.ts'
import { buildSite } from '../../server/src/public/site.app.ts'
import { loadRenderer, STATEMENT_MS } from '../../server/src/roles/public.ts'

const pool = openPool(process.argv[2]!, { name: 'bench-portal', statementMs: STATEMENT_MS })
let sent = 0
const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
// Following what has changed goes on once a second, whether anybody asks or not.
const isFollowing = (asked: unknown): boolean => JSON.stringify(asked).includes('sum(change_no)')
pool.query = ((...args: unknown[]) => {
  if (!isFollowing(args[0])) sent += 1
  return query(...args)
}) as never

const app = buildSite({
  pool,
  renderer: await loadRenderer(),
  log: makeLog('public', 'silent'),
  demo: false,
  origin: 'http://data.example',
  trustProxy: [],
})
const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.on('message', () => process.send!({ sent }))
process.on('disconnect', () => process.exit(0))
process.send!({ address })
