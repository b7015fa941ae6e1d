import { type CipherGCM, createCipheriv, createDecipheriv, randomFillSync, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

// Parts of files, encrypted, one behind another in packs: a file per part would cost a sync per megabyte.

const PACK_BYTES = 256 * 1_048_576
const NONCE = 12
const TAG = 16
/** Open packs kept for reading. */
const MAX_OPEN = 32
/** Buffers for sealed parts that are kept to be used again. */
const MAX_FREE = 8
const USUAL = 1_048_576 + NONCE + TAG

export interface Place {
  readonly pack: string
  readonly place: number
}

/** What is handed to the system at once: larger buffers are mapped anew each time, and cost more than their encryption. */
const SLICE = 65_536

/** A part as it lies in a pack: nonce and tag, then the ciphertext in pieces. */
export type SealedPart = readonly Buffer[]

interface Waiting {
  readonly parts: readonly SealedPart[]
  readonly done: (places: readonly Place[]) => void
  readonly failed: (error: unknown) => void
}

/** Seals a part while it arrives; the digest is authenticated with it, so that no part can stand in another's place. */
export class PartSealer {
  readonly #cipher: CipherGCM
  readonly #head = Buffer.alloc(NONCE + TAG)
  readonly #pieces: Buffer[] = [this.#head]

  constructor(key: Buffer, digest: Uint8Array) {
    randomFillSync(this.#head, 0, NONCE)
    this.#cipher = createCipheriv('aes-256-gcm', key, this.#head.subarray(0, NONCE))
    this.#cipher.setAAD(digest)
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(this.#cipher.update(piece))
  }

  end(): SealedPart {
    this.#cipher.final()
    this.#cipher.getAuthTag().copy(this.#head, NONCE)
    return this.#pieces
  }
}

const unseal = (key: Buffer, digest: Uint8Array, sealed: Buffer): Buffer[] => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE))
  decipher.setAAD(digest)
  decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
  const pieces: Buffer[] = []
  for (let at = NONCE + TAG; at < sealed.length; at += SLICE)
    pieces.push(decipher.update(sealed.subarray(at, at + SLICE)))
  decipher.final()
  return pieces
}

export interface PacksOptions {
  readonly dir: string
  readonly key: Buffer
}

/** Any number of processes write packs of their own in one folder and read each other's. */
export class Packs {
  readonly #options: PacksOptions
  #writing: { readonly pack: string; readonly file: FileHandle; end: number } | null = null
  #queue: Waiting[] = []
  #busy: Promise<void> | null = null
  readonly #open = new Map<string, Promise<FileHandle>>()
  readonly #free: Buffer[] = []

  constructor(options: PacksOptions) {
    this.#options = options
    mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  }

  #path(pack: string): string {
    return join(this.#options.dir, `${pack}.pack`)
  }

  sealer(digest: Uint8Array): PartSealer {
    return new PartSealer(this.#options.key, digest)
  }

  /** Writes parts one behind another; on the disk they are after `sync`. */
  add(parts: readonly SealedPart[]): Promise<readonly Place[]> {
    return new Promise((done, failed) => {
      this.#queue.push({ parts, done, failed })
      this.#busy ??= this.#drain()
    })
  }

  async #drain(): Promise<void> {
    // Not before `add` knows that it runs.
    await null
    while (this.#queue.length > 0) {
      const taken = this.#queue
      this.#queue = []
      try {
        const places = await this.#write(taken)
        taken.forEach(({ done }, index) => void done(places[index] as Place[]))
      } catch (error) {
        // What was half written is never named; the next part goes into a pack of its own.
        await this.#writing?.file.close().catch(() => undefined)
        this.#writing = null
        for (const { failed } of taken) failed(error)
      }
    }
    this.#busy = null
  }

