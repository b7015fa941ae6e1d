import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeHasher } from '../node/index.ts'
import {
  base64,
  canonical,
  entryText,
  fromBase64,
  fromHex,
  hex,
  hmac,
  parseCanonical,
  parseEntry,
  subjectHash,
} from '../src/index.ts'

const values = fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }).filter((value) => {
  const text = JSON.stringify(value)
  return !/[.eE]|\d{16}/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, '')) && !text.includes('-0')
})

test('one value has one text: keys in any order, read back and written again (C3)', () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = canonical(value)
      assert.deepEqual(parseCanonical(text), JSON.parse(JSON.stringify(value)))
      assert.equal(canonical(JSON.parse(text)), text)
    }),
  )
  assert.equal(canonical({ b: 1, a: [null, true, '卓玛'] }), canonical({ a: [null, true, '卓玛'], b: 1 }))
})

test('a flat object has the same text, or the same refusal, whether its keys come sorted or not (C3)', () => {
  const text = fc.string({ unit: 'binary' })
  const odd = fc.constantFrom('\ud800', '\\ud800', '\udc00\ud800', '"', '\u2028', '')
  const member = fc.oneof(
    text,
    odd,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.oneof(text, odd)),
  )
  const told = (entries: [string, unknown][]): string => {
    try {
      return canonical(Object.fromEntries(entries))
    } catch (error) {
      return String((error as { code?: string }).code)
    }
  }
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(text, odd), member, { minKeys: 2 }), (value) => {
      const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      assert.equal(told(entries), told(entries.toReversed()))
    }),
    { numRuns: 2000 },
  )
})

test('keys sort by UTF-16 code units as RFC 8785 §3.2.3 has it (C3)', () => {
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
  const text = canonical(Object.fromEntries(keys.map((key, i) => [key, i])))
  assert.deepEqual(Object.keys(JSON.parse(text)).toSorted(), [
    '\r',
    '1',
    '\u0080',
    '\u00f6',
    '\u20ac',
    '\u{1f600}',
    '\ufb33',
  ])
  assert.equal(text, '{"\\r":1,"1":3,"\u0080":5,"\u00f6":6,"\u20ac":0,"\u{1f600}":4,"\ufb33":2}')
})

test('what could be written in two ways is refused, with its place (C3)', () => {
  const refused: readonly (readonly [unknown, string])[] = [
    [{ a: { b: [0, 0.5] } }, 'a.b.1'],
    [{ a: 2 ** 53 }, 'a'],
    [{ a: Number.NaN }, 'a'],
    [{ a: '\ud800' }, 'a'],
    [{ '\udc00': 1 }, ''],
    [{ a: new Date() }, 'a'],
    [{ a: new Map() }, 'a'],
    [{ a: 1n }, 'a'],
    [{ a: () => 1 }, 'a'],
  ]
  for (const [value, field] of refused)
    assert.throws(
      () => canonical(value),
      (error: { code?: string; field?: string }) =>
        error.code === 'not_canonical' && (field === '' || error.field === field),
    )
  for (const text of ['{"a":1,"a":2}', '{"b":1,"a":2}', '{ "a":1}', '{"a":1.0}', '{"a":"\\u0061"}', '[-0]', '1e2'])
    assert.throws(() => parseCanonical(text), { code: 'not_canonical' }, text)
  assert.throws(() => parseCanonical('{'), { code: 'malformed' })
})

test('a value nested without end is refused instead of exhausting its reader (C3)', () => {
  const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)])
  assert.equal(typeof canonical(deep(64)), 'string')
  assert.throws(() => canonical(deep(65)), { code: 'not_canonical' })
})

test('bytes survive their texts, and a text with stray characters or spare bits is refused (C3)', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.deepEqual(fromHex(hex(bytes)), bytes)
      assert.deepEqual(fromBase64(base64(bytes)), bytes)
      assert.equal(base64(bytes), Buffer.from(bytes).toString('base64'))
    }),
  )
  for (const text of ['A', 'AB!=', 'AB', 'AAB=', 'A\u0100AA'])
    assert.throws(() => fromBase64(text), { code: 'malformed' }, text)
})

test('an entry says what an entry must say, and its text is canonical (C3)', () => {
  const entry = {
    v: 1,
    log_id: 'gw-a',
    seq: 0,
    at: '2026-03-02T01:00:00.000Z',
    kind: 'call',
    body: { b: 1, a: '藏' },
  } as const
  assert.equal(entryText(entry), canonical(entry))
  assert.deepEqual(parseEntry(entryText(entry)), entry)
  const wrong = [
    { v: 2 },
    { log_id: 'a b' },
    { seq: -1 },
    { seq: 0.5 },
    { at: '2026-03-02' },
    { kind: 'Call' },
    { body: [] },
  ]
  for (const part of wrong) assert.throws(() => entryText({ ...entry, ...part } as never), { code: 'malformed' })
})

test('one person is one hash however the number is typed, and another kind or key is another (C2)', () => {
  const mac = hmac(nodeHasher('sha256'), new Uint8Array(32).fill(7))
  const hashed = (kind: string, id: string, version = 1): string => subjectHash(mac, version, { kind, id })
  const plain = hashed('citizen_id', '63010319900101001X')
  for (const id of ['63010319900101001x', ' 630103 19900101001X ', '６３０１０３１９９００１０１００１Ｘ'])
    assert.equal(hashed('citizen_id', id), plain)
  assert.match(plain, /^k1:[\w-]{43}$/)
  assert.notEqual(hashed('credit_code', '63010319900101001X'), plain)
  assert.notEqual(hashed('citizen_id', '63010319900101001X', 2), plain)
  assert.throws(() => hashed('citizen_id', ' '), { code: 'malformed' })
  assert.throws(() => hashed('citizen_id', '1', 0), { code: 'malformed' })
})
