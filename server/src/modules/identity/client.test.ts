import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { after, before, test } from 'node:test'
import { identity as contract } from '@sanjiang/contract'
import { openSecret } from '#kernel/keys.ts'
import { ORGANS, openWorld, type Voice, type World } from '#test/harness.ts'

let world: World
let officer: Voice
let security: Voice
before(async () => {
  world = await openWorld()
  officer = await world.signIn('police', 'consumer')
  security = await world.signIn('egov', 'security_admin')
})
after(() => world.close())

const spkiOf = (key: KeyObject) => key.export({ format: 'der', type: 'spki' })
const newKey = () => spkiOf(generateKeyPairSync('ed25519').publicKey).toString('base64')

let serial = 0
const register = (allowed_addresses: string[] = []) => {
  serial += 1
  return officer.call(contract.registerClient, { body: { name: `办案系统${serial}`, allowed_addresses } })
}

const addKey = (id: string, public_key: string, voice = officer) =>
  voice.call(contract.addClientKey, { params: { id }, body: { public_key } })

const refusedKey = async (id: string, public_key: string) => {
  const { code, fields } = await officer.refused(contract.addClientKey, {
    params: { id },
    body: { public_key },
  } as never)
  return fields?.[0]?.rule ?? code
}

const policyVersion = async () =>
  Number((await world.sql<{ version: string }>('select version from kernel.policy'))[0]!.version)

const outcomes = async (writes: Promise<unknown>[]) =>
  (await Promise.allSettled(writes))
    .map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as { problem: { code: string } }).problem.code))
    .sort()

test('an officer registers an application of his own organ, once under a name (T8.1)', async () => {
  const client = await register(['10.1.2.0/24', '10.1.2.0/24'])
  assert.deepEqual(
    [client.organ_id, client.status, client.keys, client.rid, client.allowed_addresses],
    [ORGANS.police, 'active', [], null, ['10.1.2.0/24']],
  )
  const again = { body: { name: client.name } }
  assert.equal((await officer.refused(contract.registerClient, again as never)).code, 'conflict')
})

test('another organ’s officer neither sees an application nor touches it (T8.1)', async () => {
  const { client_id: id } = await register()
  const stranger = await world.signIn('commerce', 'consumer')
  const { rows } = await stranger.call(contract.listClients, { query: {} })
  assert.ok(rows.every(({ organ_id }) => organ_id === ORGANS.commerce))
  for (const [endpoint, input] of [
    [contract.getClient, { params: { id } }],
    [contract.addClientKey, { params: { id }, body: { public_key: newKey() } }],
    [contract.issueClientSecret, { params: { id } }],
    [contract.setClientAddresses, { params: { id }, body: { allowed_addresses: [] } }],
    [contract.revokeClientKey, { params: { id, key_id: '0'.repeat(16) } }],
  ] as const)
    assert.equal((await stranger.refused(endpoint as never, input as never)).code, 'not_found', endpoint.path)
})

test('auditors see every organ’s applications and change none (T16.3)', async () => {
  const { client_id: id } = await register()
  const auditor = await world.signIn('audit', 'auditor')
  const client = await auditor.call(contract.getClient, { params: { id } })
  assert.deepEqual(client.can, [])
  const problem = await auditor.refused(contract.addClientKey, {
    params: { id },
    body: { public_key: newKey() },
  } as never)
  assert.equal(problem.code, 'forbidden')
})

test('a public key is known by the hash of its SPKI, whichever way it was written (T8.1)', async () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const spki = spkiOf(publicKey)
  const key_id = createHash('sha256').update(spki).digest('hex').slice(0, 16)
  const { client_id } = await register()
  const { keys } = await addKey(client_id, publicKey.export({ format: 'pem', type: 'spki' }).toString())
  assert.deepEqual(
    keys.map((key) => [key.key_id, key.public_key, key.status, key.revoked_at]),
    [[key_id, spki.toString('base64'), 'active', null]],
  )
  assert.equal(await refusedKey(client_id, spki.toString('base64')), 'client_key_pkey')
})

