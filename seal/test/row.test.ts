import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bodyOf,
  canonicalField,
  compareKeyLines,
  compareText,
  countLines,
  cutAt,
  type DataType,
  escapeField,
  fieldsOf,
  isRefusal,
  keyLineOf,
  lineOf,
  linesOf,
  SealError,
  unescapeField,
} from '../src/index.ts'

interface Vectors {
  readonly fields: readonly (readonly [DataType, string, string | null, string?])[]
  readonly lines: readonly (readonly [(string | null)[], string])[]
  readonly key_order: readonly { types: DataType[]; ascending: string[] }[]
}
const vectors: Vectors = JSON.parse(await readFile(new URL('vectors/rows.json', import.meta.url), 'utf8'))
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('\\', 'N', '\t', '\n', '\r', '\b', '\f', '\v', 'a', '', '王', '𠮷') }),
)
const values = fc.array(fc.option(nasty), { minLength: 1, maxLength: 6 })

test('every engine writes a value as the published vectors do, or is told why it cannot (T8.1)', () => {
  for (const [type, given, canonical, code] of vectors.fields) {
    const field = canonicalField(type, given)
    if (code === undefined) assert.equal(field, canonical, `${type} ${given}`)
    else assert.ok(isRefusal(field) && field.code === code, `${type} ${given} should be refused as ${code}`)
  }
})

test('what is canonical stays as it is when it is read again as text (T8.1)', () => {
  for (const [type, , canonical] of vectors.fields)
    if (canonical !== null) assert.equal(canonicalField(type, canonical), canonical, `${type} ${canonical}`)
})

test('values of drivers give the same text as their engine (T8.1)', () => {
  const table: readonly (readonly [DataType, unknown, string | null])[] = [
    ['C', null, null],
    ['C', undefined, null],
    ['C', 12.5, '12.5'],
    ['M', Buffer.from('王'), '王'],
    ['I', 12n, '12'],
    ['N', 1e21, '1000000000000000000000'],
    ['B', -0, '0'],
    ['B', 5e-7, '0.0000005'],
    ['L', true, 't'],
    ['L', Buffer.of(0), 'f'],
    ['T', new Date('2024-01-05T16:00:00.120Z'), '2024-01-06 00:00:00.12'],
    ['T', new Date(-1), '1970-01-01 07:59:59.999'],
    ['D', new Date('2024-01-05T16:00:00Z'), '2024-01-06'],
  ]
  for (const [type, value, canonical] of table) assert.equal(canonicalField(type, value), canonical)
  for (const [type, value] of [
    ['C', {}],
    ['C', Buffer.of(0xff)],
    ['N', true],
    ['D', 20240105],
    ['T', new Date(Number.NaN)],
    ['B', Number.POSITIVE_INFINITY],
  ] as const)
    assert.ok(isRefusal(canonicalField(type, value)), `${type} ${String(value)}`)
})

test('doubles read back as themselves and carry no exponent (T8.1)', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ min: 2 ** 53, max: 2 ** 90, noNaN: true }),
      ),
      (value) => {
        const text = canonicalField('B', value)
        assert.ok(typeof text === 'string' && /^-?\d+(\.\d*[1-9])?$/.test(text))
        assert.equal(Number(text), value === 0 ? 0 : value)
        assert.equal(canonicalField('B', String(value)), text)
      },
    ),
  )
})

test('a line says the values it was made of, and no others (T8.1)', () => {
  for (const [fields, line] of vectors.lines) {
    assert.equal(lineOf(fields), line)
    assert.deepEqual(fieldsOf(line), fields)
  }
  fc.assert(
    fc.property(values, (fields) => {
      const line = lineOf(fields)
      assert.deepEqual(fieldsOf(line), fields)
      assert.deepEqual(fieldsOf(Buffer.from(line)), fields)
      assert.doesNotMatch(line, /[\n\b\f\r\v]/)
    }),
  )
})

test('a line that another hand wrote loosely is refused (T8.1)', () => {
  for (const line of ['a\\x', 'a\\', '\\N1', 'a\rb', 'a\u0000', '\\101'])
    assert.throws(() => fieldsOf(line), SealError, JSON.stringify(line))
})

test('bodies are cut at line ends only (T8.1)', () => {
  fc.assert(
    fc.property(fc.array(values, { maxLength: 8 }), fc.nat(200), (rows, limit) => {
      const lines = rows.map(lineOf)
      const body = bodyOf(lines)
      assert.deepEqual(
        [...linesOf(body)].map((line) => Buffer.from(line).toString()),
        lines,
      )
      assert.equal(countLines(body), lines.length)
      const end = cutAt(body, limit)
      assert.ok(end === 0 ? body.length === 0 : body[end - 1] === 10)
      assert.ok(end <= limit || countLines(body.subarray(0, end)) === 1)
    }),
  )
  assert.throws(() => countLines(Buffer.from('a\nb')), SealError)
  assert.throws(() => [...linesOf(Buffer.from('a\nb'))], SealError)
})

test('keys order as the database orders them: numbers by value, text by bytes (T8.1)', () => {
  for (const { types, ascending } of vectors.key_order) {
    const compare = compareKeyLines(types)
    for (let i = 0; i < ascending.length; i++)
      for (let j = 0; j < ascending.length; j++)
        assert.equal(
          compare(ascending[i] as string, ascending[j] as string),
          Math.sign(i - j),
          `${ascending[i]} ${ascending[j]}`,
        )
  }
  fc.assert(
    fc.property(nasty, nasty, (a, b) => {
      assert.equal(compareText(a, b), Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.equal(compareKeyLines(['C'])(escapeField(a), escapeField(b)), compareText(a, b))
      assert.equal(unescapeField(escapeField(a)), a)
    }),
  )
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      (a, b) => {
        assert.equal(compareKeyLines(['I'])(String(a), String(b)), a < b ? -1 : a > b ? 1 : 0)
      },
    ),
  )
  assert.equal(keyLineOf('a\\t\tb\t\\N', [2, 0]), '\\N\ta\\t')
  assert.throws(() => keyLineOf('a', [1]), SealError)
})
