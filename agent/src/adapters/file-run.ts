import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'

// A run: the rows of one file in key order, on the agent's own disk, so that a folder of any size is read in bounded memory,
// in key order, from any key on, and compared with what it was before. Record: key bytes, line bytes, line number, operation.

const HEAD = 13
const BLOCK = 262_144
/** One entry of the index per so many bytes of the run. */
const INDEX_EVERY = 262_144
const SEGMENT_BYTES = 48 * 1_048_576
const FIRST_BYTES = 262_144
export const UPSERT = 43
export const REMOVE = 45

export interface RunIndex {
  readonly rows: number
  readonly bytes: number
  /** Key (latin1 of its bytes) and where its record starts, ascending. */
  readonly marks: readonly (readonly [string, number])[]
}

/** Appends records in key order. */
export class RunWriter {
  readonly #fd: number
  readonly #path: string
  #buffer = Buffer.allocUnsafe(BLOCK * 4)
  #used = 0
  #written = 0
  #rows = 0
  #marked = Number.NEGATIVE_INFINITY
  readonly #marks: [string, number][] = []

  constructor(path: string) {
    this.#path = path
    this.#fd = openSync(`${path}.part`, 'w', 0o600)
  }

  /** A record as it stands in another run. */
  add(record: Buffer, keyBytes: number): void {
    const at = this.#written + this.#used
    if (at - this.#marked >= INDEX_EVERY) {
      this.#marks.push([record.toString('latin1', HEAD, HEAD + keyBytes), at])
      this.#marked = at
    }
    if (this.#used + record.length > this.#buffer.length) this.#flush()
    if (record.length > this.#buffer.length) this.#write(record)
    else this.#used += record.copy(this.#buffer, this.#used)
    this.#rows++
  }

  #write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done)
    this.#written += bytes.length
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }

  /** `isKept`: the run will be trusted after a power cut. */
  finish(isKept: boolean): RunIndex {
    this.#flush()
    if (isKept) fsyncSync(this.#fd)
    closeSync(this.#fd)
    renameSync(`${this.#path}.part`, this.#path)
    return { rows: this.#rows, bytes: this.#written, marks: this.#marks }
  }

  abandon(): void {
    closeSync(this.#fd)
    rmSync(`${this.#path}.part`, { force: true })
  }
}

/** Walks a run from a key on. The record is a view that the next step overwrites. */
export class RunReader {
  readonly #fd: number
  readonly #index: RunIndex
  readonly rank: number
  #buffer = Buffer.allocUnsafe(BLOCK)
  #at = 0
  #end = 0
  #offset = 0
  /** Key of the current record as latin1; null at the end. */
  key: string | null = null
  keyBytes = 0
  record: Buffer = this.#buffer

  constructor(path: string, index: RunIndex, rank: number) {
    this.#fd = openSync(path, 'r')
    this.#index = index
    this.rank = rank
  }

  get operation(): number {
    return this.record[12] as number
  }
  get lineNo(): number {
    return this.record.readUInt32BE(8)
  }
  /** The line with its LF. */
  get line(): Buffer {
    return this.record.subarray(HEAD + this.keyBytes)
  }

  /** Goes to the first record whose key is greater than `after` (or equal, with `inclusive`); null: the first of all. */
  seek(after: string | null, inclusive = false): void {
    let low = 0
    let high = this.#index.marks.length
    while (after !== null && high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#index.marks[middle] as readonly [string, number])[0] <= after) low = middle
      else high = middle
    }
    this.#offset = this.#index.marks[low]?.[1] ?? 0
    this.#at = 0
    this.#end = 0
    this.next()
    while (after !== null && this.key !== null && (inclusive ? this.key < after : this.key <= after)) this.next()
  }

  next(): void {
    if (!this.#have(HEAD)) {
      this.key = null
      return
    }
    this.keyBytes = this.#buffer.readUInt32BE(this.#at)
    const length = HEAD + this.keyBytes + this.#buffer.readUInt32BE(this.#at + 4)
    if (!this.#have(length)) throw new Error('run file is cut short')
    this.record = this.#buffer.subarray(this.#at, this.#at + length)
    this.key = this.record.toString('latin1', HEAD, HEAD + this.keyBytes)
    this.#at += length
  }

  #have(bytes: number): boolean {
    if (this.#end - this.#at >= bytes) return true
    const rest = this.#end - this.#at
    const into = bytes > this.#buffer.length ? Buffer.allocUnsafe(bytes + BLOCK) : this.#buffer
    this.#buffer.copy(into, 0, this.#at, this.#end)
    this.#buffer = into
    this.#at = 0
    this.#end = rest
    while (this.#end < bytes) {
      const read = readSync(this.#fd, into, this.#end, into.length - this.#end, this.#offset)
      if (read === 0) return false
      this.#offset += read
      this.#end += read
    }
    return true
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Takes lines in any order and writes them in key order; of equal keys the later line stays. */
export class RunSorter {
  readonly #path: string
  #pool = Buffer.allocUnsafe(FIRST_BYTES)
  #used = 0
  #keys: string[] = []
  #starts: number[] = []
  readonly #segments: { path: string; index: RunIndex }[] = []
  /** Line numbers of a row that a later line of the file replaces. */
  readonly #superseded: (line: number, by: number) => void

  constructor(path: string, superseded: (line: number, by: number) => void) {
    this.#path = path
    this.#superseded = superseded
  }

  add(row: {
    readonly order: string
    readonly line: string
    readonly lineNo: number
    readonly operation: number
  }): void {
    const lineBytes = Buffer.byteLength(row.line) + 1
    const size = HEAD + row.order.length + lineBytes
    if (size > SEGMENT_BYTES) throw new RangeError('一行超过 48 MiB')
    if (this.#used + size > SEGMENT_BYTES) this.#spill()
    if (this.#used + size > this.#pool.length) this.#grow(this.#used + size)
    const at = this.#used
    this.#pool.writeUInt32BE(row.order.length, at)
    this.#pool.writeUInt32BE(lineBytes, at + 4)
    this.#pool.writeUInt32BE(row.lineNo >>> 0, at + 8)
    this.#pool[at + 12] = row.operation
    this.#pool.write(row.order, at + HEAD, 'latin1')
    this.#pool.write(row.line, at + HEAD + row.order.length)
    this.#pool[at + size - 1] = 10
    this.#keys.push(row.order)
    this.#starts.push(at)
    this.#used += size
  }

  #grow(need: number): void {
    const pool = Buffer.allocUnsafe(Math.min(SEGMENT_BYTES, Math.max(need, this.#pool.length * 2)))
    this.#pool.copy(pool, 0, 0, this.#used)
    this.#pool = pool
  }

  #sortInto(path: string, isKept: boolean): RunIndex {
    const keys = this.#keys
    const order = Array.from(keys, (_, index) => index)
    order.sort((a, b) =>
      (keys[a] as string) < (keys[b] as string) ? -1 : (keys[a] as string) > (keys[b] as string) ? 1 : a - b,
    )
    const writer = new RunWriter(path)
    for (let i = 0; i < order.length; i++) {
      const index = order[i] as number
      const start = this.#starts[index] as number
      const next = order[i + 1]
      if (next !== undefined && keys[next] === keys[index]) {
        this.#superseded(
          this.#pool.readUInt32BE(start + 8),
          this.#pool.readUInt32BE((this.#starts[next] as number) + 8),
        )
        continue
      }
      const end = this.#starts[index + 1] ?? this.#used
      writer.add(this.#pool.subarray(start, end), (keys[index] as string).length)
    }
    this.#keys = []
    this.#starts = []
    this.#used = 0
    return writer.finish(isKept)
  }

  #spill(): void {
    const path = `${this.#path}.s${this.#segments.length}`
    this.#segments.push({ path, index: this.#sortInto(path, false) })
  }

  finish(): RunIndex {
    if (this.#segments.length === 0) return this.#sortInto(this.#path, true)
    this.#spill()
    const readers = this.#segments.map(({ path, index }, rank) => new RunReader(path, index, rank))
    try {
      return mergeInto(this.#path, readers, this.#superseded)
    } finally {
      for (const reader of readers) reader.close()
      this.drop()
    }
  }

  /** Removes what was spilled. */
  drop(): void {
    for (const { path } of this.#segments) rmSync(path, { force: true })
  }
}

/** Places readers so that the smallest key, of equal ones the highest rank, comes first. */
const before = (a: RunReader, b: RunReader): boolean => {
  if (a.key === b.key) return a.rank > b.rank
  if (a.key === null || b.key === null) return b.key === null
  return a.key < b.key
}

const sink = (heap: RunReader[], from: number): void => {
  for (let at = from; ; ) {
    const left = at * 2 + 1
    let least = at
    if (left < heap.length && before(heap[left] as RunReader, heap[least] as RunReader)) least = left
    if (left + 1 < heap.length && before(heap[left + 1] as RunReader, heap[least] as RunReader)) least = left + 1
    if (least === at) return
    const moved = heap[at] as RunReader
    heap[at] = heap[least] as RunReader
    heap[least] = moved
    at = least
  }
}

/** Walks readers as one: per key the record of the highest rank. The record is valid until the walk goes on. */
export function* merged(
  readers: readonly RunReader[],
  superseded?: (line: number, by: number) => void,
): Generator<RunReader> {
  const heap = readers.filter(({ key }) => key !== null)
  for (let at = heap.length >> 1; at >= 0; at--) sink(heap, at)
  const step = (): void => {
    const top = heap[0] as RunReader
    top.next()
    if (top.key === null) {
      const last = heap.pop() as RunReader
      if (heap.length > 0 && last !== top) heap[0] = last
    }
    if (heap.length > 1) sink(heap, 0)
  }
  while (heap.length > 0) {
    const top = heap[0] as RunReader
    const { key } = top
    yield top
    const line = superseded ? top.lineNo : 0
    step()
    while (heap.length > 0 && (heap[0] as RunReader).key === key) {
      superseded?.((heap[0] as RunReader).lineNo, line)
      step()
    }
  }
}

/** Writes the merged walk of readers as one run; operations stay. */
export const mergeInto = (
  path: string,
  readers: readonly RunReader[],
  superseded?: (line: number, by: number) => void,
): RunIndex => {
  for (const reader of readers) reader.seek(null)
  const writer = new RunWriter(path)
  try {
    for (const { record, keyBytes } of merged(readers, superseded)) writer.add(record, keyBytes)
    return writer.finish(true)
  } catch (error) {
    writer.abandon()
    throw error
  }
}
