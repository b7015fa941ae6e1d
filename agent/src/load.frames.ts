import { DOOR, type WantedLoad } from '@sanjiang/contract/exchange.door'
import { type ChunkHeader, type Frame, FrameDecoder, SealError } from '@sanjiang/seal'
import { openFrame } from '@sanjiang/seal/node'
import { Away, type Link } from './link.ts'

/** A delivered chunk, unpacked and held to its digest. */
export interface Delivered {
  readonly header: ChunkHeader
  readonly body: Buffer
  readonly digest: Buffer
}

/** Frames unpacking on the thread pool while the one before them is loaded. */
const AHEAD = 4

const open = async (frame: Frame): Promise<Delivered> => ({
  header: frame.header,
  body: await openFrame(frame),
  digest: Buffer.from(frame.digest),
})

/** A damaged stream is a broken line: what came whole before it stands, the rest is fetched again. */
const asAway = (error: unknown): unknown =>
  error instanceof SealError ? new Away(`收到的数据块损坏:${error.message}`, { cause: error }) : error

/** What the centre delivers from a seq on, in order, as far as this answer goes; nothing when there is nothing yet. */
export async function* deliveredFrom(
  link: Link,
  { subscription_id, base_run_id }: WantedLoad,
  { from, signal }: { from: number; signal: AbortSignal },
): AsyncGenerator<Delivered> {
  const path = DOOR.frames(subscription_id)
  const pieces = await link.stream({ method: 'GET', path, query: { from, run: base_run_id }, signal })
  if (pieces === null) return
  const decoder = new FrameDecoder()
  const opening: Promise<Delivered>[] = []
  try {
    for await (const piece of pieces) {
      for (const frame of decoder.push(piece)) {
        const one = open(frame)
        one.catch(() => {})
        opening.push(one)
        while (opening.length > AHEAD) yield await (opening.shift() as Promise<Delivered>)
      }
      // What is all there is given at once: the next piece may be long in coming.
      if (opening.length > 0 && opening.length <= AHEAD) yield await (opening.shift() as Promise<Delivered>)
    }
    decoder.end()
    while (opening.length > 0) yield await (opening.shift() as Promise<Delivered>)
  } catch (error) {
    throw asAway(error)
  }
}
