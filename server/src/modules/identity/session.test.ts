import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity as contract } from '@sanjiang/contract'
import { buildApi } from '#roles/api.app.ts'
import { openWorld, type World } from '#test/harness.ts'
import { type Account, type Browser, codeOf, login, openAccount, PASSWORD, type Place, send } from '#test/people.ts'
import { authenticate } from './index.ts'

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

const enter = async (
  account: Pick<Account, 'username' | 'totp_secret'>,
  browser: Browser = {},
  place: Place = world,
) => {
  const totp = account.totp_secret && codeOf(account.totp_secret)
  const answer = await login(place, { username: account.username, password: PASSWORD, totp }, browser)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return { cookie: answer.cookie, csrf: answer.body.csrf, session: answer.body, headers: {}, given: answer.headers }
}

const get = async (browser: Browser) =>
  (await send(world, { method: 'GET', path: contract.getSession.path }, browser)).status

const age = (personId: string, column: 'opened_at' | 'last_seen_at', interval: string) =>
  world.sql(`update identity.session set ${column} = now() - $2::interval where person_id = $1`, [personId, interval])

const IDLE: [who: string, second_factor: boolean, still: string, ended: string][] = [
  ['an officer after thirty minutes', false, '29 minutes', '31 minutes'],
  ['an administrator after fifteen', true, '14 minutes', '16 minutes'],
]

test('a session left alone ends by itself (T16.1)', async (t) => {
  for (const [who, second_factor, still, ended] of IDLE)
    await t.test(`of ${who}`, async () => {
      const account = await openAccount(world, {
        roles: second_factor ? ['system_admin'] : ['consumer'],
        second_factor,
      })
      const browser = await enter(account)
      await age(account.person_id, 'last_seen_at', still)
      assert.equal(await get(browser), 200)
      await age(account.person_id, 'last_seen_at', ended)
      assert.equal(await get(browser), 401)
    })
})

test('a session in use is seen, and so does not go idle (T16.1)', async () => {
  const account = await openAccount(world, {})
  const browser = await enter(account)
  await age(account.person_id, 'last_seen_at', '20 minutes')
  await get(browser)
  const [row] = await world.sql<{ minutes: string }>(
    'select floor(extract(epoch from now() - last_seen_at) / 60) as minutes from identity.session where person_id = $1',
    [account.person_id],
  )
  assert.equal(Number(row!.minutes), 0)
})

test('twelve hours after login a session ends, however busy (T16.1)', async () => {
  const account = await openAccount(world, {})
  const browser = await enter(account)
  await age(account.person_id, 'opened_at', '11 hours 59 minutes')
  assert.equal(await get(browser), 200)
  await age(account.person_id, 'opened_at', '12 hours 1 minute')
  assert.equal(await get(browser), 401)
})

test('sessions that have ended are swept away and the living stay (T16.1)', async () => {
  const [gone, living] = [await openAccount(world, {}), await openAccount(world, {})]
  await enter(gone)
  await enter(living)
  await age(gone.person_id, 'last_seen_at', '31 minutes')
  const { identity } = await import('./index.ts')
  await identity.tasks.find(({ name }) => name === 'identity.session.sweep')!.handle(await world.ctx(), {})
  const rows = await world.sql<{ person_id: string }>(
    'select person_id from identity.session where person_id = any($1)',
    [[gone.person_id, living.person_id]],
  )
  assert.deepEqual(
    rows.map(({ person_id }) => person_id),
    [living.person_id],
  )
})

test('signing out ends the session and takes the cookie back (T16.1)', async () => {
  const browser = await enter(await openAccount(world, {}))
  const closed = await send(world, { method: 'DELETE', path: contract.closeSession.path }, browser)
  assert.equal(closed.status, 200)
  assert.match(String(closed.headers['set-cookie']), /sanjiang_session=; .*Expires=Thu, 01 Jan 1970/)
  assert.equal(await get(browser), 401)
})

