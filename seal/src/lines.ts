import { SealError } from './seal-error.ts'

/** Node's own byte array looks for a byte twice as fast as the standard one; a browser has only the latter. */
const { Buffer: NodeBytes } = globalThis as { Buffer?: { alloc(size: number): Uint8Array } }
const allocate = (size: number): Uint8Array => NodeBytes?.alloc(size) ?? new Uint8Array(size)

/** A caller may hand over a whole file at once; it is still worked through in pieces that stay in the cache. */
const PIECE = 128 * 1024
/** No line of ours comes near: the longest, a segment of 8,192 leaves, is 350 KB. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024

/** Valid only until the next line is asked for. */
export class Line {
  /** From 1. */
  readonly no: number
  /** 0x00 and then the line: what a leaf hashes, without copying. */
  readonly prefixed: Uint8Array

  constructor(no: number, prefixed: Uint8Array) {
    this.no = no
    this.prefixed = prefixed
  }

  /** Without the newline. */
  get bytes(): Uint8Array {
    return this.prefixed.subarray(1)
  }
}

/**
 * Cuts chunks into lines. Works in one buffer of its own where the byte before each line is set to 0x00, the prefix RFC
 * 6962 wants before a leaf, so hashing an entry copies nothing. The last line may lack its newline.
 */
export class LineSplitter {
  #buffer = allocate(256 * 1024)
  #start = 1
  #end = 1
  #scanned = 1
  #no = 0;

  /** Lines completed by this chunk. Throws SealError when a line is longer than MAX_LINE_BYTES. */
  *feed(chunk: Uint8Array): Generator<Line> {
    for (let at = 0; at < chunk.length; at += PIECE) {
      this.#hold(chunk.subarray(at, at + PIECE))
      const held = this.#buffer.subarray(0, this.#end)
      for (let end = held.indexOf(10, this.#scanned); end >= 0; end = held.indexOf(10, this.#scanned))
        yield this.#cut(end)
      this.#scanned = this.#end
    }
  }

  *rest(): Generator<Line> {
    if (this.#end > this.#start) yield this.#cut(this.#end)
  }

  #cut(end: number): Line {
    const start = this.#start
    this.#buffer[start - 1] = 0
    this.#start = end + 1
    this.#scanned = end + 1
    this.#no++
    return new Line(this.#no, this.#buffer.subarray(start - 1, end))
  }

  #hold(chunk: Uint8Array): void {
    const kept = Math.max(0, this.#end - this.#start)
    if (kept + chunk.length > MAX_LINE_BYTES) throw new SealError('out_of_range', `line.${this.#no + 1}`, '行过长')
    const needed = 1 + kept + chunk.length
    const target = needed > this.#buffer.length ? allocate(needed * 2) : this.#buffer
    if (target === this.#buffer) target.copyWithin(1, this.#start, this.#end)
    else target.set(this.#buffer.subarray(this.#start, this.#end), 1)
    this.#scanned = 1 + Math.max(0, this.#scanned - this.#start)
    target.set(chunk, 1 + kept)
    this.#buffer = target
    this.#start = 1
    this.#end = 1 + kept + chunk.length
  }
}
