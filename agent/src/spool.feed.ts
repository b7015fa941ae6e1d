import { type FileHandle, open, rm } from 'node:fs/promises'
import { syncFolder } from './durable.ts'
import { type Entry, type Placed, readRecord, toRecord } from './spool.record.ts'
import { listSegments, mendSegment, reader, type Segment, segmentFile } from './spool.segment.ts'

/** A segment is begun anew at this size, and earlier when all before it is with the centre: only whole ones are deleted. */
const SEGMENT_BYTES = 32 * 2 ** 20
const SMALL_BYTES = 2 ** 20

interface Place {
  readonly seq: number
  readonly segment: Segment
  readonly offset: number
}

export class SpoolBroken extends Error {
  constructor(file: string, seq: number) {
    super(`本机缓存 ${file} 里第 ${seq} 块已损坏`)
    this.name = 'SpoolBroken'
  }
}

/**
 * The log of one feed as far as this machine still needs it: written by the feed's reader, read by the forwarder. The last
 * record stays for its note even when the centre has it.
 */
export class FeedSpool {
  readonly #dir: string
  readonly #segments: Segment[]
  #tail: FileHandle | null = null
  #next: number
  #durable: number
  #sent: number
  #lastNote: unknown
  #place: Place | null = null
  #ahead: Place | null = null
  #reading: { file: string; handle: FileHandle } | null = null
  #syncing: Promise<void> | null = null
  #fault: Error | null = null
  #waiting: (() => void)[] = []

  private constructor(dir: string, segments: Segment[], last: Placed | null) {
    this.#dir = dir
    this.#segments = segments
    this.#next = last === null ? 0 : last.seq + 1
    this.#durable = this.#next
    this.#sent = segments[0]?.first ?? 0
    this.#lastNote = last?.note ?? null
  }

