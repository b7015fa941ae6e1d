// A process that seals at full speed and prints every receipt it was given, so that a test may kill it in mid-flight.
import { openDb, openPool } from '#kernel/db.ts'
import { makeLog } from '#kernel/log.ts'
import { openLog } from '#modules/ledger/index.ts'
import { draftCall } from './ledger-ground.ts'

const [url, nodeId] = process.argv.slice(2) as [string, string]
const CALLERS = 16

const db = openDb(openPool(url, { role: 'sanjiang_gateway', name: 'ledger-child' }))
const log = await openLog({ db, nodeId, role: 'gateway', log: makeLog('child', 'silent') })

// Writes to a pipe are synchronous here, so what the parent has read was acknowledged before the kill.
const call = async (caller: number): Promise<void> => {
  for (let n = 0; ; n += 1) {
    const { log_id, seq, leaf } = await log.append(draftCall(caller * 1_000_000 + n))
    process.stdout.write(`${log_id} ${seq} ${leaf}\n`)
  }
}
await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)))
