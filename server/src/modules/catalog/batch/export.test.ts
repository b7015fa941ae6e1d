import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { addressOf } from '@sanjiang/contract/call'
import { nameKey } from '@sanjiang/contract/catalog'
import { importPublished } from '#modules/catalog/index.ts'
import { demoResources } from '#seeds/demo/resources.ts'
import { type CatalogWorld, draftOf, openCatalog } from '#test/catalog-world.ts'
import { ORGANS, type Voice } from '#test/harness.ts'
import { csvOf, rowOf, sendFile } from '#test/workbook-ground.ts'

const COUNT = 220

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
  await furnish()
})
after(() => world?.close())

/** Entries of the demo province, as if the commerce department had compiled them all. */
const furnish = async (): Promise<void> => {
  const taken = new Map<string, Parameters<typeof importPublished>[1][number]>()
  for (const { key, compiled_on, ...resource } of demoResources()) {
    if (taken.size === COUNT) break
    const draft = { ...resource, provider_organ_id: ORGANS.commerce, class_code: '363027' }
    taken.set(nameKey(resource.name), { key, draft, published_on: compiled_on })
  }
  const { published, refused } = await importPublished(await world.ctx(), [...taken.values()])
  assert.deepEqual([published.length, refused], [COUNT, []])
  await world.cataloger.call(catalog.createResource, { body: draftOf('编制中的一条', { summary: null, items: [] }) })
}

const fetchFile = async (voice: Voice, address: string) => {
  const { statusCode, rawPayload, headers } = await world.app.inject({
    url: address,
    headers: { cookie: voice.cookie },
  })
  assert.equal(statusCode, 200, rawPayload.toString('utf8').slice(0, 300))
  return { file: rawPayload, headers }
}

const imported = async (file: Buffer, name = '导出.xlsx') => {
  const read = await sendFile(world, world.cataloger, { name, file })
  assert.equal(read.fault, null)
  const params = { id: read.batch_id }
  await world.cataloger.call(catalog.checkBatch, { params, body: { mapping: read.mapping } })
  await world.drain()
  return world.cataloger.call(catalog.getBatch, { params })
}

const differing = async ({ batch_id }: catalog.Batch): Promise<unknown[]> => {
  const { rows } = await world.cataloger.call(catalog.listBatchEntries, {
    params: { id: batch_id },
    query: { limit: 200 },
  })
  const others = rows.filter(({ kind }) => kind !== 'same').slice(0, 3)
  return Promise.all(
    others.map(async (one) => ({
      ...one,
      changes: await world.cataloger.call(catalog.listBatchChanges, { params: { id: batch_id, seq: one.seq } }),
    })),
  )
}

for (const layout of ['full', 'census'] as const)
  test(`an untouched export (${layout}) of ${COUNT} entries imports again without a single change (T2.2, T2.3)`, async () => {
    const { file } = await fetchFile(world.cataloger, addressOf(catalog.exportResources, { query: { layout } }))
    const batch = await imported(file)
    assert.deepEqual(await differing(batch), [])
    assert.deepEqual([batch.state, batch.same_count], ['checked', COUNT + 1])
    const params = { id: batch.batch_id }
    assert.equal((await world.cataloger.refused(catalog.commitBatch, { params, body: {} })).code, 'conflict')
  })

test('one entry, the hits of a search and the template go out as workbooks; a reader gets what is published only (T2.2, P3, P5)', async () => {
  const { rows } = await world.consumer.call(catalog.search, { query: { limit: 3 } })
  const params = { id: rows[0]!.resource_id }
  const one = await fetchFile(world.consumer, addressOf(catalog.exportResourceWorkbook, { params, query: {} }))
  assert.match(String(one.headers['content-disposition']), /\.xlsx$/)
  assert.equal((await imported(one.file)).same_count, 1)
  const found = await fetchFile(world.consumer, addressOf(catalog.exportSearch, { query: {} }))
  const batch = await imported(found.file)
  assert.deepEqual([batch.same_count, batch.new_count + batch.changed_count], [COUNT, 0])
  const template = await fetchFile(world.cataloger, addressOf(catalog.getTemplate, {}))
  assert.equal(template.file.subarray(0, 2).toString(), 'PK')
  const drafted = await world.cataloger.call(catalog.listResources, { query: { state: 'draft' } })
  const address = addressOf(catalog.exportResourceWorkbook, { params: { id: drafted.rows[0]!.resource_id }, query: {} })
  const { statusCode } = await world.app.inject({ url: address, headers: { cookie: world.consumer.cookie } })
  assert.equal(statusCode, 404)
})

test('the officer’s own file comes back with a column that says what was found (T2.2, P5)', async () => {
  const batch = await imported(csvOf([rowOf('好的一条'), rowOf('坏的一条', { 摘要: '坏的一条' })]), '我的.csv')
  const params = { id: batch.batch_id }
  const { file, headers } = await fetchFile(world.cataloger, addressOf(catalog.getAnnotated, { params }))
  assert.match(decodeURIComponent(String(headers['content-disposition'])), /我的-检查结果\.csv/)
  assert.match(file.toString('utf8'), /摘要不能/)
  const again = await imported(file, '我的.csv')
  assert.deepEqual([again.new_count, again.error_count], [1, 1])
})
