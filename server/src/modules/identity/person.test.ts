import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity as contract } from '@sanjiang/contract'
import { ORGANS, openWorld, type Voice, type World } from '#test/harness.ts'
import { login, openAccount, PASSWORD, send } from '#test/people.ts'

let world: World
let security: Voice
let system: Voice
before(async () => {
  world = await openWorld()
  security = await world.signIn('egov', 'security_admin')
  system = await world.signIn('egov', 'system_admin')
})
after(() => world.close())

const outcomes = async (writes: Promise<unknown>[]): Promise<string[]> => {
  const settled = await Promise.allSettled(writes)
  return settled
    .map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as { problem: { code: string } }).problem.code))
    .sort()
}

const grant = (voice: Voice, id: string, role: contract.Person['roles'][number]['role'], organ_id = ORGANS.police) =>
  voice.call(contract.assignRole, { params: { id }, body: { role, organ_id } })

test('an account is opened without any role, and its first password is changed at first login (T16.1)', async () => {
  const body = { username: 'zhaxi', name: '扎西', organ_id: ORGANS.police, password: PASSWORD }
  const person = await system.call(contract.createPerson, { body })
  assert.deepEqual([person.roles, person.state, person.has_totp], [[], 'active', false])
  const { body: session } = await login(world, { username: 'zhaxi', password: PASSWORD })
  assert.deepEqual([session.pending, session.permissions], [['change_password'], []])
})

test('an account’s name is given once, even to two who ask at the same moment (T16.1)', async () => {
  const open = () =>
    system.call(contract.createPerson, {
      body: { username: 'zhuoma', name: '卓玛', organ_id: ORGANS.police, password: PASSWORD },
    })
  assert.deepEqual(await outcomes([open(), open()]), ['conflict', 'done'])
})

test('a first password obeys the policy too (T16.1)', async () => {
  const body = { username: 'duojie', name: '多杰', organ_id: ORGANS.police, password: 'duojie-Ab' }
  const problem = await system.refused(contract.createPerson, { body } as never)
  assert.deepEqual(
    problem.fields?.map(({ rule }) => rule),
    ['username'],
  )
})

test('who opens accounts grants no roles, and who grants roles opens no accounts (T16.1)', async () => {
  const { person_id } = await openAccount(world, {})
  const office = { params: { id: person_id }, body: { role: 'consumer', organ_id: ORGANS.police } }
  assert.equal((await system.refused(contract.assignRole, office as never)).code, 'forbidden')
  const body = { username: 'nobody', name: '无', organ_id: ORGANS.police, password: PASSWORD }
  assert.equal((await security.refused(contract.createPerson, { body } as never)).code, 'forbidden')
})

test('a role granted reaches its holder at his next step, and so does its withdrawal (T16.1)', async () => {
  const account = await openAccount(world, {})
  const { cookie } = await login(world, { username: account.username, password: PASSWORD })
  const look = async () => (await send(world, { method: 'GET', path: contract.listClients.path }, { cookie })).status
  assert.equal(await look(), 403)
  await grant(security, account.person_id, 'consumer')
  assert.equal(await look(), 200)
  await security.call(contract.withdrawRole, {
    params: { id: account.person_id },
    body: { role: 'consumer', organ_id: ORGANS.police },
  })
  assert.equal(await look(), 403)
})

test('a role is granted once, and one not held cannot be withdrawn (T16.1)', async () => {
  const { person_id: id } = await openAccount(world, {})
  const input = { params: { id }, body: { role: 'provider', organ_id: ORGANS.police } } as const
  assert.equal((await security.refused(contract.withdrawRole, input as never)).code, 'not_found')
  assert.deepEqual(await outcomes([grant(security, id, 'provider'), grant(security, id, 'provider')]), [
    'conflict',
    'done',
  ])
})

