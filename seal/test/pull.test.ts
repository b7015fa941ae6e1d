import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import {
  bodyOf,
  EMPTY_CONTENT_DIGEST,
  fieldsOf,
  jsonBody,
  lineOf,
  parsePull,
  pullBase,
  SealError,
  signPull,
} from '../src/index.ts'

// The key of RFC 9421 B.1.4, so that anybody can compute the same.
const KEY = createPrivateKey(
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----',
)
const REQUEST = {
  method: 'GET',
  path: '/pull/v1/subscriptions/0199a0c0-0000-7000-8000-000000000001/chunks/next',
  query: '',
  digest: EMPTY_CONTENT_DIGEST,
  counter: 1_506_297_600_000,
}
const PARAMS = { created: 1_506_297_600, key_id: '0123456789abcdef' }
const signed = () => signPull(REQUEST, PARAMS, (text) => sign(null, Buffer.from(text), KEY).toString('base64'))

test('a pull is signed over method, path, query, body and counter, line for line as RFC 9421 §2.5 says (T8.1)', () => {
  assert.equal(
    pullBase(REQUEST, PARAMS),
    `"@method": GET
"@path": /pull/v1/subscriptions/0199a0c0-0000-7000-8000-000000000001/chunks/next
"@query": ?
"content-digest": sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:
"sanjiang-counter": 1506297600000
"@signature-params": ("@method" "@path" "@query" "content-digest" "sanjiang-counter");created=1506297600;keyid="0123456789abcdef";alg="ed25519"`,
  )
  const { signature, ...said } = parsePull(signed())
  const { digest, counter } = REQUEST
  assert.deepEqual(said, { ...PARAMS, digest, counter })
  const judge = (text: string) =>
    verify(null, Buffer.from(text), createPublicKey(KEY), Buffer.from(signature, 'base64'))
  assert.ok(judge(pullBase(REQUEST, PARAMS)))
  for (const other of [{ method: 'POST' }, { path: '/' }, { query: '?a' }, { counter: 2 }, { digest: 'x' }])
    assert.ok(!judge(pullBase({ ...REQUEST, ...other }, PARAMS)), JSON.stringify(other))
})

test('what is not signed this one way is refused by the name of its header (T8.1)', () => {
  const headers = signed()
  for (const [name, value] of [
    ['signature-input', undefined],
    ['signature-input', headers['signature-input']!.replace('"@query" ', '')],
    ['signature-input', headers['signature-input']!.replace('ed25519', 'hmac-sha256')],
    ['signature-input', headers['signature-input']!.replace('0123456789abcdef', '../x')],
    ['signature', 'sj=:AAAA:'],
    ['signature', [headers.signature, headers.signature]],
    ['content-digest', 'md5=:AAAA:'],
    ['sanjiang-counter', '0'],
    ['sanjiang-counter', '9999999999999999'],
    ['sanjiang-counter', '1e3'],
  ] as const)
    assert.throws(
      () => parsePull({ ...headers, [name]: value }),
      (error) => error instanceof SealError && error.field === name,
      `${name}: ${value}`,
    )
})

test('a chunk as JSON lines says what its lines say: numbers with every digit, logic as logic, nothing run together (T8.1)', () => {
  const items = [
    { name: 'row_handle', data_type: 'C' },
    { name: 'name', data_type: 'C' },
    { name: 'amount', data_type: 'Y' },
    { name: 'is_alive', data_type: 'L' },
  ] as const
  const hostile = '"}\n\t\\N{\u2028'
  const lines = [lineOf(['ab', hostile, '12345678901234567890.10', 't']), lineOf(['cd', '', null, 'f'])]
  const text = Buffer.from(jsonBody(items, 'rows', bodyOf(lines))).toString()
  const [first, second, ...rest] = text.trimEnd().split('\n')
  assert.deepEqual(rest, [])
  assert.ok(first!.includes('"amount":12345678901234567890.10,'))
  assert.deepEqual({ ...JSON.parse(first!), amount: 0 }, { row_handle: 'ab', name: hostile, amount: 0, is_alive: true })
  assert.deepEqual(JSON.parse(second!), { row_handle: 'cd', name: '', amount: null, is_alive: false })
  const changes = [`+\t${lines[0]}`, '-\tcd\t\\N\t\\N\t\\N', '!']
  const said = Buffer.from(jsonBody(items, 'changes', bodyOf(changes)))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    said.map(({ operation, name }) => [operation, name]),
    [
      ['+', hostile],
      ['-', null],
      ['!', undefined],
    ],
  )
  assert.equal(fieldsOf(lines[0]!)[1], hostile)
  assert.throws(() => jsonBody(items, 'rows', bodyOf(['ab'])), SealError)
})