test('a person sees and closes his own sessions and nobody else’s (T16.1)', async () => {
  const [mine, other] = [await openAccount(world, {}), await openAccount(world, { organ: 'commerce' })]
  const [here, phone, stranger] = [await enter(mine), await enter(mine), await enter(other)]
  const list = await send<{ session_id: string; is_current: boolean }[]>(
    world,
    { method: 'GET', path: contract.listSessions.path },
    here,
  )
  assert.deepEqual(list.body.map(({ is_current }) => is_current).sort(), [false, true])
  const phoneId = list.body.find(({ is_current }) => !is_current)!.session_id
  const close = (browser: Browser) =>
    send(world, { method: 'POST', path: `/identity/sessions/${phoneId}/close` }, browser)
  assert.equal((await close(stranger)).status, 404)
  assert.equal(await get(phone), 200)
  assert.equal((await close(here)).status, 200)
  assert.deepEqual([await get(phone), await get(here)], [401, 200])
})

test('a write without the page token of its session is refused, whatever the cookie (T16.1)', async () => {
  const account = await openAccount(world, {})
  const [browser, other] = [await enter(account), await enter(account)]
  const write = (csrf: string | undefined) =>
    send(world, { method: 'POST', path: contract.beginTotp.path }, { cookie: browser.cookie, csrf })
  for (const csrf of [undefined, '', 'x', other.csrf]) {
    const { status, body } = await write(csrf)
    assert.deepEqual([status, body.code], [403, 'csrf'], String(csrf))
  }
  assert.equal((await write(browser.csrf)).status, 200)
})

test('a cookie planted before login opens nothing after it (T16.1)', async () => {
  const [victim, attacker] = [await openAccount(world, {}), await openAccount(world, {})]
  const planted = await enter(attacker)
  const made = { cookie: 'sanjiang_session=chosen-by-the-attacker' }
  for (const before of [planted, made]) {
    const browser = await enter(victim, { cookie: before.cookie })
    assert.notEqual(browser.cookie, before.cookie)
    assert.equal(await get({ cookie: before.cookie }), 401)
    assert.equal(await get(browser), 200)
  }
})

test('a session is never opened by what the database keeps of it (T16.1)', async () => {
  const account = await openAccount(world, {})
  const browser = await enter(account)
  const [row] = await world.sql<{ token_hash: string }>(
    'select token_hash from identity.session where person_id = $1',
    [account.person_id],
  )
  assert.ok(!browser.cookie.includes(row!.token_hash))
  assert.equal(await get({ cookie: `sanjiang_session=${row!.token_hash}` }), 401)
})

test('the cookie is kept from scripts and from other sites (T16.1)', async () => {
  const { given } = await enter(await openAccount(world, {}))
  const cookie = String(given['set-cookie'])
  for (const flag of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200']) assert.ok(cookie.includes(flag), flag)
  assert.ok(!/Domain=/i.test(cookie), 'of this host alone')
})

const behindProxy = async (trustProxy: string[], forwarded: string) => {
  const { house } = world
  const app = await buildApi({ house, authenticate: authenticate(house), refused: () => undefined, trustProxy })
  const { username } = await openAccount(world, {})
  const headers = { 'x-forwarded-proto': forwarded, 'x-forwarded-for': '203.0.113.9' }
  const { given, session } = await enter({ username }, { headers, remoteAddress: '127.0.0.1' }, { app })
  await app.close()
  const [row] = await world.sql<{ ip: string }>('select ip from identity.session where person_id = $1', [
    session.person_id,
  ])
  return { isSecure: String(given['set-cookie']).includes('Secure'), ip: row!.ip }
}

test('behind a proxy that speaks TLS the cookie is Secure and the visitor’s address is his own (T16.1)', async () => {
  assert.deepEqual(await behindProxy(['127.0.0.1'], 'https'), { isSecure: true, ip: '203.0.113.9' })
  assert.deepEqual(await behindProxy(['127.0.0.1'], 'http'), { isSecure: false, ip: '203.0.113.9' })
})

test('a proxy nobody named is not believed (T16.1)', async () => {
  assert.deepEqual(await behindProxy([], 'https'), { isSecure: false, ip: '127.0.0.1' })
  assert.deepEqual(await behindProxy(['10.0.0.1'], 'https'), { isSecure: false, ip: '127.0.0.1' })
})

test('no answer of a session is kept by a cache (T16.1)', async () => {
  const { given } = await enter(await openAccount(world, {}))
  assert.equal(given['cache-control'], 'no-store')
})
