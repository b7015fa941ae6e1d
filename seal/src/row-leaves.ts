import { concat, equal, fromHex, hex, utf8 } from './bytes.ts'
import type { Hasher } from './hasher.ts'
import { hmac } from './hmac.ts'
import { inclusionProof, leafHash, readerOf, rootOf } from './merkle.ts'
import { verifyInclusion } from './proof.ts'
import { countLines, linesOf } from './row-text.ts'
import { DIGEST_HEX, SealError } from './seal-error.ts'

// Salted row leaves of one delivered chunk (ADR 0004): what is kept proves later that a line was, or that a key was not, in
// it, without the line being kept. `order` is where a key sorts, `row` commits to the line, a leaf commits to both.

const ORDER = 16
const ROW = 32
/** What is kept of each row. */
export const LEAF_BYTES = ORDER + ROW
const SALT = 16
const SECRET = 32

/** What the receipt carries and the ledger seals. Hex. */
export interface RowLeavesRoot {
  readonly rows: number
  readonly root: string
  /** Commits to the salt by which keys are ordered: with another one, any key could be shown to be absent. */
  readonly order: string
}

/** Kept until retention ends: 48 bytes a row in order, and the salt under lock. */
export interface RowLeaves extends RowLeavesRoot {
  readonly leaves: Uint8Array
}

interface Place {
  readonly index: number
  readonly path: readonly string[]
}

/** Shows one line; of the other rows it shows hashes only. */
export interface PresenceProof extends Place {
  readonly kind: 'present'
  readonly line: string
  readonly salt: string
  readonly order: string
}

/**
 * Shows two neighbours' hashes and the ordering salt. Whoever holds it can try keys against those two `order` values, so it
 * is for those who may know whether such a key is there: the auditor, the person.
 */
export interface AbsenceProof {
  readonly kind: 'absent'
  readonly key: string
  readonly order_salt: string
  readonly before: (Place & { readonly leaf: string }) | null
  readonly after: (Place & { readonly leaf: string }) | null
}

/** Shows that some line has a key, not what it says: its leaf and the ordering salt. */
export interface KeyProof extends Place {
  readonly kind: 'key'
  readonly key: string
  readonly order_salt: string
  readonly leaf: string
}

export type RowProof = PresenceProof | AbsenceProof | KeyProof

/** Where a chunk's key stands in its lines: places without counting the operation of a change. */
export interface LineShape {
  readonly kind: 'rows' | 'changes'
  readonly key: readonly number[]
}

/**
 * Two secrets from the chunk's own, 32 random bytes: one gives each row its salt, the other orders the keys and may be
 * shown. Cut to 16 bytes, a hash behind a secret prefix cannot be continued by whoever sees it.
 */
const secretsOf = (hasher: Hasher, salt: Uint8Array): { row: Uint8Array; order: Uint8Array } => {
  const mac = hmac(hasher, salt)
  return { row: mac(utf8('row')), order: mac(utf8('order')) }
}

const keyed = (hasher: Hasher, secret: Uint8Array, key: Uint8Array): Uint8Array =>
  hasher.hash(concat(secret, key)).subarray(0, SALT)

const commitment = (hasher: Hasher, orderSalt: Uint8Array): string =>
  hex(hasher.hash(concat(utf8('sanjiang-row-order/1\n'), orderSalt)))

const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < ORDER; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** Views of one buffer per use: making a leaf allocates nothing but its hashes. */
class LeafMaker {
  readonly #hasher: Hasher
  readonly #shape: LineShape
  #rowKey: Uint8Array
  #orderKey: Uint8Array
  #salted = new Uint8Array(1024)

  constructor(hasher: Hasher, secrets: { row: Uint8Array; order: Uint8Array }, shape: LineShape) {
    this.#hasher = hasher
    this.#shape = shape
    this.#rowKey = concat(secrets.row, new Uint8Array(256))
    this.#orderKey = concat(secrets.order, new Uint8Array(256))
  }

