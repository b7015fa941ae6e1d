import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type CatalogWorld, openCatalog } from '#test/catalog-world.ts'
import { ORGANS } from '#test/harness.ts'
import { carryTo, openInWords } from '#test/opening.ts'
import { openPublic, type PublicGround } from '#test/public-ground.ts'
import { publishDelays } from './delay.service.ts'
import { publishReleases } from './index.ts'

let world: CatalogWorld
let ground: PublicGround

before(async () => {
  world = await openCatalog()
  ground = await openPublic(world.url)
})
after(async () => {
  await ground?.close()
  await world?.close()
})

const carry = (work: typeof publishReleases): Promise<number> => carryTo(world, ground, work)

const open = async (name: string): Promise<string> => {
  const id = await openInWords(world, name)
  await carry(publishReleases)
  return id
}

const deliver = (resourceId: string, state: string, days: number) =>
  world.sql(
    `insert into opendata.edition (edition_id, resource_id, edition_no, source, state, revision, organ_id, title, waits, columns, ignored,
       faults, fault_count, findings, data_on, note, attempt_count, created_by_name, created_at)
     values (gen_random_uuid(), $1, 1, 'figures', $2, 1, $3, '新一版', false, '[]', '[]', '[]', 0, '[]', '2017-12-31', '', 0, '平台',
       now() - make_interval(days => $4))`,
    [resourceId, state, ORGANS.commerce, days],
  )

test('rows that wait for the platform are told outside as its delay, those that wait for their provider are not (T4.2)', async () => {
  const [ours, theirs, fresh] = [await open('许可名录'), await open('处罚名录'), await open('抽查名录')]
  await deliver(ours, 'checking', 3)
  await deliver(theirs, 'held', 3)
  await deliver(fresh, 'checking', 0)
  assert.equal(await carry(publishDelays), 1)
  const told = await ground.sql<{ dataset_id: string }>('select dataset_id from site.delay')
  assert.deepEqual(told, [{ dataset_id: ours }])
  assert.equal(await carry(publishDelays), 0, 'what has not changed is not written')
  await world.sql(`update opendata.edition set state = 'discarded' where resource_id = $1`, [ours])
  assert.equal(await carry(publishDelays), 1)
  assert.deepEqual(await ground.sql('select from site.delay'), [])
})
