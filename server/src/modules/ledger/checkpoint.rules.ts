import type { Checkpoint } from '@sanjiang/contract/ledger'
import type { CheckpointRow } from './checkpoint.store.ts'

/** A stored checkpoint as it is handed out; its signatures come back from jsonb as they went in. */
export const toCheckpoint = ({ signatures, ...row }: CheckpointRow): Checkpoint => ({
  ...row,
  signatures: signatures as Checkpoint['signatures'],
})
