import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { opendata } from '@sanjiang/contract'
import { draftOf, ITEM, publish } from '#test/catalog-world.ts'
import { type EditionGround, openEditions, siteEditions } from '#test/edition-ground.ts'
import { refreshFigures } from '../index.ts'

let ground: EditionGround
before(async () => {
  ground = await openEditions()
})
after(() => ground?.closeAll())

const FIGURE_ITEMS = [
  { ...ITEM, name: '提供部门', name_en: 'provider_name', length: 100, is_key: true },
  { ...ITEM, name: '共享类型', name_en: 'share_type', length: 20, is_key: true },
  { ...ITEM, name: '资源数', name_en: 'resource_count', data_type: 'I' as const, length: 8 },
  { ...ITEM, name: '信息项数', name_en: 'item_count', data_type: 'I' as const, length: 8 },
  { ...ITEM, name: '可开放资源数', name_en: 'openable_count', data_type: 'I' as const, length: 8 },
]

const bind = (resource_id: string) =>
  ground.proposer.call(opendata.bindFigure, { params: { figure: 'catalogue' }, body: { resource_id } })

const refresh = async () => refreshFigures(await ground.outward())

test('figures of the platform become an edition when their numbers change, and only then (T4.2)', async () => {
  const entry = await publish(ground, draftOf('目录统计', { items: FIGURE_ITEMS }))
  await bind(entry.resource_id)
  assert.equal(await refresh(), 1)
  assert.equal(await refresh(), 0)
  const [edition] = (await ground.proposer.call(opendata.listEditions, { query: { resource_id: entry.resource_id } }))
    .rows
  assert.equal(edition?.source, 'figures')
  const { release_id } = await ground.proposer.call(opendata.proposeRelease, {
    body: {
      ...{
        resource_id: entry.resource_id,
        title: '目录统计',
        licence: 'open' as const,
        contact: '统计处 0971-8230000',
      },
      summary: '按部门和共享类型统计的资源数，由平台自动统计。',
      item_ids: entry.content.items.map(({ item_id }) => item_id),
      rows: { edition_id: edition!.edition_id },
    },
  })
  await ground.advance()
  await ground.reviewer.call(opendata.approveRelease, {
    params: { id: release_id },
    body: { opinion: '只含数目，可以开放' },
  })
  await ground.advance()
  assert.equal((await siteEditions(ground, entry)).length, 1)
  await publish(ground, draftOf('又一个资源'))
  assert.equal(await refresh(), 1)
  await ground.advance()
  assert.deepEqual(
    (await siteEditions(ground, entry)).map(({ edition_no, is_current }) => [edition_no, is_current]),
    [
      [1, false],
      [2, true],
    ],
  )
})

test('an entry without the items cannot carry figures, nor can one of another organ (T4.2)', async () => {
  const { resource_id } = await publish(ground, draftOf('缺信息项'))
  const params = { figure: 'systems' as const }
  const lacking = await ground.proposer.refused(opendata.bindFigure, { params, body: { resource_id } })
  assert.equal(lacking.fields?.[0]?.rule, 'items')
  const stranger = await ground.signIn('police', 'provider')
  assert.equal((await stranger.refused(opendata.bindFigure, { params, body: { resource_id } })).code, 'not_found')
})
