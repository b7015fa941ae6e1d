import { concat } from './bytes.ts'
import { type ChunkHeader, MAX_BODY_BYTES, MAX_HEADER_BYTES, parseHeader } from './chunk.ts'
import { SealError } from './seal-error.ts'

// On the wire: u32 header length ‖ header ‖ u32 body length ‖ body compressed by zstd ‖ digest; lengths big-endian (ADR 0004).

/** Zstd adds at most this to what it cannot compress (ZSTD_COMPRESSBOUND), and its own frame. */
const compressBound = (bytes: number): number => bytes + Math.ceil(bytes / 256) + 1024

const DIGEST_BYTES = 32
/** Room made for a frame whose first bytes have come: most chunks of rows fit. */
const AT_FIRST = 256 * 1024

type Part = 'header_length' | 'header' | 'body_length' | 'body'

/** A chunk as it travels: the header's own bytes are kept, because they are what was hashed. */
export interface Frame {
  readonly header: ChunkHeader
  readonly header_bytes: Uint8Array
  /** Empty when the header says that the body is. */
  readonly compressed: Uint8Array
  /** The chunk's digest as the sender says it: whoever opens the frame holds header and body to it. */
  readonly digest: Uint8Array
}

const word = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** The frame in pieces, so that a large body is written without being copied. */
export const frameParts = (header: Uint8Array, compressed: Uint8Array, digest: Uint8Array): Uint8Array[] => [
  concat(word(header.length), header, word(compressed.length)),
  compressed,
  digest,
]

const tooLarge = (what: string, bytes: number): SealError =>
  new SealError('out_of_range', what, `${what} 长 ${bytes} 字节，超过上限`)

/**
 * Frames out of a stream cut anywhere. Lengths are judged before anything is allocated for them, and beyond a quarter of a
 * mebibyte memory grows only with bytes that have arrived. Throws SealError; the stream is then of no further use.
 */
export class FrameDecoder {
  #buffer: Uint8Array = new Uint8Array(0)
  #held = 0
  #wanted = 4
  #part: Part = 'header_length'
  #headerBytes: Uint8Array = new Uint8Array(0)
  #header: ChunkHeader | undefined

  /** The frames that this piece completes; a body that came in one piece is a view of it. */
  push(piece: Uint8Array): Frame[] {
    const frames: Frame[] = []
    let rest = piece
    for (;;) {
      const need = this.#wanted - this.#held
      if (rest.length < need) {
        this.#keep(rest)
        return frames
      }
      const frame = this.#step(this.#take(rest.subarray(0, need)))
      rest = rest.subarray(need)
      if (frame !== undefined) frames.push(frame)
    }
  }

  /** Throws when the stream ended inside a frame. */
  end(): void {
    if (this.#part !== 'header_length' || this.#held > 0)
      throw new SealError('malformed', '', '数据流在一个数据块中间断开')
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    const held = this.#held + bytes.length
    if (held > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#wanted, Math.max(2 * held, AT_FIRST)))
      larger.set(this.#buffer.subarray(0, this.#held))
      this.#buffer = larger
    }
    this.#buffer.set(bytes, this.#held)
    this.#held = held
  }

  #take(last: Uint8Array): Uint8Array {
    if (this.#held === 0) return last
    this.#keep(last)
    const whole = this.#buffer.subarray(0, this.#held)
    this.#buffer = new Uint8Array(0)
    this.#held = 0
    return whole
  }

  #expect(part: Part, bytes: number): undefined {
    this.#part = part
    this.#wanted = bytes
  }

  #step(bytes: Uint8Array): Frame | undefined {
    if (this.#part === 'header_length') return this.#expect('header', lengthOf(bytes, 'header', MAX_HEADER_BYTES))
    if (this.#part === 'header') {
      this.#headerBytes = bytes.slice()
      this.#header = parseHeader(this.#headerBytes)
      return this.#expect('body_length', 4)
    }
    const header = this.#header as ChunkHeader
    if (this.#part === 'body_length') {
      const length = lengthOf(bytes, 'body', Math.min(compressBound(header.bytes), MAX_BODY_BYTES))
      if ((length === 0) !== (header.bytes === 0))
        throw new SealError('malformed', 'body', '压缩后的长度与数据块头不符')
      return this.#expect('body', length + DIGEST_BYTES)
    }
    this.#expect('header_length', 4)
    const length = bytes.length - DIGEST_BYTES
    const [compressed, digest] = [bytes.subarray(0, length), bytes.subarray(length)]
    return { header, header_bytes: this.#headerBytes, compressed, digest }
  }
}

const lengthOf = (bytes: Uint8Array, what: string, max: number): number => {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
  if (length > max) throw tooLarge(what, length)
  return length
}
