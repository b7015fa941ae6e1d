import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity as contract } from '@sanjiang/contract'
import { makeCtx } from '#kernel/ctx.ts'
import { openWorld, type World } from '#test/harness.ts'
import { send } from '#test/people.ts'
import { setClock } from './clock.service.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

test('anyone may ask for the business date (C1)', async () => {
  const { status, body } = await send<object>(world, { method: 'GET', path: contract.getClock.path })
  assert.deepEqual([status, body], [200, { today: '2017-12-11', demo: true }])
})

test('in demo mode the system administrator moves the business date, and no officer does (C1)', async () => {
  const [admin, officer] = [await world.signIn('egov', 'system_admin'), await world.signIn('egov', 'catalog_admin')]
  const body = { today: '2018-01-02' }
  assert.equal((await officer.refused(contract.setClock, { body } as never)).code, 'forbidden')
  assert.deepEqual(await admin.call(contract.setClock, { body }), { today: '2018-01-02', demo: true })
  const [event] = await world.sql<{ before: unknown; after: unknown }>(
    `select before, after from kernel.event where type = 'identity.clock.set'`,
  )
  assert.deepEqual(event, { before: { today: '2017-12-11' }, after: body })
})

test('a date that is none, or outside the calendar, is refused (C1)', async (t) => {
  const admin = await world.signIn('egov', 'system_admin')
  for (const today of ['2018-02-30', '2016-12-31', '2031-01-01', '今天'])
    await t.test(today, async () => {
      assert.equal((await admin.refused(contract.setClock, { body: { today } } as never)).code, 'invalid')
    })
})

test('outside demo mode nobody moves the business date (C1)', async () => {
  const { house } = world
  const real = await makeCtx(
    { ...house, site: { ...house.site, demo: false } },
    (await world.ctx()).actor,
    'test-trace',
  )
  await assert.rejects(setClock(real, '2018-01-05'), { code: 'only_in_demo' })
})
