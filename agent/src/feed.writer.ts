import { type ChunkHeader, type ChunkKind, frameParts, headerBytes } from '@sanjiang/seal'
import { compressBody, nodeChunkDigest, release } from '@sanjiang/seal/node'
import { isFull } from './durable.ts'
import type { FeedNote } from './feed.note.ts'
import type { FeedSpool } from './spool.feed.ts'
import { type Shortage, type Spool, sayShortage } from './spool.ts'
import type { Standing } from './trouble.ts'

export interface Draft {
  readonly kind: ChunkKind
  readonly run_id: string
  readonly body: Buffer
  readonly rows: number
  readonly position: string
  readonly tx_end: boolean
  readonly committed_at?: string | undefined
  readonly note: FeedNote
}

export interface Writing {
  readonly feedId: string
  readonly version: number
  readonly items: readonly string[]
  readonly epoch: number
  readonly spool: Spool
  readonly log: FeedSpool
  readonly standing: Standing
  readonly signal: AbortSignal
}

/** Chunks compressing beside the one being read: both processors at work, memory bounded. */
const AHEAD = 3
const RETRY_DISK = 2_000
const EMPTY = Buffer.alloc(0)

/** Turns what was read into chunks of the log, in order, each with what the reader must remember at that place. */
export class ChunkWriter {
  readonly #of: Writing
  #chain: Promise<void> = Promise.resolve()
  #waiting = 0
  #fault: unknown = null
  #roomy: (() => void) | null = null

  constructor(of: Writing) {
    this.#of = of
  }

  /**
   * Takes a chunk, and a body of rows for good; waits while too many are not yet in the spool, so reading goes no faster than
   * writing.
   */
  async add(draft: Draft): Promise<void> {
    while (this.#waiting >= AHEAD && this.#fault === null)
      await new Promise<void>((done) => {
        this.#roomy = done
      })
    if (this.#fault) throw this.#fault
    this.#waiting++
    const compressed = draft.body.length === 0 ? Promise.resolve(EMPTY) : compressBody(draft.body)
    compressed.catch(() => {})
    this.#chain = this.#chain
      .then(() => this.#append(draft, compressed))
      .catch((error) => {
        this.#fault ??= error
      })
      .finally(() => {
        this.#waiting--
        this.#roomy?.()
      })
  }

  async #append(draft: Draft, compressing: Promise<Buffer>): Promise<void> {
    if (this.#fault) return
    const { spool, log, standing, signal } = this.#of
    const compressed = await compressing
    const entry = this.#entryOf(draft, compressed)
    const say = (shortage: Shortage | null): void => {
      if (shortage === null) standing.well('spool_full', 'disk_low', 'disk_full')
      else standing.stuck('provider', shortage, sayShortage(shortage))
    }
    for (;;) {
      await spool.room(entry.frame.length, signal, say)
      try {
        await log.append(entry)
        standing.well('disk_full')
        // Bodies of changes may be parts of one buffer.
        if (draft.kind === 'rows') release(draft.body)
        return
      } catch (error) {
        if (!isFull(error)) throw error
        say('disk_full')
        await new Promise((done) => setTimeout(done, RETRY_DISK))
      }
    }
  }

  #entryOf({ kind, run_id, body, rows, position, tx_end, committed_at, note }: Draft, compressed: Buffer) {
    const { feedId, version, items, epoch, log } = this.#of
    const header: ChunkHeader = {
      v: 1,
      feed_id: feedId,
      seq: log.next,
      run_id,
      epoch,
      kind,
      feed_version: version,
      items,
      rows,
      bytes: body.length,
      position,
      tx_end,
      at: committed_at ?? new Date().toISOString(),
    }
    const bytes = headerBytes(header)
    const digest = nodeChunkDigest(bytes, body)
    const frame = Buffer.concat(frameParts(bytes, compressed, digest))
    release(compressed)
    return { seq: header.seq, digest, frame, note }
  }

  /** Resolves when everything taken is in the spool; throws what went wrong. */
  async flush(): Promise<void> {
    await this.#chain
    if (this.#fault) throw this.#fault
  }
}
