import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { identity as contract, ledger } from '@sanjiang/contract'
import { ORGANS, openWorld, type Voice, type World } from '#test/harness.ts'
import { login, openAccount, PASSWORD, send } from '#test/people.ts'

let world: World
let audit: Voice
before(async () => {
  world = await openWorld()
  audit = await world.signIn('audit', 'audit_admin')
})
after(() => world.close())

const sealed = async (actor_id: string) => {
  await world.drain()
  const { rows } = await audit.call(ledger.listAccess, { query: { actor_id, limit: 200 } })
  return rows.toReversed()
}

const topicsOf = async (actorId: string) => (await sealed(actorId)).map(({ topic, outcome }) => [topic, outcome])

test('logins, refused logins and the lock of a person are sealed in the access log (T16.3)', async () => {
  const { username, person_id } = await openAccount(world, {})
  await login(world, { username, password: PASSWORD }, { remoteAddress: '10.7.7.7' })
  for (let n = 0; n < 6; n += 1) await login(world, { username, password: 'Wrong-2017' }, { remoteAddress: '10.7.7.8' })
  const refused = ['identity.login.refused', 'refused']
  const topics = await topicsOf(person_id)
  assert.deepEqual(
    topics.toSorted(),
    [['identity.session.opened', 'done'], ...Array(5).fill(refused), ['identity.person.locked', 'done']].toSorted(),
  )
  const records = await sealed(person_id)
  const opened = records.find(({ topic }) => topic === 'identity.session.opened')
  assert.deepEqual([opened?.ip, opened?.organ_id], ['10.7.7.7', ORGANS.police])
})

test('what an administrator does to accounts, offices and organs is sealed under his name (T16.3)', async () => {
  const [system, security] = [await world.signIn('egov', 'system_admin'), await world.signIn('egov', 'security_admin')]
  const { person_id: id } = await system.call(contract.createPerson, {
    body: { username: 'cairang', name: '才让', organ_id: ORGANS.police, password: PASSWORD },
  })
  await system.call(contract.suspendPerson, { params: { id } })
  await system.call(contract.resumePerson, { params: { id } })
  const body = { name: '青海省公安厅（新）', short_name: '省公安厅', on: '2017-12-11' }
  await system.call(contract.renameOrgan, { params: { id: ORGANS.police }, body })
  const office = { role: 'consumer', organ_id: ORGANS.police } as const
  await security.call(contract.assignRole, { params: { id }, body: office })
  await security.call(contract.withdrawRole, { params: { id }, body: office })
  await security.call(contract.unlockPerson, { params: { id }, body: { password: 'Tianjun-2017' } })
  const verbs = async (voice: Voice) => (await topicsOf(voice.person_id)).map(([topic]) => topic).toSorted()
  assert.deepEqual(await verbs(system), [
    'identity.organ.renamed',
    'identity.person.created',
    'identity.person.resumed',
    'identity.person.suspended',
  ])
  assert.deepEqual(await verbs(security), [
    'identity.person.unlocked',
    'identity.role.granted',
    'identity.role.withdrawn',
  ])
})

test('a signed-in person’s refusal is sealed with what he asked for (T16.3)', async () => {
  const officer = await world.signIn('commerce', 'cataloger')
  await officer.refused(contract.listPersons, { query: {} } as never)
  let records = await sealed(officer.person_id)
  // The refusal is sealed behind its answer.
  for (let n = 0; n < 100 && records.length === 0; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    records = await sealed(officer.person_id)
  }
  const [record] = records
  assert.deepEqual([record?.topic, record?.outcome], ['access.refused', 'refused'])
  assert.match(record!.detail, /forbidden identity\.person\.read \/api\/v1\/identity\/persons/)
})

test('a page that is refused again and again leaves one line (T16.3)', async () => {
  const officer = await world.signIn('commerce', 'cataloger')
  for (let n = 0; n < 50; n += 1) await officer.refused(contract.listPersons, { query: {} } as never)
  await officer.refused(contract.listClients, { query: {} } as never)
  let records = await sealed(officer.person_id)
  for (let n = 0; n < 100 && records.length < 2; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    records = await sealed(officer.person_id)
  }
  assert.equal(records.length, 2)
})

test('strangers are counted and listed nowhere, so nobody can fill the log (T16.3)', async () => {
  const counted = async () => {
    const { body } = await world.app.inject({ url: '/metrics' })
    return Number(/^sanjiang_refusals_total\{code="unauthenticated".*\} (\d+)$/m.exec(body)?.[1] ?? 0)
  }
  const entries = async () => Number((await world.sql<{ n: string }>('select count(*) as n from ledger.entry'))[0]!.n)
  await world.drain()
  const before = { entries: await entries(), counted: await counted() }
  for (let n = 0; n < 30; n += 1)
    await send(world, { method: 'GET', path: contract.listPersons.path }, { cookie: `sanjiang_session=guess${n}` })
  await world.drain()
  assert.deepEqual([await entries(), await counted()], [before.entries, before.counted + 30])
})
