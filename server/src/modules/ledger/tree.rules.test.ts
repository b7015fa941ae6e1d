import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Frontier, hex, rangeHash, readerOf } from '@sanjiang/seal'
import fc from 'fast-check'
import { nodeHasher } from './node-hasher.ts'
import { GrowingTree, storedNodesOf, type Tile } from './tree.rules.ts'

const hasher = nodeHasher('sha256')
const leafOf = (index: number): Uint8Array => hasher.hash(Buffer.from(`leaf ${index}`))

test('a log tree grows to the same root whether followed in one go or resumed at any point (C3)', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(sizes, (steps) => {
      const whole = new Frontier(hasher)
      let tree = new GrowingTree(hasher)
      for (const step of steps) {
        for (let i = 0; i < step; i += 1) {
          const leaf = leafOf(whole.size)
          whole.append(leaf)
          tree.append(leaf)
        }
        tree = GrowingTree.from(hasher, tree.state())
        assert.deepEqual(tree.state(), whole.state())
        assert.equal(hex(tree.root()), hex(whole.root()))
      }
    }),
    { numRuns: 30 },
  )
})

test('every complete subtree of 256 and 65,536 entries becomes one tile with its true root (C3)', () => {
  const leaves = Array.from({ length: 65_536 + 300 }, (_, index) => leafOf(index))
  const read = readerOf(hasher, leaves)
  const tree = new GrowingTree(hasher)
  const tiles: Tile[] = leaves.flatMap((leaf) => tree.append(leaf))
  assert.equal(tiles.filter(({ level }) => level === 8).length, 257)
  assert.deepEqual(
    tiles.filter(({ level }) => level === 16).map(({ index }) => index),
    [0],
  )
  for (const { level, index, hash } of tiles) {
    const span = 2 ** level
    assert.equal(hex(hash), hex(rangeHash(hasher, read, [index * span, (index + 1) * span])))
  }
})

test('a subtree of any height is folded from at most 256 stored nodes (C3)', () => {
  for (let level = 0; level <= 40; level += 1) {
    const stored = storedNodesOf({ level, index: 3 })
    assert.ok(stored.count <= 128 && stored.level % 8 === 0)
    assert.equal(stored.start, 3 * stored.count)
  }
})
