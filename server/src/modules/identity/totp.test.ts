import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity as contract } from '@sanjiang/contract'
import { openWorld, type World } from '#test/harness.ts'
import { codeOf, login, openAccount, PASSWORD, send } from '#test/people.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

const enter = async (username: string) => {
  const { body, cookie } = await login(world, { username, password: PASSWORD })
  return { cookie, csrf: body.csrf, session: body }
}

// Like a browser, takes the cookie the answer gives.
const post = async <T>(path: string, browser: { cookie: string; csrf: string }, body?: unknown) => {
  const answer = await send<T>(world, { method: 'POST', path, body }, browser)
  if (answer.cookie) browser.cookie = answer.cookie
  return answer
}

const enrol = async (browser: { cookie: string; csrf: string }) => {
  const begun = await post<{ secret: string; uri: string }>(contract.beginTotp.path, browser)
  return begun.body
}

test('an administrator has no permission until he has enrolled his second factor (T16.1)', async () => {
  const { username } = await openAccount(world, { roles: ['system_admin'] })
  const browser = await enter(username)
  assert.deepEqual([browser.session.pending, browser.session.permissions], [['enrol_totp'], []])
  const persons = () => send(world, { method: 'GET', path: contract.listPersons.path }, browser)
  assert.equal((await persons()).status, 403)
  const before = browser.cookie
  const { secret, uri } = await enrol(browser)
  assert.match(uri, /^otpauth:\/\/totp\//)
  const confirmed = await post(contract.confirmTotp.path, browser, { code: codeOf(secret) })
  assert.equal(confirmed.status, 200)
  assert.notEqual(browser.cookie, before, 'with the permissions comes a new token')
  assert.equal((await persons()).status, 200)
})

test('an officer without an office may enrol one all the same, and is then asked for it (T16.1)', async () => {
  const { username } = await openAccount(world, { roles: ['consumer'] })
  const browser = await enter(username)
  const { secret } = await enrol(browser)
  await post(contract.confirmTotp.path, browser, { code: codeOf(secret) })
  const { body } = await login(world, { username, password: PASSWORD })
  assert.equal(body.code, 'second_factor_required')
})

test('a second factor is not in force before a right code confirms it (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const browser = await enter(username)
  const { secret } = await enrol(browser)
  const wrong = await post(contract.confirmTotp.path, browser, { code: codeOf(secret, 40) })
  assert.deepEqual([wrong.status, wrong.body.fields?.[0]?.rule], [422, 'totp'])
  assert.equal((await login(world, { username, password: PASSWORD })).status, 200)
})

test('beginning again replaces the secret, and only the last one is confirmed (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const browser = await enter(username)
  const [first, second] = [await enrol(browser), await enrol(browser)]
  assert.notEqual(first.secret, second.secret)
  const confirm = async ({ secret }: { secret: string }) =>
    (await post(contract.confirmTotp.path, browser, { code: codeOf(secret) })).status
  assert.equal(await confirm(first), 422)
  assert.equal(await confirm(second), 200)
})

test('the code that confirmed the second factor does not open a session too (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const browser = await enter(username)
  const { secret } = await enrol(browser)
  const code = codeOf(secret)
  await post(contract.confirmTotp.path, browser, { code })
  const { body } = await login(world, { username, password: PASSWORD, totp: code })
  assert.equal(body.code, 'bad_credentials')
  assert.equal((await login(world, { username, password: PASSWORD, totp: codeOf(secret, 1) })).status, 200)
})

test('an enrolled second factor is not exchanged by whoever holds the session (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const browser = await enter(username)
  const { secret } = await enrol(browser)
  await post(contract.confirmTotp.path, browser, { code: codeOf(secret) })
  for (const [path, body] of [
    [contract.beginTotp.path, undefined],
    [contract.confirmTotp.path, { code: codeOf(secret, 1) }],
  ] as const) {
    const { body: problem } = await post(path, browser, body)
    assert.equal(problem.code, 'wrong_state')
  }
})

test('the secret of a second factor lies in the database under the node’s key only (T16.1)', async () => {
  const { username, person_id } = await openAccount(world, {})
  const { secret } = await enrol(await enter(username))
  const [row] = await world.sql<{ sealed: string }>(
    'select sealed_totp as sealed from identity.person where person_id = $1',
    [person_id],
  )
  assert.ok(row!.sealed.length > 0)
  assert.ok(!Buffer.from(row!.sealed, 'base64').toString('latin1').includes(secret))
})
