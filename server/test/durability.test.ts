// kill -9 alone proves no durability: the operating system keeps what a dead process wrote. So the syncs are counted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type DrillGround, openDrillGround } from './drill/ground.ts'
import { GatewayClient } from './gateway-client.ts'

const CALLS = 60
/** A backend that falls idle tells its last figures within ten seconds. */
const TOLD_MS = 15_000

/** Syncs of the log by the backends that serve clients; the background writers' own are not among them. */
const countSyncs = async ({ ground }: DrillGround): Promise<number> => {
  await ground.sql('select pg_stat_force_next_flush()')
  const [row] = await ground.sql<{ syncs: number }>(
    `select coalesce(sum(fsyncs), 0)::int as syncs from pg_stat_io where object = 'wal' and backend_type = 'client backend'`,
  )
  return row!.syncs
}

test('no answer leaves the gateway before the disk has been told to keep its receipt (C2)', async () => {
  const drill = await openDrillGround()
  try {
    // Only the gateway is left to write: what is counted is synced for the call.
    for (const role of drill.roles) if (role.name !== 'gateway') await role.stop()
    const [{ origin }] = drill.gateways as [(typeof drill.gateways)[0]]
    const client = new GatewayClient(origin, drill.clients[0]!)
    assert.equal((await client.signIn()).status, 201)
    const before = await countSyncs(drill)
    for (let n = 0; n < CALLS; n += 1) assert.equal((await client.call({ resource: drill.resource })).status, 200)
    // One after the other, so that none shares a commit.
    const deadline = Date.now() + TOLD_MS
    let syncs = 0
    while (syncs < CALLS && Date.now() < deadline) {
      await pause(500)
      syncs = (await countSyncs(drill)) - before
    }
    assert.ok(syncs >= CALLS, `${CALLS} answers, ${syncs} syncs`)
  } finally {
    await drill.close()
  }
})
