import { mkdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { FeedSpool } from './spool.feed.ts'

export interface SpoolLimits {
  readonly maxBytes: number
  readonly keepFreeBytes: number
}

export type Shortage = 'spool_full' | 'disk_low' | 'disk_full'

const SENTENCES: Readonly<Record<Shortage, string>> = {
  spool_full: '本机缓存已到上限:交换平台久未接收,读取暂停,数据仍在源库',
  disk_low: '本机磁盘余量低于 spool_keep_free:读取暂停,腾出空间后自动继续',
  disk_full: '本机磁盘已满:读取暂停,腾出空间后自动继续',
}

export const sayShortage = (shortage: Shortage): string => SENTENCES[shortage]

/** Free space changes by others' hands: asked again after this long. */
const LOOK_AGAIN = 2_000

/** The agent's disk queue: one log per feed under one budget. Whoever would go beyond it waits, and nothing is dropped. */
export class Spool {
  readonly #dir: string
  readonly #limits: SpoolLimits
  readonly #feeds = new Map<string, Promise<FeedSpool>>()
  readonly #open: FeedSpool[] = []
  #freeBytes = Number.POSITIVE_INFINITY
  #lookedAt = 0

  constructor(dir: string, limits: SpoolLimits) {
    this.#dir = dir
    this.#limits = limits
  }

  feed(feedId: string): Promise<FeedSpool> {
    const known = this.#feeds.get(feedId)
    if (known) return known
    const opening = this.#openFeed(feedId)
    this.#feeds.set(feedId, opening)
    // On a full disk the next one who asks tries again.
    opening.catch(() => this.#feeds.delete(feedId))
    return opening
  }

  async #openFeed(feedId: string): Promise<FeedSpool> {
    const dir = join(this.#dir, feedId)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const feed = await FeedSpool.open(dir)
    this.#open.push(feed)
    return feed
  }

  /** Bytes not yet with the centre. */
  get backlogBytes(): number {
    return this.#open.reduce((sum, feed) => sum + feed.backlogBytes, 0)
  }

  get bytes(): number {
    return this.#open.reduce((sum, feed) => sum + feed.bytes, 0)
  }

  async #shortage(bytes: number): Promise<Shortage | null> {
    if (this.#open.some((feed) => feed.backlogBytes > 0) && this.bytes + bytes > this.#limits.maxBytes)
      return 'spool_full'
    if (Date.now() - this.#lookedAt > LOOK_AGAIN) {
      this.#lookedAt = Date.now()
      this.#freeBytes = await freeBytes(this.#dir)
    }
    return this.#freeBytes - bytes < this.#limits.keepFreeBytes ? 'disk_low' : null
  }

  /** Waits until there is room; `onShortage` is told why it waits, and null when it goes on. */
  async room(bytes: number, signal: AbortSignal, onShortage: (shortage: Shortage | null) => void): Promise<void> {
    let isShort = false
    for (;;) {
      const shortage = await this.#shortage(bytes)
      if (shortage === null) break
      isShort = true
      onShortage(shortage)
      await pause(shortage === 'spool_full' ? 200 : LOOK_AGAIN, undefined, { signal })
    }
    if (isShort) onShortage(null)
  }

  /** A feed that is no longer wanted leaves nothing behind. */
  async forget(feedId: string): Promise<void> {
    const feed = await this.#feeds.get(feedId)
    this.#feeds.delete(feedId)
    if (feed) {
      this.#open.splice(this.#open.indexOf(feed), 1)
      await feed.close()
    }
    await rm(join(this.#dir, feedId), { recursive: true, force: true })
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((feed) => feed.close()))
  }
}

export const freeBytes = async (dir: string): Promise<number> => {
  await stat(dir).catch(() => mkdir(dir, { recursive: true, mode: 0o700 }))
  const { bavail, bsize } = await statfs(dir)
  return bavail * bsize
}
