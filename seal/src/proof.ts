import { equal } from './bytes.ts'
import type { Hasher } from './hasher.ts'
import { nodeHash } from './merkle.ts'

export interface InclusionClaim {
  readonly leaf: Uint8Array
  readonly index: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

export interface ConsistencyClaim {
  readonly first: { readonly size: number; readonly root: Uint8Array }
  readonly second: { readonly size: number; readonly root: Uint8Array }
  readonly proof: readonly Uint8Array[]
}

const half = (n: number): number => Math.floor(n / 2)
const isIndex = (n: number): boolean => Number.isSafeInteger(n) && n >= 0

/** True when the leaf stands at that index of the tree with that root (RFC 9162 §2.1.3.2). */
export const verifyInclusion = (hasher: Hasher, { leaf, index, size, proof, root }: InclusionClaim): boolean => {
  if (!isIndex(index) || !isIndex(size) || index >= size) return false
  let at = index
  let last = size - 1
  let node = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      node = nodeHash(hasher, sibling, node)
      while (at % 2 === 0 && at !== 0) {
        at = half(at)
        last = half(last)
      }
    } else node = nodeHash(hasher, node, sibling)
    at = half(at)
    last = half(last)
  }
  return last === 0 && equal(node, root)
}

/** True when the first tree is a prefix of the second (RFC 9162 §2.1.4.2); a tree of size 0 is a prefix of all. */
export const verifyConsistency = (hasher: Hasher, { first, second, proof }: ConsistencyClaim): boolean => {
  if (!isIndex(first.size) || !isIndex(second.size) || first.size > second.size) return false
  if (first.size === second.size) return proof.length === 0 && equal(first.root, second.root)
  if (first.size === 0) return proof.length === 0 && equal(first.root, hasher.hash(new Uint8Array(0)))
  let at = first.size - 1
  let last = second.size - 1
  while (at % 2 === 1) {
    at = half(at)
    last = half(last)
  }
  // When the first size is a power of two its root is itself the first node of the proof.
  const path = at === 0 ? [first.root, ...proof] : [...proof]
  const seed = path.shift()
  if (seed === undefined) return false
  let older = seed
  let newer = seed
  for (const node of path) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      older = nodeHash(hasher, node, older)
      newer = nodeHash(hasher, node, newer)
      while (at % 2 === 0 && at !== 0) {
        at = half(at)
        last = half(last)
      }
    } else newer = nodeHash(hasher, newer, node)
    at = half(at)
    last = half(last)
  }
  return last === 0 && equal(older, first.root) && equal(newer, second.root)
}
