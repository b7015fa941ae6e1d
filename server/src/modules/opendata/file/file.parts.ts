import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { createGzip, type Gzip } from 'node:zlib'
import { BYTE_ORDER_MARK, PART_BYTES } from '@sanjiang/contract/site.file'
import type pg from 'pg'
import type { FileEdition } from './file.source.ts'

const BOM = Buffer.from(BYTE_ORDER_MARK)

/** What a whole file turned out to be. */
export interface Weighed {
  readonly bytes: number
  readonly sha256: string
  /** With a byte order mark before it. */
  readonly bom_sha256: string
}

export type FileKey = Pick<FileEdition, 'dataset_id' | 'edition_no'> & { readonly format: string }

/** Takes a file piece by piece and lays it down in parts, in the caller's transaction. */
export class PartWriter {
  readonly #client: pg.Client
  readonly #key: FileKey
  readonly #hash: Hash = createHash('sha256')
  readonly #bomHash: Hash = createHash('sha256').update(BOM)
  readonly #part = Buffer.allocUnsafe(PART_BYTES)
  #filled = 0
  #parts = 0

  constructor(client: pg.Client, key: FileKey) {
    this.#client = client
    this.#key = key
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes)
    if (this.#key.format === 'csv') this.#bomHash.update(bytes)
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(bytes.length - at, PART_BYTES - this.#filled)
      this.#part.set(bytes.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      if (this.#filled === PART_BYTES) await this.#lay()
    }
  }

  async finish(): Promise<Weighed> {
    const bytes = this.#parts * PART_BYTES + this.#filled
    if (this.#filled > 0) await this.#lay()
    return { bytes, sha256: this.#hash.digest('hex'), bom_sha256: this.#bomHash.digest('hex') }
  }

  async #lay(): Promise<void> {
    const { dataset_id, edition_no, format } = this.#key
    await this.#client.query(
      'insert into site.file_part (dataset_id, edition_no, format, part_no, body) values ($1, $2, $3, $4, $5)',
      [dataset_id, edition_no, format, this.#parts, this.#part.subarray(0, this.#filled)],
    )
    this.#parts++
    this.#filled = 0
  }
}

/** The same file packed, on the way: what is asked for packed is sent without packing it again. */
export class PackedWriter {
  readonly #gzip: Gzip = createGzip({ level: 6 })
  readonly #parts: PartWriter
  #ready: Buffer[] = []

  constructor(parts: PartWriter) {
    this.#parts = parts
    this.#gzip.on('data', (bytes: Buffer) => void this.#ready.push(bytes))
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#gzip.write(bytes)) await once(this.#gzip, 'drain')
    await this.#settle()
  }

  async finish(): Promise<Weighed> {
    const ended = once(this.#gzip, 'end')
    this.#gzip.end()
    await ended
    await this.#settle()
    return this.#parts.finish()
  }

  async #settle(): Promise<void> {
    const ready = this.#ready
    this.#ready = []
    for (const bytes of ready) await this.#parts.write(bytes)
  }
}