  /** Takes up what is there, whatever moment the last process ended at. */
  static async open(dir: string): Promise<FeedSpool> {
    const segments = await listSegments(dir)
    let last: Placed | null = null
    while (last === null && segments.length > 0) {
      last = await mendSegment(dir, segments.at(-1) as Segment)
      if (last === null) segments.pop()
    }
    for (const segment of segments.slice(0, -1)) segment.bytes = await sizeOf(segment.file)
    return new FeedSpool(dir, segments, last)
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0
  }
  /** Seq of the oldest chunk held. */
  get first(): number {
    return this.#segments[0]?.first ?? this.#next
  }
  /** Seq the next chunk gets. */
  get next(): number {
    return this.#next
  }
  get lastNote(): unknown {
    return this.#lastNote
  }
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  get backlogBytes(): number {
    if (this.#sent >= this.#next) return 0
    const place = this.#place
    const at = place === null ? -1 : this.#segments.indexOf(place.segment)
    if (place === null || at < 0) return this.bytes
    return this.#segments.slice(at).reduce((sum, { bytes }) => sum + bytes, 0) - place.offset
  }

  /** Where the centre's log goes on when nothing is held here. */
  async startAt(seq: number): Promise<void> {
    await this.#clear()
    this.#next = seq
    this.#durable = seq
    this.#sent = seq
    this.#lastNote = null
  }

  async #clear(): Promise<void> {
    await this.#tail?.close()
    this.#tail = null
    await this.#stopReading()
    this.#place = null
    for (const { file } of this.#segments) await rm(file, { force: true })
    this.#segments.length = 0
    await syncFolder(this.#dir)
  }

  async #tailFor(): Promise<{ handle: FileHandle; segment: Segment }> {
    const last = this.#segments.at(-1)
    const isSettled = this.#sent >= this.#next
    const isFull = last !== undefined && last.bytes >= (isSettled ? SMALL_BYTES : SEGMENT_BYTES)
    if (last !== undefined && !isFull) {
      this.#tail ??= await open(last.file, 'r+')
      return { handle: this.#tail, segment: last }
    }
    await this.#syncing
    await this.#tail?.sync()
    await this.#tail?.close()
    this.#tail = null
    const segment = { first: this.#next, file: segmentFile(this.#dir, this.#next), bytes: 0 }
    this.#tail = await open(segment.file, 'w+', 0o600)
    await syncFolder(this.#dir)
    this.#segments.push(segment)
    return { handle: this.#tail, segment }
  }

  /** Adds a chunk behind the last; it is durable when `settled` says so. A write that fails leaves no trace. */
  async append(entry: Entry): Promise<void> {
    if (this.#fault) throw this.#fault
    if (entry.seq !== this.#next) throw new Error(`应写第 ${this.#next} 块,而不是 ${entry.seq}`)
    const { handle, segment } = await this.#tailFor()
    const parts = toRecord(entry)
    const size = parts.reduce((sum, part) => sum + part.length, 0)
    try {
      const { bytesWritten } = await handle.writev(parts, segment.bytes)
      if (bytesWritten < size) throw Object.assign(new Error('磁盘已满'), { code: 'ENOSPC' })
    } catch (error) {
      await handle.truncate(segment.bytes).catch(() => {})
      throw error
    }
    segment.bytes += size
    this.#next = entry.seq + 1
    this.#lastNote = entry.note
    this.#syncing ??= this.#sync()
  }

  /** One sync for all that was appended while the last one ran. */
  async #sync(): Promise<void> {
    try {
      while (this.#durable < this.#next && this.#tail !== null) {
        const upTo = this.#next
        await this.#tail.datasync()
        this.#durable = upTo
        this.#wake()
      }
    } catch (error) {
      // After a failed sync nobody knows what the disk holds: the process must begin again from what is really there.
      this.#fault = new Error('本机缓存未能写到磁盘上', { cause: error })
      this.#wake()
    } finally {
      this.#syncing = null
    }
  }

  #wake(): void {
    for (const done of this.#waiting.splice(0)) done()
  }

  /** Resolves when everything appended so far is on disk. */
  async settled(): Promise<void> {
    while (this.#durable < this.#next && this.#fault === null) await this.#syncing
    if (this.#fault) throw this.#fault
  }

  /** Resolves when chunk `seq` is there to be sent. */
  async waitFor(seq: number, signal: AbortSignal): Promise<void> {
    while (this.#durable <= seq) {
      signal.throwIfAborted()
      if (this.#fault) throw this.#fault
      await new Promise<void>((done) => {
        const finish = (): void => {
          signal.removeEventListener('abort', finish)
          done()
        }
        signal.addEventListener('abort', finish, { once: true })
        this.#waiting.push(finish)
      })
    }
  }

  async #stopReading(): Promise<void> {
    const reading = this.#reading
    this.#reading = null
    await reading?.handle.close()
  }

  async #handleOf({ file }: Segment): Promise<FileHandle> {
    if (this.#reading?.file === file) return this.#reading.handle
    await this.#stopReading()
    const handle = await open(file, 'r')
    this.#reading = { file, handle }
    return handle
  }

  async #recordAt(from: Place): Promise<{ record: Placed; after: Place }> {
    const { seq, segment, offset } = this.#atBoundary(from)
    const record = await readRecord(reader(await this.#handleOf(segment)), offset)
    if (record === null || record.seq !== seq) throw new SpoolBroken(segment.file, seq)
    return { record, after: { seq: seq + 1, segment, offset: offset + record.size } }
  }

  async #seek(seq: number): Promise<Place> {
    const segment = this.#segments.findLast(({ first }) => first <= seq)
    if (segment === undefined) throw new SpoolBroken(this.#dir, seq)
    let place: Place = { seq: segment.first, segment, offset: 0 }
    while (place.seq < seq) place = (await this.#recordAt(place)).after
    return place
  }

  /** Durable chunks from `seq` on, at least one if there is one, up to a size. */
  async read(seq: number, maxBytes: number): Promise<Entry[]> {
    if (seq >= this.#durable) return []
    let place = this.#place?.seq === seq ? this.#place : await this.#seek(seq)
    this.#place = place
    const entries: Entry[] = []
    for (let bytes = 0; place.seq < this.#durable; ) {
      const { record, after } = await this.#recordAt(place)
      bytes += record.frame.length
      if (entries.length > 0 && bytes > maxBytes) break
      entries.push(record)
      place = after
    }
    this.#ahead = place
    return entries
  }

  // A place at the end of what was the last segment: the log may have gone on in the next one since.
  #atBoundary(place: Place): Place {
    const following = this.#segments[this.#segments.indexOf(place.segment) + 1]
    return place.offset >= place.segment.bytes && following ? { ...place, segment: following, offset: 0 } : place
  }

  /** The centre has everything before `seq`, signed for: whole segments behind it go. */
  async sent(seq: number): Promise<void> {
    this.#sent = Math.max(this.#sent, seq)
    if (this.#ahead?.seq === seq) this.#place = this.#ahead
    while (this.#segments.length > 1 && (this.#segments[1] as Segment).first <= this.#sent) {
      const gone = this.#segments.shift() as Segment
      if (this.#reading?.file === gone.file) await this.#stopReading()
      await rm(gone.file, { force: true })
    }
    if (this.#place && !this.#segments.includes(this.#place.segment)) this.#place = null
  }

  async close(): Promise<void> {
    await this.#syncing
    await this.#stopReading()
    await this.#tail?.close()
    this.#tail = null
  }
}

const sizeOf = async (file: string): Promise<number> => {
  const handle = await open(file, 'r')
  try {
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}