  /** Writes the leaf of a line at `at`; answers the row's salt. */
  write(line: Uint8Array, leaves: Uint8Array, at: number): Uint8Array {
    const length = this.#putKey(line)
    const salt = this.#hasher.hash(this.#rowKey.subarray(0, length)).subarray(0, SALT)
    if (this.#salted.length < SALT + line.length) this.#salted = new Uint8Array(2 * (SALT + line.length))
    this.#salted.set(salt)
    this.#salted.set(line, SALT)
    leaves.set(this.#hasher.hash(this.#orderKey.subarray(0, length)).subarray(0, ORDER), at)
    leaves.set(this.#hasher.hash(this.#salted.subarray(0, SALT + line.length)), at + ORDER)
    return salt
  }

  /** Puts the key line behind both secrets; answers where it ends. */
  #putKey(line: Uint8Array): number {
    let length = SECRET
    for (const [at, place] of this.#shape.key.entries()) {
      let start = this.#shape.kind === 'changes' ? 2 : 0
      for (let passed = 0; passed < place; passed++) {
        const tab = line.indexOf(9, start)
        if (tab === -1) throw new SealError('malformed', 'line', `行没有第 ${place + 1} 项`)
        start = tab + 1
      }
      this.#reserve(length + line.length)
      if (at > 0) length = this.#put(length, 9)
      for (let i = start; i < line.length && line[i] !== 9; i++) length = this.#put(length, line[i] as number)
    }
    return length
  }

  #put(at: number, byte: number): number {
    this.#rowKey[at] = byte
    this.#orderKey[at] = byte
    return at + 1
  }

  #reserve(length: number): void {
    if (length < this.#rowKey.length) return
    this.#rowKey = concat(this.#rowKey, new Uint8Array(length))
    this.#orderKey = concat(this.#orderKey, new Uint8Array(length))
  }
}

const hashesOf = (hasher: Hasher, leaves: Uint8Array): Uint8Array[] => {
  const hashes: Uint8Array[] = []
  for (let at = 0; at < leaves.length; at += LEAF_BYTES)
    hashes.push(leafHash(hasher, leaves.subarray(at, at + LEAF_BYTES)))
  return hashes
}

/** Leaves of a chunk as it was delivered, sorted by `order`; lines of one key stay in their order. */
export const makeRowLeaves = (
  hasher: Hasher,
  chunk: LineShape & { readonly salt: Uint8Array; readonly body: Uint8Array },
): RowLeaves => {
  const secrets = secretsOf(hasher, chunk.salt)
  const maker = new LeafMaker(hasher, secrets, chunk)
  const rows = countLines(chunk.body)
  const made = new Uint8Array(rows * LEAF_BYTES)
  let at = 0
  for (const line of linesOf(chunk.body)) {
    maker.write(line, made, at)
    at += LEAF_BYTES
  }
  const sorted = Array.from({ length: rows }, (_, i) => leafAt(made, i)).sort(compareBytes)
  const leaves = new Uint8Array(made.length)
  sorted.forEach((leaf, i) => {
    leaves.set(leaf, i * LEAF_BYTES)
  })
  const root = hex(rootOf(hasher, hashesOf(hasher, leaves)))
  return { leaves, rows, root, order: commitment(hasher, secrets.order) }
}

const leafAt = (leaves: Uint8Array, index: number): Uint8Array =>
  leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)

