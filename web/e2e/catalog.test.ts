import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { catalog } from '@sanjiang/contract'
import type { Page } from 'playwright-core'
import { BASIS, type CatalogWorld, draftOf, ITEM, openCatalog, publish } from '../../server/test/catalog-world.ts'
import { offences, openPortal, type Portal, settled, shoot } from './portal.ts'

const ITEMS: catalog.ItemDraft[] = [
  ITEM,
  { ...ITEM, name: '统一社会信用代码', name_en: 'credit_code', length: 18, is_key: true },
  {
    ...ITEM,
    name: '法定代表人',
    name_en: 'legal_person',
    share_type: 'conditional',
    share_condition: '核验',
    mask_rule: 'name',
  },
  {
    ...ITEM,
    name: '身份号码',
    name_en: 'person_id',
    share_type: 'withheld',
    open_type: 'closed',
    withheld_basis: BASIS,
  },
]

let portal: Portal<CatalogWorld>
let published: string
before(async () => {
  portal = await openPortal(openCatalog)
  const first = await publish(portal.world, draftOf('企业登记基本信息', { items: ITEMS }))
  published = first.resource_id
})
after(() => portal?.close())

test('an entry, the standard and the list of entries are read on a desk and on a phone (T2.1, T2.2)', async () => {
  const { consumer, cataloger } = portal.world
  await portal.see(consumer, `/catalog/resources/${published}`, 'resource')
  await portal.see(consumer, '/catalog/search?q=登记', 'search')
  await portal.see(cataloger, '/catalog/standard', 'standard')
  await portal.see(cataloger, '/catalog/resources', 'entries')
})

test('words find entries, a checkmark narrows them, and the address holds the whole question (T2.2)', async () => {
  const page = await portal.open(portal.world.consumer)
  await page.goto(`${portal.origin}/catalog/search`)
  await settled(page)
  await page.getByLabel('检索词').fill('法定代表人')
  await page.keyboard.press('Enter')
  await page.getByLabel('命中的信息项').getByText('法定代表人').waitFor()
  await page.getByRole('checkbox', { name: '无条件共享' }).click()
  await page.getByRole('button', { name: '去掉条件 无条件共享' }).waitFor()
  assert.equal(new URL(page.url()).searchParams.get('share_type'), 'unconditional')
  await page.goto(`${portal.origin}/catalog/search?q=鲸鱼`)
  await page.getByText('没有找到符合条件的资源').waitFor()
  assert.deepEqual(await offences(page), [])
  await page.getByRole('link', { name: '提需求' }).click()
  await page.waitForURL(/\/sharing\/demands\/new\?q=/)
  assert.equal(await page.getByLabel('所需信息资源名称').inputValue(), '鲸鱼')
  await page.context().close()
})

/** Fills a new entry by keyboard and clipboard, as its compiler would. */
const compile = async (page: Page): Promise<string> => {
  await page.goto(`${portal.origin}/catalog/resources/new`)
  await page.getByLabel('信息资源名称').fill('动产抵押登记信息')
  await page.getByRole('button', { name: '开始编制' }).click()
  await page.waitForURL(/\/edit$/)
  await settled(page)
  return /resources\/([^/]+)\/edit/.exec(page.url())![1]!
}

const paste = (page: Page, text: string): Promise<unknown> =>
  page.evaluate(`{
    const data = new DataTransfer()
    data.setData('text/plain', ${JSON.stringify(text)})
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }`)

const draftNow = (id: string) =>
  portal.world.cataloger.call(catalog.getResource, { params: { id }, query: { copy: 'working' } })

test('an entry is written with the rules beside the text, items pasted from a spreadsheet, and everything saved (T2.2)', async () => {
  const page = await portal.open(portal.world.cataloger)
  const id = await compile(page)
  await page.getByLabel('信息资源摘要').fill('动产抵押登记信息')
  await page.getByText('摘要不能只重复名称', { exact: false }).first().waitFor()
  await page.getByRole('button', { name: '添加信息项' }).click()
  await page.locator('[data-row="0"][data-column="name"]').waitFor()
  await page.locator('[data-row="0"][data-column="name"]').focus()
  await paste(page, '抵押权人\tmortgagee\t字符型\t200\n登记日期\tregistered_on\t日期型\t8\n')
  await page.locator('[data-row="1"][data-column="name"]').focus()
  await page.keyboard.press('ArrowUp')
  await page.waitForFunction("document.activeElement.dataset.row === '0'")
  await page.getByText('已保存').waitFor()
  const { content } = await draftNow(id)
  assert.deepEqual(
    content.items.map(({ name, data_type, length }) => [name, data_type, length]),
    [
      ['抵押权人', 'C', 200],
      ['登记日期', 'D', 8],
    ],
  )
  await shoot(page, 'editor-desktop')
  assert.deepEqual(await offences(page), [])
  await page.setViewportSize({ width: 390, height: 844 })
  await shoot(page, 'editor-phone')
  assert.deepEqual(await offences(page), [])
  await page.context().close()
})

test('what a colleague saved meanwhile is shown and not overwritten (T2.2)', async () => {
  const { cataloger } = portal.world
  const made = await cataloger.call(catalog.createResource, { body: draftOf('商标注册信息') })
  const params = { id: made.resource_id }
  const page = await portal.open(cataloger)
  await page.goto(`${portal.origin}/catalog/resources/${made.resource_id}/edit`)
  await settled(page)
  const body = { revision: made.revision, draft: draftOf('商标注册信息', { inner_dept: '商标处' }) }
  await cataloger.call(catalog.saveResource, { params, body })
  await page.getByLabel('来源信息系统名称').fill('商标管理系统')
  await page.getByText('此条目刚被他人修改', { exact: false }).waitFor()
  await shoot(page, 'editor-conflict-desktop')
  assert.deepEqual(await offences(page), [])
  await page.getByRole('button', { name: '放弃我的，用对方的' }).click()
  assert.equal(await page.getByLabel('提供方内部部门').inputValue(), '商标处')
  await page.context().close()
})

test('an entry goes from its compiler through the department’s reviewer to the platform, each on their own page (T2.2)', async () => {
  const { cataloger, reviewer, admin, world } = { ...portal.world, world: portal.world }
  const made = await cataloger.call(catalog.createResource, { body: draftOf('特种设备使用登记信息') })
  const at = `${portal.origin}/catalog/resources/${made.resource_id}`
  const first = await portal.open(cataloger)
  await first.goto(`${at}/edit`)
  await settled(first)
  await first.getByRole('button', { name: '提交部门审核' }).click()
  await first.waitForURL(/copy=working/)
  await world.drain()
  await portal.see(reviewer, '/', 'workbench-reviewer')
  await portal.see(reviewer, `/catalog/resources/${made.resource_id}/review`, 'review')
  const second = await portal.open(reviewer)
  await second.goto(`${at}/review`)
  await second.getByRole('button', { name: '通过，送平台审核' }).click()
  await second.waitForURL(/waiting=1/)
  const third = await portal.open(admin)
  await third.goto(`${at}/review`)
  await third.getByRole('button', { name: '通过并发布' }).click()
  await third.waitForURL(/waiting=1/)
  const { state, code } = await cataloger.call(catalog.getResource, { params: { id: made.resource_id }, query: {} })
  assert.equal(state, 'published')
  assert.match(code ?? '', /^363027\/\d{6}$/)
  for (const page of [first, second, third]) await page.context().close()
})
