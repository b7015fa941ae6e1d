import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { addressOf } from '@sanjiang/contract/call'
import ExcelJS from 'exceljs'
import { type CatalogWorld, draftOf, openCatalog, publish } from '#test/catalog-world.ts'
import { sendFile } from '#test/workbook-ground.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
})
after(() => world.close())

type Layout = 'full' | 'census'
const exported = async (layout: Layout): Promise<Buffer> => {
  const { statusCode, rawPayload } = await world.app.inject({
    url: addressOf(catalog.exportResources, { query: { layout } }),
    headers: { cookie: world.cataloger.cookie },
  })
  assert.equal(statusCode, 200)
  return rawPayload
}

/** As an officer goes about it: cells by the name of the entry and the heading. */
const edited = async (file: Buffer, cells: readonly (readonly [string, string, string | null])[]): Promise<Buffer> => {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(file as never)
  const sheet = book.getWorksheet('目录条目')!
  const titles = (sheet.getRow(2).values as string[]).slice(1)
  for (const [name, heading, value] of cells)
    sheet.eachRow((row) => {
      if (row.getCell(titles.indexOf('信息资源名称') + 1).value === name)
        row.getCell(titles.indexOf(heading) + 1).value = value
    })
  return Buffer.from(await book.xlsx.writeBuffer())
}

const imported = async (file: Buffer) => {
  const { batch_id, mapping, fault } = await sendFile(world, world.cataloger, { name: '导出.xlsx', file })
  assert.equal(fault, null)
  const params = { id: batch_id }
  await world.cataloger.call(catalog.checkBatch, { params, body: { mapping } })
  await world.drain()
  return { params, batch: await world.cataloger.call(catalog.getBatch, { params }) }
}

const listOf = async (params: { id: string }, kind: catalog.BatchKind) =>
  (await world.cataloger.call(catalog.listBatchEntries, { params, query: { kind } })).rows

const save = async (resource_id: string, more: Partial<catalog.ResourceDraft>) => {
  const params = { id: resource_id }
  const { content, revision } = await world.cataloger.call(catalog.getResource, { params, query: {} })
  const { items, ...rest } = content
  const draft = { ...rest, items: items.map(({ seq: _, ...item }) => item), ...more }
  await world.cataloger.call(catalog.saveResource, { params, body: { revision, draft } })
}

const show = async (resource_id: string) =>
  (await world.cataloger.call(catalog.getResource, { params: { id: resource_id }, query: {} })).content

for (const layout of ['full', 'census'] as const)
  test(`what others changed since the export (${layout}) is a conflict that says what differs, never undone in silence (T2.2, T2.3)`, async () => {
    const make = (name: string) => world.cataloger.call(catalog.createResource, { body: draftOf(`${layout}${name}`) })
    const [touched, still, both] = [await make('他人改过'), await make('无人动过'), await make('两人都改')]
    const file = await exported(layout)
    await save(touched.resource_id, { summary: '他人后来写的摘要，比导出的新。' })
    await save(both.resource_id, { summary: '他人后来写的另一摘要，比导出的新。' })
    const mine = await edited(file, [
      [`${layout}无人动过`, '更新周期', '每周'],
      [`${layout}两人都改`, '更新周期', '每月'],
    ])
    const { params, batch } = await imported(mine)
    assert.deepEqual([batch.changed_count, batch.conflict_count, batch.error_count], [1, 2, 0])
    const conflicts = await listOf(params, 'conflict')
    for (const { reason, may_take, change_count } of conflicts) {
      assert.match(reason!, /导出之后已被他人修改（现为第 2 次修订），与文件不同的有：.*摘要/)
      assert.deepEqual([may_take, change_count > 0], [true, true])
    }
    assert.equal((await world.cataloger.refused(catalog.commitBatch, { params, body: {} })).code, 'conflict')
    // One of them he wants as his file has it; the other he leaves to whoever wrote it.
    const { seq } = conflicts.find(({ name }) => name.endsWith('两人都改'))!
    const unknown = { params, body: { seqs: [seq, 999] } }
    assert.equal((await world.cataloger.refused(catalog.takeBatchEntries, unknown)).code, 'conflict')
    const police = await world.signIn('police', 'cataloger')
    assert.equal((await police.refused(catalog.takeBatchEntries, { params, body: {} })).code, 'not_found')
    assert.equal((await world.consumer.refused(catalog.takeBatchEntries, { params, body: {} })).code, 'forbidden')
    const taken = await world.cataloger.call(catalog.takeBatchEntries, { params, body: { seqs: [seq] } })
    assert.deepEqual([taken.changed_count, taken.conflict_count], [2, 1])
    await world.cataloger.call(catalog.commitBatch, { params, body: { is_leaving_out: true } })
    assert.equal((await show(touched.resource_id)).summary, '他人后来写的摘要，比导出的新。')
    assert.equal((await show(still.resource_id)).update_cycle, 'weekly')
    const settled = await show(both.resource_id)
    assert.deepEqual([settled.update_cycle, settled.summary], ['monthly', both.content.summary])
    // He goes on with his own file: what his own import wrote is no news to him.
    const further = await imported(await edited(mine, [[`${layout}无人动过`, '更新周期', '每月']]))
    assert.deepEqual([further.batch.changed_count, further.batch.conflict_count], [1, 1])
  })

test('review and publication change no word, and a revision taken out of the file is not compared (T2.2)', async () => {
  const entry = await world.cataloger.call(catalog.createResource, { body: draftOf('导出后发布') })
  const file = await exported('full')
  const params = { id: entry.resource_id }
  await world.cataloger.call(catalog.submitResource, { params })
  await world.reviewer.call(catalog.approveResource, { params, body: {} })
  await world.admin.call(catalog.publishResource, { params, body: {} })
  const wish = ['导出后发布', '更新周期', '每周'] as const
  const published = await imported(await edited(file, [wish]))
  assert.deepEqual(
    (await listOf(published.params, 'changed')).map(({ name }) => name),
    ['导出后发布'],
  )
  await world.cataloger.call(catalog.cancelBatch, { params: published.params })
  const other = await publish(world, draftOf('修订号删去'))
  const second = await exported('full')
  const plain = await imported(
    await edited(second, [
      ['修订号删去', '修订号', null],
      ['修订号删去', '更新周期', '每月'],
      ['导出后发布', '修订号', '看不懂'],
      wish,
    ]),
  )
  const changed = await listOf(plain.params, 'changed')
  assert.ok(changed.some(({ resource_id }) => resource_id === other.resource_id))
  assert.deepEqual([plain.batch.changed_count, plain.batch.conflict_count], [2, 0])
})
