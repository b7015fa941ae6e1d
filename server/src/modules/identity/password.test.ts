import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity as contract, type Problem } from '@sanjiang/contract'
import { openWorld, type World } from '#test/harness.ts'
import { type Account, login, openAccount, PASSWORD, send } from '#test/people.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

const enter = async ({ username }: Account, password = PASSWORD) => {
  const { body, cookie, status } = await login(world, { username, password })
  return { status, session: body, cookie, csrf: body.csrf }
}
type Entered = Awaited<ReturnType<typeof enter>>

// Like a browser, takes the cookie the answer gives.
const change = async (browser: Entered, next: string, current = PASSWORD) => {
  const request = { method: 'POST', path: contract.changePassword.path, body: { current, next } }
  const answer = await send<object>(world, request, browser)
  if (answer.cookie) browser.cookie = answer.cookie
  return answer
}

const rulesOf = ({ fields }: Problem) => fields?.map(({ rule }) => rule)

const isOpen = async (browser: Entered) =>
  (await send(world, { method: 'GET', path: contract.getSession.path }, browser)).status === 200

const REFUSED: [title: string, next: string, rules: string[]][] = [
  ['is shorter than eight', 'Ab3-xyz', ['length']],
  ['has letters and digits of one case only', 'sanjiang2017', ['classes']],
  ['is all of one kind', '20171211201712', ['classes']],
  ['contains the account', 'X-OFFICER1-2017', ['username']],
  ['breaks two rules', 'abc', ['length', 'classes']],
]

test('a password is refused with every rule it breaks (T16.1)', async (t) => {
  const account = await openAccount(world, {})
  assert.equal(account.username, 'officer1')
  const browser = await enter(account)
  for (const [title, next, rules] of REFUSED)
    await t.test(`when it ${title}`, async () => {
      const { status, body } = await change(browser, next)
      assert.deepEqual([status, body.code, rulesOf(body)], [422, 'invalid', rules])
      assert.ok(body.fields?.every(({ clause }) => clause?.startsWith('GB/T 22239')))
    })
})

test('none of the last five passwords can be used again; the sixth last can (T16.1)', async () => {
  const browser = await enter(await openAccount(world, {}))
  const names = ['Datong-2017', 'Huzhu-2017', 'Gangca-2017', 'Tongren-2017']
  let current = PASSWORD
  for (const next of names) {
    assert.equal((await change(browser, next, current)).status, 200, next)
    current = next
  }
  const reused = await change(browser, PASSWORD, current)
  assert.deepEqual(rulesOf(reused.body), ['reuse'])
  assert.equal((await change(browser, 'Maduo-2017', current)).status, 200)
  assert.equal((await change(browser, PASSWORD, 'Maduo-2017')).status, 200)
})

test('a changed password ends every other session and keeps the one it was changed in (T16.1)', async () => {
  const account = await openAccount(world, {})
  const [here, elsewhere] = [await enter(account), await enter(account)]
  assert.equal((await change(here, 'Qumalai-2017')).status, 200)
  assert.deepEqual([await isOpen(here), await isOpen(elsewhere)], [true, false])
  assert.equal((await enter(account)).status, 401, 'the old password opens nothing')
  assert.equal((await enter(account, 'Qumalai-2017')).status, 200)
})

test('whoever copied the cookie before the password was changed is out after it (T16.1)', async () => {
  const browser = await enter(await openAccount(world, {}))
  const copy = { ...browser }
  assert.equal((await change(browser, 'Chengduo-2017')).status, 200)
  assert.deepEqual([await isOpen(browser), await isOpen(copy)], [true, false])
})

test('a wrong present password changes nothing, counts, and the fifth ends the session that guesses (T16.1)', async () => {
  const account = await openAccount(world, {})
  const browser = await enter(account)
  for (let n = 1; n < 5; n += 1) {
    const { status, body } = await change(browser, 'Yushu-2017', 'Wrong-2017')
    assert.deepEqual([status, rulesOf(body)], [422, ['current']])
  }
  const fifth = await change(browser, 'Yushu-2017', 'Wrong-2017')
  assert.equal(fifth.body.code, 'locked')
  assert.equal(await isOpen(browser), false)
  assert.equal((await enter(account)).status, 423)
})

test('after ninety days a session may do nothing but change the password (T16.1)', async () => {
  const account = await openAccount(world, { roles: ['consumer'] })
  const age = `update identity.password set set_at = now() - interval '90 days 1 minute' where person_id = $1`
  await world.sql(age, [account.person_id])
  const browser = await enter(account)
  assert.deepEqual([browser.session.pending, browser.session.permissions], [['change_password'], []])
  const organs = await send(world, { method: 'GET', path: contract.listOrgans.path }, browser)
  assert.deepEqual([organs.status, organs.body.code], [403, 'forbidden'])
  assert.equal((await change(browser, 'Nangqian-2017')).status, 200)
  assert.equal((await send(world, { method: 'GET', path: contract.listOrgans.path }, browser)).status, 200)
})

test('on its eighty-ninth day a password still holds (T16.1)', async () => {
  const account = await openAccount(world, { roles: ['consumer'] })
  const age = `update identity.password set set_at = now() - interval '89 days' where person_id = $1`
  await world.sql(age, [account.person_id])
  assert.deepEqual((await enter(account)).session.pending, [])
})

test('of two changes at once one is in force and the other is told to look again (T16.1)', async () => {
  const account = await openAccount(world, {})
  const browser = await enter(account)
  const answers = await Promise.all([change(browser, 'Zhiduo-2017'), change(browser, 'Zaduo-2017')])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
})
