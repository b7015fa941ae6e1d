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

/** Parts one behind another, each with its length before it. */
export const framedParts = (parts: readonly Uint8Array[]): Uint8Array[] =>
  parts.flatMap((part) => {
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, part.length)
    return [length, part]
  })

export const partsIn = (bytes: Uint8Array): Uint8Array[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = at + 4 <= bytes.length ? view.getUint32(at) : -1
    if (length < 0 || length > MAX_PART || at + 4 + length > bytes.length)
      throw new SealError('malformed', 'parts', '分段不完整')
    parts.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return parts
}
