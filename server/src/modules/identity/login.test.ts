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

const WRONG = 'Wrong-2017'

const eventsOf = async (personId: string): Promise<string[]> => {
  const rows = await world.sql<{ type: string }>(
    'select type from kernel.event where subject_id = $1 order by event_id',
    [personId],
  )
  return rows.map(({ type }) => type)
}

const fail = async (username: string, times: number) => {
  const codes: string[] = []
  for (let n = 0; n < times; n += 1) codes.push((await login(world, { username, password: WRONG })).body.code)
  return codes
}

test('an officer signs in with his password and learns his roles, his day and his page token (T16.1)', async () => {
  const { username, person_id } = await openAccount(world, { roles: ['consumer'] })
  const { status, body, cookie } = await login(world, { username, password: PASSWORD })
  assert.equal(status, 200)
  assert.deepEqual([body.person_id, body.roles, body.pending, body.today], [person_id, ['consumer'], [], '2017-12-11'])
  assert.ok(body.permissions.includes('sharing.request.create'))
  const again = await send<typeof body>(world, { method: 'GET', path: contract.getSession.path }, { cookie })
  assert.deepEqual(again.body, body)
  assert.deepEqual(await eventsOf(person_id), ['identity.session.opened'])
})

test('five wrong passwords lock the account for fifteen minutes, the right one included (T16.1)', async () => {
  const { username, person_id } = await openAccount(world, {})
  assert.deepEqual(await fail(username, 5), Array(5).fill('bad_credentials'))
  const locked = await login(world, { username, password: PASSWORD })
  assert.deepEqual([locked.status, locked.body.code], [423, 'locked'])
  const [row] = await world.sql<{ minutes: string }>(
    'select round(extract(epoch from locked_until - now()) / 60) as minutes from identity.person where person_id = $1',
    [person_id],
  )
  assert.equal(Number(row!.minutes), 15)
})

test('a locked account writes no more into the log, however often it is tried (T16.1)', async () => {
  const { username, person_id } = await openAccount(world, {})
  await fail(username, 9)
  const refused = 'identity.login.refused'
  assert.deepEqual(await eventsOf(person_id), [...Array(5).fill(refused), 'identity.person.locked'])
})

test('after the lock has run out the account opens and counts from nothing (T16.1)', async () => {
  const { username, person_id } = await openAccount(world, {})
  await fail(username, 5)
  await world.sql(`update identity.person set locked_until = now() - interval '1 second' where person_id = $1`, [
    person_id,
  ])
  assert.deepEqual(await fail(username, 4), Array(4).fill('bad_credentials'))
  assert.equal((await login(world, { username, password: PASSWORD })).status, 200)
})

test('a login that succeeds sets the count of failures back (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  for (const _ of [1, 2]) {
    await fail(username, 4)
    assert.equal((await login(world, { username, password: PASSWORD })).status, 200)
  }
})

test('of twenty guesses at once, five are judged and the others find the account locked (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const guesses = Array.from({ length: 20 }, (_, n) => login(world, { username, password: `Guess-${n}-2017` }))
  const codes = (await Promise.all(guesses)).map(({ body }) => body.code)
  assert.equal(codes.filter((code) => code === 'bad_credentials').length, 5)
  assert.equal(codes.filter((code) => code === 'locked').length, 15)
})

test('a made-up account answers as a real one does, the lock included (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const answersOf = async (name: string) => {
    const answers: unknown[] = []
    for (let n = 0; n < 7; n += 1) {
      const { status, body } = await login(world, { username: name, password: WRONG })
      answers.push([status, body.code, body.title, body.detail, body.fields])
    }
    return answers
  }
  assert.deepEqual(await answersOf('nobody-by-this-name'), await answersOf(username))
})

test('a made-up account leaves no line in any log (T16.1)', async () => {
  const count = async () => (await world.sql<{ n: string }>('select count(*) as n from kernel.event'))[0]!.n
  const before = await count()
  await fail('another-nobody', 7)
  assert.equal(await count(), before)
})

