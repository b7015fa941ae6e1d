import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, hash, verify } from 'node:crypto'
import { test } from 'node:test'
import { parseRequestSignature, verifyRequest } from '@sanjiang/seal'
import { nodeTextMac } from '@sanjiang/seal/node'
import { generateKeyPair, privateKeyPem, readPrivateKey } from '../src/staff/client-key.ts'
import { curlOf, signCall, signIn } from '../src/staff/features/gateway/signed-call.ts'

const SECRET = Buffer.alloc(32, 5)
const session = {
  session_id: '0199a0c0-0000-7000-8000-00000000000b',
  secret: SECRET.toString('base64'),
  alg: 'hmac-sha256',
  expires_at: '2099-01-01T00:00:00.000Z',
  gateway_id: 'g',
} as const
const order = {
  resource_code: '363007/000001',
  parameters: { citizen_id: '63010219900307351X', empty: '' },
  purpose: { code: 'business_collaboration', ref: '低保审核' },
  case_no: '办件1',
  officer: "卓玛'",
  grant_id: '0199a0c0-0000-7000-8000-00000000000c',
  counter: 3,
} as const

test('a key made in the browser is the same key to OpenSSL, and its file reads back (T8.1)', () => {
  const pair = generateKeyPair()
  const spki = createPublicKey(createPrivateKey(privateKeyPem(pair))).export({ format: 'der', type: 'spki' })
  assert.equal(spki.toString('base64'), pair.public_key)
  assert.equal(hash('sha256', spki, 'hex').slice(0, 16), pair.key_id)
  assert.equal(readPrivateKey(privateKeyPem(pair)).key_id, pair.key_id)
  assert.throws(() => readPrivateKey('-----BEGIN PUBLIC KEY-----'), /没有找到 PRIVATE KEY/)
})

test('the sign-in sentence is signed as the gateway verifies it (T8.1)', () => {
  const pair = generateKeyPair()
  const { text, request } = signIn(pair, { client_id: session.session_id, nonce: 'g.abc', created: 1_512_950_400 })
  const { signature } = JSON.parse(request.body!)
  const publicKey = createPublicKey({ key: Buffer.from(pair.public_key, 'base64'), format: 'der', type: 'spki' })
  assert.ok(verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64')))
})

for (const method of ['GET', 'POST'] as const)
  test(`a ${method} call signed in the browser verifies at the gateway, and not with another officer (C1)`, () => {
    const { request } = signCall(session, { ...order, method })
    const [path, query = ''] = request.path.split('?') as [string, string?]
    const judge = (headers: Readonly<Record<string, string>>) => {
      const parsed = parseRequestSignature(headers)
      assert.ok(parsed.ok)
      const facts = {
        method,
        path,
        query: query && `?${query}`,
        digest: `sha-256=:${hash('sha256', request.body ?? '', 'base64')}:`,
        now: Date.now() / 1000,
      }
      return verifyRequest(parsed, facts, { mac: nodeTextMac('sha256', SECRET), skew: 300 })
    }
    assert.deepEqual(judge(request.headers), { ok: true })
    assert.equal(judge({ ...request.headers, 'sanjiang-officer': 'x' }).ok, false)
    assert.doesNotMatch(request.path + (request.body ?? ''), /empty/)
    assert.match(curlOf(request), /curl -sS -X (GET|POST) "\$GATEWAY"'\/gateway\/v1\/363007-000001/)
  })
