import type { RejectRow } from './feed.border.ts'

/** The run under way, as far as it has come. */
export interface RunNote {
  readonly run_id: string
  readonly kind: 'snapshot' | 'increment' | 'changes' | 'repair'
  /** Version of the feed it was begun with; another one begins it anew. */
  readonly version: number
  /** Where it started. */
  readonly position: string
  /** Key line of the last row read, in key order; null where the order does not allow to go on in the middle. */
  readonly last_key: string | null
  readonly rows: number
  readonly rejected: number
  /** Stopped because too many rows were bad; once the provider releases the feed it goes on without that limit. */
  readonly is_held: boolean
}

/** All that a feed's reader remembers. It travels with each chunk into the spool, so it is exactly as new as the log. */
export interface FeedNote {
  readonly run: RunNote | null
  /** Runs whose `end` is in the log, newest last: the centre may still name them. */
  readonly finished: readonly string[]
  /** Where the change stream goes on; null before the first snapshot, and after the source lost its place. */
  readonly changes_after: string | null
  readonly increment_after: string | null
  /** What the source said of its writes before the last reading that moved: what an increment that moves nothing is held against. */
  readonly written?: string
  readonly rejects?: { readonly run_id: string; readonly rows: readonly RejectRow[] }
}

export const EMPTY_NOTE: FeedNote = { run: null, finished: [], changes_after: null, increment_after: null }

const REMEMBERED = 50

export const noteOf = (value: unknown): FeedNote => {
  if (value === null || value === undefined) return EMPTY_NOTE
  const { rejects: _, ...note } = value as FeedNote
  return note
}

export const finishedNote = (note: FeedNote, runId: string): FeedNote => ({
  ...note,
  run: null,
  finished: [...note.finished, runId].slice(-REMEMBERED),
})
