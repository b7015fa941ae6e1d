import type { EditionState } from '@sanjiang/contract/opendata'
import type { Ctx } from '#kernel/ctx.ts'
import type { Tx } from '#kernel/db.ts'
import { record } from '#kernel/record.ts'
import { type EditionChange, type EditionRow, lockPending, updateEdition } from './edition.store.ts'

const VERBS: Partial<Record<EditionState, string>> = {
  uploading: 'opened',
  reading: 'uploaded',
  checking: 'rechecked',
  clean: 'checked',
}

/** A change of an edition and its fact: `opendata.edition.held`, with the revision the inbox orders by. */
export const settle = async (tx: Tx, ctx: Ctx, { row, change }: { row: EditionRow; change: EditionChange }) => {
  await updateEdition(tx, row.edition_id, change)
  const state = change.state ?? row.state
  const { title, organ_id, edition_no, resource_id } = row
  await record(tx, ctx, {
    type: `opendata.edition.${VERBS[state] ?? state}`,
    subject_kind: 'opendata.edition',
    subject_id: row.edition_id,
    organ_id,
    after: {
      ...{ title: `${title}（第 ${edition_no} 版）`, provider_organ_id: organ_id, revision: row.revision + 1, state },
      ...{ resource_id, edition_no, release_id: change.release_id === undefined ? row.release_id : change.release_id },
      ...{ row_count: change.row_count ?? row.row_count, digest: change.digest ?? row.digest },
    },
  })
}

export const discard = (tx: Tx, ctx: Ctx, { row, note }: { row: EditionRow; note: string }) =>
  settle(tx, ctx, {
    row,
    change: { state: 'discarded', note: [row.note, note].filter(Boolean).join(' '), sample: null },
  })

/** Editions of a resource that nobody will carry any more. */
export const discardPending = async (
  tx: Tx,
  ctx: Ctx,
  { resource_id, isOver, note }: { resource_id: string; isOver: (row: EditionRow) => boolean; note: string },
): Promise<void> => {
  for (const row of (await lockPending(tx, resource_id)).filter(isOver)) await discard(tx, ctx, { row, note })
}