  async #write(taken: readonly Waiting[]): Promise<Place[][]> {
    if (this.#writing !== null && this.#writing.end >= PACK_BYTES) {
      await this.#writing.file.datasync()
      await this.#writing.file.close()
      this.#writing = null
    }
    if (this.#writing === null) {
      const pack = randomUUID()
      this.#writing = { pack, file: await open(this.#path(pack), 'wx', 0o600), end: 0 }
    }
    const { pack, file } = this.#writing
    let at = this.#writing.end
    const places = taken.map(({ parts }) =>
      parts.map((pieces) => {
        const place = at
        at += pieces.reduce((sum, { length }) => sum + length, 0)
        return { pack, place }
      }),
    )
    const all = taken.flatMap(({ parts }) => parts.flat())
    for (let from = 0; from < all.length; from += 512) {
      const some = all.slice(from, from + 512)
      const length = some.reduce((sum, piece) => sum + piece.length, 0)
      const { bytesWritten } = await file.writev(some, this.#writing.end)
      if (bytesWritten !== length) throw new Error('pack was written short')
      this.#writing.end += length
    }
    return places
  }

  /** Everything that `add` has answered before is on the disk when this has. */
  async sync(): Promise<void> {
    const { file } = this.#writing ?? {}
    // A pack that is closed meanwhile was synced by whoever closed it.
    await file?.datasync().catch((error: unknown) => {
      if (this.#writing?.file === file) throw error
    })
  }

  #reader(pack: string): Promise<FileHandle> {
    const known = this.#open.get(pack)
    if (known !== undefined) {
      this.#open.delete(pack)
      this.#open.set(pack, known)
      return known
    }
    const opened = open(this.#path(pack), 'r')
    this.#open.set(pack, opened)
    opened.catch(() => this.#open.delete(pack))
    // The least lately used is let go; handles under way are closed by the collector's successor, the process.
    if (this.#open.size > MAX_OPEN) {
      const [oldest] = this.#open.keys()
      const handle = this.#open.get(oldest as string)
      this.#open.delete(oldest as string)
      setTimeout(() => void handle?.then((file) => file.close()).catch(() => undefined), 60_000).unref()
    }
    return opened
  }

  /** A part's bytes, in pieces. */
  async read(digest: Uint8Array, { pack, place, bytes }: Place & { readonly bytes: number }): Promise<Buffer[]> {
    const file = await this.#reader(pack)
    const length = bytes + NONCE + TAG
    const buffer = this.#free.pop() ?? Buffer.allocUnsafe(Math.max(length, USUAL))
    const sealed = buffer.length >= length ? buffer.subarray(0, length) : Buffer.allocUnsafe(length)
    try {
      const { bytesRead } = await file.read(sealed, 0, length, place)
      if (bytesRead !== length) throw new Error(`pack ${pack} is cut short`)
      return unseal(this.#options.key, digest, sealed)
    } finally {
      if (this.#free.length < MAX_FREE) this.#free.push(buffer)
    }
  }

  /** Packs that nobody has written to since. */
  async olderThan(instant: string): Promise<readonly string[]> {
    const names = (await readdir(this.#options.dir)).flatMap((name) => /^([0-9a-f-]{36})\.pack$/.exec(name)?.[1] ?? [])
    const before = Date.parse(instant)
    const states = await Promise.all(names.map((pack) => stat(this.#path(pack)).catch(() => null)))
    return names.filter(
      (pack, index) => pack !== this.#writing?.pack && (states[index]?.mtimeMs ?? Number.POSITIVE_INFINITY) < before,
    )
  }

  async remove(pack: string): Promise<void> {
    const handle = this.#open.get(pack)
    this.#open.delete(pack)
    await handle?.then((file) => file.close()).catch(() => undefined)
    await rm(this.#path(pack), { force: true })
  }

  async close(): Promise<void> {
    await this.#busy
    await this.#writing?.file.close()
    for (const handle of this.#open.values()) await handle.then((file) => file.close()).catch(() => undefined)
    this.#open.clear()
    this.#writing = null
  }
}
