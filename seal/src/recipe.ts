import { SealError } from './seal-error.ts'

// What a file of any size is made of: its length and the SHA-256 of each part in order. The recipe's own SHA-256 names the content,
// so whoever holds that name can check every byte as it arrives.

export interface Recipe {
  readonly size: number
  readonly part_bytes: number
  /** 32 bytes per part, one after another. */
  readonly digests: Uint8Array
}

const MAGIC = 0x534a5231
const HEAD = 16
const DIGEST = 32
const MIN_PART = 1_048_576
const MAX_PART = 8 * 1_048_576
/** So that a recipe stays within one request. */
const MAX_PARTS = 262_144

/** 1 MiB, more only for files beyond 256 GiB. */
export const partBytesFor = (size: number): number => {
  for (let bytes = MIN_PART; bytes <= MAX_PART; bytes *= 2) if (size <= bytes * MAX_PARTS) return bytes
  throw new SealError('malformed', 'size', '文件超过 2 TiB')
}

export const partCount = ({ size, part_bytes }: Pick<Recipe, 'size' | 'part_bytes'>): number =>
  Math.ceil(size / part_bytes)

export const digestAt = ({ digests }: Pick<Recipe, 'digests'>, part: number): Uint8Array =>
  digests.subarray(part * DIGEST, (part + 1) * DIGEST)

/** Length of one part; the last may be shorter. */
export const partLength = (recipe: Pick<Recipe, 'size' | 'part_bytes'>, part: number): number =>
  Math.min(recipe.part_bytes, recipe.size - part * recipe.part_bytes)

export const writeRecipe = ({ size, part_bytes, digests }: Recipe): Uint8Array => {
  const bytes = new Uint8Array(HEAD + digests.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setBigUint64(4, BigInt(size))
  view.setUint32(12, part_bytes)
  bytes.set(digests, HEAD)
  return bytes
}

/** Strict: one content has one recipe. */
export const readRecipe = (bytes: Uint8Array): Recipe => {
  const fault = (message: string): SealError => new SealError('malformed', 'recipe', message)
  if (bytes.length < HEAD) throw fault('文件清单不完整')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const size = Number(view.getBigUint64(4))
  const part_bytes = view.getUint32(12)
  if (view.getUint32(0) !== MAGIC || !Number.isSafeInteger(size)) throw fault('不是文件清单')
  if (part_bytes !== partBytesFor(size)) throw fault('分段大小与文件大小不符')
  const digests = bytes.subarray(HEAD)
  if (digests.length !== partCount({ size, part_bytes }) * DIGEST) throw fault('分段数与文件大小不符')
  return { size, part_bytes, digests }
}

const LENGTH = 4

const lengthOf = (part: Uint8Array): Uint8Array => {
  const length = new Uint8Array(LENGTH)
  new DataView(length.buffer).setUint32(0, part.length)
  return length
}

/** Parts one behind another, each with its length before it: as they are fetched. */
export const framedParts = (parts: readonly Uint8Array[]): Uint8Array[] =>
  parts.flatMap((part) => [lengthOf(part), part])

/** As they are sent: the digest stands before the bytes, so that whoever takes them can seal them under it while they arrive. */
export const namedParts = (parts: readonly Uint8Array[], digests: readonly Uint8Array[]): Uint8Array[] =>
  parts.flatMap((part, index) => [lengthOf(part), digests[index] as Uint8Array, part])

export interface PartTaker {
  /** A part begins; its digest only where it was sent. */
  begin(length: number, digest: Uint8Array): void
  /** A piece of it, in order; not to be kept. */
  piece(bytes: Uint8Array): void
  end(): void
}

/** Takes parts apart as their bytes arrive, in whatever pieces. */
export class PartReader {
  readonly #taker: PartTaker
  readonly #head: Uint8Array
  #filled = 0
  /** Bytes of the part that are still to come; -1 between parts. */
  #left = -1

  constructor(taker: PartTaker, { isNamed }: { readonly isNamed: boolean }) {
    this.#taker = taker
    this.#head = new Uint8Array(LENGTH + (isNamed ? DIGEST : 0))
  }

  /** Takes bytes up to the end of a part, and says how many. */
  push(bytes: Uint8Array): number {
    let at = 0
    if (this.#left < 0) {
      const taken = bytes.subarray(0, this.#head.length - this.#filled)
      this.#head.set(taken, this.#filled)
      this.#filled += taken.length
      at = taken.length
      if (this.#filled < this.#head.length) return at
      this.#begin()
    }
    const piece = bytes.subarray(at, at + this.#left)
    if (piece.length > 0) this.#taker.piece(piece)
    this.#left -= piece.length
    if (this.#left === 0) {
      this.#left = -1
      this.#taker.end()
    }
    return at + piece.length
  }

  #begin(): void {
    const length = new DataView(this.#head.buffer).getUint32(0)
    if (length > MAX_PART) throw new SealError('malformed', 'parts', '分段过长')
    this.#filled = 0
    this.#left = length
    this.#taker.begin(length, this.#head.slice(LENGTH))
  }

  /** Nothing may be left over. */
  end(): void {
    if (this.#left >= 0 || this.#filled > 0) throw new SealError('malformed', 'parts', '分段不完整')
  }
}
