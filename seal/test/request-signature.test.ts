import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeTextMac } from '../node/index.ts'
import {
  contentDigest,
  EMPTY_CONTENT_DIGEST,
  FOUR_HEADER_PREFIXES,
  fromBase64,
  type IncomingHeaders,
  parseFourHeaders,
  parseRequestSignature,
  pureSha256,
  type RequestAlg,
  type RequestToSign,
  signatureBase,
  signFourHeaders,
  signInText,
  signRequest,
  textMac,
  utf8,
  verifyFourHeaders,
  verifyRequest,
} from '../src/index.ts'

test('the keyed hash gives the answer of RFC 9421 B.2.5 over the base printed there (T8.1)', () => {
  const base = [
    '"date": Tue, 20 Apr 2021 02:07:55 GMT',
    '"@authority": example.com',
    '"content-type": application/json',
    '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  ].join('\n')
  const key = fromBase64('uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==')
  for (const mac of [textMac(pureSha256, key), nodeTextMac('sha256', key)])
    assert.equal(mac(base), 'pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=')
})

const BODY = '{"gmsfhm":"63010319900101001X"}'
const REQUEST: RequestToSign = {
  method: 'POST',
  path: '/gateway/v1/302015001-000007/query',
  query: '?page=1',
  headers: {
    'content-digest': contentDigest(pureSha256, utf8(BODY)),
    'sanjiang-purpose': 'service_item:630000-SX-0101',
    'sanjiang-case': 'QH2017-1',
    'sanjiang-officer': '%E5%8D%93%E7%8E%9B',
    'sanjiang-counter': '17',
  },
}
const PARAMS = { created: 1_506_297_600, keyid: '019a2b5c-7e11-7c3a-9d0e-3f1b6a8c5d21', alg: 'hmac-sha256' } as const
const KEY = new Uint8Array(32).fill(1)
const mac = nodeTextMac('sha256', KEY)

test('the signature base is that of RFC 9421 §2.5, line for line (T8.1)', () => {
  assert.equal(
    signatureBase(REQUEST, PARAMS),
    `"@method": POST
"@path": /gateway/v1/302015001-000007/query
"@query": ?page=1
"content-digest": sha-256=:NVp+yMzqiAtytlTeaLkvGC/q7rC0inUz8p07QtI4Apw=:
"sanjiang-purpose": service_item:630000-SX-0101
"sanjiang-case": QH2017-1
"sanjiang-officer": %E5%8D%93%E7%8E%9B
"sanjiang-counter": 17
"@signature-params": ("@method" "@path" "@query" "content-digest" "sanjiang-purpose" "sanjiang-case" "sanjiang-officer" "sanjiang-counter");created=1506297600;keyid="019a2b5c-7e11-7c3a-9d0e-3f1b6a8c5d21";alg="hmac-sha256"`,
  )
  assert.match(signatureBase({ ...REQUEST, query: '' }, PARAMS), /\n"@query": \?\n/)
  assert.equal(EMPTY_CONTENT_DIGEST, 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:')
})

const sent = (
  request = REQUEST,
  params: { created: number; keyid: string; alg: RequestAlg } = PARAMS,
): Record<string, string> => ({
  ...request.headers,
  ...signRequest(request, params, mac),
})

const judge = (headers: IncomingHeaders, facts: Partial<Parameters<typeof verifyRequest>[1]> = {}) => {
  const parsed = parseRequestSignature(headers)
  if (!parsed.ok) return parsed
  const { method, path, query } = REQUEST
  const all = { method, path, query, digest: REQUEST.headers['content-digest'], now: PARAMS.created + 5, ...facts }
  return verifyRequest(parsed, all, { mac, skew: 300 })
}

test('a signed call is believed as sent; any covered thing changed on the way is not (T8.1)', () => {
  assert.deepEqual(judge(sent()), { ok: true })
  assert.equal((judge(sent(), { method: 'GET' }) as { code: string }).code, 'wrong')
  assert.equal((judge(sent(), { path: '/gateway/v1/302015001-000008/query' }) as { code: string }).code, 'wrong')
  assert.equal((judge(sent(), { query: '?page=2' }) as { code: string }).code, 'wrong')
  assert.equal((judge(sent(), { digest: EMPTY_CONTENT_DIGEST }) as { code: string }).code, 'digest')
  for (const now of [PARAMS.created - 301, PARAMS.created + 301])
    assert.equal((judge(sent(), { now }) as { code: string }).code, 'stale')
  const names = Object.keys(sent()) as (keyof ReturnType<typeof sent>)[]
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 33, max: 126 }), (name, pick, code) => {
      const headers = sent()
      const value = headers[name] as string
      const at = pick % value.length
      const bent = value.slice(0, at) + String.fromCharCode(code) + value.slice(at + 1)
      assert.equal(judge({ ...headers, [name]: bent }).ok, bent === value)
    }),
    { numRuns: 300 },
  )
})

