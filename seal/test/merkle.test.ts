import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeHasher } from '../node/index.ts'
import {
  consistencyProof,
  Frontier,
  fromHex,
  hex,
  inclusionProof,
  leafHash,
  nodeHash,
  readerOf,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '../src/index.ts'

const hasher = nodeHasher('sha256')

// The leaves and roots that every implementation of RFC 6962 is tried on.
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

test('trees have the roots of RFC 6962 at every size from none to eight (C3)', () => {
  const leaves = LEAVES.map((leaf) => leafHash(hasher, fromHex(leaf)))
  ROOTS.forEach((root, size) => {
    assert.equal(hex(rootOf(hasher, leaves.slice(0, size))), root)
  })
})

/** MTH of RFC 6962 §2.1, word for word. */
const definition = (leaves: readonly Uint8Array[]): Uint8Array => {
  if (leaves.length === 0) return hasher.hash(new Uint8Array(0))
  if (leaves.length === 1) return leaves[0] as Uint8Array
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return nodeHash(hasher, definition(leaves.slice(0, half)), definition(leaves.slice(half)))
}

const leavesOf = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, i) => leafHash(hasher, Buffer.from(`leaf ${i}`)))

const sizes = fc.integer({ min: 1, max: 700 })

test('a tree grown leaf by leaf, stopped and resumed anywhere, has the root of the definition (C3)', () => {
  fc.assert(
    fc.property(sizes, fc.nat(700), (size, stop) => {
      const leaves = leavesOf(size)
      let frontier = new Frontier(hasher)
      leaves.forEach((leaf, i) => {
        if (i === stop) frontier = Frontier.from(hasher, frontier.state())
        frontier.append(leaf)
      })
      assert.equal(hex(frontier.root()), hex(definition(leaves)))
    }),
    { numRuns: 40 },
  )
})

test('every entry can be proved in, and no other entry, place, size or path passes for it (C3)', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), fc.nat(255), (size, pick, where, flip) => {
      const leaves = leavesOf(size)
      const index = pick % size
      const proof = inclusionProof({ hasher, read: readerOf(hasher, leaves) }, index, size)
      const claim = { leaf: leaves[index] as Uint8Array, index, size, proof, root: definition(leaves) }
      assert.ok(verifyInclusion(hasher, claim))
      const other = { ...claim, leaf: leafHash(hasher, Buffer.from('other')) }
      assert.ok(!verifyInclusion(hasher, other))
      assert.ok(size === 1 || !verifyInclusion(hasher, { ...claim, index: (index + 1) % size }))
      assert.ok(!verifyInclusion(hasher, { ...claim, index: size }))
      assert.ok(!verifyInclusion(hasher, { ...claim, proof: [...proof, leaves[0] as Uint8Array] }))
      if (proof.length === 0) return
      assert.ok(!verifyInclusion(hasher, { ...claim, proof: proof.slice(1) }))
      const node = proof[where % proof.length] as Uint8Array
      const bent = proof.with(where % proof.length, node.with(where % 32, (node[where % 32] as number) ^ (flip || 1)))
      assert.ok(!verifyInclusion(hasher, { ...claim, proof: bent }))
    }),
    { numRuns: 60 },
  )
})

test('a longer log is proved to begin with the shorter one, and a rewritten one is not (C3)', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), (size, pick, where) => {
      const leaves = leavesOf(size)
      const early = pick % (size + 1)
      const proof = consistencyProof({ hasher, read: readerOf(hasher, leaves) }, early, size)
      const first = { size: early, root: definition(leaves.slice(0, early)) }
      const second = { size, root: definition(leaves) }
      assert.ok(verifyConsistency(hasher, { first, second, proof }))
      const rewritten = leaves.with(where % size, leafHash(hasher, Buffer.from('rewritten')))
      const forged = { size, root: definition(rewritten) }
      assert.ok(early === 0 || !verifyConsistency(hasher, { first, second: forged, proof }))
      if (where % size >= early) return
      const own = consistencyProof({ hasher, read: readerOf(hasher, rewritten) }, early, size)
      assert.ok(!verifyConsistency(hasher, { first, second: forged, proof: own }))
    }),
    { numRuns: 60 },
  )
})

test('a leaf cannot pass for a node nor a node for a leaf (C3)', () => {
  const [left, right] = leavesOf(2) as [Uint8Array, Uint8Array]
  const pair = Buffer.concat([left, right])
  assert.notEqual(hex(leafHash(hasher, pair)), hex(nodeHash(hasher, left, right)))
  assert.equal(hex(leafHash(hasher, pair)), hex(hasher.hash(Buffer.concat([Buffer.from([0]), pair]))))
})

test('sizes beyond 32 bits keep their shape; a frontier that does not fit its size is refused (C3)', () => {
  const size = 2 ** 40 + 2 ** 33 + 1
  const nodes = ['aa', 'bb', 'cc'].map((byte) => byte.repeat(32))
  const frontier = Frontier.from(hasher, { size, nodes })
  frontier.append(leafHash(hasher, Buffer.from('next')))
  assert.equal(frontier.size, size + 1)
  assert.equal(frontier.state().nodes.length, 3)
  assert.throws(() => Frontier.from(hasher, { size, nodes: nodes.slice(1) }), { code: 'malformed' })
  assert.throws(() => Frontier.from(hasher, { size: -1, nodes: [] }), { code: 'out_of_range' })
})
