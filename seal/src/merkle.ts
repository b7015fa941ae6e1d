import { fromHex, hex } from './bytes.ts'
import type { Hasher } from './hasher.ts'
import { DIGEST_HEX, SealError } from './seal-error.ts'

// RFC 6962 §2.1: leaves hash under 0x00 and nodes under 0x01, so that neither can pass for the other.
// Sizes may reach 2^53, so halves are taken by arithmetic: JavaScript's shifts stop at 32 bits.
const PAIR = new Uint8Array(65)
PAIR[0] = 1

export const leafHash = (hasher: Hasher, leaf: Uint8Array): Uint8Array => {
  const prefixed = new Uint8Array(leaf.length + 1)
  prefixed.set(leaf, 1)
  return hasher.hash(prefixed)
}

export const nodeHash = (hasher: Hasher, left: Uint8Array, right: Uint8Array): Uint8Array => {
  PAIR.set(left, 1)
  PAIR.set(right, 33)
  return hasher.hash(PAIR)
}

export interface FrontierState {
  readonly size: number
  /** Roots of the complete subtrees, largest first: one per 1-bit of `size`. */
  readonly nodes: readonly string[]
}

const bitsOf = (size: number): number[] => {
  const levels: number[] = []
  for (let level = 0, rest = size; rest > 0; level++, rest = Math.floor(rest / 2))
    if (rest % 2 === 1) levels.push(level)
  return levels
}

const assertIn = (rule: { field: string; value: number; min: number; max: number }): void => {
  if (!Number.isSafeInteger(rule.value) || rule.value < rule.min || rule.value > rule.max)
    throw new SealError('out_of_range', rule.field, `${rule.field} 应在 ${rule.min}–${rule.max} 之间`)
}

/** The right edge of a growing tree: O(log n) hashes are all that appending and the root need. */
export class Frontier {
  readonly #hasher: Hasher
  readonly #nodes: Uint8Array[]
  #size: number

  constructor(hasher: Hasher) {
    this.#hasher = hasher
    this.#nodes = []
    this.#size = 0
  }

  /** Throws SealError when the number of nodes is not that of the size. */
  static from(hasher: Hasher, state: FrontierState): Frontier {
    assertIn({ field: 'size', value: state.size, min: 0, max: Number.MAX_SAFE_INTEGER })
    const levels = bitsOf(state.size).reverse()
    if (levels.length !== state.nodes.length || !state.nodes.every((node) => DIGEST_HEX.test(node)))
      throw new SealError('malformed', 'frontier', '边缘节点数与大小不符')
    const frontier = new Frontier(hasher)
    frontier.#size = state.size
    levels.forEach((level, i) => {
      frontier.#nodes[level] = fromHex(state.nodes[i] as string)
    })
    return frontier
  }

  get size(): number {
    return this.#size
  }

  append(leaf: Uint8Array): void {
    let node = leaf
    let level = 0
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2, level++)
      node = nodeHash(this.#hasher, this.#nodes[level] as Uint8Array, node)
    this.#nodes[level] = node
    this.#size++
  }

  root(): Uint8Array {
    const [lowest, ...higher] = bitsOf(this.#size)
    if (lowest === undefined) return this.#hasher.hash(new Uint8Array(0))
    let node = this.#nodes[lowest] as Uint8Array
    for (const level of higher) node = nodeHash(this.#hasher, this.#nodes[level] as Uint8Array, node)
    return node
  }

  state(): FrontierState {
    const nodes = bitsOf(this.#size).map((level) => hex(this.#nodes[level] as Uint8Array))
    return { size: this.#size, nodes: nodes.reverse() }
  }
}

export const rootOf = (hasher: Hasher, leaves: Iterable<Uint8Array>): Uint8Array => {
  const frontier = new Frontier(hasher)
  for (const leaf of leaves) frontier.append(leaf)
  return frontier.root()
}

/** Root of the complete subtree over leaves [index·2^level, (index+1)·2^level): what a store of nodes must answer. */
export type NodeReader = (level: number, index: number) => Uint8Array
export type LeafRange = readonly [start: number, end: number]

const splitOf = (count: number): number => {
  let half = 1
  while (half * 2 < count) half *= 2
  return half
}

/** The leaf ranges whose roots make up an inclusion proof, nearest first (RFC 6962 §2.1.1). */
export const inclusionRanges = (index: number, size: number): LeafRange[] => {
  assertIn({ field: 'index', value: index, min: 0, max: size - 1 })
  const ranges: LeafRange[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      ranges.push([middle, end])
      end = middle
    } else {
      ranges.push([start, middle])
      start = middle
    }
  }
  return ranges.reverse()
}

/** The leaf ranges whose roots make up a consistency proof between two sizes (RFC 6962 §2.1.2). */
export const consistencyRanges = (first: number, second: number): LeafRange[] => {
  assertIn({ field: 'first', value: first, min: 0, max: second })
  if (first === 0 || first === second) return []
  const ranges: LeafRange[] = []
  let start = 0
  let end = second
  while (first !== end) {
    const middle = start + splitOf(end - start)
    if (first <= middle) {
      ranges.push([middle, end])
      end = middle
    } else {
      ranges.push([start, middle])
      start = middle
    }
  }
  if (start > 0) ranges.push([start, end])
  return ranges.reverse()
}

/** The complete subtrees a range is folded from: lets a store fetch all of them in one query. */
export const subtreesOf = ([start, end]: LeafRange): { level: number; index: number }[] => {
  const count = end - start
  if (count <= 0) return []
  const level = Math.round(Math.log2(count))
  if (2 ** level === count) return [{ level, index: start / count }]
  const middle = start + splitOf(count)
  return [...subtreesOf([start, middle]), ...subtreesOf([middle, end])]
}

export const rangeHash = (hasher: Hasher, read: NodeReader, range: LeafRange): Uint8Array => {
  const nodes = subtreesOf(range).map(({ level, index }) => read(level, index))
  return nodes.reduceRight((right, left) => nodeHash(hasher, left, right))
}

interface Reading {
  readonly hasher: Hasher
  readonly read: NodeReader
}

export const inclusionProof = ({ hasher, read }: Reading, index: number, size: number): Uint8Array[] =>
  inclusionRanges(index, size).map((range) => rangeHash(hasher, read, range))

export const consistencyProof = ({ hasher, read }: Reading, first: number, second: number): Uint8Array[] =>
  consistencyRanges(first, second).map((range) => rangeHash(hasher, read, range))

/** A NodeReader over leaf hashes held in memory; inner nodes are remembered, so many proofs cost O(n) together. */
export const readerOf = (hasher: Hasher, leaves: readonly Uint8Array[]): NodeReader => {
  const known = new Map<string, Uint8Array>()
  const read: NodeReader = (level, index) => {
    if (level === 0) {
      const leaf = leaves[index]
      if (leaf === undefined) throw new SealError('out_of_range', 'index', `没有第 ${index} 个叶`)
      return leaf
    }
    const key = `${level}/${index}`
    const node = known.get(key) ?? nodeHash(hasher, read(level - 1, 2 * index), read(level - 1, 2 * index + 1))
    known.set(key, node)
    return node
  }
  return read
}
