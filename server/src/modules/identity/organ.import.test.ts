import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { organs } from '#seeds/reference/organs.ts'
import { openWorld, type World } from '#test/harness.ts'
import { type ImportedOrgan, importOrgans } from './index.ts'

const GOVERNMENT = '6300003900'

const toImported = ({ id, ...organ }: (typeof organs)[number]): ImportedOrgan => ({ organ_id: id, ...organ })

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

test('a tree in which organs lie below each other is refused whole (T16.1)', async () => {
  const organ = (organ_id: string, parent_id: string): ImportedOrgan => ({
    ...toImported(organs[0]!),
    organ_id,
    parent_id,
  })
  const loop = [organ('6399993001', '6399993002'), organ('6399993002', '6399993001')]
  await assert.rejects(importOrgans(await world.ctx(), loop), /lie below each other/)
  await assert.rejects(importOrgans(await world.ctx(), [organ('6399993001', '6399993009')]), /not listed/)
})

test('the reference organs stand in their tree, each in its time (T16.1)', async () => {
  await world.sql('truncate identity.organ cascade')
  await importOrgans(await world.ctx(), organs.toReversed().map(toImported))
  const officer = await world.signIn('root', 'cataloger').catch(() => null)
  assert.equal(officer, null, 'the organs of the test world are gone')
  const [row] = await world.sql<{ n: string; wrong: string }>(
    `select count(*) as n, count(*) filter (where o.path is distinct from coalesce(p.path, '/') || o.organ_id || '/') as wrong
     from identity.organ o left join identity.organ p on p.organ_id = o.parent_id`,
  )
  assert.deepEqual([Number(row!.n), Number(row!.wrong)], [organs.length, 0])
})

test('the reform of 2018 is not there in 2017 and is in 2019 (T16.1)', async () => {
  const { listOrgans } = await import('./organ.service.ts')
  const namesOn = async (on: string) => {
    const { rows } = await listOrgans(await world.ctx(), { on, limit: 1000, parent_id: GOVERNMENT })
    return new Set(rows.map(({ name }) => name))
  }
  const [before, later] = [await namesOn('2017-12-11'), await namesOn('2019-01-01')]
  assert.deepEqual([before.has('青海省工商行政管理局'), before.has('青海省市场监督管理局')], [true, false])
  assert.deepEqual([later.has('青海省工商行政管理局'), later.has('青海省市场监督管理局')], [false, true])
  const found = await listOrgans(await world.ctx(), { on: '2012-01-01', q: '卫生厅', parent_id: GOVERNMENT })
  assert.deepEqual(
    found.rows.map(({ name }) => name),
    ['青海省卫生厅'],
    'under the name of its day',
  )
})
