import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { exchange } from '@sanjiang/contract'
import type { Relation } from '@sanjiang/contract/exchange'
import type { Page } from 'playwright-core'
import { type EditionGround, type Entry, openEditions, publishShops } from '../../server/test/edition-ground.ts'
import { answering, enlist, feedDraft, grantTable, subscribeTo } from '../../server/test/exchange-ground.ts'
import { offences, openPortal, overflow, type Portal, settled, shoot } from './portal.ts'

let portal: Portal<EditionGround>
before(async () => {
  portal = await openPortal(openEditions)
})
after(async () => {
  await portal?.world.ground.close()
  await portal?.close()
})

const column = (name: string, source_type: string, key_no: number | null = null) => ({
  ...{ name, source_type, key_no, nullable: key_no === null, comment: '' },
})
const SHOP_TABLE: Relation = {
  ...{ name: 'gs.wd', kind: 'table', comment: '网点', estimated_rows: 100 },
  columns: [column('bh', 'integer', 1), column('mc', 'character varying(40)'), column('bz', 'character varying(200)')],
  change_stream: { able: true, reason: '' },
}
const NAMES = { shop_no: 'bh', shop_name: 'mc', remark: 'bz' }

const published = ({ resource_id, code, content }: Entry) => ({
  ...{ resource_id, code: code! },
  item: Object.fromEntries(content.items.map(({ name_en, item_id }) => [name_en, item_id])),
})

/** The department's table, asked for and subscribed to by the portal's office. */
const subscribeOffice = async (entry: Entry): Promise<string> => {
  const { world } = portal
  const resource = published(entry)
  const stop = answering(world, { describe: SHOP_TABLE })
  const agent_id = await enlist(world, world.proposer, '工商局前置节点')
  const more = {
    ...{ relation: SHOP_TABLE.name, key: ['shop_no'], mode: 'snapshot' as const },
    bindings: Object.entries(NAMES).map(([item, bound]) => ({ item, column: bound })),
  }
  await world.proposer.call(exchange.attachFeed, { body: feedDraft(resource, agent_id, more) }).finally(stop)
  const office = await world.signIn('egov', 'consumer')
  const grant_id = await grantTable({ consumer: office }, resource, Object.keys(NAMES))
  const place = { grant_id, agent_id: await enlist(world, office, '门户前置节点'), target: 'load.shops' }
  return (await subscribeTo(office, place)).subscription_id
}

/** As the office's agent leaves it: rows in the stage, everything accepted. */
const load = async (subscriptionId: string): Promise<void> => {
  const { sql } = portal.world
  await sql('create schema if not exists load')
  await sql('create table load.shops (shop_no integer, shop_name text, remark text)')
  await sql(`insert into load.shops values (1, '甲店', '找 630102198001010019'), (2, '乙店', null)`)
  await sql(`update exchange.run set state = 'finished', started_at = now(), finished_at = now()`)
  await sql(
    `update exchange.subscription s set last_accepted_at = now(), next_seq = greatest(s.next_seq, f.head),
       base_run_id = (select run_id from exchange.run r where r.feed_id = s.feed_id limit 1)
     from exchange.feed f where f.feed_id = s.feed_id and s.subscription_id = $1`,
    [subscriptionId],
  )
}

