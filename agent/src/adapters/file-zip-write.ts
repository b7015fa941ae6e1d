import { once } from 'node:events'
import { crc32, createDeflateRaw } from 'node:zlib'
import type { PartFile } from './file-folder.ts'

const DESCRIPTOR_FOLLOWS = 0x0808
const DEFLATED = 8
/** 1980-01-01: the same rows give the same bytes whenever they are written. */
const DATE = 0x21

interface Written {
  readonly name: Buffer
  readonly offset: number
  readonly crc: number
  readonly packed: number
  readonly unpacked: number
}

/** Writes an archive entry by entry into a part, awaiting the disk: memory does not grow with the entries. */
export class ZipWriter {
  readonly #part: PartFile
  readonly #entries: Written[] = []
  #offset = 0

  constructor(part: PartFile) {
    this.#part = part
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.#part.write(bytes)
    this.#offset += bytes.length
    // Beyond 4 GiB the sizes need another form of archive, which no sheet of a million rows comes near.
    if (this.#offset > 0xffff_ffff) throw new RangeError('压缩包超过 4 GiB')
  }

  async add(path: string, texts: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const name = Buffer.from(path)
    const offset = this.#offset
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50)
    head.writeUInt16LE(20, 4)
    head.writeUInt16LE(DESCRIPTOR_FOLLOWS, 6)
    head.writeUInt16LE(DEFLATED, 8)
    head.writeUInt16LE(DATE, 12)
    head.writeUInt16LE(name.length, 26)
    await this.#write(Buffer.concat([head, name]))
    const deflate = createDeflateRaw({ level: 4 })
    let crc = 0
    let unpacked = 0
    const feed = async (): Promise<void> => {
      for await (const text of texts) {
        const bytes = Buffer.from(text)
        crc = crc32(bytes, crc)
        unpacked += bytes.length
        if (!deflate.write(bytes)) await once(deflate, 'drain')
      }
      deflate.end()
    }
    const fed = feed().catch((error: Error) => void deflate.destroy(error))
    const start = this.#offset
    for await (const piece of deflate) await this.#write(piece as Buffer)
    await fed
    const written = { name, offset, crc, packed: this.#offset - start, unpacked }
    this.#entries.push(written)
    const descriptor = Buffer.alloc(16)
    descriptor.writeUInt32LE(0x08074b50)
    descriptor.writeUInt32LE(crc, 4)
    descriptor.writeUInt32LE(written.packed, 8)
    descriptor.writeUInt32LE(unpacked, 12)
    await this.#write(descriptor)
  }

  async finish(): Promise<void> {
    const start = this.#offset
    for (const { name, offset, crc, packed, unpacked } of this.#entries) {
      const head = Buffer.alloc(46)
      head.writeUInt32LE(0x02014b50)
      head.writeUInt16LE(20, 4)
      head.writeUInt16LE(20, 6)
      head.writeUInt16LE(DESCRIPTOR_FOLLOWS, 8)
      head.writeUInt16LE(DEFLATED, 10)
      head.writeUInt16LE(DATE, 14)
      head.writeUInt32LE(crc, 16)
      head.writeUInt32LE(packed, 20)
      head.writeUInt32LE(unpacked, 24)
      head.writeUInt16LE(name.length, 28)
      head.writeUInt32LE(offset, 42)
      await this.#write(Buffer.concat([head, name]))
    }
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50)
    end.writeUInt16LE(this.#entries.length, 8)
    end.writeUInt16LE(this.#entries.length, 10)
    end.writeUInt32LE(this.#offset - start, 12)
    end.writeUInt32LE(start, 16)
    await this.#write(end)
  }
}
