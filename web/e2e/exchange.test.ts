import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import type { Page } from 'playwright-core'
import { answering } from '../../server/test/exchange-ground.ts'
import type { Voice } from '../../server/test/harness.ts'
import { initialsOf } from '../src/staff/features/exchange/attach.match.ts'
import { ANSWERS, type ExchangeWorld, liveThrough, openExchangeWorld } from './exchange-ground.ts'
import { offences, openPortal, overflow, type Portal, type Size, settled, shoot } from './portal.ts'

let portal: Portal<ExchangeWorld>
let stopAnswering: () => void
before(async () => {
  portal = await openPortal(openExchangeWorld)
  stopAnswering = answering(portal.world, ANSWERS)
})
after(async () => {
  stopAnswering?.()
  await portal?.close()
})

const visit = async (voice: Voice, path: string, size: Size = 'desktop'): Promise<Page> => {
  const page = await portal.open(voice, size)
  await page.goto(portal.origin + path)
  await settled(page)
  return page
}

const isSound = async (page: Page, name: string): Promise<void> => {
  await shoot(page, name)
  assert.deepEqual(await offences(page), [], name)
  assert.ok((await overflow(page)) <= 0, `${name} runs out of the window`)
}

const choose = async (page: Page, label: string, option: string | RegExp): Promise<void> => {
  await page.getByLabel(label, { exact: true }).click()
  await page.locator('.ant-select-item-option', { hasText: option }).first().click()
}

test('names are matched as departments abbreviate them (T8.1)', () => {
  assert.equal(initialsOf('公民身份号码'), 'gmsfhm')
  assert.equal(initialsOf('出生日期'), 'csrq')
  assert.equal(initialsOf('户籍地址'), 'hjdz')
  assert.equal(initialsOf('统一社会信用代码'), 'tyshxydm')
})

test('an agent is invited with a word shown once and the commands to run (T8.1)', async () => {
  const page = await visit(portal.world.police, '/exchange/agents')
  await isSound(page, 'exchange-agents-desktop')
  await page.getByRole('button', { name: '登记前置节点' }).click()
  await page.getByLabel('名称').fill('西宁机房 备用节点')
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await page.getByText('口令只显示这一次').waitFor()
  await page.getByText(/sanjiang-agent check/).waitFor()
  await isSound(page, 'exchange-invite-desktop')
  await page.getByRole('button', { name: '已抄下口令' }).click()
  await page.getByText('口令只显示这一次').waitFor({ state: 'hidden' })
  await page.getByRole('link', { name: '西宁机房 备用节点' }).waitFor()
  await page.context().close()
})

test('a table is attached: found, bound by its abbreviations, tried, confirmed; going back loses nothing (T8.1)', async () => {
  const { police, people } = portal.world
  const page = await visit(police, `/exchange/feeds/new?resource=${people.resource_id}`)
  await choose(page, '前置节点', '公安厅人口库前置节点')
  await choose(page, '连接', 'gongan')
  await page.getByLabel(/czrk.v_bgjl/).waitFor()
  await page.getByLabel('查找库表').fill('户籍地址')
  await page.getByLabel(/czrk.v_bgjl/).waitFor({ state: 'detached' })
  await page.getByLabel(/czrk.ry_jbxx/).check()
  await isSound(page, 'attach-source-desktop')
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByText('5 个信息项，已绑定 4 个', { exact: false }).waitFor()
  assert.ok(await page.getByLabel('公民身份号码是键').isChecked())
  await choose(page, '性别：字段', /^zp/)
  await page.getByText('不能作为 C 型信息项“性别”', { exact: false }).waitFor()
  assert.ok(await page.getByRole('button', { name: '下一步' }).isDisabled())
  await isSound(page, 'attach-binding-desktop')
  await choose(page, '性别：字段', /^xb/)
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByLabel(/变更流/).waitFor()
  await isSound(page, 'attach-mode-desktop')
  await page.goBack()
  await page.getByText('已绑定 4 个', { exact: false }).waitFor()
  await page.goForward()
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByText('检查了 20 行', { exact: false }).waitFor()
  await page.getByText('校验位不对').waitFor()
  await isSound(page, 'attach-trial-desktop')
  await page.getByRole('button', { name: '下一步' }).click()
  await isSound(page, 'attach-confirm-desktop')
  await page.getByRole('button', { name: '挂接', exact: true }).click()
  await page.getByText('czrk.ry_jbxx').first().waitFor()
  await page.waitForURL(/\/exchange\/feeds\/[0-9a-f-]{36}$/)
  await page.context().close()
})

test('the consumer says where a granted table goes, from the grant’s page (T8.1)', async () => {
  const { civil, grant } = portal.world
  const page = await visit(civil, `/sharing/grants/${grant}`)
  await isSound(page, 'grant-table-desktop')
  await page.getByRole('link', { name: '订阅' }).first().click()
  await choose(page, '我方前置节点', '民政厅救助库前置节点')
  await choose(page, '连接', 'minzheng')
  await page.getByLabel('目标表').fill('gongxiang.person')
  await isSound(page, 'subscribe-desktop')
  await page.getByRole('button', { name: '订阅', exact: true }).click()
  await page.waitForURL(/\/exchange\/subscriptions\/[0-9a-f-]{36}$/)
  await page.context().close()
})

test('both sides watch a transfer and find every page of it sound on a desk and on a phone (T8.1, C4, C5)', async () => {
  const { world, see } = portal
  const [subscription] = (await world.civil.call(exchange.listSubscriptions, { query: {} })).rows
  const { subscription_id, feed_id } = subscription!
  await liveThrough(world, subscription_id)
  const at = `/exchange/subscriptions/${subscription_id}`
  await see(world.civil, '/exchange/subscriptions', 'transfers')
  await see(world.civil, at, 'transfer')
  await see(world.civil, `${at}?tab=reconciliations`, 'transfer-reconciliations')
  await see(world.civil, `${at}?tab=grant`, 'transfer-grant')
  await see(world.auditor, `${at}?tab=deliveries`, 'transfer-receipts')
  const feed = `/exchange/feeds/${feed_id}`
  await see(world.police, '/exchange/feeds', 'feeds')
  await see(world.police, feed, 'feed')
  await see(world.police, `${feed}?tab=rejects`, 'feed-rejects')
  await see(world.police, `${feed}?tab=drifts`, 'feed-drifts')
  await see(world.police, `${feed}/edit?step=2`, 'attach-binding')
  await see(world.police, `/exchange/agents/${world.policeAgent}`, 'agent')
  await see(world.police, `/catalog/resources/${world.people.resource_id}`, 'resource-lineage')
})