test('one person holds one of the three offices (T16.1)', async (t) => {
  const offices = ['system_admin', 'security_admin', 'audit_admin'] as const
  for (const held of offices)
    for (const asked of offices.filter((one) => one !== held))
      await t.test(`${held}, then ${asked}`, async () => {
        const { person_id } = await openAccount(world, { roles: [held] })
        const office = { params: { id: person_id }, body: { role: asked, organ_id: ORGANS.egov } }
        assert.equal((await security.refused(contract.assignRole, office as never)).code, 'separation_of_duties')
      })
})

test('two administrators granting two offices at the same moment cannot get past the exclusion (T16.1)', async () => {
  const colleague = await world.signIn('egov', 'security_admin')
  for (let n = 0; n < 5; n += 1) {
    const { person_id } = await openAccount(world, {})
    const writes = [grant(security, person_id, 'system_admin'), grant(colleague, person_id, 'audit_admin')]
    assert.deepEqual(await outcomes(writes), ['done', 'separation_of_duties'])
  }
})

test('nobody grants, withdraws, unlocks or suspends himself (T16.1)', async () => {
  const office = { role: 'auditor', organ_id: ORGANS.egov }
  const own = { params: { id: security.person_id } }
  for (const [endpoint, body] of [
    [contract.assignRole, office],
    [contract.withdrawRole, { ...office, role: 'security_admin' }],
    [contract.unlockPerson, { reset_totp: true }],
  ] as const) {
    const problem = await security.refused(endpoint as never, { ...own, body } as never)
    assert.equal(problem.code, 'separation_of_duties', endpoint.path)
  }
  const problem = await system.refused(contract.suspendPerson, { params: { id: system.person_id } } as never)
  assert.equal(problem.code, 'separation_of_duties')
})

test('suspending an account ends its sessions; resumed, it opens new ones (T16.1)', async () => {
  const { person_id, username } = await openAccount(world, { roles: ['consumer'] })
  const { cookie } = await login(world, { username, password: PASSWORD })
  const look = async () => (await send(world, { method: 'GET', path: contract.getSession.path }, { cookie })).status
  assert.equal(await look(), 200)
  const suspended = await system.call(contract.suspendPerson, { params: { id: person_id } })
  assert.deepEqual([suspended.state, suspended.can], ['suspended', ['resume', 'move']])
  assert.equal(await look(), 401)
  await system.call(contract.resumePerson, { params: { id: person_id } })
  assert.equal(await look(), 401, 'the old session stays ended')
  assert.equal((await login(world, { username, password: PASSWORD })).status, 200)
})

test('an account is suspended once (T16.1)', async () => {
  const { person_id: id } = await openAccount(world, {})
  const suspend = () => system.call(contract.suspendPerson, { params: { id } })
  assert.deepEqual(await outcomes([suspend(), suspend()]), ['done', 'wrong_state'])
})

test('unlocking opens a locked account at once (T16.1)', async () => {
  const { person_id, username } = await openAccount(world, {})
  for (let n = 0; n < 5; n += 1) await login(world, { username, password: 'Wrong-2017' })
  const locked = await security.call(contract.listPersons, { query: { q: username } })
  assert.ok(locked.rows[0]!.locked_until)
  const person = await security.call(contract.unlockPerson, { params: { id: person_id }, body: {} })
  assert.equal(person.locked_until, null)
  assert.equal((await login(world, { username, password: PASSWORD })).status, 200)
})

test('a reset password is temporary and ends what was open; a reset second factor must be enrolled again (T16.1)', async () => {
  const account = await openAccount(world, { roles: ['system_admin'] })
  const { cookie } = await login(world, { username: account.username, password: PASSWORD })
  const params = { id: account.person_id }
  await security.call(contract.unlockPerson, { params, body: { password: 'Tianjun-2017', reset_totp: true } })
  assert.equal((await send(world, { method: 'GET', path: contract.getSession.path }, { cookie })).status, 401)
  assert.equal((await login(world, { username: account.username, password: PASSWORD })).status, 401)
  const { body } = await login(world, { username: account.username, password: 'Tianjun-2017' })
  assert.deepEqual(body.pending, ['change_password', 'enrol_totp'])
})

