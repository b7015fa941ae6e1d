import type { ChunkMeta, Reader } from './delivery.store.ts'

/**
 * Whether a chunk concerns a reader (ADR 0004): all of its base snapshot; of other runs only what changes rows after the instant the
 * base shows. Another snapshot, another subscription's repair and the words that open and close runs are passed over.
 */
export const concerns = (
  reader: Pick<Reader, 'subscription_id' | 'base_run_id' | 'base_position' | 'base_first'>,
  chunk: ChunkMeta,
): boolean => {
  // A snapshot begun again, for more items or from the start, counts from its last beginning: what went before is of another shape.
  if (chunk.run_id === reader.base_run_id) return chunk.seq >= (reader.base_first ?? 0)
  if (chunk.run_kind === 'snapshot' || chunk.kind === 'begin' || chunk.kind === 'end') return false
  if (chunk.run_subscription_id !== null && chunk.run_subscription_id !== reader.subscription_id) return false
  if (reader.base_first === null || chunk.seq < reader.base_first) return false
  return chunk.run_kind !== 'changes' || chunk.position > (reader.base_position ?? '')
}
