import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  approve,
  csvOf,
  dataTables,
  type EditionGround,
  openEditions,
  propose,
  publishShops,
  show,
  siteEditions,
  upload,
} from '#test/edition-ground.ts'
import { killWorker } from '#test/killed-worker.ts'

const LINES = Array.from({ length: 300 }, (_, n) => `${n + 1},网点${n + 1},,,2016-03-05`)

let ground: EditionGround
before(async () => {
  ground = await openEditions()
})
after(() => ground?.closeAll())

const killedAt = (url: string, table: string) =>
  killWorker({ url, table, work: 'advance', worker: [ground.url, ground.dataDir, ground.ground.publishUrl] })

test('a worker killed while it reads, while it checks and while it carries leaves nothing partial; the next finishes, once (T4.2)', async () => {
  const entry = await publishShops(ground, '便民网点')
  const id = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(...LINES) })
  await killedAt(ground.url, 'opendata.edition_piece')
  assert.equal((await show(ground.proposer, id)).state, 'reading')
  await ground.advance()
  assert.deepEqual(await stateOf(id), ['staged', 300])
  const { release_id } = await propose(ground.proposer, entry, { edition_id: id })
  await killedAt(ground.url, `stage.e_${id.replaceAll('-', '')}`)
  assert.equal((await show(ground.proposer, id)).state, 'checking')
  await ground.advance()
  const { slug } = (await approve(ground.reviewer, release_id)).content
  // The rows are over; only the switch waits.
  await killedAt(ground.ground.publishUrl, 'site.edition')
  assert.deepEqual([await siteEditions(ground, entry), await dataTables(ground, slug)], [[], []])
  assert.equal((await show(ground.proposer, id)).state, 'clean')
  await ground.advance()
  await ground.advance()
  const editions = await siteEditions(ground, entry)
  assert.deepEqual(
    editions.map(({ edition_no, is_current, row_count }) => [edition_no, is_current, row_count]),
    [[1, true, 300]],
  )
  assert.deepEqual(await dataTables(ground, slug), [editions[0]!.table_name])
  const carried = await ground.sql(
    `select from kernel.event where type = 'opendata.edition.carried' and subject_id = $1`,
    [id],
  )
  assert.equal(carried.length, 1)
})

test('a worker killed after the switch and before the inside knew carries nothing twice (T4.2)', async () => {
  const entry = await publishShops(ground, '便民网点乙')
  const id = await upload(ground.proposer, { resource_id: entry.resource_id, bytes: csvOf(...LINES) })
  await ground.advance()
  const { release_id } = await propose(ground.proposer, entry, { edition_id: id })
  await ground.advance()
  await approve(ground.reviewer, release_id)
  await ground.advance()
  const before = await siteEditions(ground, entry)
  await ground.sql(`update opendata.edition set state = 'clean', carried_at = null where edition_id = $1`, [id])
  await ground.advance()
  assert.deepEqual([(await show(ground.proposer, id)).state, await siteEditions(ground, entry)], ['carried', before])
})

const stateOf = async (id: string) => {
  const { state, row_count } = await show(ground.proposer, id)
  return [state, row_count]
}
