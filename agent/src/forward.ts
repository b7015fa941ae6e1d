import { DOOR, doorText, type Head } from '@sanjiang/contract/exchange.door'
import { chunksRoot, hex } from '@sanjiang/seal'
import { nodeHasher } from '@sanjiang/seal/node'
import { isFull } from './durable.ts'
import type { AgentKey } from './identity.ts'
import { Away, type Link, persist, Refused } from './link.ts'
import type { FeedSpool } from './spool.feed.ts'
import type { Entry } from './spool.record.ts'
import { sayShortage } from './spool.ts'
import type { Standing } from './trouble.ts'

/** The centre's log and this machine's do not fit together: the feed's work must begin anew from the centre's head. */
export class LogMoved extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LogMoved'
  }
}

/** What one request carries; while it is under way the next fills. */
const PUT_BYTES = 4 * 2 ** 20
const REJECTS_PER_POST = 1000

interface RejectNote {
  readonly rejects?: { readonly run_id: string; readonly rows: readonly unknown[] }
}

export interface Forwarding {
  readonly feedId: string
  readonly link: Link
  readonly key: AgentKey
  readonly spool: FeedSpool
  readonly standing: Standing
}

/** The centre's words for chunks that are not what was sent: damaged on the way, they are sent again. */
const DAMAGED = new Set(['digest_mismatch', 'malformed', 'invalid'])

const throwAsSent = (error: unknown): never => {
  if (!(error instanceof Refused && DAMAGED.has(error.code))) throw error
  throw new Away(`上送的数据块未被接受，将重新上送：${error.message}`, { cause: error })
}

/** Brings a feed's chunks to the centre in order, signs for them, and lets them go here. */
export class Forwarder {
  readonly #of: Forwarding
  readonly #signal: AbortSignal
  /** Seq and digests sent and not yet signed for. */
  #unsigned: { from: number; digests: Buffer[] } = { from: 0, digests: [] }

  constructor(of: Forwarding, signal: AbortSignal) {
    this.#of = of
    this.#signal = signal
  }

  /** Runs until it is stopped; throws `LogMoved` when the two logs differ. */
  async run(): Promise<void> {
    const { spool } = this.#of
    const head = await this.head()
    this.#assertFits(head)
    let seq = Math.max(Math.min(head.supplied, head.head), spool.first)
    this.#unsigned = { from: seq, digests: [] }
    for (;;) {
      await spool.waitFor(seq, this.#signal)
      const entries = await spool.read(seq, PUT_BYTES)
      await this.#tellRejects(entries)
      await this.#put(entries)
      seq += entries.length
      this.#unsigned.digests.push(...entries.map(({ digest }) => digest))
      await this.#sign()
      await spool.sent(seq)
    }
  }

  head(): Promise<Head> {
    const { link, feedId } = this.#of
    return this.#persist(() => link.askJson<Head>({ method: 'GET', path: DOOR.head(feedId), signal: this.#signal }))
  }

  #persist<T>(work: () => Promise<T>): Promise<T> {
    const { standing } = this.#of
    const onTrouble = (error: unknown): void => {
      if (error === null) standing.well('centre_away', 'disk_full')
      else if (isFull(error)) standing.stuck('provider', 'disk_full', sayShortage('disk_full'))
      else standing.stuck('platform', 'centre_away', (error as Error).message)
    }
    return persist(work, { signal: this.#signal, onTrouble })
  }

  #assertFits({ head }: Head): void {
    const { spool } = this.#of
    if (head > spool.next) throw new LogMoved(`平台已有 ${head} 块,本机只记得 ${spool.next} 块`)
    if (head < spool.first)
      throw new LogMoved(`平台只有 ${head} 块,而本机从第 ${spool.first} 块起才有:平台可能由旧备份恢复`)
  }

  async #put(entries: readonly Entry[]): Promise<void> {
    const { link, feedId } = this.#of
    const first = entries[0] as Entry
    const path = DOOR.chunk(feedId, first.seq)
    const bytes = entries.map(({ frame }) => frame)
    try {
      const head = await this.#persist(() =>
        link.askJson<Head>({ method: 'PUT', path, bytes, signal: this.#signal }).catch(throwAsSent),
      )
      if (head.head < first.seq + entries.length) throw new LogMoved(`平台只收到第 ${head.head} 块之前的内容`)
    } catch (error) {
      if (error instanceof Refused && error.code === 'out_of_order') throw new LogMoved(error.message)
      throw error
    }
  }

  async #tellRejects(entries: readonly Entry[]): Promise<void> {
    const { link, feedId } = this.#of
    for (const { note } of entries) {
      const { rejects } = note as RejectNote
      for (let at = 0; rejects && at < rejects.rows.length; at += REJECTS_PER_POST) {
        const json = { run_id: rejects.run_id, rows: rejects.rows.slice(at, at + REJECTS_PER_POST) }
        await this.#persist(() => link.ask({ method: 'POST', path: DOOR.rejects(feedId), json, signal: this.#signal }))
      }
    }
  }

  async #sign(): Promise<void> {
    const { link, key, feedId } = this.#of
    const { from, digests } = this.#unsigned
    const to = from + digests.length - 1
    const root = hex(chunksRoot(nodeHasher('sha256'), digests))
    const signature = key.sign(doorText.supplied({ feed_id: feedId, from, to, root }))
    const json = { from, to, root, signature }
    await this.#persist(() => link.ask({ method: 'POST', path: DOOR.supplied(feedId), json, signal: this.#signal }))
    this.#unsigned = { from: to + 1, digests: [] }
  }
}
