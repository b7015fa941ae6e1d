import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Seen, Uniques } from './feed.unique.ts'

const words = (body: Buffer, twins: readonly { start: number; end: number; item: string | null }[]): string[] =>
  twins.map(({ start, end, item }) => `${item ?? 'key'}: ${body.toString('utf8', start, end)}`)

test('of a hundred thousand values each is new once, however the table of fingerprints grows (T8.1)', () => {
  const seen = new Seen()
  const values = Array.from({ length: 100_000 }, (_, n) => Buffer.from(`值${n}`))
  assert.equal(values.filter((one) => seen.add(one, 0, one.length)).length, values.length)
  assert.equal(values.filter((one) => seen.add(one, 0, one.length)).length, 0)
})

test('beyond its bound nothing is kept and nothing told (T8.1)', () => {
  const seen = new Seen(2)
  const add = (text: string): boolean => seen.add(Buffer.from(text), 0, text.length)
  assert.deepEqual(['a', 'b', 'c', 'c', 'a'].map(add), [true, true, true, true, false])
})

test('a key of two items is one value, NULL repeats nothing, and removals are passed over (T8.1)', () => {
  const uniques = new Uniques([0, 2], [{ item: 'phone', place: 1 }])
  const first = Buffer.from('a\t1\tx\nab\t\\N\t\nb\t2\tx\na\t3\ty\n')
  assert.deepEqual(uniques.twins(first), [])
  const second = Buffer.from('+\ta\t4\tx\n-\ta\t4\tx\n+\tc\t2\tz\n+\td\t\\N\tz\n+\ta\t9\tbx\n')
  assert.deepEqual(words(second, uniques.twins(second, 2)), ['key: +\ta\t4\tx', 'phone: +\tc\t2\tz'])
})

test('a line of a single field is read to its end (T8.1)', () => {
  const uniques = new Uniques([0], [])
  const body = Buffer.from('a\nab\na\n')
  assert.deepEqual(words(body, uniques.twins(body)), ['key: a'])
})
