import { hex } from './bytes.ts'
import type { Hasher } from './hasher.ts'
import { linesOf } from './row-text.ts'
import { SealError } from './seal-error.ts'

// Reconciliation under a row handle (ADR 0004): the source cannot read its rows in the order of handles, so rows are told
// apart by how their handle begins, and each bucket's hash does not depend on their order.

export interface BucketHash {
  /** First digits of the handles in it. */
  readonly prefix: string
  readonly rows: number
  /** Sum of the SHA-256 of the lines, each with its LF, modulo 2^256; hex. Finds what went wrong, not who meant it to. */
  readonly hash: string
}

const WORDS = 8
const DIGIT = new Int8Array(256).fill(-1)
for (let i = 0; i < 16; i++) DIGIT['0123456789abcdef'.charCodeAt(i)] = i

/** Sums of lines that begin with a handle, by its first digits. */
export class BucketHasher {
  readonly #hasher: Hasher
  readonly #digits: number
  readonly #rows: Uint32Array
  readonly #sums: Uint32Array

  /** `digits` 1–5: 16 to a million buckets; 3 (4,096) leaves some 500 rows of two million in each. */
  constructor(hasher: Hasher, digits: number) {
    if (!Number.isInteger(digits) || digits < 1 || digits > 5)
      throw new SealError('out_of_range', 'digits', 'digits 应在 1–5 之间')
    this.#hasher = hasher
    this.#digits = digits
    this.#rows = new Uint32Array(16 ** digits)
    this.#sums = new Uint32Array(16 ** digits * WORDS)
  }

  /** Lines as the consumer has them, in any order. */
  add(body: Uint8Array): void {
    for (const line of linesOf(body)) {
      const bucket = this.#bucketOf(line)
      // The line's LF stands right behind its view.
      const whole = new Uint8Array(line.buffer, line.byteOffset, line.length + 1)
      this.#sum(bucket * WORDS, this.#hasher.hash(whole))
      this.#rows[bucket] = (this.#rows[bucket] as number) + 1
    }
  }

  result(): BucketHash[] {
    return Array.from(this.#rows, (rows, bucket) => {
      const words = this.#sums.subarray(bucket * WORDS, (bucket + 1) * WORDS)
      const bytes = new Uint8Array(4 * WORDS)
      const view = new DataView(bytes.buffer)
      words.forEach((word, i) => {
        view.setUint32(4 * i, word)
      })
      return { prefix: bucket.toString(16).padStart(this.#digits, '0'), rows, hash: hex(bytes) }
    })
  }

  #bucketOf(line: Uint8Array): number {
    let bucket = 0
    for (let i = 0; i < this.#digits; i++) {
      const digit = DIGIT[line[i] ?? 0] as number
      if (digit < 0) throw new SealError('malformed', 'line', '行不以行代号开头')
      bucket = bucket * 16 + digit
    }
    return bucket
  }

  /** Adds a digest, the highest word first. */
  #sum(at: number, digest: Uint8Array): void {
    let carry = 0
    for (let i = WORDS - 1; i >= 0; i--) {
      const d = 4 * i
      const word =
        (((digest[d] as number) << 24) |
          ((digest[d + 1] as number) << 16) |
          ((digest[d + 2] as number) << 8) |
          (digest[d + 3] as number)) >>>
        0
      const sum = (this.#sums[at + i] as number) + word + carry
      this.#sums[at + i] = sum
      carry = sum > 0xffffffff ? 1 : 0
    }
  }
}