test('a department’s account administrator sees and keeps the people of his department alone (T16.1)', async () => {
  const admin = await world.signIn('commerce', 'organ_admin')
  const own = await openAccount(world, { organ: 'commerce' })
  const foreign = await openAccount(world, { organ: 'civil_affairs' })
  const { rows } = await admin.call(contract.listPersons, { query: { limit: 200 } })
  assert.ok(rows.some(({ person_id }) => person_id === own.person_id))
  assert.ok(rows.every(({ organ_id }) => organ_id === ORGANS.commerce))
  const asked = await admin.call(contract.listPersons, { query: { organ_id: ORGANS.civil_affairs } })
  assert.deepEqual(asked.rows, [])
  const problem = await admin.refused(contract.suspendPerson, { params: { id: foreign.person_id } } as never)
  assert.deepEqual([problem.status, problem.code], [404, 'not_found'])
  const body = { username: 'intruder', name: '某', organ_id: ORGANS.civil_affairs, password: PASSWORD }
  const refused = await admin.refused(contract.createPerson, { body } as never)
  assert.deepEqual([refused.code, refused.fields?.[0]?.rule], ['invalid', 'reach'])
  assert.equal((await admin.call(contract.suspendPerson, { params: { id: own.person_id } })).state, 'suspended')
})

test('who moves to another organ leaves his roles and sessions behind (T16.1)', async () => {
  const { person_id: id, username } = await openAccount(world, { roles: ['cataloger', 'provider'] })
  const { cookie } = await login(world, { username, password: PASSWORD })
  const moved = await system.call(contract.movePerson, { params: { id }, body: { organ_id: ORGANS.commerce } })
  assert.deepEqual([moved.organ_id, moved.roles], [ORGANS.commerce, []])
  assert.equal((await send(world, { method: 'GET', path: contract.getSession.path }, { cookie })).status, 401)
  const [event] = await world.sql<{ before: { roles: unknown[] } }>(
    `select before from kernel.event where type = 'identity.person.moved' and subject_id = $1`,
    [id],
  )
  assert.equal(event!.before.roles.length, 2)
  const again = { params: { id }, body: { organ_id: ORGANS.commerce } }
  assert.equal((await system.refused(contract.movePerson, again as never)).code, 'wrong_state')
})

test('a department’s administrator moves nobody out of his reach, nor in from beyond it (T16.1)', async () => {
  const admin = await world.signIn('commerce', 'organ_admin')
  const [own, foreign] = [
    await openAccount(world, { organ: 'commerce' }),
    await openAccount(world, { organ: 'civil_affairs' }),
  ]
  const move = async (id: string, organ_id: string) =>
    (await admin.refused(contract.movePerson, { params: { id }, body: { organ_id } } as never)).code
  assert.equal(await move(own.person_id, ORGANS.audit), 'invalid')
  assert.equal(await move(foreign.person_id, ORGANS.commerce), 'not_found')
})

test('an officer without an office sees nobody’s account (T16.1)', async () => {
  const officer = await world.signIn('police', 'cataloger', 'dept_reviewer', 'provider', 'consumer')
  assert.equal((await officer.refused(contract.listPersons, { query: {} } as never)).code, 'forbidden')
})

test('people are listed in pages, each once (T16.1)', async () => {
  for (let n = 0; n < 5; n += 1) await openAccount(world, { organ: 'audit' })
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await system.call(contract.listPersons, { query: { organ_id: ORGANS.audit, limit: 2, after } })
    seen.push(...page.rows.map(({ person_id }) => person_id))
    after = page.next ?? undefined
  } while (after)
  assert.equal(seen.length, 5)
  assert.equal(new Set(seen).size, 5)
})

test('nobody is put into an organ that no longer stands (T16.1)', async () => {
  await world.sql(`update identity.organ set dissolved_on = '2017-12-01' where organ_id = $1`, [ORGANS.social_security])
  const { person_id } = await openAccount(world, {})
  const office = { params: { id: person_id }, body: { role: 'consumer', organ_id: ORGANS.social_security } }
  const problem = await security.refused(contract.assignRole, office as never)
  assert.deepEqual([problem.code, problem.fields?.[0]?.rule], ['invalid', 'standing'])
})
