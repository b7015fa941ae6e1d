import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeHasher } from '../node/index.ts'
import { BucketHasher, bodyOf, SealError, utf8 } from '../src/index.ts'

const hasher = nodeHasher('sha256')
const MODULUS = 2n ** 256n
const line = fc
  .tuple(fc.stringMatching(/^[0-9a-f]{32}$/), fc.stringMatching(/^[a-z一-龥]{0,9}$/))
  .map((fields) => fields.join('\t'))

test('buckets hash the same in whatever order and pieces the lines come (T8.1)', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), fc.nat(40), (lines, digits, cut) => {
      const one = new BucketHasher(hasher, digits)
      one.add(bodyOf(lines))
      const other = new BucketHasher(hasher, digits)
      other.add(bodyOf(lines.slice(cut).reverse()))
      other.add(bodyOf(lines.slice(0, cut)))
      assert.deepEqual(one.result(), other.result())
      for (const { prefix, rows, hash } of one.result()) {
        const within = lines.filter((text) => text.startsWith(prefix))
        const sum = within.reduce(
          (all, text) => all + BigInt(`0x${createHash('sha256').update(`${text}\n`).digest('hex')}`),
          0n,
        )
        assert.deepEqual([rows, hash], [within.length, (sum % MODULUS).toString(16).padStart(64, '0')])
      }
    }),
    { numRuns: 60 },
  )
})

test('one changed, missing or doubled line shows in its bucket and in no other (T8.1)', () => {
  const lines = Array.from(
    { length: 64 },
    (_, i) => `${(i * 4 + 1).toString(16).padStart(2, '0').padEnd(32, 'a')}\t${i}`,
  )
  const resultOf = (rows: readonly string[]) => {
    const buckets = new BucketHasher(hasher, 1)
    buckets.add(bodyOf(rows))
    return buckets.result()
  }
  const right = resultOf(lines)
  for (const wrong of [lines.with(9, `${lines[9]}x`), lines.toSpliced(9, 1), [...lines, lines[9] as string]])
    assert.deepEqual(
      resultOf(wrong).flatMap((bucket, i) => (bucket.hash === right[i]?.hash ? [] : [bucket.prefix])),
      ['2'],
    )
  assert.throws(() => resultOf(['王小明\t1']), SealError)
  assert.throws(() => new BucketHasher(hasher, 1).add(utf8('a')), SealError)
  assert.throws(() => new BucketHasher(hasher, 6), SealError)
})
