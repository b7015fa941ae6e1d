import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { reconcile } from '@sanjiang/contract/catalog'
import { type CatalogWorld, openCatalog } from './catalog-world.ts'
import { listeningSite } from './counted-site.ts'
import { createSource, harvest, logOf } from './harvest-ground.ts'
import { layFiles } from './portal-files.ts'
import { columnOf, layCopies, layDataset } from './public-dataset.ts'
import { openPublic, type PublicGround } from './public-ground.ts'

const DATASETS = 130

let world: CatalogWorld
let ground: PublicGround
let site: Awaited<ReturnType<typeof listeningSite>>

before(async () => {
  world = await openCatalog()
  ground = await openPublic(world.url)
  const content = { organ_name: '青海省工商行政管理局', keywords: ['登记'] }
  const columns = [columnOf('name', '企业名称'), columnOf('founded', '成立日期', { data_type: 'D' })]
  const id = await layDataset(ground, { slug: 'h-0', content, columns, rows: [['甲', '2017-01-01']] })
  await layFiles(ground, id, ['csv', 'json'])
  await layCopies(ground, { of: 'h-0', prefix: 'h', count: DATASETS - 1 })
  site = await listeningSite(ground)
})
after(async () => {
  await site?.close()
  await ground?.close()
  await world?.close()
})

const take = async (kind: 'ckan' | 'dcat', url: string) => {
  const { source_id } = await createSource(world.admin, url, { kind, name: `${kind} ${url}` })
  const run = await harvest(world, world.admin, source_id)
  assert.equal(run.note, null)
  assert.deepEqual(await logOf(world.admin, run.run_id, 'failed'), [])
  assert.deepEqual(await logOf(world.admin, run.run_id, 'refused'), [])
  assert.deepEqual([run.state, reconcile(run).sum, run.failed_count, run.refused_count], ['finished', DATASETS, 0, 0])
  assert.equal(reconcile(run).is_balanced, true)
  return run
}

test('another node’s harvester takes the whole portal over by CKAN: every dataset once, no fault (T2.2, T4.2, CKAN)', async () => {
  await take('ckan', site.address)
})

test('and by DCAT, in Turtle as in JSON-LD, page by page (T2.2, T4.2, DCAT)', async () => {
  for (const syntax of ['ttl', 'jsonld'])
    assert.equal((await take('dcat', `${site.address}/dcat/catalog.${syntax}`)).pages, 2)
})
