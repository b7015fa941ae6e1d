/** A set of documents: one bit each. */
export type Bits = Uint32Array

export const noBits = (count: number): Bits => new Uint32Array((count + 31) >>> 5)

export const setBit = (bits: Bits, at: number): void => {
  bits[at >>> 5]! |= 1 << (at & 31)
}
export const hasBit = (bits: Bits, at: number): boolean => ((bits[at >>> 5]! >>> (at & 31)) & 1) === 1

/** Keeps in `into` what `other` holds too. */
export const keepBits = (into: Bits, other: Bits): Bits => {
  for (let at = 0; at < into.length; at += 1) into[at]! &= other[at]!
  return into
}

const countOf = (word: number): number => {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** The documents themselves, in ascending order. */
export const listBits = (bits: Bits): Uint32Array => {
  let count = 0
  for (const word of bits) count += countOf(word)
  const list = new Uint32Array(count)
  let done = 0
  for (let at = 0; at < bits.length; at += 1)
    for (let word = bits[at]!; word !== 0; word &= word - 1) list[done++] = at * 32 + 31 - Math.clz32(word & -word)
  return list
}
