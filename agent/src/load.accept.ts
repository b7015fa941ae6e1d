import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DOOR, doorText } from '@sanjiang/contract/exchange.door'
import { chunksRoot, hex } from '@sanjiang/seal'
import { nodeHasher } from '@sanjiang/seal/node'
import { writeDurably } from './durable.ts'
import type { AgentKey } from './identity.ts'
import { type Link, persist, Refused } from './link.ts'
import type { Standing } from './trouble.ts'

/** A chunk that stands in the target, or is about to. */
export interface Loaded {
  readonly seq: number
  readonly digest: string
  readonly rows: number
  readonly refused: readonly { readonly row_key: string; readonly reason: string }[]
}

interface Kept {
  readonly generation: number
  readonly loaded: readonly Loaded[]
}

export interface Accepting {
  readonly subscriptionId: string
  readonly stateDir: string
  readonly link: Link
  readonly key: AgentKey
  readonly standing: Standing
  readonly signal: AbortSignal
}

const MAX_REFUSED = 1000

/**
 * What was loaded and not yet signed for, kept on disk from before the target's commit: after a crash between the two the
 * target's own offset says which of it counts.
 */
export class Acceptance {
  readonly #of: Accepting
  readonly #file: string
  #generation: number | null = null
  #loaded: Loaded[] = []
  #committed = -1
  #posting: Promise<void> | null = null

  constructor(of: Accepting) {
    this.#of = of
    this.#file = join(of.stateDir, `load-${of.subscriptionId}.json`)
  }

  /** Reads what an earlier process left. */
  async open(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch(() => null)
    if (text === null) return
    const kept = JSON.parse(text) as Kept
    this.#generation = kept.generation
    this.#loaded = [...kept.loaded]
  }

  /** Generation of the subscription as this machine last loaded it; null when it does not remember. */
  get generation(): number | null {
    return this.#generation
  }

  async startGeneration(generation: number): Promise<void> {
    this.#generation = generation
    this.#loaded = []
    this.#committed = -1
    await this.#keep()
  }

  /** Before the target commits. */
  async prepare(loaded: readonly Loaded[]): Promise<void> {
    this.#loaded = this.#loaded.filter(({ seq }) => seq < (loaded[0]?.seq ?? Number.POSITIVE_INFINITY))
    this.#loaded.push(...loaded)
    await this.#keep()
  }

  /** After it did, and once at the start: everything up to `seq` is told to the centre, in the background. */
  committed(seq: number): void {
    this.#committed = seq
    this.#posting ??= this.#post().finally(() => {
      this.#posting = null
    })
  }

  async settled(): Promise<void> {
    await this.#posting
  }

  #keep(): Promise<void> {
    return writeDurably(this.#file, JSON.stringify({ generation: this.#generation ?? 0, loaded: this.#loaded }))
  }

  async #post(): Promise<void> {
    for (;;) {
      const ready = this.#loaded.filter(({ seq }) => seq <= this.#committed)
      if (ready.length === 0) return
      try {
        await this.#tell(ready)
      } catch (error) {
        if (!(error instanceof Refused)) return
        // The centre has another view of what it delivered: the data stands, and the officers are told.
        this.#of.standing.stuck('platform', 'accept_refused', `签收未被平台接受:${error.message}`)
      }
      const last = (ready.at(-1) as Loaded).seq
      this.#loaded = this.#loaded.filter(({ seq }) => seq > last)
    }
  }

  async #tell(ready: readonly Loaded[]): Promise<void> {
    const { link, key, subscriptionId, signal } = this.#of
    const [from, to] = [(ready[0] as Loaded).seq, (ready.at(-1) as Loaded).seq]
    const digests = ready.map(({ digest }) => Buffer.from(digest, 'hex'))
    const root = hex(chunksRoot(nodeHasher('sha256'), digests))
    const signature = key.sign(doorText.accepted({ subscription_id: subscriptionId, from, to, root }))
    const rows = ready.reduce((sum, one) => sum + one.rows, 0)
    const refused = ready.flatMap((one) => one.refused).slice(0, MAX_REFUSED)
    const json = { from, to, root, rows, signature, ...(refused.length > 0 ? { refused } : {}) }
    await persist(() => link.ask({ method: 'POST', path: DOOR.accepted(subscriptionId), json, signal }), { signal })
  }
}
