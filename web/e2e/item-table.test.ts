import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { type CatalogWorld, draftOf, openCatalog } from '../../server/test/catalog-world.ts'
import { answering, enlist, PERSON_TABLE } from '../../server/test/exchange-ground.ts'
import { offences, openPortal, type Portal, settled, shoot } from './portal.ts'

let portal: Portal<CatalogWorld>
before(async () => {
  portal = await openPortal(openCatalog)
})
after(() => portal?.close())

const create = (name: string) => portal.world.cataloger.call(catalog.createResource, { body: draftOf(name) })

test('items are filled from the table they are kept in, differences seen first (T2.2, P4)', async () => {
  const { world } = portal
  const agent = await enlist(world, await world.signIn('commerce', 'provider'), '工商前置节点')
  const connections = [{ name: 'gongshang', kind: 'postgres', can_read: true, can_write: false, trouble: null }]
  await world.sql(
    `update exchange.agent set report = report || jsonb_build_object('connections', $2::jsonb) where agent_id = $1`,
    [agent, JSON.stringify(connections)],
  )
  const { resource_id } = await create('常住人口登记')
  const stop = answering(world, { browse: [PERSON_TABLE] })
  const page = await portal.open(world.cataloger)
  await page.goto(`${portal.origin}/catalog/resources/${resource_id}/edit`)
  await settled(page)
  await page.getByRole('button', { name: '从库表填信息项' }).click()
  await page.getByLabel('前置节点与连接').click()
  await page.getByText('工商前置节点 · gongshang').last().click()
  await page.getByLabel('库表', { exact: true }).click()
  await page.getByText('czrk.ry_jbxx', { exact: false }).last().click()
  await page.getByRole('checkbox', { name: '取用 zp' }).uncheck()
  await shoot(page, 'item-from-table-desktop')
  assert.deepEqual(await offences(page), [])
  await page.getByRole('button', { name: '取用 4 个字段' }).click()
  await page.getByText('已保存').waitFor()
  const saved = await world.cataloger.call(catalog.getResource, { params: { id: resource_id }, query: {} })
  assert.deepEqual(
    saved.content.items.slice(2).map(({ name, name_en, length }) => [name, name_en, length]),
    [
      ['公民身份号码', 'gmsfhm', 18],
      ['姓名', 'xm', 50],
      ['性别', 'xb', 1],
      ['户籍地址', 'hjdz', 200],
    ],
  )
  stop()
  await page.context().close()
})
