import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as contract from '@sanjiang/contract'
import { API_PREFIX, endpointsOf, PERMISSIONS, ROLES, type Role, roleSpec } from '@sanjiang/contract'
import { MODULES } from '#roles/modules.ts'
import { openWorld, type Voice, type World } from './harness.ts'

/** Open to anyone at all. Whoever adds one says so here, and why nothing of a department leaves by it. */
const PUBLIC = [
  'identity.getClock', // the business date stands on every page
  'identity.openSession', // the door itself
  // Signed heads of the ledger, and paths of hashes under them: whoever holds a receipt must be able to check it without
  // asking anybody's leave. They say how many entries there are, never what one says.
  'ledger.getTrust',
  'ledger.getLatestCheckpoint',
  'ledger.listCheckpoints',
  'ledger.getCheckpoint',
  'ledger.getInclusionProof',
  'ledger.getConsistencyProof',
]

const ALL = endpointsOf(contract as unknown as Record<string, object>)
type Entry = (typeof ALL)[number]
const nameOf = ({ module, name }: Entry) => `${module}.${name}`
const GUARDED = ALL.filter(({ endpoint }) => endpoint.permission !== 'public')
const BY_PERMISSION = GUARDED.filter(({ endpoint }) => endpoint.permission !== 'session')

let world: World
before(async () => {
  world = await openWorld()
})
after(() => world.close())

// Whatever the endpoint wants, this is not it: an answer of 401 or 403 was given before it was looked at.
const knock = async ({ endpoint }: Entry, voice?: Voice): Promise<string> => {
  const hasBody = endpoint.method === 'POST' || endpoint.method === 'PUT'
  const { statusCode, body } = await world.app.inject({
    method: endpoint.method,
    url: API_PREFIX + endpoint.path.replace(/:\w+/g, '-'),
    headers: {
      ...(voice ? { cookie: voice.cookie, 'x-csrf-token': voice.csrf } : {}),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    payload: hasBody ? '{"garbage' : undefined,
  })
  return statusCode === 401 || statusCode === 403 ? `${statusCode} ${JSON.parse(body).code}` : 'let in'
}

const knockAll = async (entries: readonly Entry[], voice?: Voice): Promise<Record<string, string>> => {
  const answers: Record<string, string> = {}
  for (const entry of entries) answers[nameOf(entry)] = await knock(entry, voice)
  return answers
}

const each = (entries: readonly Entry[], answerOf: (entry: Entry) => string): Record<string, string> =>
  Object.fromEntries(entries.map((entry) => [nameOf(entry), answerOf(entry)]))

test('every endpoint of the contract is served once, and nothing else is (architecture §5)', () => {
  const served = MODULES.flatMap(({ name, routes }) => routes.map(({ endpoint }) => ({ module: name, endpoint })))
  const lineOf = ({ module, endpoint }: { module: string; endpoint: Entry['endpoint'] }) =>
    `${module} ${endpoint.method} ${endpoint.path}`
  assert.deepEqual(served.map(lineOf).toSorted(), ALL.map(lineOf).toSorted())
  const addresses = ALL.map(({ endpoint }) => `${endpoint.method} ${endpoint.path.replace(/:\w+/g, ':')}`)
  assert.deepEqual(
    addresses.filter((address, n) => addresses.indexOf(address) !== n),
    [],
    'no two share an address',
  )
})

test('what is open to anyone is written out here (T16.1)', () => {
  const open = ALL.filter(({ endpoint }) => endpoint.permission === 'public')
  assert.deepEqual(open.map(nameOf).toSorted(), PUBLIC.toSorted())
})

test('a stranger is turned away before his body is read (T16.1)', async () => {
  assert.deepEqual(
    await knockAll(GUARDED),
    each(GUARDED, () => '401 unauthenticated'),
  )
})

test('who is signed in without the permission is turned away before his body is read (T16.1)', async () => {
  const nobody = await world.signIn('police')
  assert.deepEqual(
    await knockAll(BY_PERMISSION, nobody),
    each(BY_PERMISSION, () => '403 forbidden'),
  )
})

test('a write without the page token is turned away, whatever the permission (T16.1)', async () => {
  const writes = BY_PERMISSION.filter(({ endpoint }) => endpoint.method !== 'GET')
  for (const role of Object.keys(ROLES) as Role[]) {
    const voice = await world.signIn('egov', role)
    const own = writes.filter(({ endpoint }) => roleSpec(role).permissions.includes(endpoint.permission as never))
    assert.deepEqual(
      await knockAll(own, { ...voice, csrf: '' }),
      each(own, () => '403 csrf'),
      role,
    )
  }
})

test('each role is let in where its permissions say, and nowhere else (T16.1)', async (t) => {
  for (const role of Object.keys(ROLES) as Role[])
    await t.test(ROLES[role].title, async () => {
      const voice = await world.signIn('egov', role)
      const may = ({ endpoint }: Entry) => roleSpec(role).permissions.includes(endpoint.permission as never)
      assert.deepEqual(
        await knockAll(BY_PERMISSION, voice),
        each(BY_PERMISSION, (entry) => (may(entry) ? 'let in' : '403 forbidden')),
      )
    })
})

test('no permission is without a role that has it and an endpoint that asks for it (T16.1)', () => {
  const held = new Set(Object.keys(ROLES).flatMap((role) => [...roleSpec(role as Role).permissions]))
  const asked = new Set<string>(ALL.map(({ endpoint }) => endpoint.permission))
  const idle = Object.keys(PERMISSIONS).filter((permission) => !held.has(permission as never) || !asked.has(permission))
  assert.deepEqual(idle, [])
})
