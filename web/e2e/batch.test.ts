import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import { type CatalogWorld, draftOf, openCatalog } from '../../server/test/catalog-world.ts'
import { csvOf, itemOf, rowOf } from '../../server/test/workbook-ground.ts'
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

/** A sheet as departments send them: two good entries, one with faults, one that another department provides. */
const sheet = () =>
  csvOf([
    rowOf('企业年度报告公示'),
    itemOf('报告年度', 'report_year'),
    rowOf('经营异常名录', { 更新周期: '每周' }),
    rowOf('严重违法失信', { 摘要: '严重违法失信', 更新周期: '天天' }),
    rowOf('户籍登记', { 提供方: '青海省公安厅' }),
  ])

test('a workbook goes from the drop to drafts and back: columns, faults at their cells, changes, commit, undo (T2.2, P5)', async () => {
  const { cataloger } = portal.world
  const page = await portal.open(cataloger)
  await page.goto(`${portal.origin}/catalog/batches`)
  await settled(page)
  await page
    .getByLabel('选择文件')
    .setInputFiles({ name: '旧.xls', mimeType: 'application/vnd.ms-excel', buffer: sheet() })
  await page.getByText('另存为 .xlsx', { exact: false }).waitFor()
  await page.getByLabel('选择文件').setInputFiles({ name: '补充目录.csv', mimeType: 'text/csv', buffer: sheet() })
  await page.waitForURL(/\/catalog\/batches\/.+/)
  await portal.world.drain()
  await page.getByRole('button', { name: '开始检查' }).waitFor()
  await shoot(page, 'batch-mapping-desktop')
  assert.deepEqual(await offences(page), [])
  await page.getByRole('button', { name: '开始检查' }).click()
  await page.getByText('正在检查').waitFor()
  await portal.world.drain()
  await page.getByRole('button', { name: '写入 2 个条目' }).waitFor()
  await settled(page)
  await shoot(page, 'batch-result-desktop')
  assert.deepEqual(await offences(page), [])
  await page.getByRole('button', { name: /1 错误/ }).click()
  await page.getByText('M5', { exact: true }).first().waitFor()
  await page.getByRole('button', { name: /1 冲突/ }).click()
  await page.getByText('青海省公安厅，不在您的编目范围内', { exact: false }).waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await shoot(page, 'batch-result-phone')
  assert.ok((await overflow(page)) <= 0)
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: '写入 2 个条目' }).click()
  await page.getByRole('button', { name: '略去 2 个，写入 2 个' }).click()
  await page.getByText('已写入 2 个条目，均为草稿').waitFor()
  const drafts = await cataloger.call(catalog.listResources, { query: { q: '经营异常名录' } })
  assert.equal(drafts.rows[0]?.state, 'draft')
  await page.getByRole('button', { name: '撤销写入' }).click()
  await page.getByText('已撤销，条目恢复原样').waitFor()
  await page.goto(`${portal.origin}/catalog/batches`)
  await page.getByRole('link', { name: '补充目录.csv' }).waitFor()
  await shoot(page, 'batches-desktop')
  assert.deepEqual(await offences(page), [])
  await page.context().close()
})
