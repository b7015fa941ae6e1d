import { Frontier, type FrontierState, type Hasher, rootOf } from '@sanjiang/seal'

/** Tiles are the roots of complete subtrees of 256^k leaves. */
export const TILE_BITS = 8
const TILE = 2 ** TILE_BITS

export interface Tile {
  readonly level: number
  readonly index: number
  readonly hash: Uint8Array
}

const popcount = (digit: number): number => digit.toString(2).replaceAll('0', '').length

const digitsOf = (size: number): number[] => {
  const digits: number[] = []
  for (let rest = size; rest > 0; rest = Math.floor(rest / TILE)) digits.push(rest % TILE)
  return digits
}

/** A log's tree while it grows: one frontier per base-256 digit of its size, so that each full digit is a tile. */
export class GrowingTree {
  readonly #hasher: Hasher
  readonly #digits: Frontier[] = []
  #size = 0

  constructor(hasher: Hasher) {
    this.#hasher = hasher
  }

  static from(hasher: Hasher, { size, nodes }: FrontierState): GrowingTree {
    const tree = new GrowingTree(hasher)
    tree.#size = size
    let at = nodes.length
    for (const digit of digitsOf(size)) {
      const count = popcount(digit)
      tree.#digits.push(Frontier.from(hasher, { size: digit, nodes: nodes.slice(at - count, at) }))
      at -= count
    }
    return tree
  }

  get size(): number {
    return this.#size
  }

  /** Returns the tiles this leaf completes; mostly none. */
  append(leaf: Uint8Array): Tile[] {
    const tiles: Tile[] = []
    this.#size += 1
    let node = leaf
    for (let place = 0, span = TILE; ; place += 1, span *= TILE) {
      const digit = this.#digits[place] ?? new Frontier(this.#hasher)
      this.#digits[place] = digit
      digit.append(node)
      if (digit.size < TILE) return tiles
      node = digit.root()
      this.#digits[place] = new Frontier(this.#hasher)
      tiles.push({ level: TILE_BITS * (place + 1), index: this.#size / span - 1, hash: node })
    }
  }

  state(): FrontierState {
    return { size: this.#size, nodes: this.#digits.flatMap((_, i) => this.#digits.at(-1 - i)!.state().nodes) }
  }

  root(): Uint8Array {
    return Frontier.from(this.#hasher, this.state()).root()
  }
}

/** The stored nodes a subtree's root is computed from: `count` at `level`, a multiple of eight, from `start` on. */
export interface StoredNodes {
  readonly level: number
  readonly start: number
  readonly count: number
}

export const storedNodesOf = ({ level, index }: { level: number; index: number }): StoredNodes => {
  const stored = level - (level % TILE_BITS)
  const count = 2 ** (level - stored)
  return { level: stored, start: index * count, count }
}

export const subtreeRoot = (hasher: Hasher, nodes: readonly Uint8Array[]): Uint8Array => rootOf(hasher, nodes)