const sound = async (page: Page, name: string): Promise<void> => {
  for (const [size, width] of Object.entries({ desktop: 1440, phone: 390 })) {
    await page.setViewportSize({ width, height: 900 })
    await settled(page)
    await shoot(page, `${name}-${size}`)
    assert.deepEqual(await offences(page), [], `${name} ${size}`)
    assert.ok((await overflow(page)) <= 0, `${name} runs out of a ${size}'s window`)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

const words = async (page: Page): Promise<void> => {
  await page.getByLabel('摘要').fill('全省便民网点的编号和名称，供公众查询。')
  await page.getByLabel('联系方式').fill('登记注册处 0971-8230000')
  await page.getByRole('button', { name: '提交保密审查' }).click()
  await page.waitForURL(/\/opendata\/releases\/[0-9a-f-]{36}/)
  await portal.world.advance()
}

const approve = async (path: string): Promise<void> => {
  const page = await portal.open(portal.world.reviewer)
  await page.goto(`${portal.origin}/`)
  await page.getByText('开放数据的保密审查').first().waitFor()
  await page.goto(path)
  await page.getByRole('button', { name: '审查通过并开放' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('已看样例行，不涉密')
  await dialog.getByRole('button', { name: '审查通过并开放' }).click()
  await page.getByText('开放中').first().waitFor()
  await page.context().close()
}

test('a provider is told what is missing, names the subscription to follow, and sees where its rows stand (T4.2, T8.1)', async () => {
  const { world, origin } = portal
  const entry = await publishShops(world, '便民网点')
  const page = await portal.open(world.proposer)
  await page.goto(`${origin}/opendata/sources`)
  await page.getByText('还没有数据集经数据交换供数').waitFor()
  await sound(page, 'source-list-empty')
  await page.goto(`${origin}/opendata/sources/new?resource=${entry.resource_id}`)
  await page.getByText('还没有可以跟随的订阅').waitFor()
  await sound(page, 'source-new-empty')

  const subscription = await subscribeOffice(entry)
  await page.goto(`${origin}/exchange/subscriptions/${subscription}`)
  await page.getByRole('link', { name: '用它给开放数据集供数' }).click()
  await page.getByRole('button', { name: '跟随这个订阅' }).waitFor()
  await sound(page, 'source-new')
  await page.getByRole('button', { name: '跟随这个订阅' }).click()
  await page.getByText('等待首次签收数据').waitFor()

  await load(subscription)
  assert.equal(await world.follow(), 1)
  await world.advance()
  await page.goto(`${origin}/opendata/sources`)
  await page.getByText('待提出发布').waitFor()
  await sound(page, 'source-list')
  await page.getByRole('link', { name: '第 1 版' }).click()
  await page.getByText('怎么办').waitFor()
  await sound(page, 'edition-staged')
  await page.getByRole('link', { name: '提出开放' }).click()
  await page.getByRole('button', { name: '用第 1 版' }).click()
  await page.getByText('数据中没有这些列：联系电话、开业日期').waitFor()
  await page.getByRole('button', { name: '不开放这几项' }).click()
  await words(page)

  await page.getByText('请取回，去除或遮盖').waitFor()
  await sound(page, 'release-held-own')
  await page.getByRole('button', { name: '取回修改' }).click()
  await page
    .getByRole('button', { name: '取 回' })
    .or(page.getByRole('button', { name: '取回', exact: true }))
    .click()
  await page.getByRole('link', { name: '再次提出' }).click()
  await page.getByRole('button', { name: '用第 1 版' }).click()
  assert.equal(await page.getByLabel('联系方式').inputValue(), '登记注册处 0971-8230000')
  await page.getByRole('combobox', { name: '备注的去标识方式' }).click()
  await page.getByTitle('去除', { exact: true }).last().click()
  await words(page)
  await world.drain()
  await approve(page.url())

  await page.goto(`${origin}/exchange/subscriptions/${subscription}`)
  await page.getByText('正在给开放数据集供数').waitFor()
  await page.getByRole('link', { name: '看自动供数' }).click()
  await page.getByRole('button', { name: /解\s?除/ }).click()
  await page
    .getByRole('tooltip')
    .getByRole('button', { name: /解\s?除/ })
    .click()
  await page.getByText('提供方已解除').waitFor()
  await sound(page, 'source-ended')
  await page.context().close()
})

test('an entry without the items is told so where figures are bound (T4.2)', async () => {
  const { world, origin } = portal
  await publishShops(world, '网点统计')
  const page = await portal.open(world.proposer)
  await page.goto(`${origin}/opendata/sources`)
  await page.getByRole('button', { name: '指定承载“信息系统按部门”的资源' }).click()
  await page.getByRole('combobox', { name: '资源' }).click()
  await page
    .getByTitle(/网点统计/)
    .last()
    .click()
  await page
    .getByRole('button', { name: /指\s?定/ })
    .last()
    .click()
  await page
    .getByText(/缺少信息项 organ_name/)
    .first()
    .waitFor()
  await sound(page, 'figure-refused')
  await page.context().close()
})
