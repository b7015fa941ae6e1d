import type { PullAccepted } from '@sanjiang/contract/exchange.pull'
import { chunksRoot, type DataType, hex, jsonBody, ROW_HANDLE } from '@sanjiang/seal'
import { Fault } from '#kernel/fault.ts'
import { accept, type Signer } from './accepted.ts'
import { findDataTypes, findReader, listDelivered, type Reader } from './delivery.store.ts'
import { nextChunk, type Sealed } from './frames.ts'
import { HASHER } from './hasher.ts'
import type { DeliveryParts } from './open.ts'
import { readTerms } from './terms.store.ts'

/** An application whose signature over this request holds. */
export interface Puller extends Signer {
  readonly by: { readonly client_id: string }
  readonly organ_id: string
  /** Policy version of the instant its key was looked up. */
  readonly policy: number
  /** Whether application and key are still in use. */
  stands(): Promise<boolean>
}

const isBound = async ({ db }: DeliveryParts, reader: Reader, { by }: Puller): Promise<boolean> =>
  (await readTerms(db, reader.grant_id)).client_id === by.client_id

/** Only the application that the grant is bound to pulls; that there is such a subscription only its own department learns. */
export const assertMayPull = async (
  parts: DeliveryParts,
  reader: Reader | undefined,
  puller: Puller,
): Promise<Reader> => {
  if (reader?.target_kind !== 'push') throw new Fault('not_found')
  if (await isBound(parts, reader, puller)) return reader
  const { consumer_organ_id } = await readTerms(parts.db, reader.grant_id)
  if (consumer_organ_id !== puller.organ_id) throw new Fault('not_found')
  throw new Fault('no_grant', '授权没有绑定到这个应用系统')
}

/** The next chunk as JSON lines; the one enforcement and the one receipt of all transports. */
export const pullChunk = async (parts: DeliveryParts, reader: Reader, puller: Puller): Promise<Sealed | null> => {
  const types = await findDataTypes(parts.db, reader.subscription_id)
  const typeOf = (item: string): DataType => (item === ROW_HANDLE ? 'C' : (types.get(item) ?? 'C'))
  const taker = {
    write: (items: readonly string[], kind: 'rows' | 'changes', lines: Uint8Array) =>
      jsonBody(
        items.map((name) => ({ name, data_type: typeOf(name) })),
        kind,
        lines,
      ),
    facts: { client_id: puller.by.client_id, key_id: puller.key_id },
    mayTake: async () => (await puller.stands()) && (await isBound(parts, reader, puller)),
  }
  for (let at = reader; ; ) {
    const sealed = await nextChunk(parts, at, { taker, policy: puller.policy })
    if (sealed) return sealed
    // A look that found only what concerns others has moved the offset: the next one begins behind it.
    const moved = await findReader(parts.db, reader.subscription_id)
    if (!moved || moved.generation !== at.generation || moved.next_seq === at.next_seq) return null
    at = moved
  }
}

/** The application's word that a chunk stands in its own store: the offset moves behind it. */
export const acceptPulled = async (
  parts: DeliveryParts,
  puller: Puller,
  { reader, body }: { reader: Reader; body: PullAccepted },
): Promise<{ next_seq: number }> => {
  const { seq, rows, signature } = body
  const [delivered] = await listDelivered(parts.db, reader, { from: seq, to: seq })
  if (!delivered) throw new Fault('conflict', '这一块没有交付过；回退或重新全量之后请重新取数')
  const root = hex(chunksRoot(HASHER, [delivered.digest]))
  const { next_seq } = await accept(parts, puller, { reader, body: { from: seq, to: seq, root, rows, signature } })
  return { next_seq: Math.max(next_seq, reader.next_seq) }
}