/** First leaf that does not sort before `order`. */
const lowerBound = (leaves: Uint8Array, order: Uint8Array): number => {
  let low = 0
  let high = leaves.length / LEAF_BYTES
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes(leafAt(leaves, middle), order) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const placer = (hasher: Hasher, leaves: Uint8Array): ((index: number) => Place) => {
  const read = readerOf(hasher, hashesOf(hasher, leaves))
  const size = leaves.length / LEAF_BYTES
  return (index) => ({ index, path: inclusionProof({ hasher, read }, index, size).map(hex) })
}

/** Proof that a line was in the chunk; undefined when no leaf is of that line. */
export const provePresence = (
  hasher: Hasher,
  kept: { readonly leaves: Uint8Array; readonly salt: Uint8Array },
  { line, ...shape }: LineShape & { readonly line: string },
): PresenceProof | undefined => {
  const leaf = new Uint8Array(LEAF_BYTES)
  const salt = new LeafMaker(hasher, secretsOf(hasher, kept.salt), shape).write(utf8(line), leaf, 0)
  const rows = kept.leaves.length / LEAF_BYTES
  for (let i = lowerBound(kept.leaves, leaf); i < rows && compareBytes(leafAt(kept.leaves, i), leaf) === 0; i++)
    if (equal(leafAt(kept.leaves, i), leaf))
      return {
        kind: 'present',
        ...placer(hasher, kept.leaves)(i),
        line,
        salt: hex(salt),
        order: hex(leaf.subarray(0, ORDER)),
      }
  return undefined
}

/**
 * Proof that a line of the chunk has that key, whatever else it says; undefined when none has. `except` is a line that
 * does not count, such as the key's removal.
 */
export const proveKey = (
  hasher: Hasher,
  kept: { readonly leaves: Uint8Array; readonly salt: Uint8Array },
  { key_line, except, ...shape }: LineShape & { readonly key_line: string; readonly except?: string },
): KeyProof | undefined => {
  const secrets = secretsOf(hasher, kept.salt)
  const order = keyed(hasher, secrets.order, utf8(key_line))
  const passed = new Uint8Array(LEAF_BYTES)
  if (except !== undefined) new LeafMaker(hasher, secrets, shape).write(utf8(except), passed, 0)
  const rows = kept.leaves.length / LEAF_BYTES
  for (let i = lowerBound(kept.leaves, order); i < rows && compareBytes(leafAt(kept.leaves, i), order) === 0; i++) {
    const leaf = leafAt(kept.leaves, i)
    if (except !== undefined && equal(leaf, passed)) continue
    const order_salt = hex(secrets.order)
    return { kind: 'key', ...placer(hasher, kept.leaves)(i), key: key_line, order_salt, leaf: hex(leaf) }
  }
  return undefined
}

/** Proof that no line of the chunk has that key; undefined when one has. */
export const proveAbsence = (
  hasher: Hasher,
  kept: { readonly leaves: Uint8Array; readonly salt: Uint8Array },
  key: string,
): AbsenceProof | undefined => {
  const secrets = secretsOf(hasher, kept.salt)
  const order = keyed(hasher, secrets.order, utf8(key))
  const rows = kept.leaves.length / LEAF_BYTES
  const at = lowerBound(kept.leaves, order)
  if (at < rows && compareBytes(leafAt(kept.leaves, at), order) === 0) return undefined
  const place = placer(hasher, kept.leaves)
  const neighbour = (index: number) =>
    index < 0 || index >= rows ? null : { ...place(index), leaf: hex(leafAt(kept.leaves, index)) }
  return { kind: 'absent', key, order_salt: hex(secrets.order), before: neighbour(at - 1), after: neighbour(at) }
}

const stands = (
  hasher: Hasher,
  receipt: RowLeavesRoot,
  { index, path, leaf }: Place & { readonly leaf: Uint8Array },
): boolean =>
  leaf.length === LEAF_BYTES &&
  verifyInclusion(hasher, {
    leaf: leafHash(hasher, leaf),
    index,
    size: receipt.rows,
    proof: path.map(fromHex),
    root: fromHex(receipt.root),
  })

const isPresent = (hasher: Hasher, receipt: RowLeavesRoot, proof: PresenceProof): boolean => {
  const row = hasher.hash(concat(fromHex(proof.salt), utf8(proof.line)))
  return (
    fromHex(proof.salt).length === SALT &&
    stands(hasher, receipt, { ...proof, leaf: concat(fromHex(proof.order), row) })
  )
}

const isAbsent = (
  hasher: Hasher,
  receipt: RowLeavesRoot,
  { key, order_salt, before, after }: AbsenceProof,
): boolean => {
  const orderSalt = fromHex(order_salt)
  if (orderSalt.length !== SECRET || commitment(hasher, orderSalt) !== receipt.order) return false
  if (receipt.rows === 0) return receipt.root === hex(hasher.hash(new Uint8Array(0)))
  const order = keyed(hasher, orderSalt, utf8(key))
  // Neighbours leave no place between them; at an end there is only one.
  if ((before?.index ?? -1) + 1 !== (after?.index ?? receipt.rows)) return false
  const low = before && fromHex(before.leaf)
  const high = after && fromHex(after.leaf)
  if (before && low && !(compareBytes(low, order) < 0 && stands(hasher, receipt, { ...before, leaf: low })))
    return false
  if (after && high && !(compareBytes(order, high) < 0 && stands(hasher, receipt, { ...after, leaf: high })))
    return false
  return true
}

const hasKey = (hasher: Hasher, receipt: RowLeavesRoot, { key, order_salt, ...place }: KeyProof): boolean => {
  const orderSalt = fromHex(order_salt)
  if (orderSalt.length !== SECRET || commitment(hasher, orderSalt) !== receipt.order) return false
  const leaf = fromHex(place.leaf)
  return stands(hasher, receipt, { ...place, leaf }) && compareBytes(leaf, keyed(hasher, orderSalt, utf8(key))) === 0
}

/** Whether a proof holds against the receipt that the ledger sealed; false for anything malformed. */
export const verifyRowProof = (hasher: Hasher, receipt: RowLeavesRoot, proof: RowProof): boolean => {
  if (!DIGEST_HEX.test(receipt.root) || !DIGEST_HEX.test(receipt.order)) return false
  try {
    if (proof.kind === 'present') return isPresent(hasher, receipt, proof)
    return proof.kind === 'key' ? hasKey(hasher, receipt, proof) : isAbsent(hasher, receipt, proof)
  } catch (error) {
    if (error instanceof SealError || error instanceof TypeError) return false
    throw error
  }
}
