import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { type CatalogWorld, draftOf, ITEM, openCatalog, publish, publishDraft } from '#test/catalog-world.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
})
after(() => world.close())

const saveDraft = (id: string, revision: number, draft: catalog.ResourceDraft) =>
  world.cataloger.call(catalog.saveResource, { params: { id }, body: { revision, draft } })

/** What an editor sends back: the items as they came, so that they keep their identities. */
const asDraft = ({ content }: catalog.ResourceDetail): catalog.ResourceDraft => ({
  ...content,
  items: content.items.map(({ seq: _, ...item }) => item),
})

test('a revision stands beside the published version, which stays as it is until the revision is approved (T2.2)', async () => {
  const published = await publish(world, draftOf('企业登记信息'))
  const params = { id: published.resource_id }
  const copy = await world.cataloger.call(catalog.reviseResource, { params })
  assert.deepEqual([copy.copy, copy.is_revising, copy.published_version], ['working', true, 1])
  await saveDraft(params.id, copy.revision, { ...asDraft(copy), summary: '修订后的摘要，范围扩大到个体工商户。' })
  const outside = await world.consumer.call(catalog.getResource, { params, query: {} })
  assert.deepEqual([outside.state, outside.is_revising, outside.version], ['published', false, 1])
  assert.equal(outside.content.summary, published.content.summary)
  assert.equal(
    (await world.consumer.refused(catalog.getResource, { params, query: { copy: 'working' } })).code,
    'not_found',
  )
  assert.equal((await world.cataloger.refused(catalog.reviseResource, { params })).code, 'wrong_state')
  const second = await publishDraft(world, params.id)
  assert.deepEqual([second.version, second.code], [2, published.code])
  const now = await world.consumer.call(catalog.getResource, { params, query: {} })
  assert.equal(now.content.summary, '修订后的摘要，范围扩大到个体工商户。')
  assert.equal(now.first_published_on, published.published_on)
})

test('items keep their identity through versions, whoever is renamed or moved; the dropped ones go (T2.2)', async () => {
  const three = [
    ITEM,
    { ...ITEM, name: '住所', name_en: 'domicile' },
    { ...ITEM, name: '法定代表人', name_en: 'legal_representative' },
  ]
  const published = await publish(world, draftOf('经营主体信息', { items: three }))
  const params = { id: published.resource_id }
  const [name, domicile, representative] = published.content.items
  const copy = await world.cataloger.call(catalog.reviseResource, { params })
  await saveDraft(params.id, copy.revision, {
    ...asDraft(copy),
    items: [
      // Without an id, as from a workbook: the English name tells which item it is.
      {
        ...ITEM,
        name: '法定代表人姓名',
        name_en: 'LEGAL_REPRESENTATIVE',
        share_type: 'conditional',
        share_condition: '按事项逐件核验',
      },
      { ...ITEM, item_id: name!.item_id, name: '主体名称', name_en: 'subject_name' },
      { ...ITEM, item_id: world.consumer.person_id, name: '经营范围', name_en: 'scope' },
    ],
  })
  const second = await publishDraft(world, params.id)
  const ids = second.content.items.map(({ item_id }) => item_id)
  assert.deepEqual(ids.slice(0, 2), [representative!.item_id, name!.item_id])
  assert.ok(!ids.includes(domicile!.item_id))
  assert.ok(!ids.includes(world.consumer.person_id), 'an id that is not this entry’s is never believed')
  const rows = await world.sql<{ item_id: string; seq: number }>(
    'select item_id, seq from catalog.published_item where resource_id = $1 order by seq',
    [params.id],
  )
  assert.deepEqual(
    rows,
    ids.map((item_id, index) => ({ item_id, seq: index + 1 })),
  )
  const [event] = await world.sql<{ after: Record<string, unknown> }>(
    `select after from kernel.event where subject_id = $1 and type = 'catalog.resource.published' order by event_id desc limit 1`,
    [params.id],
  )
  assert.deepEqual(event!.after.removed_item_ids, [domicile!.item_id])
  assert.deepEqual(event!.after.tightened_item_ids, [representative!.item_id])
})

