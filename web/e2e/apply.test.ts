import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { opendata } from '@sanjiang/contract'
import type { Locator, Page } from 'playwright-core'
import {
  APPROVE,
  type ApplicationGround,
  CONTACT,
  FORM,
  openApplications,
  paramsOf,
} from '../../server/test/application-ground.ts'
import type { CatalogWorld } from '../../server/test/catalog-world.ts'
import { offences, openPortal, overflow, type Portal, shoot } from './portal.ts'

let portal: Portal<CatalogWorld>
let ground: ApplicationGround
let site: string

const layRows = async (): Promise<void> => {
  const { outside, resource_id } = ground
  const column = { name: 'enterprise_name', title: '企业名称', data_type: 'C', length: 200, role: null, unit: null }
  await outside.sql('create table data.power (_id bigint primary key, enterprise_name text)')
  await outside.sql('grant select on data.power to sanjiang_public')
  await outside.sql(`insert into data.power select n, '企业' || n from generate_series(1, 8) n`)
  await outside.sql(
    `insert into site.edition (dataset_id, edition_no, is_current, table_name, columns, row_count, digest, data_on)
     values ($1, 1, true, 'power', $2, 8, $3, '2017-12-01')`,
    [resource_id, JSON.stringify([column]), 'a'.repeat(64)],
  )
  await outside.sql(`update site.dataset set content = content || '{"shows_sample": true}' where dataset_id = $1`, [
    resource_id,
  ])
}

before(async () => {
  portal = await openPortal(async () => {
    ground = await openApplications()
    return ground.world
  })
  await layRows()
  site = await ground.outside.app.listen({ port: 0, host: '127.0.0.1' })
})
after(async () => {
  await ground?.outside.close()
  await portal?.close()
})

const isFocused = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === element.ownerDocument.activeElement)

/** By the Tab key alone, as somebody without a mouse gets there. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  await target.waitFor()
  for (let count = 0; count < 120; count += 1) {
    if (await isFocused(target)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`the keyboard does not reach ${target}`)
}
const type = async (page: Page, label: string, text: string): Promise<void> => {
  await tabTo(page, page.getByLabel(label, { exact: false }).first())
  await page.keyboard.type(text)
}
const check = async (page: Page, label: string): Promise<void> => {
  await tabTo(page, page.getByLabel(label))
  await page.keyboard.press('Space')
}
/** The nth choice below the empty one. */
const choose = async (page: Page, label: string, nth: number): Promise<void> => {
  await tabTo(page, page.getByLabel(label, { exact: true }))
  for (let count = 0; count < nth; count += 1) await page.keyboard.press('ArrowDown')
}
const press = async (page: Page, name: string, role: 'button' | 'link' = 'button'): Promise<void> => {
  await tabTo(page, page.getByRole(role, { name, exact: true }))
  await page.keyboard.press('Enter')
}
const sound = async (page: Page, name: string): Promise<void> => {
  await shoot(page, name)
  assert.deepEqual(await offences(page), [], name)
  assert.ok((await overflow(page)) <= 0, `${name} runs out of the window`)
}

const fillIn = async (page: Page): Promise<void> => {
  await page.goto(`${site}/datasets/${ground.slug}`)
  await press(page, '申请使用', 'link')
  await page.getByRole('heading', { name: '先看几行' }).waitFor()
  await sound(page, 'apply-intro')
  await press(page, '开始填写', 'link')
  await tabTo(page, page.getByLabel('个人', { exact: true }))
  await page.keyboard.press('ArrowDown')
  await type(page, '姓名或单位全称', CONTACT.name)
  await type(page, '统一社会信用代码', CONTACT.credit_code)
  await type(page, '单位联系人', CONTACT.contact_name)
  await type(page, '联系电话', '12')
  await type(page, '怎样符合开放条件', FORM.qualification)
  await press(page, '下一步')
  await page.getByRole('heading', { name: /有 1 处需要修改/ }).waitFor()
  await sound(page, 'apply-faults')
  await tabTo(page, page.getByLabel('联系电话'))
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(CONTACT.phone)
  await press(page, '下一步')
  await choose(page, '用途', 1)
  await type(page, '用途说明', FORM.purpose_text)
  await choose(page, '使用期限', 2)
  await sound(page, 'apply-purpose')
  await press(page, '下一步')
  await check(page, '指定专人保管密钥和数据')
  await type(page, '具体说明', FORM.security_text)
  await press(page, '下一步')
  await check(page, '我已阅读，承诺做到以上各条')
  await sound(page, 'apply-review')
  await press(page, '提交申请')
}

