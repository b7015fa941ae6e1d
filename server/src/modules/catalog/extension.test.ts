import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { installStandard } from '#modules/catalog/index.ts'
import { legalBases } from '#seeds/reference/legal-basis.ts'
import { standard1272 } from '#seeds/reference/standard-1272.ts'
import { type CatalogWorld, draftOf, openCatalog, publish, publishDraft } from '#test/catalog-world.ts'

let world: CatalogWorld
before(async () => {
  world = await openCatalog()
  const field = { max_length: null, enumeration: null, depends: null }
  await installStandard(
    await world.ctx(),
    {
      ...standard1272,
      version: 2,
      fields: [
        ...standard1272.fields,
        {
          ...field,
          key: 'extension.service_object',
          title: '服务对象',
          type: 'codes',
          required: 'yes',
          enumeration: 'service_object',
        },
        { ...field, key: 'extension.main_source', title: '主要来源', type: 'text', required: 'no', max_length: 20 },
        { ...field, key: 'extension.is_secret', title: '涉密性', type: 'flag', required: 'no' },
        { ...field, key: 'extension.smallest_unit', title: '最小分级单元', type: 'number', required: 'no' },
      ],
      enumerations: {
        ...standard1272.enumerations,
        service_object: [
          { code: 'person', title: '自然人', external_code: '1', parents: [] },
          { code: 'legal', title: '法人', external_code: '2', parents: [] },
        ],
      },
    },
    [...legalBases],
  )
})
after(() => world.close())

const EXTENSION = {
  service_object: ['person', 'legal'],
  main_source: '牧区流动服务站登记',
  is_secret: false,
  smallest_unit: 3,
}

test('a dialect field is kept through draft, publication and version, and the difference of two versions names it by its title (T2.1)', async () => {
  const first = await publish(world, draftOf('草场承包经营权信息', { extension: EXTENSION }))
  assert.deepEqual(first.content.extension, EXTENSION)
  const params = { id: first.resource_id }
  await world.cataloger.call(catalog.reviseResource, { params })
  const copy = await world.cataloger.call(catalog.getResource, { params, query: { copy: 'working' } })
  const { items, ...content } = copy.content
  await world.cataloger.call(catalog.saveResource, {
    params,
    body: {
      revision: copy.revision,
      draft: {
        ...content,
        extension: { ...EXTENSION, service_object: ['person'], smallest_unit: null },
        items: items.map(({ seq: _, ...item }) => item),
      },
    },
  })
  const changes = await world.cataloger.call(catalog.diffResource, { params, query: { from: 1 } })
  assert.deepEqual(
    changes.map(({ title, kind, before, after }) => [title, kind, before, after]),
    [
      ['服务对象', 'changed', '自然人、法人', '自然人'],
      ['最小分级单元', 'removed', '3', null],
    ],
  )
  await publishDraft(world, first.resource_id)
  const { content: old } = await world.consumer.call(catalog.getVersion, { params: { ...params, version: 1 } })
  assert.deepEqual(old.extension, EXTENSION)
})

test('a dialect field is checked by kind, list and length like any other, and found by its words (T2.1)', async () => {
  const body = (extension: catalog.Extension) => ({ draft: draftOf('草原生态补奖发放信息', { extension }) })
  const said = async (extension: catalog.Extension) =>
    (await world.cataloger.call(catalog.checkDraft, { body: body(extension) })).map(
      ({ field, rule, level }) => `${field} ${rule} ${level}`,
    )
  assert.deepEqual(await said({}), ['extension.service_object C01 error'])
  const wrong = { service_object: ['robot'], main_source: '长'.repeat(21), is_secret: 'x', smallest_unit: '3' }
  assert.deepEqual(
    new Set(await said(wrong)),
    new Set([
      'extension.main_source F02 error',
      'extension.service_object F06 error',
      'extension.is_secret F06 error',
      'extension.smallest_unit F06 error',
    ]),
  )
  assert.deepEqual(await said({ service_object: ['person'], from_elsewhere: 'x' }), [
    'extension.from_elsewhere F06 warning',
  ])
  await publish(world, draftOf('冬春草场轮牧登记信息', { extension: { ...EXTENSION, main_source: '夏窝子巡查手册' } }))
  const found = await world.consumer.call(catalog.search, { query: { q: '夏窝子' } })
  assert.equal(found.rows[0]?.name, '冬春草场轮牧登记信息')
})

test('an entry without dialect fields carries none, and blanks are nothing (T2.1)', async () => {
  const { content, standard } = await world.cataloger.call(catalog.createResource, {
    body: draftOf('无扩展', { extension: { main_source: ' ', service_object: [] } }),
  })
  assert.equal(content.extension, undefined)
  assert.equal(standard.version, 2)
})
