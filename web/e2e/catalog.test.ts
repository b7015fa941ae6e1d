import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type CatalogWorld, draftOf, ITEM, openCatalog, publish } from '../../server/test/catalog-world.ts'
import type { Voice } from '../../server/test/harness.ts'
import { offences, openPortal, overflow, type Portal, type Size, settled, shoot } from './portal.ts'

let portal: Portal<CatalogWorld>
let published: string
before(async () => {
  portal = await openPortal(openCatalog)
  const first = await publish(
    portal.world,
    draftOf('企业登记基本信息', {
      items: [
        ITEM,
        {
          ...ITEM,
          name: '法定代表人',
          name_en: 'legal_person',
          share_type: 'conditional',
          share_condition: '用于行政许可核验',
          sensitivity: 'L3',
          mask_rule: 'name',
        },
        { ...ITEM, name: '经营范围', name_en: 'scope' },
      ],
    }),
  )
  published = first.resource_id
})
after(() => portal?.close())

/** The page as somebody sees it, without a violation and without running out of the window. */
const see = async (voice: Voice, path: string, name: string, sizes: Size[] = ['desktop', 'phone']) => {
  for (const size of sizes) {
    const page = await portal.open(voice, size)
    await page.goto(portal.origin + path)
    await settled(page)
    await shoot(page, `${name}-${size}`)
    assert.deepEqual(await offences(page), [], `${name} ${size}`)
    assert.ok((await overflow(page)) <= 0, `${name} ${size} runs out of the window`)
    await page.context().close()
  }
}

const field = (page: Page, label: string) => page.getByLabel(label, { exact: false }).first()

test('a resource page shows items, metadata and versions to another department (T2.2)', async () => {
  await see(portal.world.consumer, `/catalog/resources/${published}`, 'resource')
})

test('the standard, the list of entries and the beginning of an entry can be read by everyone who needs them (T2.1)', async () => {
  await see(portal.world.cataloger, '/catalog/standard', 'standard')
  await see(portal.world.cataloger, '/catalog/resources', 'entries')
  await see(portal.world.cataloger, '/catalog/resources/new', 'new')
  await see(portal.world.cataloger, '/', 'workbench')
})

test('an entry is written with rules beside the text, reviewed by the department and published by the platform (T2.2)', async () => {
  const page = await portal.open(portal.world.cataloger)
  await page.goto(`${portal.origin}/catalog/resources/new`)
  await field(page, '信息资源名称').fill('个体工商户登记信息')
  await page.getByRole('button', { name: '开始编制' }).click()
  await page.getByRole('heading', { level: 1, name: '个体工商户登记信息' }).waitFor()
  await settled(page)
  await shoot(page, 'editor-empty-desktop')
  assert.deepEqual(await offences(page), [])
  await page.context().close()
})
