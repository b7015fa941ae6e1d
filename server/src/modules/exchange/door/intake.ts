import { DOOR } from '@sanjiang/contract/exchange.door'
import { type Frame, FrameDecoder, SealError } from '@sanjiang/seal'
import { openFrame, type RestKey, release, sealAtRest } from '@sanjiang/seal/node'
import { Fault } from '#kernel/fault.ts'
import type { NewChunk } from './chunk.store.ts'

/** Bodies unpacked at a time: enough for the thread pool, and a bomb of 32 MiB bodies stays small. */
const AT_ONCE = 4

interface Expected {
  readonly feed_id: string
  readonly first: number
  /** Epoch of the session: what was spooled in an earlier one is welcome, a later one nobody can have. */
  readonly epoch: number
  readonly key: RestKey
}

const toFault = (error: unknown): Fault => {
  if (error instanceof Fault) return error
  if (!(error instanceof SealError)) throw error
  if (error.field === 'digest') return new Fault('digest_mismatch', error.message)
  if (error.code === 'out_of_range') return new Fault('too_large', error.message)
  return new Fault('malformed', error.message, { cause: error })
}

const assertExpected = ({ header }: Frame, seq: number, { feed_id, epoch }: Expected): void => {
  if (header.feed_id !== feed_id) throw new Fault('invalid', '数据块属于另一个挂接')
  if (header.seq !== seq) throw new Fault('invalid', `应为第 ${seq} 块，而不是第 ${header.seq} 块`)
  if (header.epoch > epoch) throw new Fault('agent_fenced', '数据块的纪元在会话之后')
  if (header.subscription_id !== undefined) throw new Fault('invalid', '数据块头含交付字段')
}

/** Holds one frame to its digest and seals what came; its unpacked body is let go again. */
const take = async (frame: Frame, { feed_id, key }: Expected): Promise<NewChunk> => {
  release(await openFrame(frame))
  const { header, header_bytes, compressed, digest } = frame
  const body = compressed.length === 0 ? null : sealAtRest(key, { feed_id, seq: header.seq }, compressed)
  return { header, text: Buffer.from(header_bytes).toString('utf8'), digest: Buffer.from(digest), body }
}

/** The chunks of one request, each verified and sealed while the next one is still arriving. */
export const receiveChunks = async (
  pieces: AsyncIterable<Buffer>,
  expected: Expected,
): Promise<readonly NewChunk[]> => {
  const decoder = new FrameDecoder()
  const taken: Promise<NewChunk>[] = []
  let bytes = 0
  try {
    for await (const piece of pieces) {
      bytes += piece.length
      // One frame may be longer than a request of several.
      if (bytes > (taken.length > 0 ? DOOR.put_max_bytes : DOOR.max_frame_bytes))
        throw new Fault('too_large', '一次上送的数据块过多')
      for (const frame of decoder.push(piece)) {
        assertExpected(frame, expected.first + taken.length, expected)
        const one = take(frame, expected)
        one.catch(() => undefined)
        taken.push(one)
        if (taken.length > AT_ONCE) await taken[taken.length - 1 - AT_ONCE]
      }
    }
    decoder.end()
    if (taken.length === 0) throw new Fault('malformed', '没有数据块')
    return await Promise.all(taken)
  } catch (error) {
    throw toFault(error)
  }
}
