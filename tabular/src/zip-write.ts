import { once } from 'node:events'
import { crc32, createDeflateRaw } from 'node:zlib'

const DESCRIPTOR_FOLLOWS = 0x0808
const DEFLATED = 8
/** 1980-01-01: the same rows give the same bytes whenever they are written. */
const DATE = 0x21
const MAX_BYTES = 0xffff_ffff

/** One file of an archive, its content in pieces. */
export interface ZipFile {
  readonly path: string
  readonly content: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>
}

interface Written {
  readonly name: Buffer
  readonly offset: number
  readonly crc: number
  readonly packed: number
  readonly unpacked: number
}

const localHead = (name: Buffer): Buffer => {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50)
  head.writeUInt16LE(20, 4)
  head.writeUInt16LE(DESCRIPTOR_FOLLOWS, 6)
  head.writeUInt16LE(DEFLATED, 8)
  head.writeUInt16LE(DATE, 12)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, name])
}

const descriptor = ({ crc, packed, unpacked }: Written): Buffer => {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50)
  bytes.writeUInt32LE(crc, 4)
  bytes.writeUInt32LE(packed, 8)
  bytes.writeUInt32LE(unpacked, 12)
  return bytes
}

const directoryEntry = ({ name, offset, crc, packed, unpacked }: Written): Buffer => {
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
  return Buffer.concat([head, name])
}

const directoryEnd = (count: number, start: number, length: number): Buffer => {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(length, 12)
  end.writeUInt32LE(start, 16)
  return end
}

/** What an entry unpacks to, counted while it is packed. */
interface Tally {
  crc: number
  unpacked: number
}

async function* deflated(content: ZipFile['content'], tally: Tally): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw({ level: 4 })
  const feed = async (): Promise<void> => {
    for await (const piece of content) {
      const bytes = Buffer.from(piece as string)
      tally.crc = crc32(bytes, tally.crc)
      tally.unpacked += bytes.length
      if (!deflate.write(bytes)) await once(deflate, 'drain')
    }
    deflate.end()
  }
  const fed = feed().catch((error: Error) => void deflate.destroy(error))
  try {
    for await (const piece of deflate) yield piece as Buffer
    await fed
  } finally {
    deflate.destroy()
  }
}

/** An archive piece by piece, its files one after another: memory does not grow with them. */
export async function* zipBytes(files: AsyncIterable<ZipFile> | Iterable<ZipFile>): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let offset = 0
  const counted = (bytes: Buffer): Buffer => {
    offset += bytes.length
    // Beyond 4 GiB the sizes need another form of archive, which no sheet of a million rows comes near.
    if (offset > MAX_BYTES) throw new RangeError('压缩包超过 4 GiB')
    return bytes
  }
  for await (const { path, content } of files) {
    const name = Buffer.from(path)
    const tally: Tally = { crc: 0, unpacked: 0 }
    const at = offset
    yield counted(localHead(name))
    const start = offset
    for await (const piece of deflated(content, tally)) yield counted(piece)
    const one: Written = { name, offset: at, crc: tally.crc, packed: offset - start, unpacked: tally.unpacked }
    written.push(one)
    yield counted(descriptor(one))
  }
  const start = offset
  for (const one of written) yield counted(directoryEntry(one))
  yield directoryEnd(written.length, start, offset - start)
}
