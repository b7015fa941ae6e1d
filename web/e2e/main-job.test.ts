import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gateway, sharing } from '@sanjiang/contract'
import type { Page } from 'playwright-core'
import type { Voice } from '../../server/test/harness.ts'
import { CITIZEN_ID, openProvince, type Province } from '../../server/test/province.ts'
import { offences, openPortal, overflow, type Portal, type Size, settled, shoot } from './portal.ts'

let portal: Portal<Province>
before(async () => {
  portal = await openPortal(openProvince)
})
after(() => portal?.close())

const visit = async (voice: Voice, path: string, size: Size = 'desktop'): Promise<Page> => {
  const page = await portal.open(voice, size)
  await page.goto(portal.origin + path)
  await settled(page)
  return page
}

/** Without a violation, without running out of the window; and a picture for people to look at. */
const isSound = async (page: Page, name: string): Promise<void> => {
  await shoot(page, name)
  assert.deepEqual(await offences(page), [], name)
  assert.ok((await overflow(page)) <= 0, `${name} runs out of the window`)
}

test('a department asks item by item, learns at once what it gets and what waits, and is answered with reasons (T5.2)', async () => {
  const { consumer, provider, resource } = portal.world
  const page = await visit(consumer, `/sharing/requests/new?resource=${resource.resource_id}`)
  assert.ok(await page.getByRole('checkbox', { name: '重点人员标识' }).isDisabled())
  assert.match((await page.locator('.choice.withheld').textContent()) ?? '', /保守国家秘密法/)
  await page.getByRole('button', { name: '全选可申请的' }).click()
  await page.getByText('1 项即时授权').waitFor()
  await page.getByText('4 项等待答复').waitFor()
  await page.getByLabel('业务协同').check()
  await page.getByLabel('事项编码或职责依据').fill('最低生活保障审核（630000-0311）')
  await page.getByLabel('应用场景').fill('审核低保申请时核对申请人身份与住址')
  await page.getByLabel('本机构承诺', { exact: false }).check()
  await page.getByText('保存', { exact: false }).filter({ hasText: '草稿已于' }).waitFor()
  await isSound(page, 'request-form-desktop')
  await page.getByRole('button', { name: '提交申请' }).click()
  await page.getByText('已送', { exact: false }).waitFor()
  await settled(page)
  await isSound(page, 'request-submitted-desktop')
  const id = page.url().split('/').at(-1)
  await page.context().close()

  const desk = await visit(provider, `/sharing/requests/${id}`)
  await desk.getByRole('button', { name: '全部同意' }).click()
  const address = desk.locator('li.choice', { hasText: '户籍地址' })
  await address.getByText('不同意', { exact: true }).click()
  await isSound(desk, 'decision-desktop')
  await desk.getByRole('button', { name: '发出答复' }).click()
  await desk.getByText('请选择理由').waitFor()
  await address.getByLabel('理由').click()
  await desk.getByTitle('申请的信息项或数据范围超出履职需要').click()
  await address.getByLabel('说明').fill('核对身份只需姓名与号码，住址请向民政系统内部核实')
  await desk.getByRole('button', { name: '发出答复' }).click()
  await desk.getByText('部分同意').first().waitFor()
  await settled(desk)
  await isSound(desk, 'request-decided-desktop')
  await desk
    .getByRole('link', { name: /查看授权/ })
    .first()
    .click()
  await desk.getByRole('heading', { level: 1, name: /的授权/ }).waitFor()
  await settled(desk)
  await isSound(desk, 'grant-desktop')
  await desk.context().close()
})

test('a call is signed in the browser, answered through the gateway, masked as granted, and cannot be repeated (T8.1, C1)', async () => {
  const { consumer, provider, client, service } = portal.world
  await provider.call(gateway.attachService, { body: service })
  const { rows } = await consumer.call(sharing.listGrants, { query: { side: 'consumer', state: 'active' } })
  assert.equal(rows.length, 1)
  await consumer.call(sharing.bindClient, { params: { id: rows[0]!.grant_id }, body: { client_id: client.client_id } })
  const page = await visit(consumer, `/gateway/trials?grant=${rows[0]!.grant_id}`)
  await page.getByRole('button', { name: '生成一把并登记公钥' }).click()
  await page.getByLabel('公民身份号码（citizen_id）').fill(CITIZEN_ID)
  await page.getByLabel('办件编号').fill('QH2017120001')
  await page.getByRole('button', { name: '签到、签名、发送' }).click()
  await page.getByText('HTTP 200').waitFor()
  const table = await page.locator('table.listing').textContent()
  assert.match(table ?? '', /卓\*措/)
  assert.match(table ?? '', /630102\*+351X/)
  assert.doesNotMatch(table ?? '', /八一路/)
  await isSound(page, 'console-desktop')
  await page.getByRole('button', { name: '原样重放' }).click()
  await page.getByText('网关答 409').waitFor()
  await page.getByRole('button', { name: '改动经办人再发' }).click()
  await page.getByText('网关答 401').waitFor()
  await page.getByRole('tab', { name: '这次调用怎样签' }).click()
  await page.getByText('"@method": GET', { exact: false }).waitFor()
  await shoot(page, 'console-signing-desktop')
  await page.context().close()
})

test('an entry proves itself in the browser, and a change made by the database superuser turns it red (C2)', async () => {
  const auditor = await portal.world.signIn('audit', 'auditor')
  const [entry] = await portal.world.sql<{ log_id: string; seq: number }>(
    `select log_id, seq from ledger.entry where kind = 'call' and outcome = 'answered' order by at limit 1`,
  )
  const path = `/ledger/logs/${entry!.log_id}/entries/${entry!.seq}`
  const page = await visit(auditor, path)
  await page.getByText('已验证', { exact: false }).waitFor()
  await page.getByRole('button', { name: '核对无误，固定' }).click()
  await page.getByText('✓ 已验证：', { exact: false }).waitFor()
  await isSound(page, 'entry-good-desktop')
  await portal.world.sql(
    `update ledger.entry set body = replace(body, '"answered"', '"refused"') where log_id = $1 and seq = $2`,
    [entry!.log_id, entry!.seq],
  )
  await page.reload()
  await settled(page)
  await page.getByText('验证不通过', { exact: false }).waitFor()
  assert.equal(await page.locator('.steps > li.fault').first().locator('h3').textContent(), '原文的杂凑')
  await isSound(page, 'entry-tampered-desktop')
  await page.context().close()
})
