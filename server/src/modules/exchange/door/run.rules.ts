import type { Trouble } from '@sanjiang/contract/exchange'
import type { ChunkHeader } from '@sanjiang/seal'
import type { RunRow } from './chunk.store.ts'

const OVER = new Set(['finished', 'failed', 'cancelled'])

/** Ended by its reader's word, even where the rows it says are not those that came: then it ends with that said. */
const ended = (run: RunRow, { rows, position }: ChunkHeader, at: string): RunRow => {
  const message = `批次应有 ${rows} 行，日志里是 ${run.rows} 行`
  const trouble = rows === run.rows ? run.trouble : { code: 'totals_differ', party: 'provider', message, at }
  return { ...run, state: 'finished', finished_at: at, end_position: position, trouble }
}

/** A run with one more of its chunks in the log. What was called off stays so, though its chunks still arrive from a spool. */
export const withChunk = (run: RunRow, header: ChunkHeader, at: string): RunRow => {
  const placed = { ...run, first_seq: run.first_seq ?? header.seq, last_seq: header.seq }
  if (OVER.has(run.state)) return placed
  const begun = {
    ...placed,
    state: 'running',
    started_at: run.started_at ?? at,
    position: run.position ?? header.position,
  }
  // A second one is a reader that had to start anew: what came before counts no more.
  if (header.kind === 'begin')
    return { ...begun, position: header.position, first_seq: header.seq, end_position: null, rows: 0, bytes: 0 }
  if (header.kind === 'end') return ended(begun, header, at)
  return {
    ...begun,
    rows: run.rows + header.rows,
    bytes: run.bytes + header.bytes,
    end_position: header.tx_end ? header.position : run.end_position,
  }
}

/** Below this a few bad rows would already be a large share. */
const SAMPLE = 1000

/** Whether so many rows were bad that the provider must look before more leaves (per cent; T8.1). */
export const isTooBad = ({ rows, rejects, state, trouble }: RunRow, threshold: number): boolean => {
  const seen = rows + rejects
  if (rejects === 0 || (trouble as Trouble | null)?.code === 'quality' || (seen < SAMPLE && state !== 'finished'))
    return false
  return rejects * 100 > threshold * seen
}

/** A whole table that has rows, none of which came or was refused: an error, however well it ended. */
export const movedNothing = ({ kind, state, rows, rejects, estimated_rows }: RunRow): boolean =>
  kind === 'snapshot' && state === 'finished' && rows === 0 && rejects === 0 && (estimated_rows ?? 0) > 0
