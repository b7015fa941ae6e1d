import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { APPROVE, type ApplicationGround, keyHash, openApplications } from '#test/application-ground.ts'
import { killWorker } from '#test/killed-worker.ts'

let ground: ApplicationGround
before(async () => {
  ground = await openApplications()
})
after(() => ground?.close())

test('a worker killed wherever it activates an application leaves nothing half; the next opens the one key, once (T4.2)', async () => {
  const applied = await ground.apply()
  await ground.decide(applied, APPROVE)
  const { detail } = await ground.standing(applied)
  const key_hash = keyHash()
  assert.equal(await ground.say(applied, 'agreement', { digest: detail.agreement.digest, key_hash }), 'accepted')
  const [inside, outside] = [ground.world.url, ground.outside.publishUrl]
  const killedAt = (url: string, table: string) =>
    killWorker({ work: 'pull', worker: [inside, ground.world.dataDir, outside], url, table, mode: 'share' })
  const stands = async () => [
    (await ground.find(applied)).state,
    (await ground.keys(applied)).length,
    (await ground.access(key_hash)).length,
  ]
  const [agreed, active] = ['agreement', 'active']
  // Fetched, and not yet emptied outside; then made something of, and not yet kept.
  await killedAt(outside, 'intake.submission')
  assert.deepEqual(await stands(), [agreed, 0, 0])
  await killedAt(inside, 'opendata.access')
  assert.deepEqual(await stands(), [agreed, 0, 0])
  // Kept inside, and not yet open outside; open there, and not yet known inside.
  await killedAt(outside, 'site.access')
  assert.deepEqual(await stands(), [active, 1, 0])
  await killedAt(inside, 'opendata.access')
  assert.deepEqual(await stands(), [active, 1, 1])
  // Told to nobody yet.
  await killedAt(outside, 'intake.state')
  for (let turn = 0; turn < 2; turn += 1) await ground.turn()
  assert.deepEqual(await stands(), [active, 1, 1])
  assert.equal((await ground.standing(applied)).state, active)
  const opened = await ground.world.sql(
    `select from kernel.event where type = 'opendata.application.confirmed' and subject_id = (
       select application_id::text from opendata.application where number = $1)`,
    [applied.number],
  )
  assert.equal(opened.length, 1)
})
