import { createHash, type Hash } from 'node:crypto'
import { PartReader, SealError } from '@sanjiang/seal'
import type { Packs, PartSealer, SealedPart } from './packs.ts'

export interface TakenPart {
  readonly name: string
  readonly digest: Buffer
  readonly bytes: number
  readonly sealed: SealedPart
}

interface Open {
  readonly name: string
  readonly digest: Buffer
  readonly bytes: number
  /** Null for a part that is there already: its bytes are let by. */
  readonly work: { readonly hash: Hash; readonly sealer: PartSealer } | null
}

/** Hashes and seals the parts of one request in the pieces in which they arrive: no part is ever joined, nothing is copied. */
export class PartIntake {
  readonly #packs: Packs
  readonly #isKnown: (name: string) => boolean
  readonly #reader: PartReader
  #open: Open | null = null
  #taken: TakenPart[] = []
  readonly passedOver: string[] = []

  constructor(packs: Packs, isKnown: (name: string) => boolean) {
    this.#packs = packs
    this.#isKnown = isKnown
    const taker = {
      begin: (bytes: number, digest: Uint8Array) => this.#begin(bytes, Buffer.from(digest)),
      piece: (piece: Uint8Array) => this.#piece(piece),
      end: () => this.#end(),
    }
    this.#reader = new PartReader(taker, { isNamed: true })
  }

  #begin(bytes: number, digest: Buffer): void {
    const name = digest.toString('hex')
    const isKnown = this.#isKnown(name) || this.#taken.some((one) => one.name === name)
    if (isKnown) this.passedOver.push(name)
    const work = isKnown ? null : { hash: createHash('sha256'), sealer: this.#packs.sealer(digest) }
    this.#open = { name, digest, bytes, work }
  }

  #piece(piece: Uint8Array): void {
    const { work } = this.#open as Open
    work?.hash.update(piece)
    work?.sealer.add(piece)
  }

  #end(): void {
    const { name, digest, bytes, work } = this.#open as Open
    this.#open = null
    if (work === null) return
    if (!work.hash.digest().equals(digest)) throw new SealError('malformed', 'parts', '分段与摘要不符')
    this.#taken.push({ name, digest, bytes, sealed: work.sealer.end() })
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += this.#reader.push(bytes.subarray(at))
  }

  end(): void {
    this.#reader.end()
  }

  /** Parts that are whole since the last time. */
  take(): readonly TakenPart[] {
    const taken = this.#taken
    this.#taken = []
    return taken
  }
}