const look = async (page: Page, { number, code }: { number: string; code: string }): Promise<void> => {
  await ground.turn()
  await page.goto(`${site}/status`)
  await type(page, '编号', number)
  await type(page, '查询码', code)
  await press(page, '查询')
  await page.getByRole('heading', { name: /^申请使用《/ }).waitFor()
}
const rows = async (key: string): Promise<number> =>
  (await fetch(`${site}/api/v1/datasets/${ground.slug}/rows.csv`, { headers: { authorization: `Bearer ${key}` } }))
    .status

test('with the keyboard alone a citizen applies, mends, signs, and reads until it is revoked, on a phone, with no script (T4.2, P17, WCAG 2.2)', async () => {
  const page = await portal.open(null, 'phone')
  page.on('request', (request) => assert.notEqual(request.resourceType(), 'script'))
  await fillIn(page)
  await page.getByRole('heading', { name: '申请已提交' }).waitFor()
  const [number, code] = await page.locator('.receipt dd').allTextContents()
  const claim = { number: number!, code: code! }
  await ground.turn()
  const received = await ground.find(claim)
  const parts = [{ code: 'qualification' as const, text: '请提供课题立项编号' }]
  await ground.provider.call(opendata.noticeApplication, {
    ...paramsOf(received),
    body: { revision: received.revision, parts },
  })
  await look(page, claim)
  await sound(page, 'apply-mend')
  await type(page, '符合开放条件的证明', '立项编号 2017-ZJ-001')
  await press(page, '提交补正')
  await page.getByText('补正已收到').waitFor()
  await ground.turn()
  await ground.decide(claim, APPROVE)
  await look(page, claim)
  await sound(page, 'apply-agreement')
  await check(page, '我已阅读并同意以上协议')
  await press(page, '确认协议，取得密钥')
  const key = (await page.locator('.key code').textContent())!
  await sound(page, 'apply-key')
  assert.equal(await rows(key), 401)
  await ground.turn()
  assert.equal(await rows(key), 200)
  await ground.turn()
  await look(page, claim)
  await page.getByRole('rowheader').first().waitFor()
  await sound(page, 'apply-active')
  const active = await ground.find(claim)
  const why = { reason_code: 'breach' as const, text: '将原始数据转给他人' }
  await ground.approver.call(opendata.revokeAccess, {
    ...paramsOf(active),
    body: { revision: active.revision, ...why },
  })
  await ground.turn()
  assert.equal(await rows(key), 403)
  await page.context().close()
})

test('the officers’ desk for applications is sound on a desk and on a phone (T4.2, P17)', async () => {
  const waiting = await ground.find(await ground.apply())
  const path = `/opendata/applications/${waiting.application_id}`
  await portal.see(ground.provider, '/opendata/applications', 'applications')
  await portal.see(ground.provider, path, 'application')
  await portal.see(ground.approver, '/opendata/promises', 'promises')
  const page = await portal.open(ground.provider)
  await page.goto(portal.origin + path)
  await page
    .getByRole('button', { name: '受 理' })
    .or(page.getByRole('button', { name: '受理', exact: true }))
    .click()
  await page.getByLabel('说明', { exact: true }).fill('符合开放条件，同意')
  await page.getByRole('button', { name: '提交批准人' }).click()
  await page.getByText('待批准').first().waitFor()
  const other = await portal.open(ground.approver)
  await other.goto(portal.origin + path)
  await other.getByLabel('批准经办意见').check()
  await other.getByLabel('说明', { exact: true }).fill('同意经办意见')
  await other.getByRole('button', { name: '作出决定' }).click()
  await other.getByText('待确认协议').first().waitFor()
  await page.context().close()
  await other.context().close()
})
