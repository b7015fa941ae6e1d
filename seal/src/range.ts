import { fromUtf8 } from './bytes.ts'
import type { DataType } from './row.ts'
import { compareKeyLines, keyLineOf } from './row-key.ts'
import { countLines } from './row-text.ts'

// Hashes of ranges of rows in key order, for adapters whose engine cannot compute them itself (ADR 0004, reconciliation).

/** SHA-256 over bytes given piece by piece; hex. */
export interface StreamHash {
  update(bytes: Uint8Array): void
  digest(): string
}

/** `from` excluded, `to` included, null open; key lines. */
export interface LineRange {
  readonly from: string | null
  readonly to: string | null
}

export interface LineRangeHash extends LineRange {
  readonly rows: number
  readonly hash: string
}

export interface RangeQuestion {
  /** Ascending, not overlapping. */
  readonly ranges: readonly LineRange[]
  /** Places of the key items in the lines, and their types. */
  readonly key: readonly number[]
  readonly types: readonly DataType[]
  readonly newHash: () => StreamHash
  /** What a grant lets be seen of whole rows; ranges are cut before it, as it may hide the key. */
  readonly project?: (body: Uint8Array) => { readonly body: Uint8Array; readonly rows: number }
}

interface Tally {
  readonly hash: StreamHash
  rows: number
}

class RangeHasher {
  readonly #question: RangeQuestion
  readonly #tallies: readonly Tally[]
  readonly #compare: (a: string, b: string) => number
  #at = 0

  constructor(question: RangeQuestion) {
    this.#question = question
    this.#tallies = question.ranges.map(() => ({ hash: question.newHash(), rows: 0 }))
    this.#compare = compareKeyLines(question.types)
  }

  /** The next lines in key order. */
  add(body: Uint8Array): void {
    for (let start = 0; start < body.length && this.#at < this.#tallies.length; ) {
      const { from, to } = this.#question.ranges[this.#at] as LineRange
      const first = from === null ? start : this.#firstBehind(body, start, from)
      const end = to === null ? body.length : this.#firstBehind(body, first, to)
      if (end > first) this.#take(body.subarray(first, end))
      if (end < body.length) this.#at++
      start = end
    }
  }

  result(): LineRangeHash[] {
    return this.#question.ranges.map((range, i) => {
      const { hash, rows } = this.#tallies[i] as Tally
      return { ...range, rows, hash: hash.digest() }
    })
  }

  #take(lines: Uint8Array): void {
    const tally = this.#tallies[this.#at] as Tally
    const { body, rows } = this.#question.project?.(lines) ?? { body: lines, rows: countLines(lines) }
    tally.hash.update(body)
    tally.rows += rows
  }

  /** Where the first line with a greater key begins, searched by halves: a body has thousands of lines, but few bounds. */
  #firstBehind(body: Uint8Array, from: number, bound: string): number {
    let low = from
    let high = body.length
    while (low < high) {
      const middle = low + ((high - low) >> 1)
      const start = middle > low ? Math.max(low, body.lastIndexOf(10, middle - 1) + 1) : low
      const end = body.indexOf(10, start)
      const key = keyLineOf(fromUtf8(body.subarray(start, end)), this.#question.key)
      if (this.#compare(key, bound) > 0) high = start
      else low = end + 1
    }
    return low
  }
}

/** Hashes of ranges over whole lines that come in ascending key order; equals what an adapter computes in its engine. */
export const hashRanges = async (
  lines: AsyncIterable<{ readonly body: Uint8Array }> | Iterable<{ readonly body: Uint8Array }>,
  question: RangeQuestion,
): Promise<LineRangeHash[]> => {
  const hasher = new RangeHasher(question)
  for await (const { body } of lines) hasher.add(body)
  return hasher.result()
}