const SPKI_HEADER = '302a300506032b6570032100'
const weak = (point: string) => Buffer.from(SPKI_HEADER + point, 'hex').toString('base64')

test('what is no Ed25519 public key is refused with its reason (RFC 8410)', async (t) => {
  const { client_id } = await register()
  const { privateKey } = generateKeyPairSync('ed25519')
  const cases: [title: string, text: string, rule: string][] = [
    [
      'a private key, which must be given up',
      privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      'private',
    ],
    ['a private key without its frame', privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'), 'spki'],
    ['a key of another algorithm', spkiOf(generateKeyPairSync('x25519').publicKey).toString('base64'), 'algorithm'],
    ['a point of small order', weak(`01${'00'.repeat(31)}`), 'weak'],
    ['a point of small order under the other sign', weak(`01${'00'.repeat(30)}80`), 'weak'],
    ['a text of the right length', 'A'.repeat(60), 'spki'],
    ['Chinese', '公钥'.repeat(30), 'spki'],
  ]
  for (const [title, text, rule] of cases)
    await t.test(title, async () => assert.equal(await refusedKey(client_id, text), rule))
})

test('keys are exchanged without a gap: the new beside the old, then the old revoked for good (T8.1)', async () => {
  const { client_id: id } = await register()
  const [old, next] = [newKey(), newKey()]
  await addKey(id, old)
  const both = await addKey(id, next)
  assert.deepEqual(
    both.keys.map(({ status }) => status),
    ['active', 'active'],
  )
  const key_id = both.keys.find(({ public_key }) => public_key === old)!.key_id
  const left = await officer.call(contract.revokeClientKey, { params: { id, key_id } })
  assert.deepEqual(
    left.keys.map(({ public_key, status }) => [public_key, status]),
    [
      [old, 'revoked'],
      [next, 'active'],
    ],
  )
  const again = await officer.refused(contract.revokeClientKey, { params: { id, key_id } } as never)
  assert.equal(again.code, 'not_found')
  assert.equal(await refusedKey(id, old), 'client_key_pkey', 'a revoked key does not come back')
})

test('a key registered by two organs at the same moment belongs to one (T8.1)', async () => {
  const other = await world.signIn('social_security', 'consumer')
  const [mine, theirs] = [await register(), await other.call(contract.registerClient, { body: { name: '社保系统' } })]
  const key = newKey()
  const writes = [addKey(mine.client_id, key), addKey(theirs.client_id, key, other)]
  assert.deepEqual(await outcomes(writes), ['conflict', 'done'])
})

test('an application holds five keys in force, even when six are sent at once (T8.1)', async () => {
  const { client_id } = await register()
  const results = await outcomes(Array.from({ length: 6 }, () => addKey(client_id, newKey())))
  assert.deepEqual(results, [...Array(5).fill('done'), 'wrong_state'])
})

test('every change of an application moves the policy before it is answered (T8.1)', async () => {
  const { client_id: id } = await register(['10.0.0.1'])
  const { keys } = await addKey(id, newKey())
  const changes: [verb: string, change: () => Promise<unknown>][] = [
    ['registered', () => register()],
    ['key added', () => addKey(id, newKey())],
    ['key revoked', () => officer.call(contract.revokeClientKey, { params: { id, key_id: keys[0]!.key_id } })],
    [
      'addresses set',
      () => officer.call(contract.setClientAddresses, { params: { id }, body: { allowed_addresses: ['10.0.0.2'] } }),
    ],
    ['secret issued', () => officer.call(contract.issueClientSecret, { params: { id } })],
    ['suspended', () => security.call(contract.suspendClient, { params: { id }, body: { reason: '密钥疑似外泄' } })],
    ['resumed', () => security.call(contract.resumeClient, { params: { id } })],
  ]
  for (const [verb, change] of changes) {
    const before = await policyVersion()
    await change()
    assert.ok((await policyVersion()) > before, verb)
  }
})

test('a refused change leaves the policy where it was (T8.1)', async () => {
  const { client_id } = await register()
  const before = await policyVersion()
  await refusedKey(client_id, 'A'.repeat(60))
  assert.equal(await policyVersion(), before)
})

test('the secret of the four-header scheme is shown once, sealed, and exchanged under the same name (T8.1)', async () => {
  const { client_id: id } = await register(['10.2.0.0/16'])
  const first = await officer.call(contract.issueClientSecret, { params: { id } })
  const second = await officer.call(contract.issueClientSecret, { params: { id } })
  assert.match(first.secret, /^[0-9a-f]{32}$/)
  assert.equal(second.rid, first.rid)
  assert.notEqual(second.secret, first.secret)
  const rows = await world.sql<{ sealed: string }>(
    'select sealed_secret as sealed from identity.client_secret where client_id = $1',
    [id],
  )
  assert.deepEqual(
    rows.map(({ sealed }) => openSecret(world.dataDir, sealed)),
    [second.secret],
  )
  const shown = await officer.call(contract.getClient, { params: { id } })
  assert.equal(shown.rid, first.rid)
  assert.ok(!JSON.stringify(shown).includes(second.secret))
})

test('a scheme that signs little is bound to addresses, and none is issued without (T8.1)', async () => {
  const { client_id: id } = await register()
  assert.equal((await officer.refused(contract.issueClientSecret, { params: { id } } as never)).code, 'wrong_state')
})

test('an address list holds addresses and networks only (T8.1)', async (t) => {
  const { client_id: id } = await register()
  for (const wrong of ['300.1.1.1', '10.0.0.0/33', '::1/129', '10.0.0', '1:2', '10.0.0.1/08x'])
    await t.test(wrong, async () => {
      const input = { params: { id }, body: { allowed_addresses: ['10.0.0.1', wrong] } }
      assert.equal((await officer.refused(contract.setClientAddresses, input as never)).code, 'invalid')
    })
  const allowed_addresses = ['10.0.0.1', '10.2.0.0/16', '2001:db8::/32', '::1']
  const client = await officer.call(contract.setClientAddresses, { params: { id }, body: { allowed_addresses } })
  assert.deepEqual(client.allowed_addresses, allowed_addresses)
})

test('the security administrator stops an application; its own organ can then only revoke its keys (T16.1)', async () => {
  const { client_id: id } = await register(['10.0.0.1'])
  const { keys } = await addKey(id, newKey())
  const params = { id }
  const own = await officer.refused(contract.suspendClient, { params, body: { reason: '停' } } as never)
  assert.equal(own.code, 'forbidden')
  const suspend = () => security.call(contract.suspendClient, { params, body: { reason: '密钥疑似外泄' } })
  assert.deepEqual(await outcomes([suspend(), suspend()]), ['done', 'wrong_state'])
  assert.equal(await refusedKey(id, newKey()), 'wrong_state')
  const secret = await officer.refused(contract.issueClientSecret, { params } as never)
  assert.equal(secret.code, 'wrong_state')
  const revoked = await officer.call(contract.revokeClientKey, { params: { id, key_id: keys[0]!.key_id } })
  assert.equal(revoked.keys[0]!.status, 'revoked')
  assert.equal((await security.call(contract.resumeClient, { params })).status, 'active')
})

test('applications are listed in pages, each once (T8.1)', async () => {
  const lister = await world.signIn('social_security', 'consumer')
  for (let n = 0; n < 5; n += 1) await lister.call(contract.registerClient, { body: { name: `经办系统${n}` } })
  const seen: string[] = []
  let after: string | undefined
  do {
    const page = await lister.call(contract.listClients, { query: { limit: 2, after } })
    seen.push(...page.rows.map(({ client_id }) => client_id))
    after = page.next ?? undefined
  } while (after)
  assert.equal(new Set(seen).size, seen.length)
  assert.ok(seen.length >= 5)
})