test('a header left out, sent twice, in Chinese, or with a line break is refused by name (T8.1)', () => {
  for (const name of Object.keys(sent())) {
    const { [name]: _, ...rest } = sent()
    const refusal = judge(rest) as { code: string; field: string }
    assert.deepEqual([refusal.code, refusal.field], ['unsigned', name])
  }
  const twice = { ...sent(), 'sanjiang-case': ['a', 'b'] }
  assert.equal((judge(twice) as { field: string }).field, 'sanjiang-case')
  for (const bad of ['卓玛', 'a\nb', ' a', 'a\u0000'])
    assert.throws(() => sent({ ...REQUEST, headers: { ...REQUEST.headers, 'sanjiang-officer': bad } }), {
      code: 'malformed',
    })
  for (const counter of ['0', '-1', '1.5', '99999999999999999', ''])
    assert.throws(() => sent({ ...REQUEST, headers: { ...REQUEST.headers, 'sanjiang-counter': counter } }), {
      code: 'malformed',
    })
})

test('components cannot be dropped, added or reordered by the caller (T8.1)', () => {
  const headers = sent()
  const input = headers['signature-input'] as string
  for (const bent of [
    input.replace('"@query" ', ''),
    input.replace('"@method" "@path"', '"@path" "@method"'),
    `${input};expires=1`,
    input.replace('sj=', 'sig1='),
  ])
    assert.equal((judge({ ...headers, 'signature-input': bent }) as { code: string }).code, 'malformed')
})

const FOUR = { sid: 's_11630000000001_0001', rid: '11111111-2222-3333-4444-555555555555', rtime: '1506297600000' }
const FOUR_KEY = '0123456789abcdef0123456789abcdef'
const FOUR_SIGN = 'I747GeINfrvnjn3Ba1fLxCmLeezOp8qrHBzjNtqDo3k='

test("the national platform's four headers have the sign of the published vector (domain 6.3a)", () => {
  const fourMac = textMac(pureSha256, utf8(FOUR_KEY))
  assert.equal(signFourHeaders(fourMac, FOUR), FOUR_SIGN)
  const prefix = FOUR_HEADER_PREFIXES.national
  const headers = Object.fromEntries(
    Object.entries({ ...FOUR, sign: FOUR_SIGN }).map(([name, value]) => [prefix + name, value]),
  )
  const parsed = parseFourHeaders(headers, prefix)
  assert.ok(parsed)
  const now = Number(FOUR.rtime)
  assert.equal(verifyFourHeaders(fourMac, parsed, { now, window: 300_000 }), 'valid')
  assert.equal(verifyFourHeaders(fourMac, parsed, { now: now + 300_001, window: 300_000 }), 'stale')
  assert.equal(
    verifyFourHeaders(fourMac, { ...parsed, sid: 's_11630000000001_0002' }, { now, window: 300_000 }),
    'wrong',
  )
  assert.equal(parseFourHeaders(headers, FOUR_HEADER_PREFIXES.own), undefined)
  for (const [name, value] of [
    ['rtime', '150629760000'],
    ['sid', 's_1_2_3'],
    ['rid', 'x'],
    ['sign', ''],
  ] as const)
    assert.throws(() => parseFourHeaders({ ...headers, [prefix + name]: value }, prefix), {
      code: 'malformed',
      field: prefix + name,
    })
})

test('what is signed to sign in says what it is, and no field can reach into the next (T8.1)', () => {
  const claim = { client_id: 'c', key_id: 'k', nonce: 'n', created: 1 }
  assert.equal(signInText(claim), 'sanjiang-sign-in/1\nc\nk\nn\n1')
  for (const bad of ['', 'a\nb', 'a b', 'x'.repeat(129)])
    assert.throws(() => signInText({ ...claim, nonce: bad }), { code: 'malformed' })
  assert.throws(() => signInText({ ...claim, created: 1.5 }), { code: 'malformed' })
})