test('a suspended account cannot be told from a made-up one (T16.1)', async () => {
  const { username, person_id } = await openAccount(world, {})
  await world.sql(`update identity.person set state = 'suspended' where person_id = $1`, [person_id])
  const { status, body } = await login(world, { username, password: PASSWORD })
  assert.deepEqual([status, body.code], [401, 'bad_credentials'])
  assert.deepEqual(await eventsOf(person_id), [])
})

test('one address gets thirty tries a minute, then is told to wait (T16.1)', async () => {
  const tries = Array.from({ length: 31 }, (_, n) =>
    login(world, { username: `stranger${n}`, password: WRONG }, { remoteAddress: '10.8.8.8' }),
  )
  const statuses = (await Promise.all(tries)).map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 429).length, 1)
})

test('a flood from everywhere is refused at the door, and those inside go on working (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const { cookie } = await login(world, { username, password: PASSWORD })
  const flood = Array.from({ length: 100 }, (_, n) => login(world, { username: `flood${n}`, password: WRONG }))
  const inside = await send(world, { method: 'GET', path: contract.getSession.path }, { cookie })
  assert.equal(inside.status, 200)
  const statuses = (await Promise.all(flood)).map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 429).length, 36)
  assert.equal(statuses.filter((status) => status === 401).length, 64)
})

test('a form of another site signs nobody in: only JSON that says so is read (T16.1)', async () => {
  const { username } = await openAccount(world, {})
  const json = JSON.stringify({ username, password: PASSWORD })
  const form = new URLSearchParams({ username, password: PASSWORD }).toString()
  for (const [type, body] of [
    ['application/x-www-form-urlencoded', form],
    ['multipart/form-data; boundary=x', form],
    ['text/plain', json],
  ]) {
    const request = { method: 'POST', path: contract.openSession.path, body }
    const { status, cookie } = await send(world, request, { headers: { 'content-type': type! } })
    assert.ok(status === 415 || status === 422, `${type}: ${status}`)
    assert.equal(cookie, '')
  }
})

test('the password alone does not open an account that has a second factor (T16.1)', async () => {
  const { username, totp_secret } = await openAccount(world, { roles: ['security_admin'], second_factor: true })
  const without = await login(world, { username, password: PASSWORD })
  assert.deepEqual([without.status, without.body.code], [401, 'second_factor_required'])
  const wrong = await login(world, { username, password: PASSWORD, totp: '000000' })
  assert.equal(wrong.body.code, 'bad_credentials')
  const right = await login(world, { username, password: PASSWORD, totp: codeOf(totp_secret!) })
  assert.deepEqual([right.status, right.body.pending], [200, []])
})

test('a code of the second factor opens one session, not a second (T16.1)', async () => {
  const { username, totp_secret } = await openAccount(world, { roles: ['audit_admin'], second_factor: true })
  const given = { username, password: PASSWORD, totp: codeOf(totp_secret!) }
  assert.equal((await login(world, given)).status, 200)
  const replayed = await login(world, given)
  assert.deepEqual([replayed.status, replayed.body.code], [401, 'bad_credentials'])
})

test('the same code sent twice at once opens one session (T16.1)', async () => {
  const { username, totp_secret } = await openAccount(world, { second_factor: true })
  const given = { username, password: PASSWORD, totp: codeOf(totp_secret!) }
  const statuses = (await Promise.all([login(world, given), login(world, given)])).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [200, 401])
})

test('wrong codes count towards the lock like wrong passwords (T16.1)', async () => {
  const { username, totp_secret } = await openAccount(world, { second_factor: true })
  for (let n = 0; n < 5; n += 1) await login(world, { username, password: PASSWORD, totp: '000000' })
  const { body } = await login(world, { username, password: PASSWORD, totp: codeOf(totp_secret!) })
  assert.equal(body.code, 'locked')
})
