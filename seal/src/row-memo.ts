import { fromUtf8 } from './bytes.ts'
import { unescapeField } from './row-text.ts'

const SLOTS = 2048
/** A longer field is worked out each time. */
const KEY_BYTES = 128
/** A column where fewer than one in eight of so many fields was known is not remembered for a while. */
const TRIAL = 4096
const PAUSE = 16 * TRIAL

/** What is already known of a field's bytes: one slot per hash, the last field in it wins, so memory stays as it is. */
export class ByteMemo<T> {
  readonly #keys = new Uint8Array(SLOTS * KEY_BYTES)
  readonly #lengths = new Int16Array(SLOTS).fill(-1)
  readonly #values: (T | undefined)[] = new Array(SLOTS).fill(undefined)
  readonly #make: (bytes: Uint8Array, start: number, end: number) => T
  /** Above zero: fields left of a trial; below: of a pause. */
  #left = TRIAL
  #hits = 0

  constructor(make: (bytes: Uint8Array, start: number, end: number) => T) {
    this.#make = make
  }

  get(bytes: Uint8Array, start: number, end: number): T {
    const length = end - start
    if (length > KEY_BYTES || !this.#isWorthwhile()) return this.#make(bytes, start, end)
    let mixed = 0x811c9dc5
    for (let i = start; i < end; i++) mixed = Math.imul(mixed ^ (bytes[i] as number), 0x01000193)
    const slot = (mixed ^ (mixed >>> 15)) & (SLOTS - 1)
    const at = slot * KEY_BYTES
    if (this.#lengths[slot] === length) {
      let i = 0
      while (i < length && this.#keys[at + i] === bytes[start + i]) i++
      if (i === length) {
        this.#hits++
        return this.#values[slot] as T
      }
    }
    const value = this.#make(bytes, start, end)
    for (let i = 0; i < length; i++) this.#keys[at + i] = bytes[start + i] as number
    this.#lengths[slot] = length
    this.#values[slot] = value
    return value
  }

  #isWorthwhile(): boolean {
    if (this.#left < 0) {
      if (++this.#left === 0) this.#left = TRIAL
      return false
    }
    if (--this.#left > 0) return true
    this.#left = this.#hits * 8 < TRIAL ? -PAUSE : TRIAL
    this.#hits = 0
    return true
  }
}

/** Short plain ASCII is made into a text several times faster by hand than by a decoder. */
const BY_HAND = 32

const plainText = (bytes: Uint8Array, start: number, end: number): string | undefined => {
  let text = ''
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte >= 0x80 || byte === 0x5c) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

/** What a field's bytes say: text, null for NULL, undefined when they are not what the format has. */
export const fieldText = (bytes: Uint8Array, start: number, end: number): string | null | undefined => {
  const plain = end - start <= BY_HAND ? plainText(bytes, start, end) : undefined
  if (plain !== undefined) return plain
  try {
    return unescapeField(fromUtf8(bytes.subarray(start, end)))
  } catch {
    return undefined
  }
}
