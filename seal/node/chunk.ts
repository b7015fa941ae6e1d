import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { assertBody, CHUNK_BYTES, type ChunkHeader, type Frame, SealError, type StreamHash } from '../src/index.ts'

const compressAsync = promisify(zstdCompress)
const decompressAsync = promisify(zstdDecompress)

/** SHA-256(header ‖ LF ‖ body) without joining them. */
export const nodeChunkDigest = (header: Uint8Array, body: Uint8Array): Buffer =>
  createHash('sha256').update(header).update('\n').update(body).digest()

/** 1 is for hosts where the network is faster than the processor; on rows 3 gains little. */
export type ZstdLevel = 1 | 2 | 3

/** On the thread pool; nothing for nothing. */
export const compressBody = async (body: Uint8Array, level: ZstdLevel = 1): Promise<Buffer> => {
  if (body.length === 0) return Buffer.alloc(0)
  return compressAsync(body, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    // One output buffer instead of sixteen-kilobyte pieces joined afterwards.
    chunkSize: Math.max(64 * 1024, body.length >> 1),
  })
}

const broken = (cause: unknown): SealError => {
  const error = new SealError('malformed', 'body', '数据块正文解不开或超出所报长度')
  error.cause = cause
  return error
}

/** Never more than the header announces, so that a small bomb stays small. */
export const decompressBody = async (header: ChunkHeader, compressed: Uint8Array): Promise<Buffer> => {
  if (header.bytes === 0) {
    if (compressed.length > 0) throw broken('应为空')
    return Buffer.alloc(0)
  }
  try {
    return await decompressAsync(compressed, {
      maxOutputLength: header.bytes,
      // Never quite full: a full buffer makes Node allocate the next one before it learns that there is no more.
      chunkSize: Math.min(Math.max(64, header.bytes + 1), CHUNK_BYTES + 1),
    })
  } catch (error) {
    throw broken(error)
  }
}

/** Body of a frame, held to its header and both to the digest. */
export const openFrame = async ({ header, header_bytes, compressed, digest }: Frame): Promise<Buffer> => {
  const body = await decompressBody(header, compressed)
  assertBody(header, body)
  if (!nodeChunkDigest(header_bytes, body).equals(digest)) throw new SealError('malformed', 'digest', '内容与摘要不符')
  return body
}

/** For `hashRanges`. */
export const nodeStreamHash = (): StreamHash => {
  const hash = createHash('sha256')
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest('hex'),
  }
}
