import { open } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'

// Only what workbooks need: the central directory is judged before one byte is unpacked, then entries are read one by one.

const MAX_ENTRIES = 2_000
/** A sheet of a million rows and thirty columns has about 1 GiB of XML. */
const MAX_UNPACKED = 1_536 * 1_048_576
/** Deflate cannot do better than 1032 : 1; honest sheets stay far below. */
const MAX_RATIO = 400
const RATIO_FREE_BYTES = 16 * 1_048_576
const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const MAX_COMMENT = 65_535
const MAX_DIRECTORY = 16 * 1_048_576
const READ_BYTES = 262_144

export class ArchiveRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ArchiveRefused'
  }
}

interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly packed: number
  readonly unpacked: number
  readonly offset: number
}

export interface Zip {
  readonly names: readonly string[]
  has(name: string): boolean
  read(name: string): AsyncIterable<Buffer>
  close(): Promise<void>
}

type Handle = Awaited<ReturnType<typeof open>>

const readAt = async (file: Handle, offset: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, offset)
  if (bytesRead !== length) throw new ArchiveRefused('压缩包不完整')
  return buffer
}

const directoryOf = async (file: Handle, size: number): Promise<{ count: number; bytes: Buffer; offset: number }> => {
  const length = Math.min(size, END_BYTES + MAX_COMMENT)
  if (length < END_BYTES) throw new ArchiveRefused('不是 XLSX 文件')
  const tail = await readAt(file, size - length, length)
  let at = length - END_BYTES
  while (at >= 0 && tail.readUInt32LE(at) !== END) at--
  if (at < 0) throw new ArchiveRefused('不是 XLSX 文件（旧版 .xls 或加密文件请另存为 .xlsx）')
  const count = tail.readUInt16LE(at + 10)
  const bytes = tail.readUInt32LE(at + 12)
  const offset = tail.readUInt32LE(at + 16)
  if (count > MAX_ENTRIES) throw new ArchiveRefused(`压缩包内有 ${count} 个文件，超过上限 ${MAX_ENTRIES}`)
  if (bytes > MAX_DIRECTORY || offset + bytes > size) throw new ArchiveRefused('压缩包目录不正确')
  return { count, bytes: await readAt(file, offset, bytes), offset }
}

const entriesOf = ({ count, bytes, offset: end }: { count: number; bytes: Buffer; offset: number }): ZipEntry[] => {
  const entries: ZipEntry[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY) throw new ArchiveRefused('压缩包目录不正确')
    const flags = bytes.readUInt16LE(at + 8)
    if (flags & 1) throw new ArchiveRefused('文件已加密，无法读取')
    const nameLength = bytes.readUInt16LE(at + 28)
    const entry = {
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    }
    if (entry.packed === 0xffffffff || entry.unpacked === 0xffffffff) throw new ArchiveRefused('压缩包过大')
    if (entry.offset + entry.packed > end) throw new ArchiveRefused('压缩包目录不正确')
    entries.push(entry)
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}

/** Refuses bombs by what the directory says; what an entry really unpacks to is held to it while reading. */
const judge = (entries: readonly ZipEntry[], maxUnpacked: number): void => {
  let total = 0
  let end = 0
  for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
    total += entry.unpacked
    if (total > maxUnpacked) throw new ArchiveRefused(`解压后超过 ${maxUnpacked / 1_048_576} MiB，已拒绝`)
    if (entry.unpacked > RATIO_FREE_BYTES && entry.unpacked > entry.packed * MAX_RATIO)
      throw new ArchiveRefused('压缩比异常，疑似压缩炸弹，已拒绝')
    // Entries that share their bytes unpack many times what the file holds.
    if (entry.offset < end) throw new ArchiveRefused('压缩包内文件重叠，已拒绝')
    end = entry.offset + 30 + entry.packed
    if (entry.method !== 0 && entry.method !== 8) throw new ArchiveRefused('压缩方式不受支持')
  }
}

async function* packedBytes(file: Handle, entry: ZipEntry): AsyncIterable<Buffer> {
  const head = await readAt(file, entry.offset, 30)
  if (head.readUInt32LE(0) !== LOCAL) throw new ArchiveRefused('压缩包目录不正确')
  const start = entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28)
  for (let done = 0; done < entry.packed; ) {
    const piece = await readAt(file, start + done, Math.min(READ_BYTES, entry.packed - done))
    done += piece.length
    yield piece
  }
}

async function* unpackedBytes(file: Handle, entry: ZipEntry): AsyncIterable<Buffer> {
  let total = 0
  const counted = (piece: Buffer): Buffer => {
    total += piece.length
    if (total > entry.unpacked) throw new ArchiveRefused('解压后比目录所写更大，已拒绝')
    return piece
  }
  if (entry.method === 0) {
    for await (const piece of packedBytes(file, entry)) yield counted(piece)
    return
  }
  const counter = new Transform({
    highWaterMark: 1_048_576,
    transform(piece: Buffer, _, done) {
      try {
        done(null, counted(piece))
      } catch (error) {
        done(error as Error)
      }
    },
  })
  const flow = pipeline(packedBytes(file, entry), createInflateRaw({ chunkSize: READ_BYTES }), counter)
  flow.catch(() => undefined)
  try {
    for await (const piece of counter) yield piece as Buffer
    await flow
  } catch (error) {
    if (error instanceof ArchiveRefused) throw error
    throw new ArchiveRefused('压缩数据损坏')
  } finally {
    counter.destroy()
  }
}

export const openZip = async (path: string, maxUnpacked = MAX_UNPACKED): Promise<Zip> => {
  const file = await open(path, 'r')
  try {
    const entries = entriesOf(await directoryOf(file, (await file.stat()).size))
    judge(entries, maxUnpacked)
    const byName = new Map(entries.map((entry) => [entry.name, entry]))
    return {
      names: [...byName.keys()],
      has: (name) => byName.has(name),
      read: (name) => {
        const entry = byName.get(name)
        if (entry === undefined) throw new ArchiveRefused(`缺少 ${name}`)
        return unpackedBytes(file, entry)
      },
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}
