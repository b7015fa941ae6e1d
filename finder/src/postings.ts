const BLOCK_BITS = 16
const BLOCK = 1 << BLOCK_BITS
const FIRST = 4
const LARGEST = 4096

/** Lists of numbers that only grow. A list is a chain of chunks, each twice the last, so that short ones cost sixteen bytes. */
export interface Postings {
  add(list: number, value: number): void
  /** Copies a list out; what it returns is good until the next reading. */
  read(list: number): Uint32Array
  /** Whether any of a list meets the test; looks no further than the first that does. */
  some(list: number, test: (value: number) => boolean): boolean
  count(list: number): number
  bytes(): number
}

type Numbers = Uint32Array<ArrayBuffer>

const grown = (array: Numbers, size: number): Numbers => {
  if (size < array.length) return array
  const larger = new Uint32Array(Math.max(size + 1, array.length * 2))
  larger.set(array)
  return larger
}

export const makePostings = (): Postings => {
  const blocks: Uint32Array[] = [new Uint32Array(BLOCK)]
  // Address 0 says "no chunk".
  let free = 1
  let heads = new Uint32Array(1024)
  let ends = new Uint32Array(1024)
  let rooms = new Uint32Array(1024)
  let chunks = new Uint32Array(1024)
  let counts = new Uint32Array(1024)
  let buffer = new Uint32Array(1024)

  const block = (address: number): Uint32Array => blocks[address >>> BLOCK_BITS]!
  const reserve = (size: number): number => {
    if ((free & (BLOCK - 1)) + size > BLOCK) free = blocks.length << BLOCK_BITS
    const address = free
    free += size
    if (address >>> BLOCK_BITS >= blocks.length) blocks.push(new Uint32Array(BLOCK))
    return address
  }
  const extend = (list: number): void => {
    const size = chunks[list] === 0 ? FIRST : Math.min(LARGEST, chunks[list]! * 2)
    const address = reserve(size)
    // A chunk begins with the address of the next; `ends` stands behind the last value written.
    if (chunks[list] === 0) heads[list] = address
    else block(ends[list]! - chunks[list]!)[(ends[list]! - chunks[list]!) & (BLOCK - 1)] = address
    chunks[list] = size
    ends[list] = address + 1
    rooms[list] = size - 1
  }
  const makeRoom = (list: number): void => {
    heads = grown(heads, list)
    ends = grown(ends, list)
    rooms = grown(rooms, list)
    chunks = grown(chunks, list)
    counts = grown(counts, list)
  }
  return {
    add: (list, value) => {
      if (list >= counts.length) makeRoom(list)
      if (rooms[list] === 0) extend(list)
      const at = ends[list]!
      block(at)[at & (BLOCK - 1)] = value
      ends[list] = at + 1
      rooms[list]!--
      counts[list]!++
    },
    read: (list) => {
      const count = list < counts.length ? counts[list]! : 0
      buffer = grown(buffer, count)
      let at = heads[list]!
      for (let done = 0, size = FIRST; done < count; size = Math.min(LARGEST, size * 2)) {
        const start = at & (BLOCK - 1)
        const from = block(at)
        const length = Math.min(size - 1, count - done)
        buffer.set(from.subarray(start + 1, start + 1 + length), done)
        done += length
        at = from[start]!
      }
      return buffer.subarray(0, count)
    },
    some: (list, test) => {
      const count = list < counts.length ? counts[list]! : 0
      let at = heads[list]!
      for (let done = 0, size = FIRST; done < count; size = Math.min(LARGEST, size * 2)) {
        const start = at & (BLOCK - 1)
        const from = block(at)
        const end = start + 1 + Math.min(size - 1, count - done)
        for (let next = start + 1; next < end; next += 1) if (test(from[next]!)) return true
        done += size - 1
        at = from[start]!
      }
      return false
    },
    count: (list) => (list < counts.length ? counts[list]! : 0),
    bytes: () => blocks.length * BLOCK * 4 + heads.length * 20 + buffer.length * 4,
  }
}