test('the difference of two versions names every field, in words, and items by themselves and not by their place (T2.2)', async () => {
  const published = await publish(world, draftOf('市场主体年报信息'))
  const params = { id: published.resource_id }
  const copy = await world.cataloger.call(catalog.reviseResource, { params })
  const [name, code] = asDraft(copy).items!
  await saveDraft(params.id, copy.revision, {
    ...asDraft(copy),
    update_cycle: 'yearly',
    keywords: ['市场主体', '年报'],
    census: {
      total_storage_gb: 1,
      structured_rows_10k: 2,
      shared_storage_gb: 0,
      shared_rows_10k: 0,
      open_storage_gb: 0,
      open_rows_10k: 0,
    },
    items: [
      { ...ITEM, name: '年报年度', name_en: 'year', data_type: 'N', length: 4 },
      { ...name!, length: 300 },
    ],
  })
  const changes = await world.cataloger.call(catalog.diffResource, { params, query: { from: 1 } })
  const lines = changes.map(({ field, kind, before, after }) => `${field} ${kind} ${before} → ${after}`)
  assert.deepEqual(
    lines.filter((line) => !line.startsWith('census.')),
    [
      'update_cycle changed 每日 → 每年',
      'keywords changed 市场主体 → 市场主体、年报',
      'items.0 added null → 年报年度',
      'items.1.length changed 200 → 300',
      `items.1 removed ${code!.name} → null`,
    ],
  )
  assert.ok(lines.includes('census.structured_rows_10k added null → 2'))
  await publishDraft(world, params.id)
  const between = await world.consumer.call(catalog.diffResource, { params, query: { from: 1, to: 2 } })
  assert.deepEqual(between, changes)
  const versions = await world.consumer.call(catalog.listVersions, { params })
  assert.deepEqual(
    versions.map(({ version }) => version),
    [2, 1],
  )
  const first = await world.consumer.call(catalog.getVersion, { params: { ...params, version: 1 } })
  assert.equal(first.content.update_cycle, 'daily')
  assert.equal(
    (await world.consumer.refused(catalog.getVersion, { params: { ...params, version: 9 } })).code,
    'not_found',
  )
})

test('a revision can be given up: what was published is as it was (T2.2)', async () => {
  const published = await publish(world, draftOf('吊销信息'))
  const params = { id: published.resource_id }
  const copy = await world.cataloger.call(catalog.reviseResource, { params })
  await saveDraft(params.id, copy.revision, { ...asDraft(copy), name: '吊销和注销信息' })
  await world.cataloger.call(catalog.removeResource, { params })
  const after = await world.cataloger.call(catalog.getResource, { params, query: {} })
  assert.deepEqual([after.state, after.name, after.version], ['published', '吊销信息', 1])
  assert.deepEqual(after.can, ['revise'])
})

test('the class a code was issued in stays, and so does the provider (T2.2)', async () => {
  const published = await publish(world, draftOf('注销信息'))
  const params = { id: published.resource_id }
  const copy = await world.cataloger.call(catalog.reviseResource, { params })
  const saved = await saveDraft(params.id, copy.revision, { ...asDraft(copy), class_code: '102001' })
  const problem = await world.cataloger.refused(catalog.submitResource, { params })
  assert.deepEqual(
    problem.fields?.map(({ rule, field }) => `${rule} ${field}`),
    ['F03 class_code'],
  )
  const body = { revision: saved.revision, draft: { ...asDraft(copy), provider_organ_id: world.consumer.organ_id } }
  assert.equal((await world.cataloger.refused(catalog.saveResource, { params, body })).fields?.[0]?.rule, 'fixed')
})

test('withdrawing takes an entry out of what others read, with its reason; the revision beside it lives on as a draft (T2.2)', async () => {
  const published = await publish(world, draftOf('已停办业务信息'))
  const params = { id: published.resource_id }
  await world.cataloger.call(catalog.reviseResource, { params })
  const [before] = await world.sql<{ version: number }>('select version from kernel.policy')
  const body = { reason: '业务已停办，数据不再更新' }
  await world.admin.call(catalog.withdrawResource, { params, body })
  const [after] = await world.sql<{ version: number }>('select version from kernel.policy')
  assert.ok(Number(after!.version) > Number(before!.version), 'the gateway is told')
  assert.equal((await world.consumer.refused(catalog.getResource, { params, query: {} })).code, 'not_found')
  const left = await world.sql('select from catalog.published_item where resource_id = $1', [params.id])
  assert.equal(left.length, 0)
  const mine = await world.cataloger.call(catalog.getResource, { params, query: {} })
  assert.deepEqual([mine.state, mine.withdraw_reason, mine.published_version], ['draft', body.reason, null])
  assert.equal((await world.admin.refused(catalog.withdrawResource, { params, body })).code, 'not_found')
})
