import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openWorld, type World } from '../../server/test/harness.ts'
import { offences, openPortal, overflow, type Portal, settled, shoot } from './portal.ts'

let portal: Portal<World>
before(async () => {
  portal = await openPortal(openWorld)
})
after(() => portal?.close())

test('a stranger sees the door only, on a phone as on a desk, and is told what is wrong (T16.1)', async () => {
  for (const size of ['desktop', 'phone'] as const) {
    const page = await portal.open(null, size)
    await page.goto(`${portal.origin}/catalog/search`)
    await settled(page)
    assert.equal(await page.locator('h1').textContent(), '登录工作门户')
    assert.deepEqual(await offences(page), [])
    assert.ok((await overflow(page)) <= 0)
    await shoot(page, `login-${size}`)
    await page.getByLabel('账号').fill('nobody')
    await page.getByLabel('口令').fill('wrong')
    await page.getByRole('button', { name: '登录' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /不正确/)
    assert.deepEqual(await offences(page), [])
    await page.context().close()
  }
})

test('the menu shows what a role may do, and a page beyond it says which permission is missing (T16.1)', async () => {
  const voice = await portal.world.signIn('audit', 'audit_admin')
  const page = await portal.open(voice)
  await page.goto(`${portal.origin}/`)
  await settled(page)
  assert.equal(await page.getByRole('link', { name: '我的目录' }).count(), 0)
  await shoot(page, 'menu-audit-admin')
  await page.context().close()
})
