import type { Accepted } from '@sanjiang/contract/exchange.door'
import { DOOR } from '@sanjiang/contract/exchange.door'
import type { Static } from 'typebox'
import type { Db } from '#kernel/db.ts'
import type { LogWriter } from '#modules/ledger/index.ts'
import { accept, type Signer } from './accepted.ts'
import { ensureMonth } from './delivery.store.ts'
import { type FramesQuery, openFrames, readReader } from './frames.ts'

/** The agent that speaks, as its session knows it. */
export interface Speaker extends Pick<Signer, 'key_id' | 'verify'> {
  readonly agent_id: string
}

export interface DeliveryParts {
  readonly db: Db
  readonly ledger: LogWriter
  readonly dataDir: string
  readonly today: () => Promise<string>
  /** Bytes of one answer, as stored. */
  readonly maxBytes: number
}

export interface Delivery {
  /** Frames in pieces to write; null: nothing new. */
  frames(agentId: string, subscriptionId: string, query: FramesQuery): Promise<AsyncGenerator<Uint8Array[]> | null>
  accepted(speaker: Speaker, subscriptionId: string, body: Static<typeof Accepted>): Promise<{ next_seq: number }>
  /** What pulls are answered with. */
  readonly parts: DeliveryParts
}

/** What leaves under a grant, for the door to serve. */
export const openDelivery = async (parts: Omit<DeliveryParts, 'maxBytes'>): Promise<Delivery> => {
  const whole: DeliveryParts = { ...parts, maxBytes: DOOR.frames_max_bytes }
  await ensureMonth(parts.db, new Date().toISOString())
  return {
    frames: async (agentId, subscriptionId, query) =>
      openFrames(whole, await readReader(whole, agentId, subscriptionId), query),
    accepted: async (speaker, subscriptionId, body) =>
      accept(
        whole,
        { ...speaker, by: { agent_id: speaker.agent_id } },
        { reader: await readReader(whole, speaker.agent_id, subscriptionId), body },
      ),
    parts: whole,
  }
}
