import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { opendata } from '@sanjiang/contract'
import type { Page } from 'playwright-core'
import { publishReleases } from '../../server/src/modules/opendata/index.ts'
import { type CatalogWorld, draftOf, openCatalog, publish } from '../../server/test/catalog-world.ts'
import { openPublic, type PublicGround } from '../../server/test/public-ground.ts'
import { offences, openPortal, overflow, type Portal, type Size, shoot } from './portal.ts'

let portal: Portal<CatalogWorld>
let ground: PublicGround
let site: string
const slugs: string[] = []

const openDataset = async (name: string): Promise<string> => {
  const { world } = portal
  const entry = await publish(world, draftOf(name))
  const proposer = await world.signIn('commerce', 'provider')
  const release = await proposer.call(opendata.proposeRelease, {
    body: {
      resource_id: entry.resource_id,
      title: name,
      summary: `${name}，供公众查询和研究使用。`,
      contact: '登记注册处 0971-8230000',
      licence: 'open',
      item_ids: entry.content.items.map(({ item_id }) => item_id),
      keywords: ['企业'],
    },
  })
  const params = { id: release.release_id }
  await world.reviewer.call(opendata.approveRelease, { params, body: { opinion: '不涉密，可以开放' } })
  slugs.push(release.content.slug)
  return release.release_id
}

before(async () => {
  portal = await openPortal(openCatalog)
  ground = await openPublic(portal.world.url)
  site = await ground.app.listen({ port: 0, host: '127.0.0.1' })
  await openDataset('企业登记名录')
  const withdrawn = await openDataset('企业年报名录')
  await portal.world.reviewer.call(opendata.withdrawRelease, {
    params: { id: withdrawn },
    body: { reason: '口径有误，更正后重新开放' },
  })
  const ctx = await portal.world.ctx()
  await publishReleases({ ...ctx, site: { ...ctx.site, publishDatabaseUrl: ground.publishUrl } })
})
after(async () => {
  await ground?.close()
  await portal?.close()
})

const lookAt = async (page: Page, paths: Readonly<Record<string, string>>, size: Size): Promise<void> => {
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(site + path)
    await shoot(page, `${name}-${size}`)
    assert.deepEqual(await offences(page), [], `${name} ${size}`)
    assert.ok((await overflow(page)) <= 0, `${name} ${size} runs out of the window`)
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, name)
  }
}

test('every public page is sound on a desk and on a phone (T4.2)', async () => {
  const paths = {
    'public-home': '/',
    'public-search': '/search?q=企业',
    'public-filtered': '/search?q=qiye&open_type=unconditional&sort=name',
    'public-nothing': '/search?q=鲸鱼',
    'public-dataset': `/datasets/${slugs[0]}`,
    'public-withdrawn': `/datasets/${slugs[1]}`,
    'public-accessibility': '/accessibility',
    'public-missing': '/no-such-page',
  }
  for (const size of ['desktop', 'phone'] as const) {
    const page = await portal.open(null, size)
    await lookAt(page, paths, size)
    await page.context().close()
  }
})

test('a citizen finds a dataset with the keyboard alone, and no page asks for a script (T4.2)', async () => {
  const page = await portal.open(null)
  let weight = 0
  page.on('response', async (answer) => {
    assert.notEqual(answer.request().resourceType(), 'script')
    weight += (await answer.body().catch(() => Buffer.alloc(0))).length
  })
  await page.goto(site)
  await page.keyboard.press('Tab')
  await page.getByRole('link', { name: '跳到正文' }).and(page.locator(':focus')).waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.type('登记名录')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '“登记名录”' }).waitFor()
  await page.getByRole('link', { name: '企业登记名录' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: '字段', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('rowheader', { name: '企业名称' }).waitFor()
  assert.ok(weight < 200_000, `${weight} bytes for four pages`)
  await page.context().close()
})

test('a filter is opened and chosen with the keyboard, on a phone as well, and taken back again (P15, T4.2)', async () => {
  const page = await portal.open(null, 'phone')
  await ground.sql(
    `insert into site.dataset (dataset_id, slug, release_no, state, title, open_type, organ_name, theme_title, content, released_on)
     values (gen_random_uuid(), 'one-more', 1, 'open', '企业信用等级', 'conditional', '省商务厅', '商贸流通', '{}', '2017-12-05')`,
  )
  await page.goto(`${site}/search?q=企业`)
  await page.locator('summary', { hasText: '主题' }).focus()
  await page.keyboard.press('Enter')
  assert.deepEqual(await offences(page), [], 'an open filter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('status').filter({ hasText: '共 1 个数据集' }).waitFor()
  assert.ok((await overflow(page)) <= 0)
  await page.getByRole('link', { name: /去掉这个条件/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('status').filter({ hasText: '共 2 个数据集' }).waitFor()
  await page.context().close()
})
