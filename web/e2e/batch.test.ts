import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { type CatalogWorld, draftOf, openCatalog } from '../../server/test/catalog-world.ts'
import { offences, openPortal, overflow, type Portal, settled, shoot } from './portal.ts'

let portal: Portal<CatalogWorld>
before(async () => {
  portal = await openPortal(openCatalog)
})
after(() => portal?.close())

const create = (name: string) => portal.world.cataloger.call(catalog.createResource, { body: draftOf(name) })

test('entries ticked in the list are changed together: seen first, written at once, taken back (T2.2)', async () => {
  const { cataloger } = portal.world
  for (const name of ['广告经营许可', '计量器具检定', '商品条码注册']) await create(name)
  const page = await portal.open(cataloger)
  await page.goto(`${portal.origin}/catalog/resources`)
  await settled(page)
  await page.getByRole('checkbox', { name: '选择“广告经营许可”' }).check()
  await page.getByRole('checkbox', { name: '选择“计量器具检定”' }).check()
  await shoot(page, 'bulk-desktop')
  assert.deepEqual(await offences(page), [])
  await page.getByRole('button', { name: '批量修改' }).click()
  await page.getByRole('checkbox', { name: '改提供方内部部门' }).check()
  await page.getByLabel('提供方内部部门', { exact: true }).fill('信息中心')
  await shoot(page, 'bulk-edit-desktop')
  assert.deepEqual(await offences(page), [])
  await page.getByRole('button', { name: '试运行，看变化' }).click()
  await page.waitForURL(/\/catalog\/batches\//)
  await portal.world.drain()
  await page.getByRole('button', { name: '写入 2 个条目' }).waitFor()
  await page.getByRole('button', { name: '1 处变化' }).first().click()
  await page.getByRole('dialog').getByText('信息中心').waitFor()
  assert.deepEqual(await offences(page), [])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '写入 2 个条目' }).click()
  await page.getByText('已写入 2 个条目，均为草稿').waitFor()
  await page.getByRole('button', { name: '撤销写入' }).click()
  await page.getByText('已撤销，条目恢复原样').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await shoot(page, 'batch-undone-phone')
  assert.ok((await overflow(page)) <= 0)
  assert.deepEqual(await offences(page), [])
  await page.context().close()
})

test('drafts ticked in the list are submitted with one press, and what is refused says why (T2.2)', async () => {
  const { cataloger } = portal.world
  await create('特种作业人员')
  await cataloger.call(catalog.createResource, { body: draftOf('特种作业考核', { summary: null }) })
  const page = await portal.open(cataloger)
  await page.goto(`${portal.origin}/catalog/resources?state=draft&q=特种`)
  await settled(page)
  await page.getByRole('button', { name: '全选所列' }).click()
  await page.getByRole('button', { name: '批量提交 2 个' }).click()
  await page.getByText('批量提交：成功 1 个，未成 1 个').waitFor()
  await page.getByText('摘要', { exact: false }).first().waitFor()
  assert.deepEqual(await offences(page), [])
  await page.context().close()
})
