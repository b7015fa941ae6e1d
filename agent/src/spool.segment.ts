import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from './durable.ts'
import { type Placed, type ReadAt, readRecord } from './spool.record.ts'

/** A file of records in order of seq, named after its first. */
export interface Segment {
  readonly first: number
  readonly file: string
  bytes: number
}

const NAME = /^(\d{16})\.seg$/

export const segmentFile = (dir: string, first: number): string => join(dir, `${String(first).padStart(16, '0')}.seg`)

export const listSegments = async (dir: string): Promise<Segment[]> => {
  const names = (await readdir(dir)).filter((name) => NAME.test(name)).sort()
  return names.map((name) => ({ first: Number(NAME.exec(name)?.[1]), file: join(dir, name), bytes: 0 }))
}

export const reader =
  (handle: FileHandle): ReadAt =>
  async (position, length) => {
    const buffer = Buffer.allocUnsafe(length)
    let read = 0
    while (read < length) {
      const { bytesRead } = await handle.read(buffer, read, length - read, position + read)
      if (bytesRead === 0) break
      read += bytesRead
    }
    return buffer.subarray(0, read)
  }

/**
 * Walks a segment that may have been written to when the machine went down, and cuts off what is not whole behind the
 * last good record. Null when nothing is left: the file is then removed.
 */
export const mendSegment = async (dir: string, segment: Segment): Promise<Placed | null> => {
  const handle = await open(segment.file, 'r+')
  let last: Placed | null = null
  try {
    const readAt = reader(handle)
    for (let seq = segment.first; ; seq++) {
      const record = await readRecord(readAt, segment.bytes)
      if (record === null || record.seq !== seq) break
      last = record
      segment.bytes += record.size
    }
    await handle.truncate(segment.bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (last !== null) return last
  await rm(segment.file)
  await syncFolder(dir)
  return null
}
