const SLAB_BYTES = 524_288
/** A UTF-16 unit takes at most three bytes as UTF-8. */
const WIDEST = 3

/**
 * Writes entries' texts as UTF-8 behind RFC 6962's 0x00: the leaf hashes them all, the row keeps the rest. They stand one
 * after another in large slabs: measuring each text before making room for it cost as much as writing it.
 */
export class LeafWriter {
  #slab = Buffer.allocUnsafeSlow(0)
  #at = 0

  /** The bytes are the caller's; nothing writes there again. */
  write(text: string): Buffer {
    const room = 1 + text.length * WIDEST
    if (room > SLAB_BYTES) return Buffer.from(`\0${text}`)
    if (room > this.#slab.length - this.#at) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
      this.#at = 0
    }
    const from = this.#at
    this.#slab[from] = 0
    this.#at = from + 1 + this.#slab.write(text, from + 1)
    return this.#slab.subarray(from, this.#at)
  }
}
