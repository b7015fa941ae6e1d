import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ctx } from '#kernel/ctx.ts'
import type { OpenHouse } from '#kernel/house.ts'
import type { AccessLog, LogWriter } from '#modules/ledger/index.ts'
import type { Blobs } from '../blob/blob.service.ts'
import type { Delivery } from '../delivery/open.ts'
import type { KnownPuller } from './pull.identify.ts'
import type { Wakes } from './wakes.ts'

/** What one door process holds. Nothing here is more than a cache or a connection: any number of doors stand side by side. */
export interface DoorParts {
  readonly house: OpenHouse
  readonly ledger: LogWriter
  /** Where refusals of agents that are known are kept. */
  readonly access: AccessLog
  readonly wakes: Wakes
  /** What leaves under a grant. */
  readonly delivery: Delivery
  /** Bytes of files as they are. */
  readonly blobs: Blobs
  /** Aborts when the process is stopping: long polls end at once. */
  readonly closing: AbortSignal
}

/** Who speaks, as its session and its registration say at this moment. */
export interface Speaker {
  readonly agent_id: string
  readonly organ_id: string
  readonly name: string
  readonly epoch: number
  readonly key_id: string
  /** Raw Ed25519. */
  readonly public_key: Buffer
}

export interface DoorRequest {
  readonly parts: DoorParts
  readonly ctx: Ctx
  /** Values of `:id` and `:seq` in the address. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Where the request came from; behind a proxy the operator named, what that proxy says. */
  readonly address: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export interface AgentRequest extends DoorRequest {
  readonly agent: Speaker
}

export interface PullRequest extends DoorRequest {
  readonly puller: KnownPuller
}

/** What is sent back as JSON; `null`: 204; `SENT`: the handler has written the answer itself. */
export type DoorAnswer = object | null | typeof SENT
export const SENT = Symbol('sent')
