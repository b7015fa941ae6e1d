import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '#config'
import { sealAccess } from '#modules/ledger/index.ts'
import { cloneDatabase } from '#test/cluster.ts'
import { asAdmin } from '#test/public-ground.ts'
import { openSeedHouse } from './house.ts'

test('whoever fills the platform closes the log he wrote in, so that nobody waits for him (C2)', async () => {
  await using parts = new AsyncDisposableStack()
  const database = parts.adopt(await cloneDatabase(), (one) => one.drop())
  const dataDir = await mkdtemp(join(tmpdir(), 'sanjiang-seed-'))
  parts.defer(() => rm(dataDir, { recursive: true, force: true }))
  const house = await openSeedHouse(loadConfig({ DATABASE_URL: database.url, DATA_DIR: dataDir, LOG_LEVEL: 'silent' }))
  await sealAccess(house, 'seed', { kind: 'access', body: { topic: 'opendata.applicant.read', outcome: 'done' } })
  await house.close()
  const { rows } = await asAdmin(database.url, (client) => client.query('select closed_by from ledger.log'))
  assert.deepEqual(rows, [{ closed_by: 'writer' }])
})
