import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import {
  csvOf,
  type EditionGround,
  openEditions,
  publishShops,
  siteEditions,
} from '../../server/test/edition-ground.ts'
import { offences, openPortal, overflow, type Portal, settled, shoot } from './portal.ts'

let portal: Portal<EditionGround>
before(async () => {
  portal = await openPortal(openEditions)
})
after(async () => {
  await portal?.world.ground.close()
  await portal?.close()
})

const sound = async (page: Page, name: string): Promise<void> => {
  await settled(page)
  await shoot(page, name)
  assert.deepEqual(await offences(page), [], name)
  assert.ok((await overflow(page)) <= 0, `${name} runs out of the window`)
}

/** As the worker does; the page looks again by itself. */
const advance = () => portal.world.advance()

const propose = async (page: Page, resource: string, file: Buffer): Promise<void> => {
  await page.goto(`${portal.origin}/opendata/releases/new?resource=${resource}`)
  await settled(page)
  await page.getByLabel('数据文件').setInputFiles({ name: '网点.csv', mimeType: 'text/csv', buffer: file })
  await page.getByRole('button', { name: '上传并读取' }).click()
  await page.getByRole('heading', { name: /^数据（第 \d 版）/ }).waitFor()
  await advance()
  await page.getByText('逐列去标识与用途').waitFor()
}

const words = async (page: Page): Promise<void> => {
  await page.getByLabel('摘要').fill('全省便民网点的名称、说明和开业日期，供公众查询。')
  await page.getByLabel('联系方式').fill('登记注册处 0971-8230000')
}

const LINES = csvOf('1,甲店,联系 630102198001010019 之前先电话,13800138000,2016-05-01', '2,乙店,,,2017-01-02')
const DETAIL = /\/opendata\/releases\/[0-9a-f-]{36}/

/** An act that wants a reason. */
const answer = async (page: Page, act: string, text: string): Promise<void> => {
  await page.getByRole('button', { name: act }).click()
  const dialog = page.getByRole('dialog', { name: act })
  await dialog.getByRole('textbox').fill(text)
  await dialog.getByRole('button', { name: act }).click()
}

/** The next edition, sent and seen to go out without the page being opened again. */
const later = async (page: Page): Promise<void> => {
  await page.reload()
  const file = csvOf('1,甲店,,13800138000,2016-05-01')
  await page.getByLabel('数据文件').setInputFiles({ name: '网点二.csv', mimeType: 'text/csv', buffer: file })
  await page.getByRole('button', { name: '上传新的一版' }).click()
  await page.getByRole('row', { name: /第 3 版 读取中/ }).waitFor()
  assert.equal(await page.getByLabel('数据文件').inputValue(), '')
  await advance()
  await page.getByRole('row', { name: /第 3 版 已送出/ }).waitFor()
  await page.getByRole('heading', { name: '数据（第 3 版）' }).waitFor()
}

test('an identifier planted in a remark holds the rows before anybody can agree; the column removed, a second person opens them (T4.2)', async () => {
  const { world } = portal
  const entry = await publishShops(world, '便民网点')
  const page = await portal.open(world.proposer)
  await propose(page, entry.resource_id, LINES)
  await words(page)
  await sound(page, 'release-new-desktop')
  await page.setViewportSize({ width: 390, height: 844 })
  await sound(page, 'release-new-phone')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: '提交保密审查' }).click()
  await page.waitForURL(DETAIL)
  await advance()
  await page.getByText('样例行').first().waitFor()
  await sound(page, 'release-review-desktop')
  await page.setViewportSize({ width: 390, height: 844 })
  await sound(page, 'release-review-phone')

  const reviewer = await portal.open(world.reviewer)
  await reviewer.goto(page.url())
  await sound(reviewer, 'release-held-desktop')
  await reviewer.getByText('这一版已暂扣，不会送出').waitFor()
  await answer(reviewer, '审查通过并开放', '不涉密，可以开放')
  await reviewer.getByRole('dialog').getByRole('alert').first().waitFor()
  await reviewer.keyboard.press('Escape')
  await answer(reviewer, '审查不通过', '备注里有公民身份号码，请去除后再提')
  await reviewer.getByText('审查未通过').first().waitFor()

  await page.setViewportSize({ width: 1440, height: 900 })
  await propose(page, entry.resource_id, LINES)
  await page.getByRole('combobox', { name: '备注的去标识方式' }).click()
  await page.getByTitle('去除', { exact: true }).last().click()
  await page.getByText('这一列不送出').waitFor()
  await words(page)
  await page.getByRole('button', { name: '提交保密审查' }).click()
  await page.waitForURL(DETAIL)
  await advance()
  await reviewer.goto(page.url())
  await answer(reviewer, '审查通过并开放', '已看样例行，不涉密，可以开放')
  await reviewer.getByText('开放中').first().waitFor()
  await advance()
  await reviewer.getByText('已送到').waitFor()
  await later(page)
  await reviewer.goto(`${portal.origin}/opendata/releases`)
  await sound(reviewer, 'release-list-desktop')
  assert.equal((await siteEditions(world, entry)).length, 2)
  await page.context().close()
  await reviewer.context().close()
})
