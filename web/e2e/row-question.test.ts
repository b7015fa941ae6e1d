import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { SubscriptionDetail } from '@sanjiang/contract/exchange'
import type { Page } from 'playwright-core'
import { openRowGround, type RowGround, ZHAXI } from '../../server/test/exchange-rows.ts'
import { openWorld, type Voice, type World } from '../../server/test/harness.ts'
import { offences, openPortal, overflow, type Portal, settled, shoot } from './portal.ts'

let portal: Portal<World>
let ground: RowGround
let police: Voice
let civil: Voice
let plain: SubscriptionDetail

before(async () => {
  portal = await openPortal(() => openWorld({ today: '2017-12-11' }))
  police = await portal.world.signIn('police', 'provider')
  civil = await portal.world.signIn('civil_affairs', 'consumer')
  ground = await openRowGround(portal.world, { police, civil })
  plain = await ground.supply('gongxiang.plain', ['citizen_id', 'name', 'sex'])
})
after(async () => {
  await ground?.close()
  await portal?.close()
})

const isSound = async (page: Page, name: string): Promise<void> => {
  await shoot(page, name)
  assert.deepEqual(await offences(page), [], name)
  assert.ok((await overflow(page)) <= 0, `${name} runs out of the window`)
}

test('an officer asks whether a row was delivered, keeps the proof, and another browser verifies it (C3)', async () => {
  const page = await portal.open(civil)
  await page.goto(`${portal.origin}/exchange/subscriptions/${plain.subscription_id}`)
  await settled(page)
  await page.getByRole('link', { name: '逐行查证' }).click()
  await page.getByText(/留存 6 个整月/).waitFor()
  await page.getByRole('button', { name: '存证并查证' }).click()
  await page.getByText('请填写公民身份号码').waitFor()
  await page.getByLabel('公民身份号码').fill(ZHAXI)
  await page.getByLabel('连同整行内容一起查').check()
  await page.getByLabel('姓名').fill('扎**玛')
  await page.getByLabel('性别').fill('2')
  await page.getByLabel('查证理由').fill('当事人申请核实，受理单 2017-1211')
  await isSound(page, 'row-question-desktop')
  await page.getByRole('button', { name: '存证并查证' }).click()
  await page.getByText('交付过这一行').first().waitFor()
  await isSound(page, 'row-answer-desktop')
  await page.setViewportSize({ width: 390, height: 844 })
  await isSound(page, 'row-answer-phone')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '下载证明文件' }).click(),
  ])
  // Downloads go when their window does.
  await verifyElsewhere(await download.path())
  await page.context().close()
})

const verifyElsewhere = async (file: string): Promise<void> => {
  const page = await portal.open(police)
  await page.goto(`${portal.origin}/ledger/row-proofs`)
  await settled(page)
  await isSound(page, 'row-proof-empty-desktop')
  await page.getByLabel('选择证明文件').setInputFiles(file)
  await page.getByText('✓ 交付过这一行').waitFor()
  await isSound(page, 'row-proof-desktop')
  const bent = join(portal.world.dataDir, 'bent.json')
  await writeFile(bent, (await readFile(file, 'utf8')).replaceAll('扎**玛', '扎**马'))
  await page.getByLabel('选择证明文件').setInputFiles(bent)
  await page.getByText('✗ 核验不通过').waitFor()
  await isSound(page, 'row-proof-bent-desktop')
  await page.context().close()
}

test('whoever may not ask is told so, and where nothing is kept the page says that too (T16.1)', async () => {
  const leader = await portal.world.signIn('civil_affairs', 'leader')
  await portal.world.sql('update exchange.feed set row_leaves = false')
  const page = await portal.open(leader)
  await page.goto(`${portal.origin}/exchange/subscriptions/${plain.subscription_id}`)
  await settled(page)
  await page.getByRole('link', { name: '逐行查证' }).click()
  await page.getByText('本账号没有此项权限').waitFor()
  await page.getByText('没有开启逐行存证').waitFor()
  await isSound(page, 'row-question-denied-desktop')
  await page.context().close()
})

test('who asks who looked a person up sees the bulk deliveries too (C2)', async () => {
  const page = await portal.open(await portal.world.signIn('audit', 'auditor'))
  await page.goto(`${portal.origin}/ledger/subject-queries`)
  await settled(page)
  await page.getByLabel('公民身份号码').fill(ZHAXI)
  await page.getByLabel('查询理由').fill('本人到窗口申请查询，受理单 2017-0331')
  await page.getByRole('button', { name: '存证并查询' }).click()
  await page.getByRole('region', { name: '在批量交付中' }).getByText('数据块交付').waitFor()
  await page.getByText(/全部查完/).waitFor()
  await isSound(page, 'subject-bulk-desktop')
  await page.context().close()
})
