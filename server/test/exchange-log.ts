import assert from 'node:assert/strict'
import type { Assignment, Head, Report, WantedFeed } from '@sanjiang/contract/exchange.door'
import { DOOR, doorText } from '@sanjiang/contract/exchange.door'
import {
  type ChunkHeader,
  type ChunkKind,
  chunksRoot,
  type Frame,
  FrameDecoder,
  frameParts,
  headerBytes,
  hex,
} from '@sanjiang/seal'
import { compressBody, nodeChunkDigest, nodeHasher, openFrame } from '@sanjiang/seal/node'
import type { Heard, TestAgent } from './exchange-door.ts'

export const HASHER = nodeHasher('sha256')

export interface Made {
  readonly header: ChunkHeader
  readonly digest: Buffer
  readonly frame: Buffer
}

interface Chunk {
  readonly kind: ChunkKind
  readonly run_id: string
  readonly lines?: readonly string[]
  readonly position: string
  /** Of `end`. */
  readonly rows?: number
}

/** Frames of consecutive chunks as an agent makes them. */
export const makeChunks = (
  feed: Pick<WantedFeed, 'feed_id' | 'version' | 'bindings'>,
  epoch: number,
  { from, chunks }: { from: number; chunks: readonly Chunk[] },
): Promise<Made[]> =>
  Promise.all(
    chunks.map(async ({ kind, run_id, lines = [], position, rows }, index) => {
      const body = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const header: ChunkHeader = {
        v: 1,
        feed_id: feed.feed_id,
        seq: from + index,
        run_id,
        epoch,
        kind,
        feed_version: feed.version,
        items: feed.bindings.map(({ item }) => item),
        rows: rows ?? lines.length,
        bytes: body.length,
        position,
        tx_end: true,
        at: new Date().toISOString(),
      }
      const bytes = headerBytes(header)
      const digest = nodeChunkDigest(bytes, body)
      return { header, digest, frame: Buffer.concat(frameParts(bytes, await compressBody(body), digest)) }
    }),
  )

export const put = (agent: TestAgent, made: readonly Made[]): Promise<Heard<Head>> => {
  const { feed_id, seq } = made[0]!.header
  const bytes = Buffer.concat(made.map(({ frame }) => frame))
  return agent.say(DOOR.chunk(feed_id, seq), { method: 'PUT', bytes })
}

export const REPORT: Report = { have: null, wait_seconds: 0, backlog_bytes: 0, connections: [], feeds: [], loads: [] }

export const poll = async (agent: TestAgent, more: Partial<Report> = {}): Promise<Assignment> => {
  const { status, body } = await agent.say<Assignment>(DOOR.assignment, { json: { ...REPORT, ...more } })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

/** Signs for what an agent has put. */
export const supply = (agent: TestAgent, made: readonly Made[], root?: string): Promise<Heard<Head>> => {
  const { feed_id, seq: from } = made[0]!.header
  const to = made.at(-1)!.header.seq
  const said = {
    feed_id,
    from,
    to,
    root:
      root ??
      hex(
        chunksRoot(
          HASHER,
          made.map(({ digest }) => digest),
        ),
      ),
  }
  const signature = agent.sign(doorText.supplied(said))
  return agent.say(DOOR.supplied(feed_id), { json: { from, to, root: said.root, signature } })
}

export const fetchFrames = async (
  agent: TestAgent,
  subscriptionId: string,
  { from, run }: { from: number; run: string },
): Promise<Frame[]> => {
  const { status, bytes, body } = await agent.say(`${DOOR.frames(subscriptionId)}?from=${from}&run=${run}`, {
    method: 'GET',
  })
  assert.ok(status === 200 || status === 204, JSON.stringify(body))
  const decoder = new FrameDecoder()
  const frames = decoder.push(bytes)
  decoder.end()
  return frames
}

export const linesOf = async (frame: Frame): Promise<string[]> =>
  (await openFrame(frame)).toString('utf8').split('\n').slice(0, -1)
