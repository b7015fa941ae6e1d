import { randomBytes } from 'node:crypto'

/** Values seen so far, as 64-bit fingerprints in one flat table: eight bytes each, whatever they look like. */
export class Seen {
  readonly #seeds = randomBytes(8)
  readonly #most: number
  #slots = 1 << 12
  #high = new Uint32Array(this.#slots)
  #low = new Uint32Array(this.#slots)
  #count = 0

  /** `most` bounds the memory: beyond it nothing more is kept, and nothing more is told. */
  constructor(most = 6_000_000) {
    this.#most = most
  }

  get isFull(): boolean {
    return this.#count >= this.#most
  }

  /** Whether these bytes are new; they are seen from now on. */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    let a = this.#seeds.readUInt32LE(0)
    let b = this.#seeds.readUInt32LE(4)
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      a = Math.imul(a ^ byte, 0x01000193)
      b = Math.imul((b ^ byte) + (a >>> 15), 0x85ebca6b)
    }
    // Zero and zero is the mark of an empty slot.
    return this.#put(mixed(a), mixed(b ^ (end - start)) || 1)
  }

  #put(high: number, low: number): boolean {
    const mask = this.#slots - 1
    for (let at = (high ^ low) & mask; ; at = (at + 1) & mask) {
      if (this.#low[at] === 0) {
        if (this.isFull) return true
        this.#high[at] = high
        this.#low[at] = low
        this.#count++
        if (this.#count * 4 > this.#slots * 3) this.#grow()
        return true
      }
      if (this.#high[at] === high && this.#low[at] === low) return false
    }
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#slots *= 2
    this.#high = new Uint32Array(this.#slots)
    this.#low = new Uint32Array(this.#slots)
    this.#count = 0
    for (let at = 0; at < low.length; at++) if (low[at] !== 0) this.#put(high[at] as number, low[at] as number)
  }
}

const mixed = (hash: number): number => {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}

/** A row that has what another row of the same pass has already. */
export interface Twin {
  readonly start: number
  readonly end: number
  /** Null: the key. */
  readonly item: string | null
}

interface Watched {
  readonly item: string | null
  readonly places: readonly number[]
  readonly seen: Seen
}

const TAB = 9
const LF = 10
const isNull = (body: Uint8Array, start: number, end: number): boolean =>
  end - start === 2 && body[start] === 0x5c && body[start + 1] === 0x4e

/** Watches one pass for values that may stand in one row only. The first row that has one keeps it. */
export class Uniques {
  readonly #watched: Watched[]
  readonly #last: number
  readonly #starts: number[] = []

  /** `key`: places of the key where the source itself does not see to it; `items`: place of each item declared unique. */
  constructor(key: readonly number[] | null, items: readonly { readonly item: string; readonly place: number }[]) {
    this.#watched = [
      ...(key === null ? [] : [{ item: null, places: key, seen: new Seen() }]),
      ...items.map(({ item, place }) => ({ item, places: [place], seen: new Seen() })),
    ]
    this.#last = Math.max(-1, ...this.#watched.flatMap(({ places }) => places))
  }

  get isIdle(): boolean {
    return this.#watched.length === 0
  }

  /** Rows of whole lines that repeat what was seen; `skip` bytes stand before each row's first field. */
  twins(body: Uint8Array, skip = 0): Twin[] {
    const found: Twin[] = []
    for (let start = 0; start < body.length; ) {
      const end = body.indexOf(LF, start)
      // A removal has no values.
      const isChecked = skip === 0 || body[start] === 0x2b
      const twin = isChecked ? this.#twinOf(body, start + skip, end) : undefined
      if (twin !== undefined) found.push({ start, end, item: twin })
      start = end + 1
    }
    return found
  }

  #twinOf(body: Uint8Array, start: number, end: number): string | null | undefined {
    const starts = this.#starts
    starts.length = 0
    starts.push(start)
    for (let at = start; at < end && starts.length <= this.#last + 1; at++) if (body[at] === TAB) starts.push(at + 1)
    if (starts.length === this.#last + 1) starts.push(end + 1)
    let twin: string | null | undefined
    for (const { item, places, seen } of this.#watched) {
      const first = starts[places[0] as number] as number
      const isNew =
        places.length === 1
          ? isNull(body, first, this.#end(places[0] as number)) || seen.add(body, first, this.#end(places[0] as number))
          : seen.add(...this.#joined(body, places))
      if (!isNew && twin === undefined) twin = item
    }
    return twin
  }

  #end(place: number): number {
    return (this.#starts[place + 1] as number) - 1
  }

  #joined(body: Uint8Array, places: readonly number[]): [Uint8Array, number, number] {
    const parts = places.flatMap((place) => [
      body.subarray(this.#starts[place] as number, this.#end(place)),
      Buffer.from('\t'),
    ])
    const joined = Buffer.concat(parts)
    return [joined, 0, joined.length]
  }
}
