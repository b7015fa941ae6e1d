import type { Trouble } from '@sanjiang/contract/exchange'
import type { ChunkHeader } from '@sanjiang/seal'
import type { RunRow } from './chunk.store.ts'

const OVER = new Set(['finished', 'failed', 'cancelled'])

/** Ended by its reader's word, even where the rows it says are not those that came: then it ends with that said. */
const ended = (run: RunRow, { rows, position }: ChunkHeader, at: string): RunRow => {
  const message = `批次应有 ${rows} 行，日志里是 ${run.rows} 行`
  const trouble = rows === run.rows ? run.trouble : { code: 'totals_differ', party: 'provider', message, at }
  const state = (trouble as Trouble | null)?.code === 'no_effect' ? 'failed' : 'finished'
  return { ...run, state, finished_at: at, end_position: position, trouble }
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
export const isTooBad = ({ kind, rows, rejects, state, trouble }: RunRow, threshold: number): boolean => {
  // What is read again by key was bad before: no share of it says anything of the table.
  if (kind === 'repair') return false
  const seen = rows + rejects
  if (rejects === 0 || (trouble as Trouble | null)?.code === 'quality' || (seen < SAMPLE && state !== 'finished'))
    return false
  return rejects * 100 > threshold * seen
}

/** What an increment that moved nothing says of a source that was written to; null where there is nothing to say (T8.1). */
export const unmovedMessage = ({ missed, removed }: { missed: number; removed: number }): string | null =>
  missed === 0
    ? null
    : `增量没有读到任何一行，而源库自上次读取以来另有 ${missed} 行写入${removed > 0 ? `、${removed} 行删除` : ''}：增量字段没有随写入增长或为空，这些行增量读不到`

export const removedMessage = ({ removed }: { removed: number }): string =>
  `源库自上次读取以来删除过约 ${removed} 行，按增量字段读不到删除，已安排对账补删`

/** A whole table that has rows, none of which came or was refused: an error, however well it ended. */
export const movedNothing = ({ kind, state, rows, rejects, estimated_rows }: RunRow): boolean =>
  kind === 'snapshot' && state === 'finished' && rows === 0 && rejects === 0 && (estimated_rows ?? 0) > 0
