import { createHash, hash } from 'node:crypto'

/** What a feed's reader must find again after a crash, kept with the chunk it belongs to, so that both are there or neither. */
export interface Entry {
  readonly seq: number
  /** Digest of the chunk, raw. */
  readonly digest: Buffer
  /** The frame as it goes to the centre: compressed once. */
  readonly frame: Buffer
  readonly note: unknown
}

export interface Placed extends Entry {
  /** Length of the record on disk. */
  readonly size: number
}

// u32 payload length ‖ SHA-256 of the payload ‖ payload; payload: u32 note length ‖ note ‖ digest ‖ frame.
const HEAD = 36
const DIGEST = 32
/** A frame is at most 34 MiB; its note holds the rejects found on the way to it. */
export const MAX_PAYLOAD = 64 * 2 ** 20

/** The record in pieces, to be written without being joined. */
export const toRecord = ({ seq, digest, frame, note }: Entry): Buffer[] => {
  const told = Buffer.from(JSON.stringify({ seq, note }))
  const noteLength = Buffer.alloc(4)
  noteLength.writeUInt32BE(told.length)
  const payload = [noteLength, told, digest, frame]
  const head = Buffer.alloc(HEAD)
  head.writeUInt32BE(payload.reduce((sum, part) => sum + part.length, 0))
  const check = createHash('sha256')
  for (const part of payload) check.update(part)
  check.digest().copy(head, 4)
  return [head, ...payload]
}

const checkOf = (payload: Buffer): Buffer => hash('sha256', payload, 'buffer')

const toEntry = (payload: Buffer, size: number): Placed => {
  const noteEnd = 4 + payload.readUInt32BE(0)
  const { seq, note } = JSON.parse(payload.toString('utf8', 4, noteEnd)) as { seq: number; note: unknown }
  const digest = payload.subarray(noteEnd, noteEnd + DIGEST)
  return { seq, note, digest, frame: payload.subarray(noteEnd + DIGEST), size }
}

/** Reads `length` bytes at a place of a file; fewer at its end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>

/** The record at a place, or null where there is no whole, undamaged one: the end, or what a crash left behind. */
export const readRecord = async (readAt: ReadAt, position: number): Promise<Placed | null> => {
  const head = await readAt(position, HEAD)
  if (head.length < HEAD) return null
  const length = head.readUInt32BE(0)
  if (length < 4 + DIGEST || length > MAX_PAYLOAD) return null
  const payload = await readAt(position + HEAD, length)
  if (payload.length < length || !checkOf(payload).equals(head.subarray(4))) return null
  return toEntry(payload, HEAD + length)
}
