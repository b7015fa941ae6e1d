import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeStreamHash } from '../node/index.ts'
import { bodyOf, compareKeyLines, hashRanges, type LineRange, lineOf } from '../src/index.ts'

const compare = compareKeyLines(['I', 'C'])
const keyOf = (line: string): string => line.split('\t').slice(1, 3).join('\t')
const row = fc.tuple(
  fc.string({ maxLength: 5 }).filter((text) => !text.includes('\0')),
  fc.integer({ min: -30, max: 120 }),
  fc.constantFrom('', 'a', '一', '𠮷', '\ufffd', '\t', '\\'),
)
const lineFor = ([text, number, letter]: readonly [string, number, string]): string =>
  lineOf([text, String(number), letter])

test('ranges hash the same however the lines were cut into bodies and whatever lies between them (T8.1)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(row, { maxLength: 60, selector: ([, number, letter]) => `${number} ${letter}` }),
      fc.uniqueArray(row, { maxLength: 8, selector: ([, number, letter]) => `${number} ${letter}` }),
      fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
      fc.integer({ min: 1, max: 7 }),
      async (rows, bounds, asked, perBody) => {
        const lines = rows.map(lineFor).sort((a, b) => compare(keyOf(a), keyOf(b)))
        const ends = bounds.map((bound) => keyOf(lineFor(bound))).sort(compare)
        const all: LineRange[] = [...ends, null].map((to, i) => ({ from: ends[i - 1] ?? null, to }))
        const ranges = all.filter((_, i) => asked[i])
        const bodies = Array.from({ length: Math.ceil(lines.length / perBody) }, (_, i) => ({
          body: bodyOf(lines.slice(i * perBody, (i + 1) * perBody)),
        }))
        const expected = ranges.map(({ from, to }) => {
          const within = lines.filter(
            (line) =>
              (from === null || compare(keyOf(line), from) > 0) && (to === null || compare(keyOf(line), to) <= 0),
          )
          return { from, to, rows: within.length, hash: createHash('sha256').update(bodyOf(within)).digest('hex') }
        })
        const question = { ranges, key: [1, 2], types: ['I', 'C'] as const, newHash: nodeStreamHash }
        assert.deepEqual(await hashRanges(bodies, question), expected)
      },
    ),
    { numRuns: 300 },
  )
})

test('under a grant a range is hashed as the consumer sees it (T8.1, C3)', async () => {
  const body = bodyOf(['x\t1\t', 'y\t2\t', 'z\t3\t'])
  const [first] = await hashRanges([{ body }], {
    ranges: [{ from: null, to: '2\t' }],
    key: [1, 2],
    types: ['I', 'C'],
    newHash: nodeStreamHash,
    project: (lines) => ({ body: lines.map((byte) => (byte === 0x78 ? 0x2a : byte)), rows: 2 }),
  })
  assert.deepEqual([first?.rows, first?.hash], [2, createHash('sha256').update('*\t1\t\ny\t2\t\n').digest('hex')])
})
