import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { inTx } from '#kernel/db.ts'
import { type CatalogWorld, draftOf, openCatalog, publish } from '#test/catalog-world.ts'
import { importPublished } from './index.ts'
import { publishIn } from './publish.service.ts'
import { rereadResource } from './resource.store.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
})
after(() => world.close())

/** As far as the platform's desk. */
const handUp = async (name: string): Promise<string> => {
  const { resource_id } = await world.cataloger.call(catalog.createResource, { body: draftOf(name) })
  const params = { id: resource_id }
  await world.cataloger.call(catalog.submitResource, { params })
  await world.reviewer.call(catalog.approveResource, { params, body: {} })
  return resource_id
}

const codes = async (): Promise<string[]> =>
  (await world.sql<{ code: string }>('select code from catalog.resource where code is not null order by code')).map(
    ({ code }) => code,
  )

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `363027/${String(index + 1).padStart(6, '0')}`)

test('twenty approvals at once give twenty codes without gap or double (T2.2)', async () => {
  const ids: string[] = []
  for (let n = 0; n < 20; n++)
    ids.push(await handUp(`登记信息甲乙丙丁戊己庚辛壬癸`.slice(0, 4) + String.fromCharCode(0x4e00 + n)))
  const published = await Promise.all(
    ids.map((id) => world.admin.call(catalog.publishResource, { params: { id }, body: {} })),
  )
  assert.equal(new Set(published.map(({ code }) => code)).size, 20)
  assert.deepEqual(await codes(), numbered(20))
})

test('one entry approved twice at the same moment is published once (T2.2)', async () => {
  const id = await handUp('同时批准')
  const other = await world.signIn('egov', 'catalog_admin')
  const answers = await Promise.allSettled(
    [world.admin, other].map((voice) => voice.call(catalog.publishResource, { params: { id }, body: {} })),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.deepEqual(await codes(), numbered(21))
})

test('a publication that fails takes its number back: the next one gets it (T2.2)', async () => {
  const id = await handUp('中途失败')
  const fails = inTx(await world.ctx(), async (tx, ctx) => {
    await publishIn(tx, ctx, { row: await rereadResource(tx, id), opinion: '' })
    throw new Error('the power went')
  })
  await assert.rejects(fails, /power/)
  assert.deepEqual(await codes(), numbered(21))
  const later = await publish(world, draftOf('后来者'))
  assert.equal(later.code, '363027/000022')
  const again = await world.admin.call(catalog.publishResource, { params: { id }, body: {} })
  assert.equal(again.code, '363027/000023')
})

test('a withdrawn entry keeps its code, nobody else ever gets it, and it comes back under it (T2.2)', async () => {
  const { cataloger, admin } = world
  const published = await publish(world, draftOf('下架再发'))
  const params = { id: published.resource_id }
  await admin.call(catalog.withdrawResource, { params, body: { reason: '职能调整，停止提供' } })
  assert.notEqual((await publish(world, draftOf('补位者'))).code, published.code)
  await cataloger.call(catalog.reviseResource, { params })
  await cataloger.call(catalog.submitResource, { params })
  await world.reviewer.call(catalog.approveResource, { params, body: {} })
  const back = await admin.call(catalog.publishResource, { params, body: {} })
  assert.equal(back.code, published.code)
  assert.equal(back.version, 2)
})

const row = (key: string, name: string, more: catalog.ResourceDraft = {}) => ({
  key,
  draft: { ...draftOf(name, more), provider_organ_id: world.cataloger.organ_id },
  published_on: '2017-11-20',
})

test('what is taken over in bulk passes the same rules, gets its codes in order, and is taken over once (T2.2)', async () => {
  const before = (await codes()).length
  const rows = [
    row('a', '批量甲'),
    row('b', '批量乙', { share_type: null }),
    row('c', '批量丙'),
    row('d', '批量甲'),
    row('e', '批量丁'),
  ]
  const report = await importPublished(await world.ctx(), rows)
  assert.deepEqual(
    report.published.map(({ key, code }) => [key, Number(code.slice(-6)) - before]),
    [
      ['a', 1],
      ['c', 2],
      ['e', 3],
    ],
  )
  assert.deepEqual(
    report.refused.map(({ key, findings }) => [key, findings.map(({ rule, field }) => `${rule} ${field}`)]),
    [
      ['b', ['C01 share_type']],
      ['d', ['C09 name']],
    ],
  )
  const again = await importPublished(await world.ctx(), [...rows, row('f', '批量戊')])
  assert.equal(again.skipped, 3)
  assert.deepEqual(
    again.published.map(({ key }) => key),
    ['f'],
  )
  assert.equal((await codes()).length, before + 4)
})

test('an entry taken over is an entry like any other: found, read, revised (T2.2)', async () => {
  const { published } = await importPublished(await world.ctx(), [row('g', '接管条目')])
  const params = { id: published[0]!.resource_id }
  const read = await world.consumer.call(catalog.getResource, { params, query: {} })
  assert.equal(read.published_on, '2017-11-20')
  assert.equal(read.content.items.length, 2)
  const revised = await world.cataloger.call(catalog.reviseResource, { params })
  assert.equal(revised.state, 'draft')
  assert.equal((await world.consumer.call(catalog.getResource, { params, query: {} })).state, 'published')
})
