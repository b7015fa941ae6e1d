import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

// Parts of files, encrypted, one behind another in packs: a file per part would cost a sync per megabyte.

const PACK_BYTES = 256 * 1_048_576
const NONCE = 12
const TAG = 16
/** Open packs kept for reading. */
const MAX_OPEN = 32

export interface Place {
  readonly pack: string
  readonly place: number
}

interface Waiting {
  readonly pieces: readonly (readonly [Buffer, Buffer])[]
  readonly done: (places: readonly Place[]) => void
  readonly failed: (error: unknown) => void
}

/** Nonce, tag, ciphertext; the digest is authenticated with it, so that no part can stand in another's place. */
const seal = (key: Buffer, digest: Uint8Array, part: Uint8Array): readonly [Buffer, Buffer] => {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(digest)
  const sealed = cipher.update(part)
  cipher.final()
  // Not joined: a copy of every part costs as much as half its encryption.
  return [Buffer.concat([nonce, cipher.getAuthTag()]), sealed]
}

const unseal = (key: Buffer, digest: Uint8Array, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE))
  decipher.setAAD(digest)
  decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
  const part = decipher.update(sealed.subarray(NONCE + TAG))
  decipher.final()
  return part
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

  constructor(options: PacksOptions) {
    this.#options = options
    mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  }

  #path(pack: string): string {
    return join(this.#options.dir, `${pack}.pack`)
  }

  /** Writes parts one behind another; on the disk they are after `sync`. */
  add(parts: readonly { readonly digest: Uint8Array; readonly bytes: Uint8Array }[]): Promise<readonly Place[]> {
    const pieces = parts.map(({ digest, bytes }) => seal(this.#options.key, digest, bytes))
    return new Promise((done, failed) => {
      this.#queue.push({ pieces, done, failed })
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
    const places = taken.map(({ pieces }) =>
      pieces.map(([head, sealed]) => {
        const place = at
        at += head.length + sealed.length
        return { pack, place }
      }),
    )
    const all = taken.flatMap(({ pieces }) => pieces.flat())
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

  async read(digest: Uint8Array, { pack, place, bytes }: Place & { readonly bytes: number }): Promise<Buffer> {
    const file = await this.#reader(pack)
    const sealed = Buffer.allocUnsafe(bytes + NONCE + TAG)
    const { bytesRead } = await file.read(sealed, 0, sealed.length, place)
    if (bytesRead !== sealed.length) throw new Error(`pack ${pack} is cut short`)
    return unseal(this.#options.key, digest, sealed)
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
