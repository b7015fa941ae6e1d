import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type CatalogWorld, openCatalog } from '../../server/test/catalog-world.ts'
import type { Voice } from '../../server/test/harness.ts'
import { findMatter, openOne, pullTurn } from '../../server/test/inquiry-ground.ts'
import { openPublic, type PublicGround } from '../../server/test/public-ground.ts'
import { offences, openPortal, overflow, type Portal, type Size, shoot } from './portal.ts'

let portal: Portal<CatalogWorld>
let ground: PublicGround
let site: string
let slug: string
let provider: Voice

before(async () => {
  portal = await openPortal(openCatalog)
  ground = await openPublic(portal.world.url)
  site = await ground.app.listen({ port: 0, host: '127.0.0.1' })
  provider = await portal.world.signIn('commerce', 'provider')
  slug = await openOne(portal.world, ground, '企业登记名录')
  await ground.sql(
    `insert into site.thread (number, kind, dataset_slug, title, text, state, organ_name, received_on, rule_code, clock_started_on,
       answered_on, outcome, answer, detail, revision)
     values ('GK20171201-AAAAAAAA', 'wish', null, '公交线路和站点', '想要公交线路', 'waiting', '西宁市交通局', '2017-12-01', 'inquiry_wish', '2017-12-01', null, null, null, '{}', 1),
       ('GK20171202-BBBBBBBB', 'showcase', null, '查企业', '查企业登记状态', 'answered', null, '2017-12-02', null, null, '2017-12-04', 'approved', '同意展示',
        $1, 1)`,
    [
      JSON.stringify({
        url: 'http://app.example.cn/',
        kind: 'app',
        developer: '某公司',
        datasets: [slug],
        link_state: 'broken',
      }),
    ],
  )
})
after(async () => {
  await ground?.close()
  await portal?.close()
})

const sound = async (page: Page, name: string, size: Size): Promise<void> => {
  await shoot(page, `${name}-${size}`)
  assert.deepEqual(await offences(page), [], `${name} ${size}`)
  assert.ok((await overflow(page)) <= 0, `${name} ${size} runs out of the window`)
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, name)
}

test('pages for asking, wishing, showing and following are sound on a desk and on a phone, with faults too (T4.2, P16, P18, P19)', async () => {
  const paths = {
    'intake-questions': `/datasets/${slug}/questions`,
    'intake-correct': `/datasets/${slug}/questions/new?kind=correction`,
    'intake-wishes': '/wishes?q=公交',
    'intake-wish': '/wishes/GK20171201-AAAAAAAA',
    'intake-showcase': '/showcase',
    'intake-showcase-new': '/showcase/new',
    'intake-status': '/status',
  }
  for (const size of ['desktop', 'phone'] as const) {
    const page = await portal.open(null, size)
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(site + path)
      await sound(page, name, size)
    }
    await page.goto(`${site}/wishes/new?q=${encodeURIComponent('公交')}`)
    await page.getByRole('button', { name: '提交需求' }).click()
    await page.getByRole('alert').waitFor()
    await sound(page, 'intake-wish-faults', size)
    await page.context().close()
  }
})

const FOCUSED = `(document.activeElement?.textContent ?? '') + ' ' + (document.activeElement?.labels?.[0]?.textContent ?? '')`

/** Tabs on until the element holds the focus; a person would do no other. */
const tabTo = async (page: Page, name: string): Promise<void> => {
  for (let count = 0; count < 60; count++) {
    await page.keyboard.press('Tab')
    const label = await page.evaluate<string>(FOCUSED)
    if (label.includes(name)) return
  }
  assert.fail(`no way to ${name} by keyboard`)
}

const typeInto = async (page: Page, name: string, text: string): Promise<void> => {
  await tabTo(page, name)
  await page.keyboard.type(text)
}

const receiptOf = async (page: Page) => {
  const [number, code] = await page.locator('.receipt dd').allTextContents()
  return { number: number!, code: code! }
}

const answerInside = async (number: string): Promise<void> => {
  const page = await portal.open(provider)
  const { inquiry_id } = (await findMatter(provider, number))!
  await page.goto(`${portal.origin}/opendata/inquiries/${inquiry_id}`)
  await page.getByRole('button', { name: '公开这段文字' }).click()
  await page.getByLabel('答复的话').fill('每月五日更新，页面上有数据截至日期。')
  await page.getByRole('button', { name: /^答\s?复$/ }).click()
  await page.getByText('已解答').first().waitFor()
  assert.deepEqual(await offences(page), [])
  await shoot(page, 'intake-desk-answered')
  await page.goto(`${portal.origin}/opendata/inquiries?state=answered`)
  await page.getByRole('link', { name: '更新时间' }).waitFor()
  assert.deepEqual(await offences(page), [])
  await page.context().close()
}

test('by keyboard alone a citizen asks; inside it is read and answered; the answer is public and stands under number and code (T4.2, P16)', async () => {
  const page = await portal.open(null, 'phone')
  await page.goto(`${site}/datasets/${slug}/questions`)
  await tabTo(page, '我要提问')
  await page.keyboard.press('Enter')
  await page.waitForURL(/questions\/new/)
  await typeInto(page, '标题', '更新时间')
  await typeInto(page, '您的问题', '这份名录多久更新一次？')
  await tabTo(page, '提交问题')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '问题已收到' }).waitFor()
  assert.deepEqual(await offences(page), [])
  const { number, code } = await receiptOf(page)
  await pullTurn(portal.world, ground).catch(() => undefined)
  await answerInside(number)
  await pullTurn(portal.world, ground)
  await page.goto(`${site}/datasets/${slug}/questions`)
  await page.getByText('每月五日更新').waitFor()
  await page.goto(`${site}/status?number=${number}`)
  await typeInto(page, '查询码', code)
  await page.keyboard.press('Enter')
  await page.getByText('每月五日更新').waitFor()
  assert.deepEqual(await offences(page), [])
  await shoot(page, 'intake-standing-phone')
  await page.context().close()
})
