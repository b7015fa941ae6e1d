import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { WEBHOOK } from '@sanjiang/contract/exchange.pull'
import type { Page } from 'playwright-core'
import { type DoorServer, Messenger } from '../../server/src/modules/exchange/index.ts'
import { enlistAtDoor, openTestDoor } from '../../server/test/exchange-door.ts'
import { openWorld, type Voice, type World } from '../../server/test/harness.ts'
import {
  announce,
  isFrom,
  openPuller,
  openPushFeed,
  openReceiver,
  type Puller,
  type PushFeed,
  type Receiver,
  subscribePush,
} from '../../server/test/push-ground.ts'
import { ask } from '../../server/test/sharing-ground.ts'
import { offences, openPortal, overflow, type Portal, settled, shoot } from './portal.ts'

let portal: Portal<World>
let door: DoorServer
let civil: Voice
let feed: PushFeed
let puller: Puller
let receiver: Receiver
let messenger: Messenger

before(async () => {
  portal = await openPortal(() => openWorld({ today: '2017-12-11' }))
  const { world } = portal
  door = await openTestDoor(world)
  civil = await world.signIn('civil_affairs', 'consumer')
  const police = await world.signIn('police', 'provider')
  feed = await openPushFeed(world, await enlistAtDoor(door.address, police), police)
  puller = await openPuller(world, door.address)
  receiver = await openReceiver()
  messenger = new Messenger(world.house, ['127.0.0.0/8'])
  await subscribePush(civil, feed.people, { client_id: puller.clientId, url: receiver.url })
  const run_id = await feed.run('snapshot')
  const lines = ['63010319900101001X\t扎西卓玛\t2', '632801198512120037\t马玉兰\t2']
  await feed.put([
    { kind: 'begin', run_id },
    { kind: 'rows', run_id, lines },
    { kind: 'end', run_id },
  ])
})
after(async () => {
  await messenger?.close()
  await receiver?.close()
  await door?.close()
  await portal?.close()
})

const isSound = async (page: Page, name: string): Promise<void> => {
  await shoot(page, name)
  assert.deepEqual(await offences(page), [], name)
  assert.ok((await overflow(page)) <= 0, `${name} runs out of the window`)
}
const send = async (): Promise<void> => {
  await announce(portal.world)
  await portal.world.sql(`update exchange.notice set next_try_at = now() where state = 'waiting'`)
  await messenger.beat()
  await messenger.settled()
}
const PHONE = { width: 390, height: 844 }

test('a department subscribes by push, is shown the secret once, sees what did not arrive and sends it again (T8.1)', async () => {
  const { world, origin } = portal
  const terms = {
    access_mode: 'push' as const,
    client_id: puller.clientId,
    quota: { count: null, period: 'day' as const },
  }
  const request = await ask(civil, feed.people, { names: ['citizen_id', 'name', 'sex'], more: terms })
  const page = await portal.open(civil)
  await page.goto(`${origin}/exchange/subscriptions/new?grant=${request.grant_ids[0]}`)
  await settled(page)
  await page.getByText('取数的应用系统：').waitFor()
  await page.getByLabel('通知地址').fill('http://user:word@10.1.2.3/')
  await page.getByRole('button', { name: '订阅' }).click()
  await page.getByText('地址里不能写账号口令').first().waitFor()
  await isSound(page, 'push-subscribe-desktop')
  await page.getByLabel('通知地址').fill(receiver.url)
  await page.getByRole('button', { name: '订阅' }).click()
  await page.getByText('密钥只显示这一次').waitFor()
  const secret = (await page.getByText(/^whsec_/).textContent())!
  await isSound(page, 'push-secret-desktop')
  receiver.answer = (_, response) => void response.writeHead(500).end()
  // The other subscription's notice goes to the same receiver and may be on its way first.
  const isHeard = () => receiver.heard.some((message) => isFrom(message, secret.trim()))
  for (const end = Date.now() + 20_000; !isHeard() && Date.now() < end; await pause(200)) {
    await announce(world)
    await world.sql(`update exchange.notice set tries = $1 where state = 'waiting'`, [WEBHOOK.tries - 1])
    await send()
  }
  assert.ok(isHeard(), 'the secret shown is the one that signs')
  await page.getByRole('link', { name: '已抄下密钥，看传输' }).click()
  await page.getByRole('heading', { name: '户籍人口信息' }).waitFor()
  await page.getByText('对方返回 HTTP 500', { exact: true }).waitFor()
  await settled(page)
  await isSound(page, 'push-dead-desktop')
  await page.setViewportSize(PHONE)
  await isSound(page, 'push-dead-phone')
  await page.setViewportSize({ width: 1440, height: 900 })
  receiver.answer = (_, response) => void response.writeHead(204).end()
  await page.getByRole('button', { name: '再次发送' }).click()
  await page.getByRole('dialog').getByLabel('原因').fill('接收程序已修复')
  await page.getByRole('dialog').getByRole('button', { name: '再次发送' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await send()
  await page.getByText('已收下（HTTP 204）').waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: '更换密钥' }).click()
  await page.getByRole('button', { name: '更换', exact: true }).click()
  await page.getByText('新旧两把密钥都会签名', { exact: false }).waitFor()
  assert.notEqual(await page.getByText(/^whsec_/).textContent(), secret)
  await settled(page)
  await isSound(page, 'push-sent-desktop')
  await page.context().close()
})
